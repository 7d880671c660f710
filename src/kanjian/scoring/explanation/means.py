"""Means and their exact splits 均值及其精确分解: what each child contributed to the change of its parent.

A quasi-arithmetic mean is S = g(Σ w_i f(n_i)) with Σ w_i = 1: arithmetic f = x, geometric f = ln x, harmonic f = 1/x,
power f = x^p. With the divided difference f[a, b] = (f(b) - f(a)) / (b - a), or f'(a) where a = b, the change of S is

    ΔS = Σ_i  mean(w_i) · f[n_i⁰, n_i¹] / f[S⁰, S¹] · Δn_i                     the children's values
       + Σ_i  (mean(f(n_i)) - c) / f[S⁰, S¹] · Δw_i                            the weights (any c, since Σ Δw_i = 0)

without residual. For f = ln this is the logarithmic mean Divisia index (Ang 2004); for f = x the two-factor Shapley
value. c is taken at the mean of f(S⁰) and f(S¹): more weight on a child above the average helps, below it hurts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

Kind = Literal["arithmetic", "geometric", "harmonic", "power", "min"]
Numbers = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Mean:
    """How a node combines its children 合成方法; `p` is the exponent of the power mean."""

    kind: Kind
    p: float = 1.0

    @property
    def exponent(self) -> float:
        """Exponent of the power family: arithmetic 1, geometric 0 (the limit), harmonic -1."""
        return {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}.get(self.kind, self.p)


class Side(NamedTuple):
    """The counted children of a node on one side of the comparison: their points and their weights (shares, sum 1)."""

    points: Numbers
    weights: Numbers


@dataclass(frozen=True, slots=True)
class Split:
    """Change of a node = Σ slopes[i]·Δn_i + Σ weights[i] + Σ presence[i].

    `slopes` covers children counted on both sides, `weights` what their weight change did, `presence` the children
    counted on one side only.
    """

    slopes: dict[str, float]
    weights: dict[str, float]
    presence: dict[str, float]


def value(mean: Mean, side: Side) -> float | None:
    """Return the mean of one side; 0 without children (a branch of bonus items begins at nothing); None where the mean
    is not defined (a negative child of a geometric mean).
    """
    points = list(side.points.values())
    if not points:
        return 0.0
    if mean.kind == "min":
        return min(points)
    pairs = [(side.weights[child], side.points[child]) for child in side.points]
    if mean.exponent == 1:
        return math.fsum(w * n for w, n in pairs)
    if min(points) < 0:
        return None
    if min(points) == 0 and mean.exponent <= 0:
        return 0.0
    if mean.exponent == 0:
        return math.exp(math.fsum(w * math.log(n) for w, n in pairs))
    return float(math.fsum(w * n**mean.exponent for w, n in pairs) ** (1 / mean.exponent))


def split(mean: Mean, before: Side, after: Side) -> Split:
    """Split the change of the mean over its children; both sides must have a value."""
    if mean.kind == "min":
        return _split_min(before, after)
    line = _Line(mean.exponent)
    first, last = value(mean, before), value(mean, after)
    if first is None or last is None:
        raise ValueError("a side without a value cannot be split")
    if first == last == 0 or (mean.exponent <= 0 and min(first, last) == 0):
        return _split_zero(before, after, first, last)
    slope = line.slope(first, last)
    return _weighted(before, after, line, centre=(line.f(first) + line.f(last)) / 2, slope=slope)


@dataclass(frozen=True, slots=True)
class _Line:
    """f and its divided difference for one exponent of the power family."""

    p: float

    def f(self, x: float) -> float:
        return math.log(x) if self.p == 0 else float(x**self.p)

    def slope(self, a: float, b: float) -> float:
        """Return f[a, b], accurate also where a and b nearly agree."""
        if self.p == 1:
            return 1.0
        if min(a, b) == 0:  # only for p > 0; a child that stays at zero moves nothing
            return 0.0 if a == b else (self.f(b) - self.f(a)) / (b - a)
        if a == b:
            return 1 / a if self.p == 0 else self.p * float(a ** (self.p - 1))
        if (a > b) == (self.p < 0):
            a, b = b, a  # from the side at which |f| is larger, so that the exponential below stays within 0..1
        growth = math.log(b / a) if abs(b - a) > 0.5 * a else math.log1p((b - a) / a)
        if self.p == 0:
            return growth / (b - a)
        return float(a**self.p) * math.expm1(self.p * growth) / (b - a)


def _weighted(before: Side, after: Side, line: _Line, *, centre: float, slope: float) -> Split:
    slopes, weights, presence = {}, {}, {}
    for child in _union(before, after):
        if child in before.points and child in after.points:
            a, b = before.points[child], after.points[child]
            w, v = before.weights[child], after.weights[child]
            slopes[child] = (w + v) / 2 * line.slope(a, b) / slope
            if w != v:
                weights[child] = ((line.f(a) + line.f(b)) / 2 - centre) / slope * (v - w)
        else:
            side, sign = (after, 1) if child in after.points else (before, -1)
            presence[child] = sign * side.weights[child] * (line.f(side.points[child]) - centre) / slope
    return Split(slopes, weights, presence)


def _split_zero(before: Side, after: Side, first: float, last: float) -> Split:
    """Split a geometric, harmonic or negative power mean that is zero on a side.

    The limit of the formula as the zeros are approached: the children at zero share the whole change by weight.
    """
    result = Split(dict.fromkeys(_common(before, after), 0.0), {}, {})
    if first == last:
        return result
    low = before if first == 0 else after
    zeros = [child for child in low.points if low.points[child] == 0]
    whole = math.fsum(low.weights[child] for child in zeros)
    for child in zeros:
        share = (last - first) * low.weights[child] / whole
        if child in before.points and child in after.points and before.points[child] != after.points[child]:
            result.slopes[child] = share / (after.points[child] - before.points[child])
        else:
            result.presence[child] = share
    return result


def _split_min(before: Side, after: Side) -> Split:
    """Split a minimum: on the straight way from one side to the other each child leads for some share of the time.

    This is the Aumann-Shapley value; children that are equally low all the way share their time.
    """
    common = _common(before, after)
    presence: dict[str, float] = {}
    for side, sign in ((before, -1), (after, 1)):
        _alone(side, common, sign, presence)
    if not common:
        return Split({}, {}, presence)
    lines = {child: (before.points[child], after.points[child]) for child in common}
    return Split(_time_lowest(lines), {}, presence)


def _alone(side: Side, common: list[str], sign: int, presence: dict[str, float]) -> None:
    """Credit the children counted on one side only with what their presence takes off (or all, if none is shared)."""
    lowest = min(side.points.values())
    rest = min((side.points[child] for child in common), default=0.0)
    lowering = [child for child in side.points if child not in common and side.points[child] == lowest]
    if lowest == rest:
        return
    for child in lowering:
        presence[child] = presence.get(child, 0.0) + sign * (lowest - rest) / len(lowering)


def _time_lowest(lines: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    """Return for each straight line the share of 0..1 during which it is the lowest of all."""
    times = {0.0, 1.0}
    items = list(lines.values())
    for number, (a, b) in enumerate(items):
        for c, d in items[number + 1 :]:
            turn = (b - a) - (d - c)
            if turn and 0 < (c - a) / turn < 1:
                times.add((c - a) / turn)
    share = dict.fromkeys(lines, 0.0)
    ordered = sorted(times)
    for start, end in pairwise(ordered):
        for child in _lowest_at(lines, start, end):
            share[child[0]] += (end - start) * child[1]
    return share


def _lowest_at(lines: Mapping[str, tuple[float, float]], start: float, end: float) -> list[tuple[str, float]]:
    middle = (start + end) / 2
    heights = {child: a + middle * (b - a) for child, (a, b) in lines.items()}
    lowest = min(heights.values())
    winners = [child for child, height in heights.items() if height == lowest]
    return [(child, 1 / len(winners)) for child in winners]


def _common(before: Side, after: Side) -> list[str]:
    return [child for child in before.points if child in after.points]


def _union(before: Side, after: Side) -> list[str]:
    return [*before.points, *(child for child in after.points if child not in before.points)]
