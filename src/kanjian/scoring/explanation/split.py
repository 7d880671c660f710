"""From two trees of points to a list of causes 逐层分解: the recursion behind every explanation.

Each node's change is split over its children (see `means`); what the mean of the children does not explain (a
coefficient, a cap, a floor, a veto, a comparison by pairs) is a cause of its own at that node. So the causes always sum
to the change of the root, whatever a scheme contains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    return merged(_node(before, after, 1.0))


def merged(parts: Iterable[Part]) -> list[Part]:
    """Sum parts of the same node and cause, in the order of their first appearance; drop those that are zero."""
    found: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        found.setdefault((part.node, part.cause), []).append(part)
    sums = ((same[0], fsum(part.points for part in same)) for same in found.values())
    return [Part(part.node, part.cause, points, part.before, part.after) for part, points in sums if points != 0]


def _node(before: NodeState, after: NodeState, slope: float) -> Iterator[Part]:
    """Yield the parts of one node, multiplied by what a point of it is worth at the root."""
    if before is after:
        return
    first, last = before.base, after.base
    if before.kind != after.kind or first is None or last is None or bool(before.children) != bool(after.children):
        cause = "fill" if "fill" in {before.kind, after.kind} else "whole"
        yield Part(before.code, cause, slope * (after.points - before.points), before.points, after.points)
        return
    inner = slope * (before.factor + after.factor) / 2
    if before.kind == "leaf":
        yield Part(before.code, "value", inner * (last - first), before.points, after.points)
    else:
        yield from _inside(before, after, inner)
    if before.factor != after.factor:
        effect = (first + last) / 2 * (after.factor - before.factor)
        yield Part(before.code, "coefficient", slope * effect, before.points, after.points)
    yield from _limits(before, after, slope, after.factor * last - before.factor * first)


def _limits(before: NodeState, after: NodeState, slope: float, explained: float) -> Iterator[Part]:
    """Yield what caps, floors and vetoes did, and whatever else the engine did to the node."""
    rest = after.points - before.points - explained
    for cause in {**before.limits, **after.limits}:
        effect = after.limits.get(cause, 0.0) - before.limits.get(cause, 0.0)
        rest -= effect
        yield Part(before.code, cause, slope * effect, before.points, after.points)
    if abs(rest) > TINY * max(1.0, abs(before.points), abs(after.points)):
        yield Part(before.code, "limit", slope * rest, before.points, after.points)


def _inside(before: NodeState, after: NodeState, slope: float) -> Iterator[Part]:
    """Yield the parts of the mean of the children and of what is added to it."""
    if before.children:
        yield from _means(before, after, slope * (before.sheet + after.sheet) / 2)
    if before.sheet != after.sheet:
        level = sum(value(_mean_of(node), node.side) or 0.0 for node in (before, after)) / 2
        effect = level * (after.sheet - before.sheet)
        yield Part(before.code, "coefficient", slope * effect, before.points, after.points)
    for code in {**before.added, **after.added}:
        yield from _added(before.added.get(code), after.added.get(code), slope)


def _means(before: NodeState, after: NodeState, slope: float) -> Iterator[Part]:
    if before.mean == after.mean:
        yield from _by(_mean_of(before), before, after, slope)
    else:
        yield from _two_means(before, after, slope)


def _two_means(before: NodeState, after: NodeState, slope: float) -> Iterator[Part]:
    """Split a node whose aggregation differs between the sides: the Shapley mean of both orders."""
    one, two = _mean_of(before), _mean_of(after)
    own = [value(one, before.side), value(two, after.side)]
    crossed = [value(two, before.side), value(one, after.side)]
    if None in crossed:  # one of the means does not exist for the other side's points
        whole = (own[1] or 0.0) - (own[0] or 0.0)
        yield Part(before.code, "aggregation", slope * whole, before.points, after.points)
        return
    a, b, c, d = (float(number or 0.0) for number in (*own, *crossed))
    yield from _by(one, before, after, slope / 2)
    yield from _by(two, before, after, slope / 2)
    yield Part(before.code, "aggregation", slope * ((c - a) + (b - d)) / 2, before.points, after.points)


def _by(mean: Mean, before: NodeState, after: NodeState, slope: float) -> Iterator[Part]:
    parts: Split = split(mean, before.side, after.side)
    for code, each in parts.slopes.items():
        yield from _node(before.children[code], after.children[code], slope * each)
    for cause, table in (("weight", parts.weights), ("presence", parts.presence)):
        for code, points in table.items():
            first, last = before.side.points.get(code), after.side.points.get(code)
            yield Part(code, cause, slope * points, first, last)


def _added(
    before: tuple[float, NodeState] | None, after: tuple[float, NodeState] | None, slope: float
) -> Iterator[Part]:
    """Yield the parts of something added to its parent or taken from it."""
    if before is not None and after is not None:
        weight, other = before[0], after[0]
        yield from _node(before[1], after[1], slope * (weight + other) / 2)
        effect = (before[1].points + after[1].points) / 2 * (other - weight)
        yield Part(before[1].code, "weight", slope * effect, before[1].points, after[1].points)
    elif before is not None:
        yield Part(before[1].code, "presence", -slope * before[0] * before[1].points, before[1].points, None)
    elif after is not None:
        yield Part(after[1].code, "presence", slope * after[0] * after[1].points, None, after[1].points)


def _mean_of(node: NodeState) -> Mean:
    if node.mean is None:
        raise ValueError(f"node {node.code} has no mean")
    return node.mean
