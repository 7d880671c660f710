"""What the checks at entry compare with 校验依据: indicators, rules, the past, what is stored. Six queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from django.db.models import QuerySet

from kanjian.calendars.periods import Period
from kanjian.measures.models import Indicator, Rule
from kanjian.measures.selectors.frames import values_long
from kanjian.measures.validation import Cell, cells_of, frame_expression, parse
from kanjian.measures.validation.judging import frame_broken
from kanjian.orgs.models import Unit

HISTORY = 12  # periods back that count as a unit's past
_INDICATORS = pl.Schema({"indicator": pl.String, "decimals": pl.Int64, "minimum": pl.Float64, "maximum": pl.Float64})


@dataclass(frozen=True)
class ReadyRule:
    """A rule whose expressions are read."""

    row: Rule

    @cached_property
    def cells(self) -> frozenset[Cell]:
        """Every cell that it reads."""
        return cells_of(parse(self.row.left)) | cells_of(parse(self.row.right))

    @cached_property
    def reads(self) -> frozenset[str]:
        """Indicators that it reads in the period itself."""
        return frozenset(cell.code for cell in self.cells if not cell.offset)

    def sides(self, table: pl.DataFrame) -> pl.DataFrame:
        """``unit, left, right, broken`` (null: does not apply) for a table with a column per cell read."""
        absent = [pl.lit(None, pl.Float64).alias(str(cell)) for cell in self.cells if str(cell) not in table.columns]
        left, right = frame_expression(parse(self.row.left)), frame_expression(parse(self.row.right))
        return (
            table.with_columns(absent)
            .select("unit", left=left, right=right)
            .with_columns(broken=frame_broken(pl.col("left"), self.row.operator, pl.col("right")))
        )

    def broken(self, table: pl.DataFrame) -> pl.DataFrame:
        """``unit, left, right`` of the units that break it."""
        return self.sides(table).filter("broken").select("unit", "left", "right")


@dataclass(frozen=True)
class Context:
    """What entered cells are compared with.

    ``indicators``: ``indicator, decimals, minimum, maximum``. ``kinds``: ``unit, unit_kind``. ``history``: ``unit,
    indicator, period, value`` of earlier periods of the same kind, ``period`` counted in steps (the period itself is 0,
    the one before −1). ``stored``: ``unit, indicator, value`` of the period itself. ``rules``: those in force.
    """

    period: str
    indicators: pl.DataFrame
    kinds: pl.DataFrame
    history: pl.DataFrame
    stored: pl.DataFrame
    rules: tuple[ReadyRule, ...]


def context_of(units: QuerySet[Unit] | Iterable[Unit], period: str) -> Context:
    """Everything that is needed to check entries of these units in the period: six queries, however many units."""
    chosen = units if isinstance(units, QuerySet) else Unit.objects.filter(pk__in=[unit.pk for unit in units])
    now = Period.parse(period)
    rules = rules_in_force()
    farthest = max((-cell.offset for rule in rules for cell in rule.cells), default=0)
    steps = {now.shift(-step).code: -step for step in range(max(HISTORY, farthest) + 1)}
    long = values_long(chosen, None, steps).select(
        "unit",
        "indicator",
        pl.col("period").replace_strict(steps, return_dtype=pl.Int64),
        "value",
    )
    present = long.filter(pl.col("value").is_not_null())
    indicators = Indicator.objects.order_by().values_list("code", "decimals", "minimum", "maximum")
    kinds = list(chosen.order_by().values_list("code", "kind"))
    return Context(
        period=now.code,
        indicators=pl.DataFrame(list(indicators), schema=_INDICATORS, orient="row"),
        kinds=pl.DataFrame(kinds, schema={"unit": pl.String, "unit_kind": pl.String}, orient="row"),
        history=present.filter(pl.col("period") < 0),
        stored=present.filter(pl.col("period") == 0).drop("period"),
        rules=rules,
    )


def rules_in_force() -> tuple[ReadyRule, ...]:
    """Rules that are not retired, by code."""
    return tuple(ReadyRule(row) for row in Rule.objects.filter(retired_at=None).order_by("code"))


def rule_table(cells: pl.DataFrame, context: Context) -> pl.DataFrame:
    """One row per unit of ``cells``: ``unit, unit_kind`` and a column for each cell that any rule reads.

    Entered cells (``unit, indicator, value``) come before stored ones; what was entered as missing is missing.
    """
    wanted = {cell for rule in context.rules for cell in rule.cells}
    units = cells.select("unit").unique(maintain_order=True)
    entered = cells.select("unit", "indicator", "value")
    rest = context.stored.join(entered, on=["unit", "indicator"], how="anti").join(units, on="unit", how="semi")
    now = pl.concat([entered, rest.select(entered.columns)])
    named = [
        now.filter(pl.col("indicator").is_in([cell.code for cell in wanted if not cell.offset])),
        *(
            context.history.filter((pl.col("indicator") == cell.code) & (pl.col("period") == cell.offset)).select(
                "unit", pl.lit(str(cell)).alias("indicator"), "value"
            )
            for cell in wanted
            if cell.offset
        ),
    ]
    wide = pl.concat(named).pivot("indicator", index="unit", values="value")
    return units.join(context.kinds, on="unit", how="left").join(wide, on="unit", how="left")
