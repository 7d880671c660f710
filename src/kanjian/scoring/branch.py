"""One branch, row by row 节点合成: children → filled → mean → bonus and deduction → limits, with its coverage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kanjian.scoring import aggregation, places
from kanjian.scoring.batch import Batch
from kanjian.scoring.column import Column, Floats, Mask, Trace
from kanjian.scoring.leaf import at_rows, outside, reference_at
from kanjian.scoring.limits import limited, scaled
from kanjian.scoring.parameters import Parameters
from kanjian.scoring.plan import BranchPlan


def evaluate_branch(
    plan: BranchPlan,
    columns: Sequence[Column],
    batch: Batch,
    parameters: Parameters,
    *,
    trace: Trace,
    below: dict[str, Floats],
) -> Column:
    """Return the points of a branch from its children's columns; `below` holds the points its floors look at."""
    real = [(columns[i], plan.children[i].weight) for i in plan.scores]
    children = real
    imputed = _imputed([column for column, _ in real])
    if plan.missing.rule == "fill":
        children, imputed = _filled(plan, columns, batch, parameters, trace=trace, imputed=imputed)
    points = _aggregate(plan, children, batch, parameters)
    _mark_undefined(plan, points, children, trace)
    na = _not_applicable(plan, [column for column, _ in real], batch)
    _apply_missing_rule(plan, points, real, children, batch.rows)
    _add_extras(plan, points, columns)
    if na is not None:
        points[na] = np.nan
        trace.mark(plan.code, "not_applicable", na)
    points = limited(plan, scaled(plan, points, batch), batch, trace, below)
    return Column(points, not np.isnan(points).any(), na, _share(real, batch.rows), imputed)


def _aggregate(plan: BranchPlan, children: aggregation.Weighted, batch: Batch, parameters: Parameters) -> Floats:
    rows, method = batch.rows, plan.aggregate.method
    if not children:
        # A branch of bonus items alone begins at nothing.
        return np.zeros(rows)
    match method:
        case "geometric":
            return aggregation.geometric(children, rows)
        case "harmonic":
            return aggregation.harmonic(children, rows)
        case "power":
            return aggregation.power(children, rows, plan.aggregate.p or 1.0)
        case "min":
            return aggregation.minimum(children, rows)
        case "sum":
            total = sum(weight for _, weight in children)
            return aggregation.arithmetic(children, rows) * (total / plan.scale)
        case "copeland" | "median_rank":
            return _by_place(plan, children, batch, parameters)
        case _:
            return aggregation.arithmetic(children, rows)


def _mark_undefined(plan: BranchPlan, points: Floats, children: aggregation.Weighted, trace: Trace) -> None:
    """Say where there are points below but no mean of them, as with a negative under a geometric mean."""
    if trace.wanted and children:
        gap = np.isnan(points)
        if gap.any():
            trace.mark(plan.code, "undefined", gap & (aggregation.weight_present(children, len(points)) > 0))


def _by_place(plan: BranchPlan, children: aggregation.Weighted, batch: Batch, parameters: Parameters) -> Floats:
    points = np.column_stack([column.points for column, _ in children])
    weights = np.array([weight for _, weight in children])
    full = plan.scale if plan.aggregate.full is None else plan.aggregate.full
    series = [plan.children[i].code for i in plan.scores]
    if plan.aggregate.method == "median_rank":
        supports = [reference_at(parameters, plan.code, None, batch, code) for code in series]
        return places.median_place(points, weights, supports) * full
    reference = parameters.references[plan.code].matrices[0]
    net = places.copeland(points, weights, reference)
    if plan.aggregate.raw:
        return net
    rivals = len(reference) - 1
    return (net / rivals + 1.0) / 2.0 * full if rivals > 0 else net * 0.0 + full


def _filled(
    plan: BranchPlan,
    columns: Sequence[Column],
    batch: Batch,
    parameters: Parameters,
    *,
    trace: Trace,
    imputed: Floats | None,
) -> tuple[list[tuple[Column, float]], Floats | None]:
    """Fill missing children from their group; what does not apply is never filled."""
    children = []
    for i in plan.scores:
        column, child = columns[i], plan.children[i]
        if not column.whole:
            gap = np.isnan(column.points) if column.na is None else np.isnan(column.points) & ~column.na
            points = np.where(gap, at_rows(parameters, plan.code, f"fill.{child.code}", batch), column.points)
            hit = gap & ~np.isnan(points)
            trace.mark(child.code, "filled", hit)
            imputed = _plus(imputed, hit.astype(np.float64))
            column = Column(points, not np.isnan(points).any(), column.na, column.share, column.imputed)
        children.append((column, child.weight))
    return children, imputed


def _apply_missing_rule(
    plan: BranchPlan, points: Floats, real: aggregation.Weighted, children: aggregation.Weighted, rows: int
) -> None:
    """Take the points away where the rule of the branch does not accept what is missing. Works in place."""
    if not real:
        return
    if all(column.whole for column, _ in real):
        return
    extras_only = plan.node.role in {"bonus", "deduction"}
    if plan.missing.rule == "strict":
        for column, weight in children:
            if weight > 0 and not column.whole:
                gap = np.isnan(column.points) if column.na is None else np.isnan(column.points) & ~column.na
                points[gap] = np.nan
    if plan.missing.min_share > 0:
        points[_present_share(plan, real, rows) < plan.missing.min_share - 1e-12] = np.nan
    if extras_only:
        np.copyto(points, 0.0, where=np.isnan(points))


def _present_share(plan: BranchPlan, real: aggregation.Weighted, rows: int) -> Floats:
    """Return the share of applicable children (by weight or count) that have points."""
    by_count = plan.missing.share_of == "count"
    counted = [(column, 1.0 if by_count else weight) for column, weight in real if weight > 0]
    applicable = np.zeros(rows)
    for column, weight in counted:
        applicable += weight if column.na is None else weight * ~column.na
    with np.errstate(divide="ignore", invalid="ignore"):
        return aggregation.weight_present(counted, rows) / applicable


def _add_extras(plan: BranchPlan, points: Floats, columns: Sequence[Column]) -> None:
    """Add bonus and take deductions; nothing claimed means nothing added. Works in place."""
    for i in plan.bonuses:
        points += plan.children[i].weight * np.nan_to_num(columns[i].points, nan=0.0)
    for i in plan.deductions:
        points -= plan.children[i].weight * np.nan_to_num(columns[i].points, nan=0.0)


def _not_applicable(plan: BranchPlan, children: Sequence[Column], batch: Batch) -> Mask | None:
    """Return where the branch itself or each of its children does not apply."""
    outer = outside(plan, batch)
    if not children or any(column.na is None for column in children):
        return outer
    inner: Mask = np.logical_and.reduce([column.na for column in children if column.na is not None])
    return inner if outer is None else inner | outer


def _share(real: aggregation.Weighted, rows: int) -> Floats | None:
    """Return the share of the applicable weight that rests on real values; None for 1 everywhere."""
    if all(column.share is None and column.na is None for column, _ in real):
        return None
    present, applicable = np.zeros(rows), np.zeros(rows)
    for column, weight in real:
        here = weight if column.na is None else weight * ~column.na
        applicable += here
        present += here if column.share is None else here * column.share
    with np.errstate(divide="ignore", invalid="ignore"):
        share = present / applicable
    share[applicable == 0] = 0.0
    return share


def _imputed(columns: Sequence[Column]) -> Floats | None:
    total: Floats | None = None
    for column in columns:
        if column.imputed is not None:
            total = _plus(total, column.imputed)
    return total


def _plus(a: Floats | None, b: Floats) -> Floats:
    return b if a is None else a + b
