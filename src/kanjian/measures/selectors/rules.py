"""Reads of rules 勾稽关系, and what a rule finds in a period 试算."""

from dataclasses import dataclass

import polars as pl

from kanjian.calendars.periods import Period
from kanjian.measures.entry_context import ReadyRule
from kanjian.measures.models import Rule
from kanjian.measures.selectors.frames import values_long
from kanjian.orgs import policies as orgs
from kanjian.orgs.models import Post, Unit, User

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Broken:
    """One unit that breaks the rule, with both sides."""

    unit: Unit
    left: float | None
    right: float | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule finds in a period among the units in the reader's scope: counts, and the first that break it."""

    period: str
    units: int
    kept: int
    broken: int
    not_applicable: int
    examples: tuple[Broken, ...]


def rules() -> list[Rule]:
    """All rules, those in force first."""
    return sorted(Rule.objects.all(), key=lambda rule: (rule.retired_at is not None, rule.code))


def trial(rule: Rule, period: str, reader: User) -> Trial:
    """Apply a rule (stored or not) to the values of a period. Raises ``ExpressionError``, ``PeriodError``."""
    ready, now = ReadyRule(rule), Period.parse(period)
    names = {(cell.code, now.shift(cell.offset).code): str(cell) for cell in ready.cells}
    units = orgs.units_in_scope(reader, Post.Role.READER)
    if rule.unit_kind:
        units = units.filter(kind=rule.unit_kind)
    long = values_long(units, {code for code, _ in names}, {code for _, code in names})
    cells = pl.DataFrame(
        [(*place, name) for place, name in names.items()],
        schema={"indicator": pl.String, "period": pl.String, "cell": pl.String},
        orient="row",
    )
    wide = long.join(cells, on=["indicator", "period"]).pivot("cell", index="unit", values="value")
    sides = ready.sides(wide).sort("unit")
    broken = sides.filter("broken")
    known = Unit.objects.in_bulk(broken["unit"].head(SHOWN).to_list(), field_name="code")
    rows = broken.head(SHOWN).select("unit", "left", "right").iter_rows()
    return Trial(
        period=now.code,
        units=sides.height,
        kept=sides.filter(pl.col("broken").not_()).height,
        broken=broken.height,
        not_applicable=sides["broken"].null_count(),
        examples=tuple(Broken(known[unit], left, right) for unit, left, right in rows),
    )
