"""From marked rows and cells to problems with place, value and particulars 汇总问题."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from kanjian.calendars.periods import Period
from kanjian.measures.intake.options import Options
from kanjian.measures.intake.problems import KEPT, Findings, Problem
from kanjian.measures.intake.reference import Reference
from kanjian.measures.intake.shaping import Layout
from kanjian.tables import Table

PERIOD_PROBLEMS = frozenset(("blank_period", "bad_period", "other_period", "future_period"))
INDICATOR_PROBLEMS = frozenset(("blank_indicator", "unknown_indicator", "ambiguous_indicator"))


@dataclass(frozen=True, slots=True)
class Context:
    """What the sentences need to know besides the marked cells."""

    table: Table
    layout: Layout
    options: Options
    reference: Reference


def collect(rows: pl.DataFrame, cells: pl.DataFrame, context: Context) -> Findings:
    """All problems of the rows and of the cells, counted by kind; the first ones with their place."""
    return _row_findings(rows, context) + _cell_findings(cells, context)


def _counted(frame: pl.DataFrame) -> tuple[pl.DataFrame, Mapping[str, int]]:
    """The first wrong rows in the order of the file, and the number of each kind."""
    wrong = frame.filter(pl.col("problem").is_not_null())
    counts = Counter(dict(wrong["problem"].value_counts().iter_rows()))
    return wrong.sort("row", maintain_order=True).head(KEPT), counts


def _row_findings(rows: pl.DataFrame, context: Context) -> Findings:
    first, counts = _counted(rows)
    layout, period = context.layout, context.options.period
    expected = Period.parse(period).code if period else ""
    problems = []
    for line in first.iter_rows(named=True):
        is_period = line["problem"] in PERIOD_PROBLEMS
        particulars = {
            "expected": expected,
            "from": str(line["valid_from"]),
            "to": str(line["valid_to"]),
            "successors": context.reference.successors.get(line["unit_id"], "—"),
        }
        column = (layout.period or "") if is_period else layout.unit
        value = line["period"] if is_period else line["unit"]
        problems.append(Problem(line["problem"], line["row"], column, context.table.sheet, value or "", particulars))
    return Findings.of(problems, counts)


def _cell_findings(cells: pl.DataFrame, context: Context) -> Findings:
    first, counts = _counted(cells)
    layout = context.layout
    units_of_measure = dict(context.reference.indicators.select("id", "unit_of_measure").iter_rows())
    problems = []
    for line in first.iter_rows(named=True):
        code = line["problem"]
        column, value = line["column"], _shown(line)
        if code in INDICATOR_PROBLEMS:
            column, value = layout.indicator or column, line["indicator"] or ""
        elif code in {"bad_status", "status_conflict"}:
            column, value = layout.status or column, line["said"] or ""
        limit = line["minimum"] if code == "below_minimum" else line["maximum"]
        particulars = {
            "limit": "" if limit is None else f"{limit:g}",
            "unit": units_of_measure.get(line["indicator_id"]) or "—",
            "first": str(line["first"]),
        }
        problems.append(Problem(code, line["row"], column, context.table.sheet, value, particulars))
    return Findings.of(problems, counts)


def _shown(line: Mapping[str, object]) -> str:
    """The cell as it was written."""
    if line["raw"] is not None:
        return str(line["raw"])
    return "" if line["number"] is None else str(line["number"])
