"""Scores of all units under many sets of weights at once, missing cells rescaled per unit in every draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .errors import RobustnessError
from .fixed import Fixed, Flags, limit
from .means import bend, by_place, check_positive, exponent, unbend
from .product import product
from .tree import PLACES, Floats, Tree


@dataclass(frozen=True)
class Branch:
    """What does not change between draws at one inner node.

    ``leaves``, ``branches``: positions of the children that enter the mean; ``cells``: (leaves × units), filled,
    missing ``nan``; ``bent``: the same on the scale of the mean, missing 0; ``short``: units that lack a child, and
    ``masks`` (children × short units): which they have; ``extras``: signed positions of bonuses and deductions.
    """

    position: int
    leaves: list[int]
    branches: list[int]
    cells: Floats
    bent: Floats
    short: np.ndarray[tuple[int, ...], np.dtype[np.intp]]
    masks: Floats
    extras: list[tuple[int, float]]


class Evaluator:
    """A tree over points, ready to be evaluated for block after block of weights.

    ``points``: (leaves × units), missing ``nan``, rows as ``tree.leaf_codes``. Which nodes are present is settled
    once; draws change weights, not coverage. A unit's weights are divided by the weight of what it has, at every node.
    """

    def __init__(self, tree: Tree, points: Floats, fixed: Fixed | None = None) -> None:
        if points.shape[0] != len(tree.leaves):
            raise RobustnessError("bad_tree", f"{len(tree.leaves)} leaves but {points.shape[0]} rows of points")
        self.tree, self.points, self.fixed = tree, points, fixed or Fixed()
        self.units = points.shape[1]
        self.row = {leaf: i for i, leaf in enumerate(tree.leaves)}
        self.held: dict[int, Flags] = {}  # counts in its parent: present, or filled
        self.present = self._presence()
        self.flat = tree.additive and not self.fixed.bends() and not np.isnan(points).any()
        self.plans = [] if self.flat else [self._branch(i) for i in tree.inner_upwards]

    def moved(self, points: Floats) -> Evaluator:
        """The same with other points, missing where these are missing."""
        return Evaluator(self.tree, points, self.fixed)

    @property
    def rankable(self) -> Flags:
        """Which units have a score at the root."""
        return self.present[0]

    def scores(self, weights: Floats) -> Floats:
        """Scores (draws × units) for weights (draws × nodes, sum 1 among siblings); ``nan`` for units without one."""
        if self.flat:
            return product(self.tree.along_paths(weights), self.points)
        return self.node_scores(weights)[self.tree.nodes[0].code]

    def node_scores(self, weights: Floats) -> dict[str, Floats]:
        """Scores of every node by code: leaves (units,), inner nodes (draws × units); ``nan`` where absent."""
        plans = self.plans or [self._branch(i) for i in self.tree.inner_upwards]
        values = {self.tree.nodes[leaf].code: self.points[i] for leaf, i in self.row.items()}
        for plan in plans:
            node, present = self.tree.nodes[plan.position], self.present[plan.position]
            points = self._mean(plan, weights, values)
            for k, sign in plan.extras:
                points += sign * self.tree.nodes[k].weight * np.nan_to_num(values[self.tree.nodes[k].code])
            points = limit(points, node, self.fixed, values)
            values[node.code] = points if present.all() else np.where(present, points, np.nan)
        return values

    def _mean(self, plan: Branch, weights: Floats, values: Mapping[str, Floats]) -> Floats:
        node = self.tree.nodes[plan.position]
        children = plan.leaves + plan.branches
        if not children:  # a branch of bonus items alone begins at nothing
            return np.zeros((weights.shape[0], self.units))
        if node.method == "min":
            least: Floats = np.fmin.reduce(self._columns(plan, weights.shape[0], values, children))
            return np.nan_to_num(least)
        if node.method in PLACES:
            columns = self._columns(plan, weights.shape[0], values, children)
            return np.stack(
                [
                    np.nan_to_num(by_place(node, np.column_stack([c[d] for c in columns]), weights[d, children]))
                    for d in range(weights.shape[0])
                ]
            )
        total = product(weights[:, plan.leaves], plan.bent)
        for k in plan.branches:
            total += weights[:, k, None] * self._bent_branch(k, exponent(node), values)
        if plan.short.size:
            share = product(weights[:, children], plan.masks)
            # An absent node, or one whose present children were all drawn at weight 0, has no weight to divide by.
            total[:, plan.short] /= np.where(share > 0, share, 1.0)
        mean = unbend(total, exponent(node))
        return mean if node.factor == 1.0 else mean * node.factor

    def _bent_branch(self, k: int, power: float, values: Mapping[str, Floats]) -> Floats:
        bent = bend(self._filled(k, values), power)
        return bent if self.held[k].all() else np.where(self.held[k], bent, 0.0)

    def _filled(self, k: int, values: Mapping[str, Floats]) -> Floats:
        code = self.tree.nodes[k].code
        if code not in self.fixed.filled:
            return values[code]
        return np.where(self.present[k], values[code], np.nan_to_num(self.fixed.filled[code]))

    def _columns(self, plan: Branch, draws: int, values: Mapping[str, Floats], children: list[int]) -> list[Floats]:
        """Points of each child, (draws × units), ``nan`` where it does not count."""
        shape = (draws, self.units)
        cells = [np.broadcast_to(row, shape) for row in plan.cells]
        branches = [np.where(self.held[k], self._filled(k, values), np.nan) for k in plan.branches]
        heavy = [self.tree.nodes[k].weight > 0 for k in children]
        least = self.tree.nodes[plan.position].method == "min"
        return [c for c, counts in zip(cells + branches, heavy, strict=True) if counts or not least]

    def _presence(self) -> dict[int, Flags]:
        """Which units have each node: leaves with a point, inner nodes with a weighted child to take a mean of."""
        found = {leaf: ~np.isnan(self.points[i]) for leaf, i in self.row.items()}
        for i in self.tree.inner_upwards:
            below = self.tree.scored[i]
            for k in below:
                filled = self.fixed.filled.get(self.tree.nodes[k].code)
                self.held[k] = found[k] if filled is None else found[k] | ~np.isnan(filled)
            heavy = [self.held[k] for k in below if self.tree.nodes[k].weight > 0]
            code = self.tree.nodes[i].code
            found[i] = np.logical_or.reduce(heavy) if heavy else np.ones(self.units, dtype=np.bool_)
            if code in self.fixed.absent:
                found[i] = found[i] & ~self.fixed.absent[code]
        return found

    def _branch(self, position: int) -> Branch:
        node, below = self.tree.nodes[position], self.tree.scored[position]
        leaves, branches = [k for k in below if k in self.row], [k for k in below if k not in self.row]
        cells = np.full((len(leaves), self.units), np.nan)
        for target, k in zip(cells, leaves, strict=True):
            filled = self.fixed.filled.get(self.tree.nodes[k].code, np.nan)
            target[:] = np.where(self.present[k], self.points[self.row[k]], filled)
        check_positive(cells, node)
        masks = np.array([self.held[k] for k in leaves + branches]).reshape(len(below), self.units)
        short = np.flatnonzero(~masks.all(axis=0))
        extras = [(k, -1.0 if self.tree.nodes[k].role == "deduction" else 1.0) for k in self.tree.children[position]]
        return Branch(
            position,
            leaves,
            branches,
            cells,
            np.nan_to_num(bend(cells, exponent(node)), nan=0.0),
            short,
            masks[:, short].astype(np.float64),
            [(k, sign) for k, sign in extras if self.tree.nodes[k].role != "score"],
        )
