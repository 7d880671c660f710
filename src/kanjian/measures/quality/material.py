"""What a quality run looks at 检查材料: values with their past, groups, limits, rules, thresholds."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from kanjian.calendars.periods import Period
from kanjian.measures.entry_context import HISTORY, ReadyRule, rules_in_force
from kanjian.measures.models import Indicator
from kanjian.measures.quality.thresholds import Threshold, thresholds_of
from kanjian.measures.selectors.frames import values_long
from kanjian.orgs.models import Unit
from kanjian.orgs.tree import ids_below

_LIMITS = pl.Schema(
    {
        "indicator": pl.String,
        "decimals": pl.Int64,
        "minimum": pl.Float64,
        "maximum": pl.Float64,
        "source": pl.String,
        "order": pl.Int64,
    }
)
_UNITS = pl.Schema({"unit": pl.String, "kind": pl.String, "group": pl.String})


@dataclass(frozen=True)
class Material:
    """Everything that the checks read.

    ``values``: ``unit, kind, group, indicator, period, value``; ``group`` is the unit above (who usually gathers the
    numbers), ``period`` counts steps from the period looked at (0; the one before −1). ``limits``: ``indicator,
    decimals, minimum, maximum, source, order``. ``season``: periods in a year.
    """

    root: Unit
    period: str
    season: int
    values: pl.DataFrame
    limits: pl.DataFrame
    rules: tuple[ReadyRule, ...]
    thresholds: tuple[Threshold, ...]

    @property
    def now(self) -> pl.DataFrame:
        """Cells of the period itself."""
        return self.values.filter(pl.col("period") == 0)

    def restricted(self, kind: str) -> pl.DataFrame:
        """Values of units of one kind: only like is compared with like."""
        return self.values.filter(pl.col("kind") == kind)


def gather(root: Unit, period: str, *, thresholds: Iterable[Threshold] | None = None) -> Material:
    """The values of all units at and below the root in the period and up to twelve before it."""
    now = Period.parse(period)
    rules = rules_in_force()
    farthest = max((-cell.offset for rule in rules for cell in rule.cells), default=0)
    steps = {now.shift(-step).code: -step for step in range(max(HISTORY, farthest) + 1)}
    units = Unit.objects.filter(pk__in=ids_below([root.pk]))
    rows = list(units.order_by().values_list("code", "kind", "parent__code"))
    tree = pl.DataFrame(rows, schema=_UNITS, orient="row").with_columns(pl.col("group").fill_null(root.code))
    long = values_long(units, None, steps).filter(pl.col("value").is_not_null())
    values = long.select(
        "unit", "indicator", pl.col("period").replace_strict(steps, return_dtype=pl.Int64), "value"
    ).join(tree, on="unit")
    limits = Indicator.objects.order_by().values_list("code", "decimals", "minimum", "maximum", "source", "order")
    return Material(
        root=root,
        period=now.code,
        season=now.per_year,
        values=values,
        limits=pl.DataFrame(list(limits), schema=_LIMITS, orient="row"),
        rules=rules,
        thresholds=tuple(thresholds_of(now.code) if thresholds is None else thresholds),
    )
