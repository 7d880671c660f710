"""From two trees of points to a list of causes 逐层分解: the recursion behind every explanation.

Each node's change is split over its children (see `means`); what the mean of the children does not explain (a
coefficient, a cap, a floor, a veto, a comparison by pairs) is a cause of its own at that node. So the causes always sum
to the change of the root, whatever a scheme contains.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import fsum

from kanjian.scoring.explanation.means import Mean, Side, Split, split, value
from kanjian.scoring.explanation.model import Part

NOUGHT = 1e-100  # points below this would only overflow where they are divided by
TINY = 1e-12  # relative; smaller differences between a node and the mean of its children are rounding


@dataclass(frozen=True)
class NodeState:
    """One node of one unit as the engine left it 节点状态: points = factor · (sheet · mean + Σ added) + Σ limits.

    `mean` is None for leaves, for filled nodes and where no mean is defined (comparison in pairs). `children` holds the
    counted children only (with points and a positive weight), `weights` their shares. `added` are those that are added
    with their weight (bonus) or taken (negative weight, deduction) instead of entering the mean. `sheet` is 1 except
    for a sum of points, where it is the full points of the sheet over the scale. `limits` says what cap, floor and veto
    did, in points.
    """

    code: str
    points: float
    kind: str = "branch"
    mean: Mean | None = None
    children: Mapping[str, NodeState] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    added: Mapping[str, tuple[float, NodeState]] = field(default_factory=dict)
    factor: float = 1.0
    sheet: float = 1.0
    limits: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def side(self) -> Side:
        """Points and weights of the children that enter the mean; what is next to nothing counts as nothing."""
        points = ((code, child.points) for code, child in self.children.items())
        return Side({code: 0.0 if abs(each) < NOUGHT else each for code, each in points}, self.weights)

    @cached_property
    def base(self) -> float | None:
        """Return the points before factor and limits; None where they do not follow from the children."""
        if self.kind == "leaf":
            return self.points / self.factor
        if self.mean is None:
            return None
        try:
            mean = value(self.mean, self.side)
        except OverflowError:
            return None
        extras = fsum(weight * child.points for weight, child in self.added.values())
        return None if mean is None else mean * self.sheet + extras


def split_tree(before: NodeState, after: NodeState) -> list[Part]:
    """Split the difference `after - before` of the root exactly over the tree; parts of zero are left out."""
    parts: list[Part] = []
    _node(before, after, 1.0, parts)
    return merged(parts)


def merged(parts: Iterable[Part]) -> list[Part]:
    """Sum parts of the same node and cause, in the order of their first appearance; drop those that are zero."""
    found: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        found.setdefault((part.node, part.cause), []).append(part)
    return [part for same in found.values() if (part := _sum(same)).points != 0]


def _sum(parts: list[Part]) -> Part:
    first = parts[0]
    if len(parts) == 1:
        return first
    return Part(first.node, first.cause, fsum(part.points for part in parts), first.before, first.after)


def _node(before: NodeState, after: NodeState, slope: float, parts: list[Part]) -> None:
    """Add the parts of one node, multiplied by what a point of it is worth at the root."""
    if before is after:  # trees may share what is the same in them
        return
    if before.kind == after.kind == "leaf" and before.factor == after.factor == 1:
        parts.append(Part(before.code, "value", slope * (after.points - before.points), before.points, after.points))
        return
    first, last = before.base, after.base
    if before.kind != after.kind or first is None or last is None or bool(before.children) != bool(after.children):
        cause = "fill" if "fill" in {before.kind, after.kind} else "whole"
        parts.append(Part(before.code, cause, slope * (after.points - before.points), before.points, after.points))
        return
    inner = slope * (before.factor + after.factor) / 2
    if before.kind == "leaf":
        parts.append(Part(before.code, "value", inner * (last - first), before.points, after.points))
    else:
        _inside(before, after, inner, parts)
    if before.factor != after.factor:
        effect = (first + last) / 2 * (after.factor - before.factor)
        parts.append(Part(before.code, "coefficient", slope * effect, before.points, after.points))
    _limits(before, after, slope, parts)


def _limits(before: NodeState, after: NodeState, slope: float, parts: list[Part]) -> None:
    """Add what caps, floors and vetoes did, and whatever else the engine did to the node."""
    first, last = before.base or 0.0, after.base or 0.0
    rest = after.points - before.points - (after.factor * last - before.factor * first)
    for cause in {**before.limits, **after.limits}:
        effect = after.limits.get(cause, 0.0) - before.limits.get(cause, 0.0)
        rest -= effect
        parts.append(Part(before.code, cause, slope * effect, before.points, after.points))
    if abs(rest) > TINY * max(1.0, abs(before.points), abs(after.points)):
        parts.append(Part(before.code, "limit", slope * rest, before.points, after.points))


def _inside(before: NodeState, after: NodeState, slope: float, parts: list[Part]) -> None:
    """Add the parts of the mean of the children and of what is added to it."""
    if before.children:
        _means(before, after, slope * (before.sheet + after.sheet) / 2, parts)
    if before.sheet != after.sheet:
        level = sum(value(_mean_of(node), node.side) or 0.0 for node in (before, after)) / 2
        effect = level * (after.sheet - before.sheet)
        parts.append(Part(before.code, "coefficient", slope * effect, before.points, after.points))
    for code in {**before.added, **after.added}:
        _added(before.added.get(code), after.added.get(code), slope, parts)


def _means(before: NodeState, after: NodeState, slope: float, parts: list[Part]) -> None:
    if before.mean == after.mean:
        _by(_mean_of(before), before, after, slope, parts)
    else:
        _two_means(before, after, slope, parts)


def _two_means(before: NodeState, after: NodeState, slope: float, parts: list[Part]) -> None:
    """Split a node whose aggregation differs between the sides: the Shapley mean of both orders."""
    one, two = _mean_of(before), _mean_of(after)
    own = [value(one, before.side), value(two, after.side)]
    crossed = [value(two, before.side), value(one, after.side)]
    if None in crossed:  # one of the means does not exist for the other side's points
        whole = (own[1] or 0.0) - (own[0] or 0.0)
        parts.append(Part(before.code, "aggregation", slope * whole, before.points, after.points))
        return
    a, b, c, d = (float(number or 0.0) for number in (*own, *crossed))
    _by(one, before, after, slope / 2, parts)
    _by(two, before, after, slope / 2, parts)
    parts.append(Part(before.code, "aggregation", slope * ((c - a) + (b - d)) / 2, before.points, after.points))


def _by(mean: Mean, before: NodeState, after: NodeState, slope: float, parts: list[Part]) -> None:
    found: Split = split(mean, before.side, after.side)
    for code, each in found.slopes.items():
        _node(before.children[code], after.children[code], slope * each, parts)
    for cause, table in (("weight", found.weights), ("presence", found.presence)):
        for code, points in table.items():
            first, last = before.side.points.get(code), after.side.points.get(code)
            parts.append(Part(code, cause, slope * points, first, last))


def _added(
    before: tuple[float, NodeState] | None, after: tuple[float, NodeState] | None, slope: float, parts: list[Part]
) -> None:
    """Add the parts of something added to its parent or taken from it."""
    if before is not None and after is not None:
        weight, other = before[0], after[0]
        _node(before[1], after[1], slope * (weight + other) / 2, parts)
        effect = (before[1].points + after[1].points) / 2 * (other - weight)
        parts.append(Part(before[1].code, "weight", slope * effect, before[1].points, after[1].points))
    elif before is not None:
        parts.append(Part(before[1].code, "presence", -slope * before[0] * before[1].points, before[1].points, None))
    elif after is not None:
        parts.append(Part(after[1].code, "presence", slope * after[0] * after[1].points, None, after[1].points))


def _mean_of(node: NodeState) -> Mean:
    if node.mean is None:
        raise ValueError(f"node {node.code} has no mean")
    return node.mean
