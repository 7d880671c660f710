"""Rules that read a table or count 查表与扣分: deduction, steps, grades, bonus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import Field

from kanjian.scoring.rules.base import Bound, BoundNeed, Context, Floats, Need, RuleBase, Shares
from kanjian.scoring.strict import Fault, Part


class Deduct(Shares):
    """Deduction 扣分制: full - per · shortfall / unit, never below floor 扣完为止.

    Direction down: the shortfall is max(0, x - target), target 0 by default, so every finding costs `per` points.
    Direction up: max(0, target - x). Examples: 3 illegal buildings at 5 points each leave 85; 95.4 % against a target
    of 98 % at 1 point for each point below leaves 97.4 (96 counting every started point: `whole: up` gives 97).
    """

    method: Literal["deduct"]
    per: float = Field(gt=0)
    """Points taken for each unit of shortfall 每…扣N分."""
    unit: float = Field(default=1.0, gt=0)
    """Size of one unit of shortfall, such as 1 percentage point."""
    target: Bound | None = None
    """Where deduction starts."""
    whole: Literal["no", "up", "down"] = "no"
    """Count started (`up`) or completed (`down`) units only."""
    at_most: float | None = Field(default=None, gt=0)
    """Largest deduction 扣分上限."""
    within: str = "all"
    """Where a target from the data is taken."""

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """Direction up has nothing to fall short of without a target."""
        yield from super().check(scale=scale, up=up)
        if up and self.target is None:
            yield Fault("target", "is needed for direction up: points are taken for what is missing to it", "no_target")

    def needs(self, *, up: bool) -> list[Need]:
        """The target where it is not a plain number."""
        return [] if self.target is None else BoundNeed("target", self.target, self.within).needs(up=up)

    def points(self, x: Floats, context: Context) -> Floats:
        """Return floor..full points."""
        target = 0.0 if self.target is None else BoundNeed("target", self.target).value(context)
        short = np.maximum(target - x if context.up else x - target, 0.0) / self.unit
        if self.whole != "no":
            # Counts that are whole up to rounding noise must not cost one unit more or less.
            near = np.round(short, 9)
            short = np.ceil(near) if self.whole == "up" else np.floor(near)
        lost = short * self.per
        if self.at_most is not None:
            lost = np.minimum(lost, self.at_most)
        full = context.scale if self.full is None else self.full
        return np.maximum(full - lost, self.floor)


class StepRow(Part):
    """One row of a table of steps."""

    at_least: float | None = None
    at_most: float | None = None
    points: float


class Step(RuleBase):
    """Steps 分档计分: the points of the first row whose limit the value reaches, else `otherwise`.

    Rows say all `at_least` or all `at_most`. Example: ≥ 90 → 100, ≥ 80 → 60, otherwise -5: 85 gives 60.
    """

    method: Literal["step"]
    steps: list[StepRow] = Field(min_length=1)
    otherwise: float = 0.0
    """Points of values that reach no row."""

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """One kind of limit, each used once."""
        del scale, up
        limits = self.limits()
        if limits is None:
            yield Fault("steps", "every row needs at_least, or every row at_most, never both kinds", "steps_mixed")
        elif len(set(limits)) < len(limits):
            yield Fault("steps", "two rows have the same limit", "steps_repeated")

    def limits(self) -> list[float] | None:
        """Return the limits, None where the rows disagree on their kind."""
        rows = self.steps
        lows = [row.at_least for row in rows if row.at_least is not None and row.at_most is None]
        highs = [row.at_most for row in rows if row.at_most is not None and row.at_least is None]
        return next((kind for kind in (lows, highs) if len(kind) == len(rows)), None)

    def points(self, x: Floats, context: Context) -> Floats:
        """Return table points."""
        del context
        sign = 1.0 if self.steps[0].at_least is not None else -1.0
        rows = sorted((sign * limit, row.points) for limit, row in zip(self.limits() or [], self.steps, strict=True))
        limits = np.array([limit for limit, _ in rows])
        table = np.array([self.otherwise, *(points for _, points in rows)])
        points: Floats = table.take(np.searchsorted(limits, sign * x, side="right"))
        points[np.isnan(x)] = np.nan
        return points


class GradeRow(Part):
    """One grade."""

    label: str
    """The grade as it is entered, such as 好 or 5 等级."""
    points: float
    value: float | None = None
    """Number that stands for the grade; the label itself where it is a number, else its position from 1."""


class Grade(RuleBase):
    """Grades 等级计分: points by grade; values are the grade's label or number. Example: 5 stars 100, 4 stars 80.

    A grade that is not in the table is refused at intake; in the kernel it counts as missing.
    """

    method: Literal["grade"]
    grades: list[GradeRow] = Field(min_length=1)

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """Every label and every number once."""
        del scale, up
        if len({row.label for row in self.grades}) < len(self.grades):
            yield Fault("grades", "a label occurs twice", "grade_repeated")
        elif len(set(self.numbers().values())) < len(self.grades):
            yield Fault("grades", "two grades stand for the same number; set value", "grade_repeated")

    def numbers(self) -> dict[str, float]:
        """Return the number that stands for each label."""
        return {row.label: self.number(row, place) for place, row in enumerate(self.grades, start=1)}

    @staticmethod
    def number(row: GradeRow, place: int) -> float:
        """Return the given value, else the label as a number, else the place."""
        if row.value is not None:
            return row.value
        try:
            return float(row.label)
        except ValueError:
            return float(place)

    def points(self, x: Floats, context: Context) -> Floats:
        """Return table points."""
        del context
        points = np.full(len(x), np.nan)
        for number, row in zip(self.numbers().values(), self.grades, strict=True):
            points[x == number] = row.points
        return points


class Bonus(RuleBase):
    """Bonus 加分: per · x points, kept in at_least..at_most; missing means that nothing was claimed and adds nothing.

    A leaf with this rule is added to its parent outside the weighted mean. Example: 3 awards at 2 points, at most 5: 5.
    """

    method: Literal["bonus"]
    per: float = 1.0
    """Points for one."""
    at_least: float = 0.0
    """Smallest points; negative allows deductions."""
    at_most: float
    """Largest points 封顶."""

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """Limits in order."""
        del scale, up
        if not self.at_most > self.at_least:
            yield Fault("at_most", f"must exceed at_least ({self.at_most:g} ≤ {self.at_least:g})", "bounds_order")

    def points(self, x: Floats, context: Context) -> Floats:
        """Return signed points."""
        del context
        y = x * self.per
        return np.clip(y, self.at_least, self.at_most, out=y)
