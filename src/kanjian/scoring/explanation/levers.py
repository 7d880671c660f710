"""Levers 可动指标: the inputs a unit could improve, and the values at which something changes.

A stop is a value at which the points of an indicator bend or jump, or where there is nothing more to gain: bounds,
targets, rungs, full marks, the best value of the group. Between two stops most rules are straight lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kanjian.scoring.batch import Batch
from kanjian.scoring.column import Floats
from kanjian.scoring.explanation.ground import Ground
from kanjian.scoring.leaf import context_of
from kanjian.scoring.plan import BranchPlan, LeafPlan, NodePlan
from kanjian.scoring.rules import RuleBase
from kanjian.scoring.rules.base import Context
from kanjian.scoring.rules.derived import Growth
from kanjian.scoring.rules.ranks import Placed
from kanjian.scoring.rules.relative import DistanceToTarget, ZScore
from kanjian.scoring.rules.standards import BandedEfficacy, Direct, Efficacy, Goalposts, Reverse, Scaled, TargetRatio
from kanjian.scoring.rules.tables import Bonus, Deduct, Grade, Step
from kanjian.scoring.rules.veto import Veto

MOST_STOPS = 40


@dataclass(frozen=True)
class Lever:
    """An input that may be moved: the indicator it belongs to, where it is, and the stops on either side.

    `sign` is -1 for a deduction, whose points should fall.
    """

    node: str
    input: str
    now: float
    stops: tuple[float, ...]
    sign: float = 1.0


def levers_of(ground: Ground, batch: Batch, limits: Mapping[str, float]) -> tuple[list[Lever], list[str]]:
    """Return the levers of a unit (a batch of one row), and the codes of indicators with weight that are left alone.

    Left alone are indicators without a value, made of several inputs (ballots, rounds, tasks), or not applicable.
    """
    found: dict[str, Lever] = {}
    left = []
    for leaf, sign in weighted_leaves(ground.result.scheme.plan):
        lever = _lever(ground, leaf, batch, limits, sign)
        if lever is None:
            left.append(leaf.code)
        elif lever.input in found:
            first = found[lever.input]
            stops = _nearest(first.now, [*first.stops, *lever.stops])
            found[lever.input] = replace(first, stops=stops)
        else:
            found[lever.input] = lever
    return list(found.values()), left


def weighted_leaves(plan: NodePlan, sign: float = 1.0) -> Iterator[tuple[LeafPlan, float]]:
    """Yield the indicators that carry weight, -1 with those whose points are taken away."""
    if isinstance(plan, LeafPlan) and not isinstance(plan.rule, Veto):
        yield plan, sign
    elif isinstance(plan, BranchPlan):
        for turn, places in ((1.0, (*plan.scores, *plan.bonuses)), (-1.0, plan.deductions)):
            for child in (plan.children[place] for place in places):
                if child.weight > 0:
                    yield from weighted_leaves(child, sign * turn)


def _lever(ground: Ground, leaf: LeafPlan, batch: Batch, limits: Mapping[str, float], sign: float) -> Lever | None:
    name = leaf.columns[0]
    now = float(batch.number(name)[0])
    single = len(leaf.columns) == 1 or isinstance(leaf.rule, Growth)
    na = batch.not_applicable(leaf.columns)
    if not single or np.isnan(now) or (na is not None and na[0]):
        return None
    factor = _to_input(leaf, batch)
    if factor is None:
        return None
    bends = _bends(leaf, context_of(leaf, batch, ground.result.parameters))
    stops = [factor[0] + factor[1] * x for x in bends]
    if isinstance(leaf.scorer, ZScore | Placed) or leaf.node.treat is not None:
        stops += _observed(ground, name, leaf, batch)
    allowed = _clipped(stops, _limit(leaf, name, limits))
    return Lever(leaf.code, name, now, _nearest(now, allowed), sign)


def _to_input(leaf: LeafPlan, batch: Batch) -> tuple[float, float] | None:
    """Return (start, slope) of input = start + slope · value; None where the value does not follow the input."""
    slope, start = 1.0, 0.0
    if isinstance(leaf.rule, Growth) and len(leaf.columns) == 2:
        start = float(batch.number(leaf.columns[1])[0])
        slope = start / 100.0
    if leaf.node.denominator is not None:
        slope *= float(batch.number(leaf.node.denominator.input)[0]) / leaf.node.denominator.times
    return (start, slope) if np.isfinite(slope) and slope > 0 else None


def _limit(leaf: LeafPlan, name: str, limits: Mapping[str, float]) -> tuple[float, float]:
    """Return the lowest and highest value the input may take; a share in per cent ends at 100."""
    given = limits.get(name, limits.get(leaf.code))
    percent = leaf.node.unit == "%" and not isinstance(leaf.rule, Growth)
    if given is not None:
        return (-np.inf, given) if leaf.node.up else (given, np.inf)
    return (0.0, 100.0) if percent else (-np.inf, np.inf)


def _clipped(stops: list[float], limit: tuple[float, float]) -> list[float]:
    return [float(np.clip(stop, *limit)) for stop in stops if np.isfinite(stop)]


def _nearest(now: float, stops: list[float]) -> tuple[float, ...]:
    """Return the different stops, nearest first, thinned out where there are very many."""
    ordered = sorted({stop for stop in stops if stop != now}, key=lambda stop: abs(stop - now))
    if len(ordered) > MOST_STOPS:
        picked = np.unique(np.linspace(0, len(ordered) - 1, MOST_STOPS).round().astype(int))
        ordered = [ordered[place] for place in picked]
    return tuple(ordered)


def _observed(ground: Ground, name: str, leaf: LeafPlan, batch: Batch) -> list[float]:
    """Return the values of the units the leaf is compared with."""
    within = next((need.within for need in leaf.needs if need.within is not None), None)
    return ground.observed(name, within, None if within is None else batch.values.frame[within][0])


def _bends(leaf: LeafPlan, context: Context) -> list[float]:
    """Return the values of the indicator at which its points bend, jump or end."""
    rule = leaf.scorer
    numbers = [float(np.ravel(stat)[0]) for stat in context.stats.values()]
    clip = leaf.rule.clip if isinstance(leaf.rule, Growth) else None
    return [*numbers, *_written(rule, context), *(clip or ())]


def _written(rule: RuleBase, context: Context) -> list[float]:
    """Return the bends that follow from what is written in the rule; the others come from the data."""
    find = WRITTEN.get(type(rule))
    return find(rule, context) if find is not None else []


def _number(bound: object) -> float:
    """Return a bound as a number; NaN where it is not one."""
    found: Floats = np.ravel(np.asarray(bound, dtype=object))
    return float(found[0]) if len(found) and isinstance(found[0], int | float) else float("nan")


def _efficacy(rule: Efficacy, context: Context) -> list[float]:
    """Return both standard values, and where the smallest and the largest score are reached."""
    bad, good = (_number(bound.value(context)) for bound in rule.bounds())
    return [bad, good, *(bad + (end - rule.base) / rule.span * (good - bad) for end in (rule.at_least, rule.at_most))]


def _two(rule: Reverse | Goalposts, context: Context) -> list[float]:
    return [_number(bound.value(context)) for bound in rule.bounds()]


def _ratio(rule: TargetRatio, context: Context) -> list[float]:
    target = _target(rule, context)
    return [target * rule.cap if context.up else target / rule.cap]


def _target(rule: TargetRatio | DistanceToTarget | Deduct, context: Context) -> float:
    return _number(context.stats.get("target", rule.target))


def _deduct(rule: Deduct, context: Context) -> list[float]:
    """Return the target, and where nothing more is taken away; every whole unit on the way where only those count."""
    target = 0.0 if rule.target is None else _target(rule, context)
    full = context.scale if rule.full is None else rule.full
    most = full - rule.floor if rule.at_most is None else min(rule.at_most, full - rule.floor)
    sign = -1.0 if context.up else 1.0
    units = most / rule.per
    counted = [units] if rule.whole == "no" else range(int(units) + 2)
    return [target, *(target + sign * rule.unit * number for number in counted)]


def _steps(rule: Step, context: Context) -> list[float]:
    """Return the limits; a limit itself belongs to its row."""
    del context
    return [limit for row in rule.steps for limit in (row.at_least, row.at_most) if limit is not None]


WRITTEN: dict[type[RuleBase], Callable[[Any, Context], list[float]]] = {
    Efficacy: _efficacy,
    Reverse: _two,
    Goalposts: _two,
    TargetRatio: _ratio,
    DistanceToTarget: lambda rule, context: [_target(rule, context)],
    Deduct: _deduct,
    Step: _steps,
    Scaled: lambda rule, _: [rule.low, rule.high],
    Direct: lambda rule, _: [0.0, rule.of],
    BandedEfficacy: lambda rule, _: [rung.value for rung in rule.standards],
    Grade: lambda rule, _: list(rule.numbers().values()),
    Bonus: lambda rule, _: [rule.at_least / rule.per, rule.at_most / rule.per],
}
