"""Robustness of a scored result 结果稳健性: the scheme's own tree, rules and ties, with the weights varied."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from kanjian.scoring.batch import Batch, CodeBook
from kanjian.scoring.leaf import at_rows
from kanjian.scoring.limits import scaled, triggered
from kanjian.scoring.plan import BranchPlan, NodePlan
from kanjian.scoring.result import Result
from kanjian.scoring.scheme.parts import Precision, TieRule

from .errors import RobustnessError
from .evaluate import Evaluator
from .fixed import Fixed, Flags
from .intervals import interval_frame
from .leave_out import LeaveOneOut, leave_one_out
from .plan import Plan, Simulation
from .simulate import simulate
from .sobol import sobol_indices
from .tree import Floats, Floor, Node, Tree

# How far the tree may be from the engine's own scores, in parts of the scale.
AGREEMENT = 1e-9


@dataclass(frozen=True)
class Model:
    """A result as the simulations take it: points, tree, what rules settle, who is ranked, column of tracks, ties."""

    points: pl.DataFrame
    tree: Tree
    fixed: Fixed
    eligible: Flags
    track: str | None
    tolerance: float


def robust(result: Result, draws: int = 1000, seed: int = 0, spread: float = 0.25, **options: Any) -> pl.DataFrame:
    """Rank intervals of a result, one row per unit in its order; the columns are those of ``interval_frame``.

    Every weight of the scheme is varied by ±``spread`` on its level; caps, floors, vetoes, coefficients, extras,
    filling and minimum shares act in every draw as the scheme says. ``options``: further fields of ``Plan``. Units
    the result does not rank have nulls.
    """
    return interval_frame(simulate_result(result, draws, seed, spread, **options))


def simulate_result(
    result: Result, draws: int = 1000, seed: int = 0, spread: float = 0.25, **options: Any
) -> Simulation:
    """The draws behind ``robust``, for ``prob_above``, tie bands and other confidence levels."""
    model = model_of(result)
    plan = Plan(draws=draws, seed=seed, spread=spread, **{"tolerance": model.tolerance, **options})
    return simulate(model.points, model.tree, plan, track=model.track, fixed=model.fixed, eligible=model.eligible)


def leave_one_out_of(result: Result) -> LeaveOneOut:
    """``leave_one_out`` for a result: ranks without each node of its scheme."""
    m = model_of(result)
    return leave_one_out(m.points, m.tree, track=m.track, fixed=m.fixed, eligible=m.eligible, tolerance=m.tolerance)


def sobol_indices_of(result: Result, plan: Plan | None = None, **options: Any) -> pl.DataFrame:
    """``sobol_indices`` for a result; ``options`` are its ``units``, ``runs`` and ``resamples``."""
    model = model_of(result)
    asked = plan or Plan(tolerance=model.tolerance)
    return sobol_indices(model.points, model.tree, asked, fixed=model.fixed, eligible=model.eligible, **options)


def model_of(result: Result) -> Model:
    """Read tree, points and rules off a result, and check that they give the result's own scores."""
    scheme = result.scheme
    nodes = list(_nodes(scheme.plan, None))
    absent = [node.code for node in nodes if node.code not in result.scores.columns]
    if absent:
        raise RobustnessError("unknown_column", "the result holds no points of single indicators; score with detail")
    kept = {node.code for node in nodes}
    inner = {node.parent for node in nodes}
    tree = Tree(tuple(node._replace(floors=tuple(f for f in node.floors if f.node in kept)) for node in nodes))
    points = result.scores.select("unit", *(node.code for node in nodes if node.code not in inner))
    track = "track" if scheme.tracks is not None else None
    if track is not None:
        points = points.with_columns(result.scores[track])
    model = Model(
        points,
        tree,
        _fixed(result, kept),
        result.scores["rank"].is_not_null().to_numpy(),
        track,
        _tolerance(scheme.ties),
    )
    _compare(model, result)
    return model


def _nodes(plan: NodePlan, parent: str | None) -> list[Node]:
    """Rows of the tree, parents first; what is only shown (context, vetoes) is left out."""
    role = plan.node.role if parent is not None else "score"
    if role == "context":
        return []
    node = Node(plan.code, parent, plan.weight, role=role)
    if not isinstance(plan, BranchPlan):
        return [node]
    weights = math.fsum(plan.children[i].weight for i in plan.scores)
    cap = plan.node.cap
    node = node._replace(
        method=plan.aggregate.method,
        power=plan.aggregate.p or 1.0,
        factor=weights / plan.scale if plan.aggregate.method == "sum" else 1.0,
        at_least=-math.inf if cap is None or cap.at_least is None else cap.at_least,
        at_most=math.inf if cap is None or cap.at_most is None else cap.at_most,
        floors=tuple(Floor(floor.node, floor.below, floor.cap) for floor in plan.node.floors),
        full=plan.scale if plan.aggregate.full is None else plan.aggregate.full,
        raw=plan.aggregate.raw,
    )
    return [node, *(row for child in plan.children for row in _nodes(child, plan.code))]


def _fixed(result: Result, kept: set[str]) -> Fixed:
    """What does not depend on the weights, per branch."""
    values, scores = result.values, result.scores
    batch = Batch(values, CodeBook(values.frame), 0, values.height)
    absent, filled, coefficient = {}, {}, {}
    zeroed: dict[str, Flags] = {}
    ceiling: dict[str, Floats] = {}
    for plan in _branches(result.scheme.plan):
        empty = scores[plan.code].is_null().to_numpy()
        if empty.any():
            absent[plan.code] = empty
        if plan.missing.rule == "fill":
            for child in (plan.children[i].code for i in plan.scores):
                numbers = at_rows(result.parameters, plan.code, f"fill.{child}", batch)
                filled[child] = np.where(_flagged(result, child, "filled"), numbers, np.nan)
        if plan.coefficients:
            coefficient[plan.code] = scaled(plan, np.ones(batch.rows), batch)
        for veto in plan.vetoes:
            hit, effect = triggered(veto, batch)[0], veto.terms.effect
            if effect.zero:
                zeroed[plan.code] = hit | zeroed.get(plan.code, False)
            elif effect.cap is not None:
                _lower(ceiling, plan.code, hit, effect.cap)
        for floor in plan.node.floors:
            if floor.node not in kept:  # a node that is only shown: its points are the same in every draw
                _lower(ceiling, plan.code, scores[floor.node].to_numpy() < floor.below, floor.cap)
    return Fixed(absent, filled, coefficient, zeroed, ceiling)


def _lower(ceiling: dict[str, Floats], code: str, hit: Flags, cap: float) -> None:
    """Hold the marked units of a node at or below a cap."""
    sky = np.full(hit.shape, np.inf)
    ceiling[code] = np.minimum(ceiling.get(code, sky), np.where(hit, cap, np.inf))


def _branches(plan: NodePlan) -> list[BranchPlan]:
    if not isinstance(plan, BranchPlan):
        return []
    return [plan, *(branch for child in plan.children for branch in _branches(child))]


def _flagged(result: Result, node: str, flag: str) -> Flags:
    """Units that carry a flag at a node, as a mask in the order of the result."""
    marked = result.flags.filter((pl.col("node") == node) & (pl.col("flag") == flag))["unit"]
    return result.scores["unit"].cast(pl.String).is_in(marked.implode()).to_numpy()


def _tolerance(ties: TieRule) -> float:
    """The grid on which scores are equal, as close as the scheme's notion of a tie allows."""
    if not isinstance(ties.precision, Precision):
        return 0.0
    if ties.precision.decimals is not None:
        return float(10.0**-ties.precision.decimals)
    return ties.precision.tolerance or 0.0


def _compare(model: Model, result: Result) -> None:
    """Refuse to speak about another method than the one that was scored."""
    evaluator = Evaluator(model.tree, _columns(model), model.fixed)
    ours = evaluator.scores(model.tree.weights[None, :])[0]
    theirs = result.scores["score"].to_numpy()
    off = np.abs(np.where(model.eligible, ours - theirs, 0.0))
    worst = int(np.nanargmax(off)) if off.size else 0
    if off.size and not (off[worst] <= AGREEMENT * max(1.0, result.scheme.scale) and not np.isnan(off).any()):
        unit = result.scores["unit"][worst]
        raise RobustnessError("mismatch", f"{unit}: the tree gives {ours[worst]:.9g}, the result {theirs[worst]:.9g}")


def _columns(model: Model) -> Floats:
    return np.stack([model.points[code].to_numpy().astype(np.float64) for code in model.tree.leaf_codes])
