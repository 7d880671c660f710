"""The cheapest path to a rank or a band 进位升档的最省路径: what to raise, by how much, on which assumptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from kanjian.scoring.explanation.again import scored_again
from kanjian.scoring.explanation.costs import Costs, costs_of
from kanjian.scoring.explanation.goals import Goal, band_goal, rank_goal
from kanjian.scoring.explanation.ground import Ground
from kanjian.scoring.explanation.levers import levers_of
from kanjian.scoring.explanation.model import ExplanationError, Path, Step
from kanjian.scoring.explanation.others import row_without_self
from kanjian.scoring.explanation.row import Row
from kanjian.scoring.explanation.search import Found, cheapest
from kanjian.scoring.explanation.trials import Curve, Trials
from kanjian.scoring.problems import Note
from kanjian.scoring.result import Result

MOST_REPEATS = 8
CLOSE = 1e-6


def path_to(
    result: Result,
    unit: str,
    *,
    rank: int | None = None,
    band: str | None = None,
    within: str = "track",
    costs: Mapping[str, float] | None = None,
    history: Sequence[pl.DataFrame] | None = None,
    limits: Mapping[str, float] | None = None,
    ground: Ground | None = None,
) -> Path:
    """Return the cheapest improvements of a unit's own values that lead to a rank (in the track, or `all`) or a band.

    `costs`: cost of one unit of an input, by input or indicator; without them a step costs its size over the typical
    change of that input (`history`: earlier wide frames, oldest first, see `Ground`). `limits`: values that must not
    be passed. All other units are held still; where the unit's move shifts fitted bounds, everybody is scored again and
    the path is adapted until the goal holds. `ground`: what an earlier call for another unit of this result can share,
    history included. What was assumed is listed. An unreachable goal gives the best reachable
    score with `reached` False. Raises ExplanationError (`unknown_unit`, `no_score`, `no_goal`, `no_rank`,
    `unknown_band`).
    """
    ground = ground or Ground(result, history)
    place = ground.place(unit)
    if place is None:
        raise ExplanationError("unknown_unit", f"no unit {unit!r} in the edition")
    goal = _goal(result, unit, rank, band, within)
    row = Row(result.scheme.plan, result.values.slice(place, 1), result.parameters)
    trials = Trials(row_without_self(row) if ground.fitted else row)
    if np.isnan(trials.start):
        raise ExplanationError("no_score", f"unit {unit!r} has no score, so there is nothing to start from")
    levers, left = levers_of(ground, row.once, limits or {})
    prices = costs_of(levers, costs, ground)
    return _Task(ground, row, unit, goal, trials, trials.curves(levers, prices.per_unit)).path(prices, left)


def _goal(result: Result, unit: str, rank: int | None, band: str | None, within: str) -> Goal:
    if (rank is None) == (band is None):
        raise ExplanationError("no_goal", "say either rank or band")
    return rank_goal(result, unit, rank, within) if rank is not None else band_goal(result, unit, band or "")


@dataclass
class _Attempt:
    """A path that was scored again with everybody in it."""

    found: Found
    after: Result
    moved: frozenset[str]
    """The indicators whose fitted parameters the move has changed."""
    spare: float
    """Own score minus the score that is needed, both after the move."""


@dataclass
class _Task:
    """One search: the goal, the trials, and what the levers bring."""

    ground: Ground
    row: Row
    unit: str
    goal: Goal
    trials: Trials
    curves: list[Curve]
    shifted: bool = False
    """Whether the first path shifted bounds, so that the cheapest one is not proven."""

    def path(self, prices: Costs, left: list[str]) -> Path:
        """Search, score everybody again, adapt, and write the path down."""
        needed = self.goal.needed(self.ground.result)
        attempt = self._attempt(needed)
        self.shifted = bool(attempt.moved)
        if self.shifted:
            attempt = self._around_bounds(attempt, needed)
        steps = self._steps(attempt.found)
        reached = self.goal.reached(attempt.after)
        own = attempt.after.scores.filter(pl.col("unit") == self.unit)
        exact = attempt.found.exact and not self.shifted
        notes = _notes(self.curves, left, moved=bool(attempt.moved), exact=exact, reached=reached)
        if not self.ground.fitted:
            notes.append(
                Note("bounds_held", "bounds are given or rest on other units too; they do not follow the move")
            )
        return Path(
            self.unit,
            self.goal.text,
            needed,
            self.trials.start,
            float(own["score"][0]),
            own[self.goal.rank_column][0],
            own["band"][0],
            steps,
            sum(step.cost for step in steps),
            reached,
            exact,
            (*notes, *prices.notes),
        )

    def _attempt(self, target: float, start: Mapping[str, float] | None = None) -> _Attempt:
        found = cheapest(self.trials, self.curves, target, start)
        after = scored_again(self.ground, self.unit, self.row, found.values)
        own = float(after.result.scores.filter(pl.col("unit") == self.unit)["score"][0])
        return _Attempt(found, after.result, after.moved, own - self.goal.needed(after.result))

    def _around_bounds(self, first: _Attempt, needed: float) -> _Attempt:
        """Try both: with the inputs that shift bounds, aiming anew, and without them; take the cheaper one."""
        best, curves = self._adapted(first, needed), self.curves
        self.curves = [curve for curve in curves if curve.lever.node not in first.moved]
        without = self._attempt(needed)
        self.curves = curves
        spent = [sum(step.cost for step in self._steps(attempt.found)) for attempt in (best, without)]
        good = [self.goal.reached(attempt.after) for attempt in (best, without)]
        return without if good[1] and (not good[0] or spent[1] < spent[0]) else best

    def _adapted(self, first: _Attempt, needed: float) -> _Attempt:
        """Aim higher where the moved bounds took the goal away, lower where they left points to spare (secant)."""
        aims = [(needed, first.spare), (needed - first.spare, np.nan)]
        best = first
        for _ in range(MOST_REPEATS):
            attempt = self._attempt(aims[-1][0], best.found.values)
            aims[-1] = (aims[-1][0], attempt.spare)
            best = self._better(best, attempt)
            if self.goal.reached(best.after) and best.spare <= CLOSE:
                break
            aims.append((_next_aim(*aims[-2:]), np.nan))
        return best

    def _better(self, one: _Attempt, two: _Attempt) -> _Attempt:
        """Prefer the goal, then little to spare; where neither has it, the one that comes closer."""
        if self.goal.reached(one.after) != self.goal.reached(two.after):
            return two if self.goal.reached(two.after) else one
        return two if (two.spare < one.spare) == self.goal.reached(one.after) else one

    def _steps(self, found: Found) -> tuple[Step, ...]:
        """Return the steps with what each brings on top of those before it."""
        by_input = {curve.lever.input: curve for curve in self.curves}
        steps, taken, before = [], {}, self.trials.start
        for name, value in found.values.items():
            curve = by_input[name]
            taken[name] = value
            score_now = self.trials.together(taken)
            cost = abs(value - curve.lever.now) * curve.rate
            steps.append(Step(curve.lever.node, name, curve.lever.now, value, cost, score_now - before))
            before = score_now
        return tuple(steps)


def _next_aim(one: tuple[float, float], two: tuple[float, float]) -> float:
    """Return where a straight line through two aims leaves nothing to spare; a hair above, to be on the safe side."""
    (a, spare_a), (b, spare_b) = one, two
    slope = (spare_b - spare_a) / (b - a) if b != a else 0.0
    step = spare_b / slope if slope > 0 else spare_b
    return b - step + CLOSE / 4


def _notes(curves: list[Curve], left: list[str], *, moved: bool, exact: bool, reached: bool) -> list[Note]:
    notes = [Note("rivals_held", "all other units keep their values 其他单位保持不变")]
    if moved:
        notes.append(
            Note("bounds_moved", "the move shifts fitted bounds; everybody was scored again, steps show held bounds")
        )
    if not exact:
        notes.append(
            Note(
                "search",
                "found by search: not additive, not straight, or bounds would shift; not proven cheapest",
            )
        )
    notes.append(Note("limits", "no value goes beyond full marks, the best of its group, 100 %, or a given limit"))
    if left:
        notes.append(Note("left_alone", f"without a value, or made of several inputs: {', '.join(left)}"))
    if not reached:
        what = "every indicator at its best does not suffice" if curves else "no indicator can be improved"
        notes.append(Note("unreachable", f"the goal cannot be reached: {what}; shown is the best reachable"))
    return notes
