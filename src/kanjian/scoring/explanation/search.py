"""The cheapest way to a score 最省路径的搜索: exact where the index is additive, careful elsewhere.

Additive index, points that rise in straight lines which do not get steeper: a fractional knapsack, solved by buying the
cheapest points first (Dantzig 1957). Anywhere else every candidate step is scored by the engine, the best value for
money is taken, the balance between the inputs is polished, and whatever is not needed is given back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

import numpy as np

from kanjian.scoring.explanation.polish import polished
from kanjian.scoring.explanation.trials import NOTHING, Curve, Trials, halfway

AGREE = 1e-9
GRID, CLOSING_IN = 33, 7
MOST_ROUNDS = 400


@dataclass(frozen=True)
class Found:
    """Inputs with their new values, in the order in which they should be moved; `exact` if proven cheapest."""

    values: dict[str, float]
    exact: bool


@dataclass(frozen=True)
class Piece:
    """A straight piece of a curve."""

    curve: Curve
    place: int

    @property
    def cost(self) -> float:
        """What the whole piece costs."""
        return self.curve.costs[self.place + 1] - self.curve.costs[self.place]

    @property
    def gain(self) -> float:
        """What the whole piece brings."""
        return self.curve.gains[self.place + 1] - self.curve.gains[self.place]

    @property
    def price(self) -> float:
        """Cost of a point."""
        return self.cost / self.gain if self.gain > NOTHING else float("inf")

    def value(self, share: float) -> float:
        """The value after a share of the piece."""
        low, high = self.curve.values[self.place], self.curve.values[self.place + 1]
        return halfway(low, high, share)


def cheapest(trials: Trials, curves: Sequence[Curve], target: float, start: Mapping[str, float] | None = None) -> Found:
    """Return the cheapest values found that reach the target score, or everything at its best where nothing does.

    `start`: values found (and polished) for a target nearby, from which a search goes on.
    """
    everything = {curve.lever.input: curve.values[-1] for curve in curves}
    if trials.start >= target:
        return Found({}, exact=True)
    best = trials.together(everything) if everything else trials.start
    additive = trials.additive and _adds_up(trials, curves, best)
    if best < target:
        return Found(_needed_only(trials, everything, best), exact=additive)
    pieces = _straight(trials, curves) if additive else None
    if pieces is not None:
        return Found(_greedy(trials, pieces, target), exact=True)
    found = _search(trials, curves, target, dict(start or {}))
    if start is None:
        found = polished(trials, curves, found, target)
    return Found(_given_back(trials, curves, found, target), exact=False)


def _adds_up(trials: Trials, curves: Sequence[Curve], best: float) -> bool:
    """Whether the single gains add up when everything is moved at once: no cap, floor or bonus limit in the way."""
    return abs(best - trials.start - sum(curve.gains[-1] for curve in curves)) <= AGREE * max(1.0, abs(best))


def _straight(trials: Trials, curves: Sequence[Curve]) -> list[Piece] | None:
    """Return the pieces of all curves if each is straight and none gets steeper, else None."""
    pieces = [Piece(curve, place) for curve in curves for place in range(len(curve.values) - 1)]
    middles = [(piece.curve.lever.input, piece.value(0.5)) for piece in pieces]
    gains = trials.one_at_a_time({}, middles) - trials.start
    for piece, gain in zip(pieces, gains, strict=True):
        middle = piece.curve.gains[piece.place] + piece.gain / 2
        if abs(gain - middle) > AGREE * max(1.0, abs(middle)):
            return None
    for before, after in pairwise(pieces):
        if before.curve is after.curve and after.price < before.price * (1 - AGREE):
            return None
    return pieces


def _greedy(trials: Trials, pieces: list[Piece], target: float) -> dict[str, float]:
    """Buy the cheapest points first; the last piece is bought in part."""
    values: dict[str, float] = {}
    needed = target - trials.start
    for piece in sorted((piece for piece in pieces if piece.gain > NOTHING), key=lambda piece: piece.price):
        share = min(1.0, needed / piece.gain)
        values[piece.curve.lever.input] = piece.value(share)
        needed -= piece.gain
        if needed <= 0:
            break
    return _nudged(trials, values, target, last=piece.curve)


def _nudged(trials: Trials, values: dict[str, float], target: float, last: Curve) -> dict[str, float]:
    """Make up for rounding: move the last input on by a hair where the target is missed by one."""
    name = last.lever.input
    step = (last.values[-1] - last.lever.now) * 1e-13
    for _ in range(8):
        if trials.together(values) >= target:
            break
        values[name] = _not_beyond(values[name] + step, last)
        step *= 4
    return values


def _not_beyond(value: float, curve: Curve) -> float:
    low, high = sorted((curve.lever.now, curve.values[-1]))
    return float(min(max(value, low), high))


def _needed_only(trials: Trials, values: dict[str, float], target: float) -> dict[str, float]:
    """Leave out the moves without which the target is reached just as well."""
    for name in list(values):
        fewer = {other: value for other, value in values.items() if other != name}
        if trials.together(fewer) >= target - NOTHING:
            values = fewer
    return values


def _search(trials: Trials, curves: Sequence[Curve], target: float, values: dict[str, float]) -> dict[str, float]:
    """Take the best value for money again and again until the target is reached."""
    score = trials.together(values) if values else trials.start
    for _ in range(MOST_ROUNDS):
        tries = [(curve, stop) for curve in curves for stop in _ahead(curve, values)]
        if score >= target or not tries:
            break
        scores = trials.one_at_a_time(values, [(curve.lever.input, stop) for curve, stop in tries])
        move = _best_move(tries, scores, values, score, target)
        if move is None:  # no single step helps, as in a minimum of equals: take everything, and give back below
            values = {curve.lever.input: curve.values[-1] for curve in curves}
            break
        curve, stop = tries[move]
        values[curve.lever.input], score = stop, float(scores[move])
    return values


def _ahead(curve: Curve, values: dict[str, float]) -> list[float]:
    """Return the stops still ahead of a lever, and the next quarter mark between two stops."""
    gone = abs(values.get(curve.lever.input, curve.lever.now) - curve.lever.now) + NOTHING
    ahead = [stop for stop in curve.values[1:] if abs(stop - curve.lever.now) > gone]
    if not ahead:
        return []
    first = curve.values[curve.values.index(ahead[0]) - 1]
    marks = (first + (ahead[0] - first) * quarter / 4 for quarter in (1, 2, 3))
    return [*ahead, *islice((mark for mark in marks if abs(mark - curve.lever.now) > gone), 1)]


def _best_move(
    tries: list[tuple[Curve, float]], scores: np.ndarray, values: dict[str, float], score: float, target: float
) -> int | None:
    """Return the step with the lowest price for a point; points beyond the target do not count. None if none helps."""
    best, lowest = None, float("inf")
    for place, (curve, stop) in enumerate(tries):
        gain = min(float(scores[place]), target) - score
        if not gain > NOTHING:
            continue
        now = values.get(curve.lever.input, curve.lever.now)
        price = abs(stop - now) * curve.rate / gain
        if price < lowest:
            best, lowest = place, price
    return best


def _given_back(trials: Trials, curves: Sequence[Curve], values: dict[str, float], target: float) -> dict[str, float]:
    """Move each input back as far as the target allows, the dearest first."""
    by_input = {curve.lever.input: curve for curve in curves}
    spent = {name: abs(value - by_input[name].lever.now) * by_input[name].rate for name, value in values.items()}
    for name in sorted(values, key=lambda each: -spent[each]):
        now, there = by_input[name].lever.now, values[name]
        share = _least_share(trials, values, name, now, target)
        if share == 0:
            del values[name]
        elif share < 1:
            values[name] = now + share * (there - now)
    return values


def _least_share(trials: Trials, values: dict[str, float], name: str, now: float, target: float) -> float:
    """Return the smallest share of one move, found by closing in, with which the target is still reached."""
    low, high = 0.0, 1.0
    for _ in range(CLOSING_IN):
        shares = np.linspace(low, high, GRID)
        tries = [(name, values[name] if share == 1 else now + share * (values[name] - now)) for share in shares]
        enough = np.flatnonzero(trials.one_at_a_time(values, tries) >= target)
        if not len(enough) or enough[0] == 0:
            return low if len(enough) else high
        low, high = float(shares[enough[0] - 1]), float(shares[enough[0]])
    return high
