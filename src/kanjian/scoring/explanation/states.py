"""Rows of values to trees of points 状态: runs the engine on a few rows and says how each node came about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from kanjian.scoring.batch import Batch, CodeBook
from kanjian.scoring.column import Floats
from kanjian.scoring.evaluate import evaluate
from kanjian.scoring.explanation.means import Mean
from kanjian.scoring.explanation.split import NodeState
from kanjian.scoring.leaf import at_rows
from kanjian.scoring.parameters import Parameters
from kanjian.scoring.plan import BranchPlan, NodePlan
from kanjian.scoring.scheme import Scheme
from kanjian.scoring.values import Values

TINY = 1e-12
MEANS = {"arithmetic", "geometric", "harmonic", "power", "sum", "min"}


def states_of(
    scheme: Scheme, parameters: Parameters, values: Values, node: str | None = None
) -> list[NodeState | None]:
    """Return the tree of points of each row, None where the row has no score; `node`: only what is below it."""
    plan = scheme.plan
    codes = [each.code for each in scheme.nodes()]
    outcome = evaluate(plan, values, parameters, wanted=codes, flags=True)
    filled = {(code, row) for code, flag, found in outcome.flags if flag == "filled" for row in found.tolist()}
    rows = _Rows(outcome.points, Batch(values, CodeBook(values.frame), 0, values.height), parameters, filled)
    chosen = plan if node is None else _find(plan, node)
    return [rows.state(chosen, row) for row in range(values.height)]


def rows_of(values: Values, units: list[str]) -> Values:
    """Return the rows of the given units, in their order; units that do not exist are left out."""
    wanted = pl.DataFrame({"unit": units})
    numbered = values.frame.select("unit").with_row_index("row")
    rows = wanted.join(numbered, on="unit", how="inner", maintain_order="left")["row"]
    na = None if values.na is None else values.na[rows]
    return Values(values.frame[rows], na, values.notes)


def _find(plan: NodePlan, code: str) -> NodePlan:
    if plan.code == code:
        return plan
    children = plan.children if isinstance(plan, BranchPlan) else ()
    found = (_find(child, code) for child in children if code in {node.code for node in child.node.walk()})
    return next(found)


class _Rows:
    """The evaluated rows, and what is needed to retrace a node."""

    def __init__(
        self, points: dict[str, Floats], batch: Batch, parameters: Parameters, filled: set[tuple[str, int]]
    ) -> None:
        self.points, self.batch, self.parameters, self.filled = points, batch, parameters, filled

    def state(self, plan: NodePlan, row: int) -> NodeState | None:
        """Return one node of one row."""
        points = float(self.points[plan.code][row])
        if np.isnan(points):
            return None
        factor = self._factor(plan, row)
        if not isinstance(plan, BranchPlan):
            whole = plan.node.cap is not None or plan.vetoes or factor == 0
            return NodeState(plan.code, points, kind="leaf", factor=1.0 if whole else factor)
        if plan.aggregate.method not in MEANS:
            return NodeState(plan.code, points)
        children = self._children(plan, row)
        added = self._added(plan, row)
        weights, sheet = _weights(plan, children), _sheet(plan)
        state = NodeState(plan.code, points, "branch", _mean(plan), children, weights, added, factor, sheet)
        return self._limited(plan, state, row)

    def _children(self, plan: BranchPlan, row: int) -> dict[str, NodeState]:
        """Return the children that enter the mean."""
        found = {}
        for child in (plan.children[i] for i in plan.scores):
            state = self.state(child, row) if child.weight > 0 else None
            if (child.code, row) in self.filled and child.weight > 0:
                fill = at_rows(self.parameters, plan.code, f"fill.{child.code}", self.batch)
                state = NodeState(child.code, float(np.broadcast_to(fill, self.batch.rows)[row]), kind="fill")
            if state is not None:
                found[child.code] = state
        return found

    def _added(self, plan: BranchPlan, row: int) -> dict[str, tuple[float, NodeState]]:
        """Return the bonus and deduction items that were claimed, with their signed weights."""
        found = {}
        for sign, places in ((1.0, plan.bonuses), (-1.0, plan.deductions)):
            for child in (plan.children[i] for i in places):
                state = self.state(child, row)
                if state is not None and child.weight > 0:
                    found[child.code] = (sign * child.weight, state)
        return found

    def _factor(self, plan: NodePlan, row: int) -> float:
        """Return the coefficient of the row's groups."""
        factor = 1.0
        for column, labels, factors in plan.coefficients:
            factor *= (*factors, 1.0)[int(self.batch.codes(column, labels)[row])]
        return factor

    def _limited(self, plan: BranchPlan, state: NodeState, row: int) -> NodeState:
        """Add what cap, floors and vetoes did, in the order of the engine; the veto is what remains."""
        base = state.base
        if base is None or not (plan.node.cap or plan.node.floors or plan.vetoes):
            return state
        now = base * state.factor
        capped = _capped(plan, now)
        floored = min([capped, *(floor.cap for floor in plan.node.floors if self._under(floor.node, floor.below, row))])
        steps = {"cap": capped - now, "floor": floored - capped, "veto": state.points - floored}
        limits = {cause: step for cause, step in steps.items() if abs(step) > TINY * max(1.0, abs(now))}
        if not plan.vetoes:
            limits.pop("veto", None)
        return replace(state, limits=limits)

    def _under(self, node: str, below: float, row: int) -> bool:
        """Whether a floor is broken; a missing node breaks none."""
        return bool(self.points[node][row] < below)


def _capped(plan: BranchPlan, points: float) -> float:
    cap = plan.node.cap
    if cap is None:
        return points
    low = -np.inf if cap.at_least is None else cap.at_least
    high = np.inf if cap.at_most is None else cap.at_most
    return float(max(min(points, high), low))


def _mean(plan: BranchPlan) -> Mean:
    kind = plan.aggregate.method
    return Mean("arithmetic" if kind == "sum" else kind, plan.aggregate.p or 1.0)  # type: ignore[arg-type]


def _sheet(plan: BranchPlan) -> float:
    """Return what a sum of points has instead of a mean: the full points of the sheet over the scale."""
    if plan.aggregate.method != "sum":
        return 1.0
    return sum(plan.children[i].weight for i in plan.scores) / plan.scale


def _weights(plan: BranchPlan, children: dict[str, NodeState]) -> dict[str, float]:
    """Return the shares of the children that are counted."""
    present = sum(plan.children[i].weight for i in plan.scores if plan.children[i].code in children)
    return {child.code: child.weight / present for child in plan.children if child.code in children}
