"""Change what a draft says 修改采集项目."""

from typing import Any

from django.db import transaction

from kanjian.collecting.actions.common import require_state
from kanjian.collecting.actions.create_collection import apply, state_of
from kanjian.collecting.models import Collection
from kanjian.collecting.policies import require_manage
from kanjian.collecting.states import locked_collection
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def change_collection(collection: Collection, *, by: User | None, **columns: Any) -> Collection:
    """Change the columns that are given (``create_collection.COLUMNS``); the ledger keeps what they were.

    Only drafts can be changed: what people were asked under an approval number stays as it was approved. Raises
    ``CollectingError`` (not_draft), ``ValidationError``, ``PermissionDenied``.
    """
    collection = locked_collection(collection)
    require_manage(by, collection.root)
    require_state(collection, Collection.State.DRAFT, "not_draft")
    before = state_of(collection)
    apply(collection, columns)
    after = state_of(collection)
    if after != before:
        collection.save()
        changes = {name: [before[name], value] for name, value in after.items() if before[name] != value}
        append_event("collecting.change_collection", f"collection:{collection.code}", by=by, data={"changes": changes})
    return collection
