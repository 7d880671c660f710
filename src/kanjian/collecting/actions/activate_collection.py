"""Let a draft ask 开启采集项目."""

from django.db import transaction

from kanjian.collecting.actions.common import require_state
from kanjian.collecting.gates import require_clear
from kanjian.collecting.models import Collection
from kanjian.collecting.policies import require_manage
from kanjian.collecting.states import locked_collection
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def activate_collection(collection: Collection, *, by: User | None) -> Collection:
    """Draft → active, when nothing blocks it: document number, plan year, end date, fields, and every registered gate.

    Raises ``CollectingError`` (not_draft, blocked), ``PermissionDenied``.
    """
    collection = locked_collection(collection)
    require_manage(by, collection.root)
    require_state(collection, Collection.State.DRAFT, "not_draft")
    require_clear(collection)
    collection.state = Collection.State.ACTIVE
    collection.save(update_fields=["state"])
    data = {"document": collection.document, "plan_year": collection.plan_year, "ends_on": collection.ends_on}
    append_event("collecting.activate_collection", f"collection:{collection.code}", by=by, data=data)
    return collection
