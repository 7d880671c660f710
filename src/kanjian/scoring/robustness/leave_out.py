"""Leave one out 逐项剔除: every unit's rank without each node of the tree, all nodes at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .errors import RobustnessError
from .evaluate import Evaluator
from .fixed import Fixed
from .intake import Table, read
from .plan import Plan
from .ranking import TOLERANCE, rank_rows
from .tree import Floats, Tree, as_tree


@dataclass(frozen=True)
class LeaveOneOut:
    """``ranks``: ``unit``, ``rank_base`` and a column per node with the rank without it (null: nothing is left).

    ``track_ranks``: the same within tracks, or ``None``. ``summary``: ``node``, ``mean_shift``, ``max_shift`` (mean
    and largest change of a rank, in places), ``moved`` (share of units whose rank changes).
    """

    ranks: pl.DataFrame
    summary: pl.DataFrame
    track_ranks: pl.DataFrame | None = None


def leave_one_out(
    points: pl.DataFrame,
    weights: Tree | Mapping[str, float],
    *,
    track: str | None = None,
    fixed: Fixed | None = None,
    eligible: NDArray[np.bool_] | None = None,
    tolerance: float = TOLERANCE,
) -> LeaveOneOut:
    """Ranks without each node below the root; arguments as for ``simulate``.

    The weights of what is left are scaled up, for each unit over what it has. In an additive tree this needs no
    second evaluation: taking child k out of its parent turns the parent's mean M into (M − s_k x_k)/(1 − s_k), s_k
    the child's share, and moves the index by the parent's share in it. A parent whose only child goes, goes too.
    """
    tree = as_tree(weights)
    table = read(points, tree, Plan(tolerance=tolerance), track=track, fixed=fixed, eligible=eligible)
    scores = closed_form(table.evaluators[0]) if tree.additive and not (fixed or Fixed()).bends() else one_by_one(table)
    if table.kept is not None:
        scores = scores[:, table.kept]
    gone = np.isnan(scores)
    floor = np.nanmin(scores) - 1.0
    overall, within = rank_rows(np.where(gone, floor, scores), tolerance, table.groups)
    codes = ["rank_base", *(node.code for node in tree.nodes[1:])]
    ranks = _frame(table.units, codes, overall, gone)
    return LeaveOneOut(
        ranks, _summary(codes, overall, gone), None if within is None else _frame(table.units, codes, within, gone)
    )


def closed_form(evaluator: Evaluator) -> Floats:
    """Index with everything, then without each node: (nodes × units), for an additive tree; ``nan`` if none is left."""
    tree = evaluator.tree
    if not tree.additive:
        raise RobustnessError("bad_tree", "the closed form needs a plain weighted sum")
    values = {code: v.reshape(-1) for code, v in evaluator.node_scores(tree.weights[None, :]).items()}
    shares = _shares(evaluator)
    result = np.full((len(tree.nodes), evaluator.units), np.nan)
    result[0] = values[tree.nodes[0].code]
    reach = {0: np.ones(evaluator.units)}  # by how much the index moves when the node's points move by one
    for k in range(1, len(tree.nodes)):
        parent = tree.parents[k]
        factor, share = tree.nodes[parent].factor, shares[k]
        reach[k] = reach[parent] * share * factor
        mean, own = values[tree.nodes[parent].code] / factor, np.nan_to_num(values[tree.nodes[k].code])
        last = share > 1.0 - 1e-12
        without = (mean - share * own) / np.where(last, 1.0, 1.0 - share)
        moved = result[0] + reach[parent] * factor * (without - mean)
        above = result[parent] if parent > 0 else np.nan
        result[k] = np.where(share == 0.0, result[0], np.where(last, above, moved))
    return result


def _shares(evaluator: Evaluator) -> dict[int, Floats]:
    """Share of each node in its parent, unit by unit, over the children the unit has."""
    tree = evaluator.tree
    shares: dict[int, Floats] = {}
    for below in tree.scored.values():
        held = {k: tree.weights[k] * evaluator.held[k] for k in below}
        total = np.sum(list(held.values()), axis=0)
        shares |= {k: part / np.where(total > 0, total, 1.0) for k, part in held.items()}
    return shares


def one_by_one(table: Table) -> Floats:
    """The same as ``closed_form`` for any tree, by evaluating it again without each node."""
    whole = table.evaluators[0]
    tree, units = whole.tree, whole.units
    result = np.full((len(tree.nodes), units), np.nan)
    result[0] = whole.scores(tree.weights[None, :])[0]
    for k in range(1, len(tree.nodes)):
        rest = without(tree, tree.nodes[k].code)
        if rest is not None:
            rows = [whole.row[tree.place[code]] for code in rest.leaf_codes]
            part = Evaluator(rest, whole.points[rows], whole.fixed)
            result[k] = np.where(part.rankable, part.scores(rest.weights[None, :])[0], np.nan)
    return result


def without(tree: Tree, code: str) -> Tree | None:
    """The tree without a node, what is below it, and ancestors left with no child to take a mean of; None if empty."""
    gone = {code}
    for node in tree.nodes:
        if node.parent in gone:
            gone.add(node.code)
    parent = tree.nodes[tree.place[code]].parent
    if parent is not None and tree.nodes[tree.place[code]].role == "score":
        left = [
            k for k in tree.scored[tree.place[parent]] if tree.nodes[k].code not in gone and tree.nodes[k].weight > 0
        ]
        if not left:
            return without(tree, parent) if tree.parents[tree.place[parent]] >= 0 else None
    kept = [node for node in tree.nodes if node.code not in gone]
    return Tree(
        tuple(node._replace(floors=tuple(floor for floor in node.floors if floor.node not in gone)) for node in kept)
    )


def _frame(
    units: list[str], codes: list[str], ranks: NDArray[np.unsignedinteger], gone: NDArray[np.bool_]
) -> pl.DataFrame:
    columns = [
        pl.Series(code, row.astype(np.uint32)).set(pl.Series(missing), None)
        if missing.any()
        else pl.Series(code, row.astype(np.uint32))
        for code, row, missing in zip(codes, ranks, gone, strict=True)
    ]
    return pl.DataFrame([pl.Series("unit", units), *columns])


def _summary(codes: list[str], ranks: NDArray[np.unsignedinteger], gone: NDArray[np.bool_]) -> pl.DataFrame:
    shift = np.abs(ranks.astype(np.float64) - ranks[0].astype(np.float64))
    shift[gone] = np.nan
    kept = [row[~np.isnan(row)] for row in shift[1:]]
    return pl.DataFrame(
        {
            "node": codes[1:],
            "mean_shift": [float(row.mean()) if row.size else None for row in kept],
            "max_shift": [int(row.max()) if row.size else None for row in kept],
            "moved": [float((row > 0).mean()) if row.size else None for row in kept],
        }
    )
