"""Trying values out 试算: the unit's score had its inputs other values, everything else held still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import isnan

import numpy as np

from kanjian.scoring.column import Floats
from kanjian.scoring.explanation.levers import Lever
from kanjian.scoring.explanation.row import Row, Varied
from kanjian.scoring.plan import BranchPlan, NodePlan

NOTHING = 1e-12
Try = tuple[str, float]


@dataclass(frozen=True)
class Curve:
    """One lever on its improving side: values from `now` outwards, their gains at the root alone, and their costs."""

    lever: Lever
    values: tuple[float, ...]
    gains: tuple[float, ...]
    costs: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Cost of one unit of the input."""
        return self.costs[-1] / abs(self.values[-1] - self.lever.now)

    def at(self, share: float) -> float:
        """Return the value after a share of the whole way."""
        return self.values[-1] if share >= 1 else self.lever.now + share * (self.values[-1] - self.lever.now)


class Trials:
    """One unit's row, tried with other values under the parameters of the edition.

    Where the unit's own values are among those the parameters come from, `row` is without them.
    """

    def __init__(self, row: Row) -> None:
        self.row, self.root = row, row.plan.code
        self._singles: dict[Try, float] = {}
        self.start = float(row.fixed(self.root, {}).points[0])

    def scores(self, inputs: Mapping[str, Floats], rows: int) -> Floats:
        """Return the score for each row of tried inputs; inputs that are not named stay as they are."""
        varied = {name: Varied(values) for name, values in inputs.items()}
        return self.row.points({}, varied, rows, [self.root])[self.root]

    def one_at_a_time(self, base: Mapping[str, float], tries: Sequence[Try]) -> Floats:
        """Return the score of each single change (input, value) on top of `base`."""
        if not base and all(each in self._singles for each in tries):
            return np.array([self._singles[each] for each in tries])
        return self._one_at_a_time(base, tries, [self.root])[self.root]

    def _one_at_a_time(
        self, base: Mapping[str, float], tries: Sequence[Try], wanted: Sequence[str]
    ) -> dict[str, Floats]:
        places: dict[str, list[int]] = {}
        for place, (name, _) in enumerate(tries):
            places.setdefault(name, []).append(place)
        values = np.array([value for _, value in tries])
        varied = {name: Varied(values[at], np.array(at, dtype=np.intp)) for name, at in places.items()}
        return self.row.points(base, varied, len(tries), wanted)

    def together(self, values: Mapping[str, float]) -> float:
        """Return the score with all these values."""
        return float(self.row.fixed(self.root, values).points[0])

    def curves(self, levers: Sequence[Lever], cost: Mapping[str, float]) -> list[Curve]:
        """Return what each lever alone would bring, as far as it brings anything to the score or to its own indicator.

        A lever may help only together with others (the second lowest of a minimum), so its own points count too.
        """
        stops = [(lever.input, stop) for lever in levers for stop in lever.stops]
        if not stops:
            return []
        # Whether the pieces of an additive index are straight is asked next: their middles cost little beside the ends.
        middles = [(lever.input, each) for lever in levers for each in _middles(lever)] if self.additive else []
        root, nodes = self.root, [lever.node for lever in levers]
        points = self._one_at_a_time({}, [*stops, *middles], [root, *nodes])
        self._singles.update(zip([*stops, *middles], points[root].tolist(), strict=True))
        here = {code: self.row.fixed(code, {}).points[0] for code in nodes}
        found, first = [], 0
        for lever in levers:
            rows = slice(first, first + len(lever.stops))
            first = rows.stop
            rises = (points[lever.node][rows] - here[lever.node]) * lever.sign
            curve = _curve(lever, points[root][rows] - self.start, rises, cost[lever.input])
            if curve is not None:
                found.append(curve)
        return found

    @cached_property
    def additive(self) -> bool:
        """Whether the score is a weighted sum of the indicators' points, as far as aggregation goes."""
        return is_additive(self.row.plan)


def halfway(low: float, high: float, share: float = 0.5) -> float:
    """Return the value after a share of the way from one stop to the next."""
    return high if share >= 1 else low + share * (high - low)


def _middles(lever: Lever) -> list[float]:
    """Return the values in the middle between a lever's neighbouring stops, on either side of where it is."""
    found = []
    for side in (1.0, -1.0):
        along = [lever.now, *(stop for stop in lever.stops if (stop - lever.now) * side > 0)]
        found += [halfway(*pair) for pair in pairwise(along)]
    return found


def _curve(lever: Lever, gains: Floats, rises: Floats, cost: float) -> Curve | None:
    """Keep the side on which there is something to gain, as far as its best stop."""
    tried = [each for each in zip(lever.stops, gains.tolist(), rises.tolist(), strict=True) if not isnan(each[1])]
    sides = [_side([each for each in tried if (each[0] - lever.now) * sign > 0]) for sign in (1.0, -1.0)]
    gain, rise, stops = max(sides, key=lambda side: side[:2])
    if gain <= NOTHING and rise <= NOTHING:
        return None
    values = (lever.now, *(stop for stop, _ in stops))
    return Curve(lever, values, (0.0, *(each for _, each in stops)), tuple(abs(v - lever.now) * cost for v in values))


def _side(along: list[tuple[float, float, float]]) -> tuple[float, float, list[tuple[float, float]]]:
    """Return the best gain and rise of stops (value, gain, rise) on one side, and these with their gains up to where
    both are reached.
    """
    if not along:
        return 0.0, 0.0, []
    rises = [0.0 if isnan(rise) else rise for _, _, rise in along]
    best, risen = max(gain for _, gain, _ in along), max(rises)
    enough = (
        place
        for place, ((_, gain, _), rise) in enumerate(zip(along, rises, strict=True))
        if gain >= best - NOTHING and rise >= risen - NOTHING
    )
    end = next(enough, len(along) - 1)
    return max(best, 0.0), max(risen, 0.0), [(stop, gain) for stop, gain, _ in along[: end + 1]]


def is_additive(plan: NodePlan) -> bool:
    """Whether the score is a weighted sum of the indicators' points, as far as aggregation goes."""
    if not isinstance(plan, BranchPlan):
        return True
    return plan.aggregate.method in {"arithmetic", "sum"} and all(is_additive(child) for child in plan.children)
