"""What full marks would add 满分增益: for each indicator, the unit's score had it full points there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from kanjian.scoring.batch import Batch, CodeBook
from kanjian.scoring.branch import evaluate_branch
from kanjian.scoring.column import Column, Floats, Trace
from kanjian.scoring.evaluate import evaluate
from kanjian.scoring.explanation.model import ExplanationError
from kanjian.scoring.explanation.others import without_self
from kanjian.scoring.explanation.states import rows_of
from kanjian.scoring.leaf import evaluate_leaf
from kanjian.scoring.limits import limited, scaled
from kanjian.scoring.parameters import Parameters
from kanjian.scoring.plan import BranchPlan, LeafPlan, NodePlan
from kanjian.scoring.result import Result
from kanjian.scoring.rules import RuleBase
from kanjian.scoring.rules.ranks import Borda, Rank
from kanjian.scoring.rules.relative import ZScore
from kanjian.scoring.rules.standards import BandedEfficacy, Efficacy
from kanjian.scoring.rules.tables import Bonus, Grade, Step
from kanjian.scoring.rules.veto import Veto
from kanjian.scoring.values import Values


def marginal(result: Result, unit: str) -> pl.DataFrame:
    """Return what full marks in each indicator alone would add to the unit's score, bounds held still.

    One row per indicator that applies to the unit: `node`, `points` (null: no value), `full` (points of full marks; for
    rules without full marks the best points of the edition; 0 for a deduction), `gain` (score with full marks minus
    score). The row of a veto says what its absence would add. Raises ExplanationError (`unknown_unit`, `no_score`).
    """
    row = rows_of(result.values, [unit])
    if not row.height:
        raise ExplanationError("unknown_unit", f"no unit {unit!r} in the edition")
    leaves = _leaves(result.scheme.plan)
    count = len(leaves) + 1  # the last row stays as it is
    batch = _batch(row, leaves, count)
    columns = {leaf.code: evaluate_leaf(leaf, batch, result.parameters, Trace(wanted=False)) for leaf, _ in leaves}
    now = {code: float(column.points[-1]) for code, column in columns.items()}
    full = {}
    for place, (leaf, deduction) in enumerate(leaves):
        full[leaf.code] = _full(result, leaf, batch, place, deduction=deduction)
        columns[leaf.code] = _raised(columns[leaf.code], place, full[leaf.code], deduction=deduction)
    parameters = without_self(result.scheme, result.parameters, row)
    scores = _visit(result.scheme.plan, columns, batch, parameters, {}).points
    if np.isnan(scores[-1]):
        raise ExplanationError("no_score", f"unit {unit!r} has no score, so there is nothing to add to")
    rows = [
        (leaf.code, now[leaf.code], full[leaf.code], float(scores[place] - scores[-1]))
        for place, (leaf, _) in enumerate(leaves)
        if not _inapplicable(columns[leaf.code])
    ]
    schema = {"node": pl.String, "points": pl.Float64, "full": pl.Float64, "gain": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("points", "gain").fill_nan(None))


def _leaves(plan: NodePlan, *, deduction: bool = False) -> list[tuple[LeafPlan, bool]]:
    """Return the indicators, and whether their points are taken away instead of added."""
    if isinstance(plan, LeafPlan):
        return [(plan, deduction)]
    found = []
    if isinstance(plan, BranchPlan):
        for place, child in enumerate(plan.children):
            found += _leaves(child, deduction=deduction != (place in plan.deductions))
    return found


def _batch(row: Values, leaves: list[tuple[LeafPlan, bool]], count: int) -> Batch:
    """Repeat the unit's row, once for each indicator; in a veto's row the event did not happen."""
    at = np.zeros(count, dtype=np.int64)
    frame = row.frame[at]
    for place, (leaf, _) in enumerate(leaves):
        if isinstance(leaf.rule, Veto):
            value = pl.when(pl.int_range(pl.len()) == place).then(None).otherwise(pl.col(leaf.columns[0]))
            frame = frame.with_columns(value.alias(leaf.columns[0]))
    values = Values(frame, None if row.na is None else row.na[at])
    return Batch(values, CodeBook(frame), 0, count)


def _full(result: Result, leaf: LeafPlan, batch: Batch, place: int, *, deduction: bool) -> float:
    """Return the points of full marks, after the group's coefficient and the indicator's own cap."""
    if deduction:
        return 0.0
    points = full_marks(leaf.scorer, leaf.scale)
    if points is None:
        every = evaluate(result.scheme.plan, result.values, result.parameters, wanted=[leaf.code]).points[leaf.code]
        return float(np.nanmax(every)) if not np.isnan(every).all() else 0.0
    column = np.full(batch.rows, points)
    return float(limited(leaf, scaled(leaf, column, batch), batch, Trace(wanted=False))[place])


def full_marks(rule: RuleBase, scale: float) -> float | None:
    """Return the full points of a rule 满分; None where it has none (standard scores, plain ranks)."""
    full = getattr(rule, "full", None)
    match rule:
        case ZScore() | Borda():
            return None
        case Rank():
            return rule.full
        case Efficacy():
            return rule.at_most / 100.0 * (scale if full is None else float(full))
        case BandedEfficacy():
            top = max(rung.share for rung in rule.standards)
            return rule.floor + top * ((scale if full is None else float(full)) - rule.floor)
        case Step():
            return max(rule.otherwise, *(row.points for row in rule.steps))
        case Grade():
            return max(row.points for row in rule.grades)
        case Bonus():
            return rule.at_most
        case _:
            return scale if full is None else float(full)


def _raised(column: Column, place: int, full: float, *, deduction: bool) -> Column:
    """Return the column with full marks in one row; never less than the unit has, nothing where it does not apply."""
    points = column.points.copy()
    if column.na is None or not column.na[place]:
        points[place] = np.fmin(points[place], full) if deduction else np.fmax(points[place], full)
    share = None if column.share is None else np.where(np.isnan(points), 0.0, column.share)
    return Column(points, not np.isnan(points).any(), column.na, share, column.imputed)


def _inapplicable(column: Column) -> bool:
    return column.na is not None and bool(column.na[-1])


def _visit(
    plan: NodePlan, leaves: Mapping[str, Column], batch: Batch, parameters: Parameters, below: dict[str, Floats]
) -> Column:
    """Evaluate the branches of the engine on given points of the indicators."""
    if isinstance(plan, BranchPlan):
        columns: list[Any] = [_visit(child, leaves, batch, parameters, below) for child in plan.children]
        column = evaluate_branch(plan, columns, batch, parameters, trace=Trace(wanted=False), below=below)
    else:
        column = leaves[plan.code]
    below[plan.code] = column.points
    return column
