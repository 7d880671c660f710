"""A weighted tree as the robustness checks see it 权重树: codes, parents, weights, and how each node sums up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import RobustnessError

Floats = NDArray[np.float64]

# Weighted power means by exponent; the others have functions of their own.
POWERS = {"arithmetic": 1.0, "sum": 1.0, "geometric": 0.0, "harmonic": -1.0}
PLACES = ("copeland", "median_rank")
METHODS = (*POWERS, "power", "min", *PLACES)
ROLES = ("score", "bonus", "deduction")


class Floor(NamedTuple):
    """A node below that holds its ancestor down: where its points are ``under``, the ancestor has at most ``cap``."""

    node: str
    under: float
    cap: float


class Node(NamedTuple):
    """One row of a tree.

    ``parent``: code of the parent, ``None`` for the root. ``role``: ``score`` children enter the mean, ``bonus`` and
    ``deduction`` children are added to and taken from it, times their weight, and their weight is never drawn.
    ``power``: for ``method="power"``; ``factor``: what the mean is multiplied by (a ``sum`` is a mean times the sum
    of weights over the scale); ``full``, ``raw``: scaling of ``copeland`` and ``median_rank``.
    """

    code: str
    parent: str | None
    weight: float = 1.0
    method: str = "arithmetic"
    role: str = "score"
    power: float = 1.0
    factor: float = 1.0
    at_least: float = -math.inf
    at_most: float = math.inf
    floors: tuple[Floor, ...] = ()
    full: float = 100.0
    raw: bool = False

    @property
    def bounded(self) -> bool:
        """Whether a cap or a floor can bend the node's points."""
        return self.at_least > -math.inf or self.at_most < math.inf or bool(self.floors)


@dataclass(frozen=True)
class Tree:
    """Nodes, parents before children, the root first. Nodes without children are leaves: columns of points.

    Weights count among the ``score`` children of a node; their sum does not matter.
    """

    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for i, node in enumerate(self.nodes):
            _check(node, seen, first=i == 0)
            seen.add(node.code)
        if len(self.nodes) < 2:
            raise RobustnessError("bad_tree", "a tree needs a root and at least one leaf")
        for parent, below in self.scored.items():
            if below and not math.fsum(self.nodes[i].weight for i in below) > 0:
                raise RobustnessError("bad_weights", f"all weights below {self.nodes[parent].code} are zero")

    @classmethod
    def flat(cls, weights: Mapping[str, float], *, method: str = "arithmetic", root: str = "index") -> Tree:
        """One level: leaf code → weight."""
        return cls((Node(root, None, 1.0, method), *(Node(code, root, float(w)) for code, w in weights.items())))

    @classmethod
    def nested(
        cls, branches: Mapping[str, Mapping[str, float]], weights: Mapping[str, float], root: str = "index"
    ) -> Tree:
        """Two levels of arithmetic means: branch → {leaf → weight}, and the weights of the branches."""
        nodes = [Node(root, None)]
        for branch, leaves in branches.items():
            nodes.append(Node(branch, root, float(weights[branch])))
            nodes += [Node(leaf, branch, float(weight)) for leaf, weight in leaves.items()]
        return cls(tuple(nodes))

    @cached_property
    def place(self) -> dict[str, int]:
        """Position of each code."""
        return {node.code: i for i, node in enumerate(self.nodes)}

    @cached_property
    def parents(self) -> tuple[int, ...]:
        """Position of each node's parent, −1 for the root."""
        return tuple(-1 if node.parent is None else self.place[node.parent] for node in self.nodes)

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """Positions of all children of each inner node, in order of the nodes."""
        result: dict[int, list[int]] = {}
        for i, parent in enumerate(self.parents):
            if parent >= 0:
                result.setdefault(parent, []).append(i)
        return result

    @cached_property
    def scored(self) -> dict[int, list[int]]:
        """Positions of the children that enter the mean of each inner node."""
        return {i: [k for k in below if self.nodes[k].role == "score"] for i, below in self.children.items()}

    @cached_property
    def leaves(self) -> tuple[int, ...]:
        """Positions of the leaves, in order."""
        return tuple(i for i in range(len(self.nodes)) if i not in self.children)

    @cached_property
    def leaf_codes(self) -> tuple[str, ...]:
        """Codes of the leaves: the columns of points the tree needs."""
        return tuple(self.nodes[i].code for i in self.leaves)

    @cached_property
    def inner_upwards(self) -> tuple[int, ...]:
        """Inner nodes, children before parents."""
        return tuple(sorted(self.children, reverse=True))

    @property
    def additive(self) -> bool:
        """Whether the index is a plain weighted sum of leaves: means and sums only, nothing added, capped or held."""
        inner = [self.nodes[i] for i in self.children]
        plain = all(node.method in ("arithmetic", "sum") and not node.bounded for node in inner)
        return plain and all(node.role == "score" for node in self.nodes)

    @property
    def needs_others(self) -> bool:
        """Whether some node looks at the places of all units, so that no unit may be left out before."""
        return any(self.nodes[i].method in PLACES for i in self.children)

    @cached_property
    def weights(self) -> Floats:
        """Nominal weight of each node among its siblings (sum 1; extras keep theirs), shape (nodes,)."""
        nominal: Floats = self.normalise(np.array([[node.weight for node in self.nodes]]))[0]
        return nominal

    def normalise(self, weights: Floats) -> Floats:
        """Weights (draws × nodes) brought to a sum of 1 among ``score`` siblings; the root is 1."""
        result = np.array(weights, dtype=np.float64)
        result[:, 0] = 1.0
        for below in self.scored.values():
            if below:
                result[:, below] /= result[:, below].sum(axis=1, keepdims=True)
        return result

    def along_paths(self, weights: Floats) -> Floats:
        """Product of weights and factors from the root down to each leaf: (draws × nodes) → (draws × leaves)."""
        result = np.array(weights, dtype=np.float64) * self.nodes[0].factor
        for i, parent in enumerate(self.parents):
            if parent >= 0:
                result[:, i] = weights[:, i] * (self.nodes[i].factor if i in self.children else 1.0) * result[:, parent]
        return np.ascontiguousarray(result[:, self.leaves])

    def with_siblings(self) -> list[int]:
        """Nodes whose weight matters: above zero, with at least one ``score`` sibling above zero."""
        found: list[int] = []
        for below in self.scored.values():
            heavy = [i for i in below if self.nodes[i].weight > 0]
            found += heavy if len(heavy) > 1 else []
        return sorted(found)


def _check(node: Node, seen: set[str], *, first: bool) -> None:
    if node.code in seen:
        raise RobustnessError("bad_tree", f"the code {node.code} appears twice")
    if (node.parent is None) != first or (not first and node.parent not in seen):
        raise RobustnessError("bad_tree", f"{node.code}: the root comes first and every parent before its children")
    if not (node.weight >= 0 and math.isfinite(node.weight)):
        raise RobustnessError("bad_weights", f"{node.code}: the weight must be zero or more ({node.weight})")
    if node.method not in METHODS or node.role not in ROLES:
        raise RobustnessError("bad_tree", f"{node.code}: unknown aggregation or role ({node.method}, {node.role})")


def as_tree(weights: Tree | Mapping[str, float] | Iterable[Node]) -> Tree:
    """A tree from a tree, from leaf weights on one level, or from nodes."""
    if isinstance(weights, Tree):
        return weights
    return Tree.flat(weights) if isinstance(weights, Mapping) else Tree(tuple(weights))
