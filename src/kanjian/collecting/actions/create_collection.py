"""Create a collection as a draft 新建采集项目."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.collecting.models import Collection
from kanjian.collecting.policies import require_manage
from kanjian.collecting.states import ORDER, Level
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import Unit, User

COLUMNS = (
    *("name", "name_en", "description", "owner", "subject_kind", "reporter_kind", "frequency", "chain"),
    *("document", "plan_year", "ends_on"),
)


@transaction.atomic
def create_collection(code: str, *, root: Unit, by: User | None, synthetic: bool = False, **columns: Any) -> Collection:
    """Make a draft: who reports what kind of unit to whom. Fields come with ``set_fields``.

    ``columns`` may name any of ``COLUMNS``; ``chain`` is sorted into the order of the levels and always ends with the
    office. Raises ``ValidationError``, ``TypeError`` for unknown columns, ``PermissionDenied``.
    """
    require_manage(by, root)
    collection = Collection(code=code, root=root, synthetic=synthetic, created_by=by)
    apply(collection, columns)
    collection.save()
    append_event("collecting.create_collection", f"collection:{code}", by=by, data=state_of(collection))
    return collection


def apply(collection: Collection, columns: dict[str, Any]) -> None:
    """Put the columns into a draft and check them."""
    unknown = columns.keys() - set(COLUMNS)
    if unknown:
        raise TypeError(f"a collection has no {', '.join(sorted(unknown))}")
    for name, value in columns.items():
        setattr(collection, name, value)
    collection.chain = [level.value for level in ORDER if level in {*collection.chain, Level.OFFICE}]
    collection.full_clean(exclude=["created_by"])
    if collection.owner.kind != Unit.Kind.DEPARTMENT and collection.reporter_kind == Unit.Kind.DEPARTMENT:
        raise ValidationError({"owner": _("由部门填报时，主管单位须是部门")})


def state_of(collection: Collection) -> dict[str, Any]:
    """What the ledger keeps of a collection."""
    columns = {name: getattr(collection, name) for name in COLUMNS if name != "owner"}
    return {**columns, "owner": collection.owner.code, "root": collection.root.code}
