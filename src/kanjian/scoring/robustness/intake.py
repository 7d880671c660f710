"""Reading points for a simulation: units, tracks, one array per alternative; only units that can be ranked stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .draws import draw_errors
from .errors import RobustnessError
from .evaluate import Evaluator
from .fixed import Fixed
from .plan import Alternative, Plan
from .ranking import Groups
from .tree import Floats, Tree

UNIT = "unit"


@dataclass(frozen=True)
class Table:
    """Points read once. ``evaluators``: the main table, then the alternatives. ``deviations``: (leaves × units)."""

    plan: Plan
    tree: Tree
    units: list[str]
    asked: list[str]
    tracks: list[str | None] | None
    groups: Groups | None
    evaluators: list[Evaluator]
    deviations: Floats | None
    kept: NDArray[np.intp] | None  # columns to rank, where all units have to be evaluated; None for all

    def nominal(self) -> Floats:
        """Scores (1 × units) of the main table under the nominal weights."""
        return self._ranked(self.evaluators[0].scores(self.tree.weights[None, :]))

    def scores(self, weights: Floats, way: int, noise: NDArray[np.int64]) -> Floats:
        """Scores (draws × units) by one way, for weights (draws × nodes).

        ``noise`` (draws,) says which realisation of the measurement error each draw meets; without error it is idle.
        """
        return self._ranked(self._evaluated(weights, self.evaluators[way], noise))

    def _ranked(self, scores: Floats) -> Floats:
        return scores if self.kept is None else scores[:, self.kept]

    def _evaluated(self, weights: Floats, evaluator: Evaluator, noise: NDArray[np.int64]) -> Floats:
        if self.deviations is None:
            return evaluator.scores(weights)
        noisy = (self._noisy(evaluator, int(i), self.deviations) for i in noise)
        return np.concatenate([each.scores(row[None, :]) for row, each in zip(weights, noisy, strict=True)])

    def _noisy(self, evaluator: Evaluator, draw: int, deviations: Floats) -> Evaluator:
        moved = evaluator.points + draw_errors(evaluator.points.shape, self.plan.seed, draw) * deviations
        return evaluator.moved(moved if self.plan.bounds is None else np.clip(moved, *self.plan.bounds))


def read(
    points: pl.DataFrame,
    tree: Tree,
    plan: Plan,
    *,
    track: str | None = None,
    fixed: Fixed | None = None,
    eligible: NDArray[np.bool_] | None = None,
) -> Table:
    """Check and convert; see ``simulate``."""
    units = _units(points)
    choices = [(points, tree), *((way.points, _same_nodes(tree, way)) for way in plan.alternatives)]
    arrays = [(way, _array(frame, way, units)) for frame, way in choices]
    evaluators = [Evaluator(way, array, fixed) for way, array in arrays]
    kept = np.logical_and.reduce([evaluator.rankable for evaluator in evaluators])
    kept = kept if eligible is None else kept & eligible
    if not kept.any():
        raise RobustnessError("no_units", "no unit can be ranked: every leaf with a weight is missing everywhere")
    whole = kept.all() or any(way.needs_others for way, _ in arrays)
    deviations = _deviations(plan, tree, len(units))
    if not whole:
        part = None if fixed is None else fixed.only(kept)
        evaluators = [Evaluator(way, np.ascontiguousarray(array[:, kept]), part) for way, array in arrays]
        deviations = None if deviations is None else deviations[:, kept]
    tracks = None if track is None else _tracks(points, track, kept)
    return Table(
        plan,
        tree,
        [unit for unit, keep in zip(units, kept, strict=True) if keep],
        units,
        tracks,
        None if tracks is None else _groups(tracks),
        evaluators,
        deviations,
        np.flatnonzero(kept) if whole and not kept.all() else None,
    )


def _units(points: pl.DataFrame) -> list[str]:
    if points.is_empty():
        raise RobustnessError("no_units", "the table of points has no rows")
    if UNIT not in points.columns:
        return [str(i) for i in range(points.height)]
    column = points[UNIT].cast(pl.String)
    if column.null_count() or column.n_unique() != column.len():
        raise RobustnessError("duplicate_unit", "every row needs a unit of its own")
    return column.to_list()


def _array(points: pl.DataFrame, tree: Tree, units: list[str]) -> Floats:
    absent = [code for code in tree.leaf_codes if code not in points.columns]
    if absent:
        raise RobustnessError("unknown_column", f"the table has no points for {', '.join(absent)}")
    if points.height != len(units) or (UNIT in points.columns and points[UNIT].cast(pl.String).to_list() != units):
        raise RobustnessError("unknown_unit", "an alternative must hold the same units in the same order")
    columns = [points[code].cast(pl.Float64).to_numpy() for code in tree.leaf_codes]
    array = np.ascontiguousarray(np.stack(columns), dtype=np.float64)
    if np.isinf(array).any():
        raise RobustnessError("not_finite", "points must be finite numbers")
    return array


def _same_nodes(tree: Tree, way: Alternative) -> Tree:
    """The alternative's tree with the main weights: only rules and aggregations may differ between alternatives."""
    if way.tree is None:
        return tree
    if [(n.code, n.parent) for n in way.tree.nodes] != [(n.code, n.parent) for n in tree.nodes]:
        raise RobustnessError("bad_tree", f"alternative {way.name!r} must have the same nodes as the main tree")
    pairs = zip(way.tree.nodes, tree.nodes, strict=True)
    return replace(way.tree, nodes=tuple(theirs._replace(weight=ours.weight) for theirs, ours in pairs))


def _tracks(points: pl.DataFrame, track: str, kept: NDArray[np.bool_]) -> list[str | None]:
    if track not in points.columns:
        raise RobustnessError("unknown_column", f"the table has no column {track!r} for the tracks")
    return points[track].cast(pl.String).filter(pl.Series(kept)).to_list()


def _groups(tracks: list[str | None]) -> Groups:
    """Track numbers in order of first appearance; units without a track form one of their own."""
    numbers: dict[str | None, int] = {}
    return Groups.of(np.array([numbers.setdefault(track, len(numbers)) for track in tracks], dtype=np.int64))


def _deviations(plan: Plan, tree: Tree, units: int) -> Floats | None:
    errors: Mapping[str, object] = plan.errors
    if not errors:
        return None
    unknown = [code for code in errors if code not in tree.leaf_codes]
    if unknown:
        raise RobustnessError("unknown_column", f"measurement error given for unknown leaves: {', '.join(unknown)}")
    result = np.zeros((len(tree.leaves), units))
    for row, code in enumerate(tree.leaf_codes):
        if code in plan.errors:
            given = np.asarray(plan.errors[code], dtype=np.float64)
            if given.ndim > 1 or (given.ndim == 1 and given.size != units) or not (given >= 0).all():
                raise RobustnessError("bad_option", f"{code}: one standard deviation of zero or more, or one per unit")
            result[row] = given
    return result
