"""Define a cross-field rule or change it 定义勾稽关系."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.measures.models import Indicator, Rule
from kanjian.measures.policies import require_define_rules
from kanjian.measures.validation import ExpressionError, cells_of, parse
from kanjian.orgs.models import User

COLUMNS = (
    *("name", "name_en", "left", "operator", "right", "importance", "instruction", "instruction_en", "unit_kind"),
)


@transaction.atomic
def define_rule(code: str, *, by: User | None, **definition: Any) -> Rule:
    """Create the rule, or change the columns that are given; a retired one comes into force again.

    ``definition`` may name any of ``COLUMNS``; the ledger keeps what they were. Both sides are read at once, and every
    indicator they name must be registered. Raises ``ValidationError`` by column, ``TypeError``, ``PermissionDenied``.
    """
    require_define_rules(by)
    unknown = definition.keys() - set(COLUMNS)
    if unknown:
        raise TypeError(f"a rule has no {', '.join(sorted(unknown))}")
    rule = Rule.objects.select_for_update(of=("self",)).filter(code=code).first()
    before = {} if rule is None else _state(rule)
    rule = rule or Rule(code=code, created_by=by)
    for name, value in definition.items():
        setattr(rule, name, value.strip() if isinstance(value, str) else value)
    rule.retired_at = None
    rule.full_clean(exclude=["created_by", "retired_at"])
    _require_sides(rule)
    after = _state(rule)
    if after != before:
        rule.save()
        changes = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
        append_event("measures.define_rule", f"rule:{code}", by=by, data={"changes": changes})
    return rule


def _require_sides(rule: Rule) -> None:
    """Both sides can be read, name only known indicators, and at least one of the period itself."""
    problems: dict[str, list[str]] = {}
    read = {}
    for side in ("left", "right"):
        try:
            read[side] = cells_of(parse(getattr(rule, side)))
        except ExpressionError as error:
            problems[side] = [str(error)]
    codes = {cell.code for cells in read.values() for cell in cells}
    known = set(Indicator.objects.filter(code__in=codes).values_list("code", flat=True))
    for side, cells in read.items():
        absent = sorted({cell.code for cell in cells} - known)
        if absent:
            problems.setdefault(side, []).append(_("没有指标：%(codes)s") % {"codes": "、".join(absent)})
    if not problems and not any(cell.offset == 0 for cells in read.values() for cell in cells):
        problems["left"] = [_("至少要有一项指标取本期的值")]
    if problems:
        raise ValidationError(problems)


def _state(rule: Rule) -> Mapping[str, Any]:
    return {**{name: getattr(rule, name) for name in COLUMNS}, "retired": rule.retired_at is not None}
