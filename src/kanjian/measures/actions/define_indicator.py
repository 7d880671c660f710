"""Register an indicator or change its definition 登记指标."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.measures.models import Indicator
from kanjian.measures.policies import require_define_indicators
from kanjian.measures.systems import same_datum, settle
from kanjian.orgs.models import User

COLUMNS = (
    *("name", "name_en", "description", "unit_of_measure", "higher_is_better", "decimals", "minimum", "maximum"),
    *("source", "reporter_kind", "derived_by", "release_note", "department", "semantic_code", "nature", "order"),
)


@transaction.atomic
def define_indicator(code: str, *, by: User | None, **definition: Any) -> Indicator:
    """Create the indicator, or change the columns that are given; the ledger keeps what they were.

    ``definition`` may name any of ``COLUMNS``. Limits hold for values that come in later; stored ones stay. Changing
    the system of record clears what belonged to the one before; another indicator with the same semantic code is noted
    in the event. Raises ``ValidationError`` for wrong columns, ``TypeError`` for unknown ones, ``PermissionDenied``.
    """
    require_define_indicators(by)
    unknown = definition.keys() - set(COLUMNS)
    if unknown:
        raise TypeError(f"an indicator has no {', '.join(sorted(unknown))}")
    indicator = Indicator.objects.select_for_update().filter(code=code).first()
    before = {} if indicator is None else _state(indicator)
    indicator = indicator or Indicator(code=code)
    for name, value in definition.items():
        setattr(indicator, name, value)
    settle(indicator, {name for name, value in definition.items() if value})
    indicator.full_clean()
    if indicator.minimum is not None and indicator.maximum is not None and indicator.minimum > indicator.maximum:
        raise ValidationError({"minimum": _("下限不能高于上限")})
    after = _state(indicator)
    if after != before:
        indicator.save()
        changes = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
        data: dict[str, Any] = {"changes": changes}
        if twins := [twin.code for twin in same_datum(indicator)]:
            data["same_datum"] = twins
        append_event("measures.define_indicator", f"indicator:{code}", by=by, data=data)
    return indicator


def _state(indicator: Indicator) -> dict[str, Any]:
    columns = {name: getattr(indicator, name) for name in COLUMNS if name != "department"}
    return {**columns, "department": indicator.department.code if indicator.department else None}
