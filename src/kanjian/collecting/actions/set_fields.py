"""Say what a draft asks for 设置填报项."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.collecting.actions.common import require_state
from kanjian.collecting.models import Collection, Field
from kanjian.collecting.policies import require_manage
from kanjian.collecting.states import CollectingError, locked_collection
from kanjian.ledger.actions import append_event
from kanjian.measures.models import Indicator
from kanjian.orgs.models import User

# One datum, one source: what the platform computes or statistics publish is never asked for.
ASKABLE = (Indicator.Source.ENTERED, Indicator.Source.IMPORTED)
MOST_MINUTES = 600.0


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One indicator to ask for."""

    indicator: Indicator
    is_required: bool = True
    needs_evidence: bool = False
    minutes: float = 2.0


@transaction.atomic
def set_fields(collection: Collection, fields: Sequence[FieldSpec], *, by: User | None) -> list[Field]:
    """Replace the draft's fields by these, in this order.

    Raises ``CollectingError`` (not_draft, repeated, not_askable, bad_minutes), ``PermissionDenied``.
    """
    collection = locked_collection(collection)
    require_manage(by, collection.root)
    require_state(collection, Collection.State.DRAFT, "not_draft")
    _check(fields)
    collection.fields.all().delete()
    made = Field.objects.bulk_create(
        Field(
            collection=collection,
            indicator=spec.indicator,
            order=order,
            is_required=spec.is_required,
            needs_evidence=spec.needs_evidence,
            minutes=spec.minutes,
        )
        for order, spec in enumerate(fields)
    )
    data = {
        "fields": [
            [spec.indicator.code, spec.is_required, spec.needs_evidence, spec.minutes] for spec in fields
        ]  # code, required, evidence, minutes
    }
    append_event("collecting.set_fields", f"collection:{collection.code}", by=by, data=data)
    return made


def _check(fields: Sequence[FieldSpec]) -> None:
    seen: set[int] = set()
    for spec in fields:
        names = {"name": spec.indicator.name, "source": spec.indicator.get_source_display()}
        if spec.indicator.pk in seen:
            raise CollectingError("repeated", _("指标“%(name)s”写了两次") % names)
        if spec.indicator.source not in ASKABLE:
            raise CollectingError(
                "not_askable", _("指标“%(name)s”的来源是“%(source)s”，平台已有数据，不能再要求填报") % names
            )
        if not 0 < spec.minutes <= MOST_MINUTES:
            raise CollectingError("bad_minutes", _("指标“%(name)s”的填报用时须在 0 到 600 分钟之间") % names)
        seen.add(spec.indicator.pk)
