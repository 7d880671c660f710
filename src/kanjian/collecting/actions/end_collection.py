"""Stop a collection from asking again 结束采集项目."""

from django.db import transaction

from kanjian.collecting.actions.common import require_state
from kanjian.collecting.models import Collection
from kanjian.collecting.policies import require_manage
from kanjian.collecting.states import locked_collection
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def end_collection(collection: Collection, *, by: User | None, reason: str = "") -> Collection:
    """Active → ended: no new windows; those that are open run to their end, and what was handed in goes its way.

    Raises ``CollectingError`` (not_active), ``PermissionDenied``.
    """
    collection = locked_collection(collection)
    require_manage(by, collection.root)
    require_state(collection, Collection.State.ACTIVE, "not_active")
    collection.state = Collection.State.ENDED
    collection.save(update_fields=["state"])
    append_event("collecting.end_collection", f"collection:{collection.code}", by=by, data={"reason": reason[:300]})
    return collection
