"""Rules that compare with the group's own spread 相对评价: min-max, z-score, distances, share of the maximum.

Sources: OECD/JRC Handbook on Constructing Composite Indicators (2008), step 5; conventions of signs and sample
standard deviation as in COINr, which multiplies an indicator of direction -1 by -1 before it normalises.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import Field

from kanjian.scoring.rules.base import (
    Bound,
    BoundNeed,
    Context,
    Fitted,
    Floats,
    Need,
    Shares,
    settle_flat,
)
from kanjian.scoring.strict import Fault


class MinMax(Fitted, Shares):
    """Min-max 极差法: floor + (full - floor) · (x - min) / (max - min); direction down: (max - x) in the numerator.

    Example: values 20, 35, 60 in a group give 0, 37.5 and 100 points.
    """

    method: Literal["minmax"]
    constant: float | None = Field(default=1.0, ge=0, le=1)
    """Share of the full points where the whole group has one value; null leaves it without points."""

    def needs(self, *, up: bool) -> list[Need]:
        """Smallest and largest value of the group."""
        del up
        return [Need("min", "min", self.within), Need("max", "max", self.within)]

    def refine(self, tables: dict[str, Floats], *, up: bool) -> dict[str, Floats]:
        """Return where the way to the best begins and how long it is, and which groups are flat, if any."""
        span = tables["max"] - tables["min"]
        flat = span == 0
        refined = {"worst": tables["min" if up else "max"], "span": span}
        return {**refined, "flat": flat} if flat.any() else refined

    def points(self, x: Floats, context: Context) -> Floats:
        """Return floor..full points; values beyond the fitted bounds earn no more and no less."""
        worst, span = context.refined["worst"], context.refined["span"]
        with np.errstate(divide="ignore", invalid="ignore"):
            y: Floats = x - worst if context.up else worst - x
            y /= span
        np.minimum(y, 1.0, out=y)
        np.maximum(y, 0.0, out=y)
        if "flat" in context.refined:
            settle_flat(y, x, context.refined["flat"], self.constant)
        return self.stretch(y, context)


class MinMax60(MinMax):
    """Min-max from 60 to 100 线性六十制: full · (0.6 + 0.4 · (x - min) / (max - min)).

    Example: values 20, 35, 60 give 60, 75 and 100 points.
    """

    method: Literal["minmax60"]  # type: ignore[assignment]

    def stretch(self, y: Floats, context: Context) -> Floats:
        """Map the share to the upper forty per cent; `floor` has no part in it."""
        full = context.scale if self.full is None else self.full
        y *= 0.4
        y += 0.6
        y *= full
        return y


class DistanceToBest(MinMax):
    """Distance to the best 与最优差距: full · (1 - (max - x) / (max - min)).

    Example: values 20, 35, 60 give 0, 37.5 and 100 points.
    """

    method: Literal["distance_to_best"]  # type: ignore[assignment]


class ZScore(Fitted, Shares):
    """Z-score 标准分: mean + sd · (x - m) / s with the group's mean m and sample standard deviation s (n - 1).

    The result is not bound to the scheme's scale. Example: 2, 4, 6 give -1, 0 and 1.
    """

    method: Literal["zscore"]
    full: None = None
    floor: float = Field(default=0.0, exclude=True)
    mean: float = 0.0
    """Points of the group's mean."""
    sd: float = Field(default=1.0, gt=0)
    """Points of one standard deviation."""
    constant: float | None = 0.0
    """z of a group in which all values are equal; null leaves it without points."""

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """Nothing to compare: floor and full do not apply."""
        del scale, up
        if self.floor:
            yield Fault("floor", "does not apply to this rule; set mean and sd", "not_applicable")

    def needs(self, *, up: bool) -> list[Need]:
        """Mean and sample standard deviation of the group."""
        del up
        return [Need("mean", "mean", self.within), Need("sd", "sd", self.within)]

    def points(self, x: Floats, context: Context) -> Floats:
        """Return mean + sd · z."""
        mean, deviation = context.stats["mean"], context.stats["sd"]
        with np.errstate(divide="ignore", invalid="ignore"):
            z: Floats = x - mean if context.up else mean - x
            z /= deviation
        settle_flat(z, x, deviation == 0, self.constant)
        if self.sd != 1.0:
            z *= self.sd
        if self.mean:
            z += self.mean
        return z


class TScore(ZScore):
    """T-score T分: 50 + 10 · z. Example: 2, 4, 6 give 40, 50 and 60."""

    method: Literal["tscore"]  # type: ignore[assignment]
    mean: float = 50.0
    sd: float = Field(default=10.0, gt=0)


class DistanceToTarget(Fitted, Shares):
    """Distance to a target 与目标差距: full · (x - min) / (target - min); down: (max - x) / (max - target).

    Above the target the points exceed full unless `cap` is set. Example: values 20, 35, 60 with target 50 and a cap
    give 0, 50 and 100 points.
    """

    method: Literal["distance_to_target"]
    target: Bound
    cap: bool = False
    """Points end at full 达到目标即满分."""

    def needs(self, *, up: bool) -> list[Need]:
        """The worst value of the group, and the target where it is not a number."""
        worst = Need("min", "min", self.within) if up else Need("max", "max", self.within)
        return [worst, *BoundNeed("target", self.target, self.within).needs(up=up)]

    def points(self, x: Floats, context: Context) -> Floats:
        """Return points relative to the way from the worst value to the target."""
        target = BoundNeed("target", self.target).value(context)
        worst = context.stats["min" if context.up else "max"]
        return self.stretch(toward(worst, target, x, cap=self.cap), context)


class DistanceToReference(Fitted, Shares):
    """Distance to a reference unit 与标杆差距: full · (x - min) / (x_ref - min); down: (max - x) / (max - x_ref).

    Example: values 20, 35, 60 with the second unit as reference give 0, 100 and 266.7 points (100 with a cap).
    """

    method: Literal["distance_to_reference"]
    reference: str
    """Code of the reference unit 标杆单位."""
    cap: bool = False
    """Points end at full."""

    def needs(self, *, up: bool) -> list[Need]:
        """The worst value of the group and the value of the reference unit."""
        worst = Need("min", "min", self.within) if up else Need("max", "max", self.within)
        return [worst, Need("reference", "value_of", "all", unit=self.reference)]

    def points(self, x: Floats, context: Context) -> Floats:
        """Return points relative to the way from the worst value to the reference."""
        worst = context.stats["min" if context.up else "max"]
        return self.stretch(toward(worst, context.stats["reference"], x, cap=self.cap), context)


class ShareOfMax(Fitted, Shares):
    """Share of the maximum 占最大值比重: full · x / max; direction down: full · min / x.

    Example: values 20, 35, 60 give 33.3, 58.3 and 100 points; direction down 100, 57.1 and 33.3.
    """

    method: Literal["share_of_max"]
    down: Literal["inverse", "negate"] = "inverse"
    """Direction down: `inverse` is min / x; `negate` is (-x) / max(-x) as COINr has it, where worse earns more."""

    def needs(self, *, up: bool) -> list[Need]:
        """The best value of the group."""
        return [Need("max", "max", self.within) if up else Need("min", "min", self.within)]

    def points(self, x: Floats, context: Context) -> Floats:
        """Return x relative to the best."""
        with np.errstate(divide="ignore", invalid="ignore"):
            if context.up:
                y = x / context.stats["max"]
            elif self.down == "inverse":
                y = context.stats["min"] / x
            else:
                y = x / context.stats["min"]
        y[np.isinf(y)] = np.nan
        return self.stretch(y, context)


def toward(worst: object, goal: object, x: Floats, *, cap: bool) -> Floats:
    """Return the share of the way from `worst` to `goal`; missing where the way has no length."""
    with np.errstate(divide="ignore", invalid="ignore"):
        y: Floats = (x - worst) / np.subtract(goal, worst)  # type: ignore[operator,call-overload]
    y[np.isinf(y)] = np.nan
    return np.minimum(y, 1.0, out=y) if cap else y
