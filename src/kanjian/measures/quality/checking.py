"""All checks over the material 逐项检查: pure, nothing is read or written.

The limits are stricter than those of a textbook: a review list of hundreds is not read. An outlier must stand out among
the units (|z| ≥ 8: rates of few cases have heavy tails) *and* lie outside the unit's own past.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from kanjian.calendars.periods import Period
from kanjian.measures.entry_context import ReadyRule
from kanjian.measures.models import Indicator, Rule
from kanjian.measures.quality.material import Material
from kanjian.scoring import quality

OUTLIER, SPREAD_OUT = 8.0, 3.0  # |z|; 90 % ÷ 10 % quantile from which amounts are compared by ratio
WEIGHTS: Mapping[str, float] = {Rule.Importance.HIGH: 30.0, Rule.Importance.MEDIUM: 10.0, Rule.Importance.LOW: 3.0}
_COMMON = ("unit", "indicator", "period", "kind", "strength", "other")


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a check found strange; codes of unit, indicator and rule. ``key`` is the same in every run."""

    kind: str
    unit: str
    indicator: str | None
    strength: float
    numbers: Mapping[str, Any] = field(default_factory=dict)
    other: str | None = None
    rule: str | None = None

    def key(self, period: str) -> str:
        """What is asked, without the numbers."""
        mark = self.numbers.get("threshold")  # several marks of one indicator are several questions
        parts = (
            self.kind,
            period,
            self.unit,
            self.other,
            self.indicator,
            self.rule,
            None if mark is None else f"{mark:g}",
        )
        return ":".join(part for part in parts if part)


def check_all(material: Material) -> list[Found]:
    """Everything that the checks find strange in the period, strongest first."""
    found: list[Found] = list(_broken_rules(material))
    for kind in material.now["kind"].unique().sort():
        values = material.restricted(kind)
        found += [
            *_outliers(values, material),
            *_rows(quality.copy_forward(_plain(values), period=0, limits=material.limits), material.period),
            *_rows(quality.uniform_groups(values, period=0, limits=material.limits)),
            *_rows(quality.copied_neighbours(values, period=0, limits=material.limits)),
            *_rows(quality.digit_preference(values, limits=material.limits).filter(pl.col("period") == 0)),
            *_bunching(values, material),
        ]
    return sorted(found, key=lambda each: (-each.strength, each.kind, each.unit, each.indicator or ""))


def _plain(values: pl.DataFrame) -> pl.DataFrame:
    return values.select("unit", "indicator", "period", "value")


def _outliers(values: pl.DataFrame, material: Material) -> Iterator[Found]:
    """Of values that somebody hands in; what Kanjian computes itself cannot be mistyped."""
    computed = material.limits.filter(pl.col("source") == Indicator.Source.COMPUTED)["indicator"]
    given = _plain(values.filter(pl.col("indicator").is_in(computed.implode()).not_()))
    rows = quality.outliers(
        given,
        period=0,
        season=material.season,
        limit=OUTLIER,
        logarithmic=_spread_out(given),
        limits=material.limits,
    )
    ranges = quality.own_range(given.filter(pl.col("period") < 0), limits=material.limits, least=2)
    joined = rows.join(ranges.select("unit", "indicator", "low", "high"), on=["unit", "indicator"], how="left")
    inside = (pl.col("value") >= pl.col("low")) & (pl.col("value") <= pl.col("high"))
    yield from _rows(joined.filter(inside.fill_null(value=False).not_()))


def _spread_out(values: pl.DataFrame) -> list[str]:
    """Indicators whose amounts differ so much between units that changes are compared as ratios."""
    value = pl.col("value")
    low, high = (value.quantile(q, interpolation="linear") for q in (0.1, 0.9))
    stats = values.group_by("indicator").agg(low.alias("low"), high.alias("high"), value.min().alias("least"))
    wide = stats.filter((pl.col("least") > 0) & (pl.col("high") >= SPREAD_OUT * pl.col("low")))
    return wide["indicator"].sort().to_list()


def _bunching(values: pl.DataFrame, material: Material) -> Iterator[Found]:
    """For the whole, because a township has too few units near any mark."""
    marks = pl.DataFrame(
        [(each.indicator, each.threshold, each.upward) for each in material.thresholds],
        schema={"indicator": pl.String, "threshold": pl.Float64, "upward": pl.Boolean},
        orient="row",
    )
    whole = values.with_columns(group=pl.lit(material.root.code))
    yield from _rows(quality.bunching(whole, marks, period=0, limits=material.limits))


def _broken_rules(material: Material) -> Iterator[Found]:
    table = rule_values(material)
    order = dict(material.limits.select("indicator", "order").iter_rows())
    for rule in material.rules:
        units = table if not rule.row.unit_kind else table.filter(pl.col("kind") == rule.row.unit_kind)
        first = min(rule.reads, key=lambda code: order.get(code, len(order)), default=None)
        for unit, left, right in rule.broken(units).sort("unit").iter_rows():
            numbers = {"left": left, "right": right}
            weight = WEIGHTS[rule.row.importance]
            yield Found("rule", unit, first if first in order else None, weight, numbers, rule=rule.row.code)


def rule_values(material: Material, rules: Iterable[ReadyRule] | None = None) -> pl.DataFrame:
    """One row per unit with values in the period: ``unit, kind`` and a column for each cell that the rules read."""
    chosen = material.rules if rules is None else rules
    wanted = {(cell.code, cell.offset): str(cell) for rule in chosen for cell in rule.cells}
    units = material.now.select("unit", "kind").unique().sort("unit")
    cells = pl.DataFrame(
        [(code, offset, name) for (code, offset), name in wanted.items()],
        schema={"indicator": pl.String, "period": pl.Int64, "cell": pl.String},
        orient="row",
    )
    wide = material.values.join(cells, on=["indicator", "period"]).pivot("cell", index="unit", values="value")
    return units.join(wide, on="unit", how="left")


def _rows(frame: pl.DataFrame, period: str = "") -> Iterator[Found]:
    """Rows of a check: the common columns, and all others as the numbers behind it."""
    for row in frame.iter_rows(named=True):
        numbers = {name: value for name, value in row.items() if name not in _COMMON and value is not None}
        if "since" in numbers:
            numbers["since"] = Period.parse(period).shift(numbers["since"]).code
        yield Found(row["kind"], row["unit"], row["indicator"], row["strength"], numbers, other=row.get("other"))
