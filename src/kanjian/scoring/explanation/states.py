"""Rows of values to trees of points 状态: runs the engine on some rows and says how each node came about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import isnan

import numpy as np
import numpy.typing as npt
import polars as pl

from kanjian.scoring.batch import Batch, CodeBook
from kanjian.scoring.column import Floats
from kanjian.scoring.evaluate import Outcome, evaluate
from kanjian.scoring.explanation.means import Mean
from kanjian.scoring.explanation.split import NodeState
from kanjian.scoring.leaf import at_rows
from kanjian.scoring.limits import scaled
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
    forest = Forest(scheme, parameters, values)
    return [forest.tree(row, node) for row in range(values.height)]


def rows_of(values: Values, units: list[str]) -> Values:
    """Return the rows of the given units, in their order; units that do not exist are left out."""
    wanted = pl.DataFrame({"unit": units})
    numbered = values.frame.select("unit").with_row_index("row")
    rows = wanted.join(numbered, on="unit", how="inner", maintain_order="left")["row"]
    na = None if values.na is None else values.na[rows]
    return Values(values.frame[rows], na, values.notes)


class Forest:
    """Rows that the engine evaluated in one go 状态林; the tree of a row is put together when it is asked for.

    Of the values nothing is kept but what trees need: points of all nodes, coefficients of the groups of the rows, and
    the points that were filled in.
    """

    def __init__(self, scheme: Scheme, parameters: Parameters, values: Values) -> None:
        self._plan = scheme.plan
        self._codes = [each.code for each in scheme.nodes()]
        plans = list(_plans(self._plan))
        filling = [plan for plan in plans if isinstance(plan, BranchPlan) and plan.missing.rule == "fill"]
        outcome = evaluate(self._plan, values, parameters, wanted=self._codes, flags=bool(filling))
        batch = Batch(values, CodeBook(values.frame), 0, values.height)
        self._points = np.column_stack([outcome.points[code] for code in self._codes])
        self._factors = {plan.code: scaled(plan, np.ones(batch.rows), batch) for plan in plans if plan.coefficients}
        self._fills = _fills(filling, outcome, batch, parameters)

    @property
    def scores(self) -> Floats:
        """Points of the root in every row; NaN for none."""
        return self._points[:, self._codes.index(self._plan.code)]

    def tree(self, row: int, node: str | None = None) -> NodeState | None:
        """Return the tree of a row, None where it has no points; `node`: only what is below it."""
        points = dict(zip(self._codes, self._points[row].tolist(), strict=True))
        factors = {code: float(column[row]) for code, column in self._factors.items()}
        fills = {code: float(column[row]) for code, column in self._fills.items() if not isnan(column[row])}
        chosen = self._plan if node is None else next(plan for plan in _plans(self._plan) if plan.code == node)
        return _Row(points, factors, fills).state(chosen)


def _plans(plan: NodePlan) -> Iterator[NodePlan]:
    yield plan
    for child in plan.children if isinstance(plan, BranchPlan) else ():
        yield from _plans(child)


def _fills(plans: list[BranchPlan], outcome: Outcome, batch: Batch, parameters: Parameters) -> dict[str, Floats]:
    """Return the points that were filled in for a node, NaN in the rows in which nothing was."""
    hits: dict[str, list[npt.NDArray[np.intp]]] = {}
    for code, flag, rows in outcome.flags:
        if flag == "filled":
            hits.setdefault(code, []).append(rows)
    found = {}
    for plan in plans:
        for child in (child for child in plan.children if child.code in hits):
            fill = np.broadcast_to(at_rows(parameters, plan.code, f"fill.{child.code}", batch), batch.rows)
            rows = np.concatenate(hits[child.code])
            column = np.full(batch.rows, np.nan)
            column[rows] = fill[rows]
            found[child.code] = column
    return found


class _Row:
    """One evaluated row, and what is needed to retrace a node."""

    def __init__(self, points: Mapping[str, float], factors: Mapping[str, float], fills: Mapping[str, float]) -> None:
        self.points, self.factors, self.fills = points, factors, fills

    def state(self, plan: NodePlan) -> NodeState | None:
        """Return one node."""
        points = self.points[plan.code]
        if isnan(points):
            return None
        factor = self.factors.get(plan.code, 1.0)
        if not isinstance(plan, BranchPlan):
            whole = plan.node.cap is not None or plan.vetoes or factor == 0
            return NodeState(plan.code, points, kind="leaf", factor=1.0 if whole else factor)
        if plan.aggregate.method not in MEANS:
            return NodeState(plan.code, points)
        children = self._children(plan)
        added = self._added(plan)
        weights, sheet = _weights(plan, children), _sheet(plan)
        state = NodeState(plan.code, points, "branch", _mean(plan), children, weights, added, factor, sheet)
        return self._limited(plan, state)

    def _children(self, plan: BranchPlan) -> dict[str, NodeState]:
        """Return the children that enter the mean."""
        found = {}
        for child in (plan.children[i] for i in plan.scores):
            if child.weight > 0:
                fill = self.fills.get(child.code)
                state = self.state(child) if fill is None else NodeState(child.code, fill, kind="fill")
                if state is not None:
                    found[child.code] = state
        return found

    def _added(self, plan: BranchPlan) -> dict[str, tuple[float, NodeState]]:
        """Return the bonus and deduction items that were claimed, with their signed weights."""
        found = {}
        for sign, places in ((1.0, plan.bonuses), (-1.0, plan.deductions)):
            for child in (plan.children[i] for i in places):
                state = self.state(child) if child.weight > 0 else None
                if state is not None:
                    found[child.code] = (sign * child.weight, state)
        return found

    def _limited(self, plan: BranchPlan, state: NodeState) -> NodeState:
        """Add what cap, floors and vetoes did, in the order of the engine; the veto is what remains."""
        limited = plan.node.cap or plan.node.floors or plan.vetoes
        base = state.base if limited else None
        if base is None:
            return state
        now = base * state.factor
        capped = _capped(plan, now)
        # a missing node breaks no floor
        broken = (floor.cap for floor in plan.node.floors if self.points[floor.node] < floor.below)
        floored = min([capped, *broken])
        steps = {"cap": capped - now, "floor": floored - capped, "veto": state.points - floored}
        limits = {cause: step for cause, step in steps.items() if abs(step) > TINY * max(1.0, abs(now))}
        if not plan.vetoes:
            limits.pop("veto", None)
        return replace(state, limits=limits)


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
