"""Rules that compare with a standard 对标评价: efficacy, goalposts, target ratio, direct, reverse.

Formulas of 功效系数法 and the target ratio follow Chinese performance practice (efficacy score
60 + 40 · (x - not allowed) / (satisfactory - not allowed)); goalposts follow the Human Development Index.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from kanjian.scoring.rules.base import Bound, BoundNeed, Context, Floats, Need, Shares, between
from kanjian.scoring.strict import Fault, Part


def ordered(lower: Bound, upper: Bound, *, up: bool, names: tuple[str, str]) -> Iterator[Fault]:
    """Two plain bounds must differ in the right direction; `names` are (worse, better)."""
    worse, better = names
    if not isinstance(lower, float) or not isinstance(upper, float):
        return
    if up and not upper > lower:
        yield Fault(better, f"must exceed {worse} ({upper:g} ≤ {lower:g}) for direction up", "bounds_order")
    if not up and not upper < lower:
        yield Fault(better, f"must be below {worse} ({upper:g} ≥ {lower:g}) for direction down", "bounds_order")


class TwoBounds(Shares):
    """Rules with a good and a bad value."""

    good: Bound
    """Satisfactory value 满意值."""
    bad: Bound
    """Value not allowed 不允许值."""
    within: str = "all"
    """Where bounds from the data are taken: `all`, `track` or a group column."""

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """Good must be better than bad."""
        yield from super().check(scale=scale, up=up)
        yield from ordered(self.bad, self.good, up=up, names=("bad", "good"))

    def needs(self, *, up: bool) -> list[Need]:
        """Bounds that are not plain numbers."""
        return [need for bound in self.bounds() for need in bound.needs(up=up)]

    def bounds(self) -> tuple[BoundNeed, BoundNeed]:
        """Return (bad, good)."""
        return BoundNeed("bad", self.bad, self.within), BoundNeed("good", self.good, self.within)

    def way(self, x: Floats, context: Context) -> Floats:
        """Return (x - bad) / (good - bad), unclipped; missing where good equals bad."""
        bad, good = (bound.value(context) for bound in self.bounds())
        with np.errstate(divide="ignore", invalid="ignore"):
            y: Floats = (x - bad) / (good - bad)
        y[np.isinf(y)] = np.nan
        return y


class Efficacy(TwoBounds):
    """Efficacy score 功效系数法: d = base + span · (x - bad) / (good - bad), clipped; points d · full / 100.

    Works for both directions because good is smaller than bad when less is better.
    Example: x 5.81, good 12, bad 6: 60 + 40 · (-0.19 / 6) = 58.73.
    """

    method: Literal["efficacy"]
    base: float = 60.0
    """Points at the value not allowed 基础分."""
    span: float = Field(default=40.0, gt=0)
    """Points between bad and good."""
    at_least: float = 0.0
    at_most: float = 100.0

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """Limits in order."""
        yield from super().check(scale=scale, up=up)
        if self.floor:
            yield Fault("floor", "does not apply to this rule; set at_least", "not_applicable")
        if not self.at_most > self.at_least:
            yield Fault("at_most", f"must exceed at_least ({self.at_most:g} ≤ {self.at_least:g})", "bounds_order")

    def points(self, x: Floats, context: Context) -> Floats:
        """Return the efficacy score."""
        d = self.way(x, context)
        d *= self.span
        d += self.base
        np.clip(d, self.at_least, self.at_most, out=d)
        full = context.scale if self.full is None else self.full
        if full != 100.0:
            d *= full / 100.0
        return d


class Reverse(TwoBounds):
    """Reverse 反向计分: full · clip(1 - (x - good) / (bad - good), 0, 1), for rates that should be low.

    Example: re-do rate 6 %, good 2, bad 12 gives 60 points.
    """

    method: Literal["reverse"]
    needs_direction: ClassVar[Literal["any", "up", "down"]] = "down"

    def points(self, x: Floats, context: Context) -> Floats:
        """Return floor..full points."""
        y = self.way(x, context)
        return self.stretch(np.clip(y, 0.0, 1.0, out=y), context)


class Goalposts(Shares):
    """Goalposts 门柱法: full · (x - low) / (high - low), truncated at the posts; direction down: (high - x).

    With `log` all three enter as natural logarithms. Example: life expectancy 71.4 between 20 and 85: 79.08 points.
    """

    method: Literal["goalposts"]
    low: Bound
    """Lower post."""
    high: Bound
    """Upper post."""
    truncate: bool = True
    """Values beyond a post count as the post."""
    log: bool = False
    """Take logarithms; values and posts must be positive."""
    within: str = "all"
    """Where posts from the data are taken."""

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """Posts in order, and positive where logarithms are taken."""
        yield from super().check(scale=scale, up=up)
        yield from ordered(self.low, self.high, up=True, names=("low", "high"))
        if self.log and isinstance(self.low, float) and self.low <= 0:
            yield Fault("low", f"must be positive where log is set ({self.low:g})", "log_of_non_positive")

    def needs(self, *, up: bool) -> list[Need]:
        """Posts that are not plain numbers."""
        return [need for bound in self.bounds() for need in bound.needs(up=up)]

    def bounds(self) -> tuple[BoundNeed, BoundNeed]:
        """Return (low, high)."""
        return BoundNeed("low", self.low, self.within), BoundNeed("high", self.high, self.within)

    def points(self, x: Floats, context: Context) -> Floats:
        """Return floor..full points (beyond, without truncation)."""
        low, high = (bound.value(context) for bound in self.bounds())
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.log:
                x, low, high = positive_log(x), positive_log(low), positive_log(high)
            y = between(low, high, x, None, up=context.up, clip=self.truncate)
        y[np.isinf(y)] = np.nan
        return self.stretch(y, context)


class Scaled(Shares):
    """Scaled 定限缩放: floor + (full - floor) · (x - low) / (high - low) with written limits, never truncated.

    Example: 30 between 0 and 50 gives 60 points, 75 gives 150.
    """

    method: Literal["scaled"]
    low: float
    high: float

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """Limits in order."""
        yield from super().check(scale=scale, up=up)
        yield from ordered(self.low, self.high, up=True, names=("low", "high"))

    def points(self, x: Floats, context: Context) -> Floats:
        """Return unbounded points."""
        return self.stretch(between(self.low, self.high, x, None, up=context.up, clip=False), context)


class TargetRatio(Shares):
    """Target ratio 目标比率: full · clip(x / T, 0, cap); direction down: full · clip(T / x, 0, cap), cap for x ≤ 0.

    Example: 87.4 % against 92 % earns 95 points; with cap 1.2, 110 against 100 earns 110.
    """

    method: Literal["target_ratio"]
    target: Bound
    """The target T 目标值; positive."""
    cap: float = Field(default=1.0, ge=1.0)
    """Largest ratio that counts; above 1 rewards over-fulfilment 超额."""
    within: str = "all"
    """Where a target from the data is taken."""

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """A ratio needs a positive target."""
        yield from super().check(scale=scale, up=up)
        if isinstance(self.target, float) and self.target <= 0:
            yield Fault("target", f"must be positive ({self.target:g})", "target_not_positive")

    def needs(self, *, up: bool) -> list[Need]:
        """The target where it is not a plain number."""
        return BoundNeed("target", self.target, self.within).needs(up=up)

    def points(self, x: Floats, context: Context) -> Floats:
        """Return up to cap · full points."""
        target: Any = BoundNeed("target", self.target).value(context)
        target = np.where(np.asarray(target) > 0, target, np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            y = x / target if context.up else np.where(x <= 0, self.cap + 0.0 * target, target / x)
        return self.stretch(np.clip(y, 0.0, self.cap), context)


class Direct(Shares):
    """Direct 直接计分: the value is a mark already, full · x / of, kept in 0..full. Example: 91.4 of 100 is 91.4."""

    method: Literal["direct"]
    of: float = Field(default=100.0, gt=0)
    """The mark that earns full points."""
    needs_direction: ClassVar[Literal["any", "up", "down"]] = "up"

    def points(self, x: Floats, context: Context) -> Floats:
        """Return floor..full points."""
        return self.stretch(between(0.0, self.of, x, None, up=True), context)


class Standard(Part):
    """One rung of a ladder of standards 标准值."""

    value: float
    """Standard value of the indicator."""
    share: float = Field(ge=0, le=1)
    """Standard coefficient: the share of the full points earned at this value 标准系数."""


class BandedEfficacy(Shares):
    """Banded efficacy 改进功效系数法: base points of the rung below plus the share of the way to the rung above.

    points = full · (s_k + (x - v_k) / (v_k+1 - v_k) · (s_k+1 - s_k)); at or beyond the best rung full · s_max, below
    the worst rung full · `below`. Example: rungs 5 → 0.6 and 8 → 0.8, x = 6.5 gives 70 points.
    """

    method: Literal["banded_efficacy"]
    standards: list[Standard] = Field(min_length=2)
    below: float = Field(default=0.0, ge=0, le=1)
    """Share beyond the worst rung."""

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """Rungs must climb in value (fall for direction down) as their share climbs."""
        yield from super().check(scale=scale, up=up)
        rungs = sorted(self.standards, key=lambda rung: rung.share)
        for lower, upper in pairwise(rungs):
            right = upper.value > lower.value if up else upper.value < lower.value
            if upper.share == lower.share or not right:
                better = "higher" if up else "lower"
                what = f"a larger share must stand at a {better} value ({lower.value:g} → {lower.share:g}, "
                yield Fault("standards", f"{what}{upper.value:g} → {upper.share:g})", "standards_order")

    def points(self, x: Floats, context: Context) -> Floats:
        """Return points by linear interpolation between rungs."""
        sign = 1.0 if context.up else -1.0
        rungs = sorted((sign * rung.value, rung.share) for rung in self.standards)
        values, shares = np.array([v for v, _ in rungs]), np.array([s for _, s in rungs])
        y = np.interp(sign * x, values, shares)
        y[sign * x < values[0]] = self.below
        y[np.isnan(x)] = np.nan
        return self.stretch(y, context)


def positive_log(x: Any) -> Any:
    """Return the natural logarithm; missing where the value is not positive."""
    return np.log(np.where(np.asarray(x) > 0, x, np.nan))
