"""What full marks would add 满分增益: for each indicator, the unit's score had it full points there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from kanjian.scoring.batch import Batch, CodeBook
from kanjian.scoring.branch import evaluate_branch
from kanjian.scoring.column import Column, Floats, Trace
from kanjian.scoring.evaluate import evaluate
from kanjian.scoring.explanation.model import ExplanationError
from kanjian.scoring.explanation.others import without_self
from kanjian.scoring.explanation.single import UnitBatch, UnitValues
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
from kanjian.scoring.scheme import Scheme
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
    batch = _batch(row, leaves, len(leaves) + 1)
    without = without_self(result.scheme, result.parameters, row)
    tried = _try(result.scheme.plan, leaves, batch, result.parameters, without, best=partial(_best, result))
    if np.isnan(tried.scores[-1]):
        raise ExplanationError("no_score", f"unit {unit!r} has no score, so there is nothing to add to")
    rows = [
        (leaf.code, tried.now[leaf.code], tried.full[leaf.code], tried.gain(place))
        for place, (leaf, _) in enumerate(leaves)
        if not _inapplicable(tried.columns[leaf.code])
    ]
    schema = {"node": pl.String, "points": pl.Float64, "full": pl.Float64, "gain": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("points", "gain").fill_nan(None))


def full_mark_gains(scheme: Scheme, parameters: Parameters, unit: UnitValues) -> dict[str, float | None]:
    """Return the gains of `marginal` of the indicators whose rule knows full marks, from one unit's values alone.

    Indicators that do not apply to the unit are left out; nothing for a unit without a score.
    """
    leaves = _leaves(scheme.plan)
    absent: dict[str, list[int]] = {}
    for place, (leaf, _) in enumerate(leaves):
        if isinstance(leaf.rule, Veto):
            absent.setdefault(leaf.columns[0], []).append(place)
    without = without_self(scheme, parameters, unit.values()) if parameters.references else parameters
    batch = UnitBatch(unit, len(leaves) + 1, absent)
    tried = _try(scheme.plan, leaves, batch, parameters, without, best=lambda _: None)
    if np.isnan(tried.scores[-1]):
        return {}
    gains = {
        leaf.code: tried.gain(place)
        for place, (leaf, _) in enumerate(leaves)
        if full_marks(leaf.scorer, leaf.scale) is not None and not _inapplicable(tried.columns[leaf.code])
    }
    return {code: None if np.isnan(gain) else gain for code, gain in gains.items()}


@dataclass(frozen=True)
class _Tried:
    """One row per indicator with full marks there, and the unit as it is in the last: points now and of full marks,
    points of the indicators, scores.
    """

    now: dict[str, float]
    full: dict[str, float | None]
    columns: dict[str, Column]
    scores: Floats

    def gain(self, place: int) -> float:
        return float(self.scores[place] - self.scores[-1])


def _try(
    plan: NodePlan,
    leaves: list[tuple[LeafPlan, bool]],
    batch: Batch,
    parameters: Parameters,
    without: Parameters,
    *,
    best: Callable[[LeafPlan], float | None],
) -> _Tried:
    """Give full marks in each row's indicator; `best` is asked where a rule knows none, None leaves the points."""
    columns = {leaf.code: evaluate_leaf(leaf, batch, parameters, Trace(wanted=False)) for leaf, _ in leaves}
    now = {code: float(column.points[-1]) for code, column in columns.items()}
    full: dict[str, float | None] = {}
    for place, (leaf, deduction) in enumerate(leaves):
        found = 0.0 if deduction else _full(leaf, batch, place)
        full[leaf.code] = found = best(leaf) if found is None else found
        if found is not None:
            columns[leaf.code] = _raised(columns[leaf.code], place, found, deduction=deduction)
    return _Tried(now, full, columns, _visit(plan, columns, batch, without, {}).points)


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


def _full(leaf: LeafPlan, batch: Batch, place: int) -> float | None:
    """Return the points of full marks, after the group's coefficient and the indicator's own cap; None: no such."""
    points = full_marks(leaf.scorer, leaf.scale)
    if points is None:
        return None
    column = np.full(batch.rows, points)
    return float(limited(leaf, scaled(leaf, column, batch), batch, Trace(wanted=False))[place])


def _best(result: Result, leaf: LeafPlan) -> float:
    """Return the best points of an indicator in the edition."""
    every = evaluate(result.scheme.plan, result.values, result.parameters, wanted=[leaf.code]).points[leaf.code]
    return float(np.nanmax(every)) if not np.isnan(every).all() else 0.0


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
