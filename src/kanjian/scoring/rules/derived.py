"""Rules that first make one value from several inputs 派生指标: growth, survey ballots, difficulty, and the veto."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from kanjian.scoring.rules.base import Context, Derived, Floats, Need, RuleBase, Shares, between
from kanjian.scoring.rules.ranks import Borda, Percentile, Rank
from kanjian.scoring.rules.relative import MinMax, MinMax60, TScore, ZScore
from kanjian.scoring.rules.standards import BandedEfficacy, Efficacy, Goalposts, Scaled, TargetRatio
from kanjian.scoring.rules.tables import Deduct, Step
from kanjian.scoring.strict import Fault, Part

Plain = Annotated[
    MinMax
    | MinMax60
    | ZScore
    | TScore
    | Rank
    | Percentile
    | Borda
    | Efficacy
    | BandedEfficacy
    | Goalposts
    | Scaled
    | TargetRatio
    | Deduct
    | Step,
    Field(discriminator="method"),
]


class Growth(RuleBase):
    """Growth 增长率: g = 100 · (x - x0) / |x0| per cent, clipped, then scored by the rule under `then`.

    Inputs: x and x0 (this and the earlier value), or one column that holds the growth in per cent already. x0 ≤ 0 or
    missing is 不可比: the item is not applicable and its weight goes to the others. Example: 36 after 30 is 20 %.
    """

    method: Literal["growth"]
    clip: tuple[float, float] | None = None
    """Lowest and highest growth that counts, in per cent."""
    then: Plain
    """How the growth is scored."""
    combines: ClassVar[bool] = True

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """Check the inner rule and the order of the limits."""
        if self.clip is not None and not self.clip[1] > self.clip[0]:
            yield Fault("clip", "must be [low, high] with low below high", "bounds_order")
        for fault in self.then.check(scale=scale, up=up):
            yield fault._replace(field=f"then.{fault.field}" if fault.field else "then")

    def scorer(self) -> RuleBase:
        """The inner rule scores the growth."""
        return self.then

    def needs(self, *, up: bool) -> list[Need]:
        """What the inner rule needs."""
        return self.then.needs(up=up)

    def derive(self, inputs: Sequence[Floats]) -> Derived:
        """Return growth in per cent; not applicable where it cannot be compared."""
        if len(inputs) == 1:
            growth, incomparable = inputs[0].copy(), None
        else:
            x, before = inputs
            incomparable = ~np.isnan(x) & ~(before > 0)
            with np.errstate(divide="ignore", invalid="ignore"):
                growth = 100.0 * (x - before) / np.abs(before)
            growth[incomparable] = np.nan
        if self.clip is not None:
            np.clip(growth, *self.clip, out=growth)
        return Derived(growth, incomparable, () if incomparable is None else (("not_comparable", incomparable),))


class Survey(Shares):
    """Survey 测评票换算: Σ mark · ballots / Σ ballots over the valid answers; "do not know" is left out.

    Inputs are the counts of answers from best to worst, in the order of `marks`.
    Example: 60 满意, 30 基本满意, 10 不满意 with marks 100, 70, 30 give 84.
    """

    method: Literal["survey"]
    marks: tuple[float, ...] = Field(default=(100.0, 70.0, 30.0), min_length=2)
    """Mark of each answer, 0..100."""
    min_valid: float = Field(default=1.0, gt=0)
    """With fewer valid ballots the item is missing 样本不足."""
    combines: ClassVar[bool] = True
    needs_direction: ClassVar[Literal["any", "up", "down"]] = "up"

    def derive(self, inputs: Sequence[Floats]) -> Derived:
        """Return the mean mark of the valid ballots."""
        valid = np.zeros(len(inputs[0]))
        marked = np.zeros(len(inputs[0]))
        for count, mark in zip(inputs, self.marks, strict=True):
            valid = valid + count
            marked = marked + count * mark
        small = valid < self.min_valid
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = marked / valid
        mean[small] = np.nan
        return Derived(mean, None, (("small_sample", small),))

    def points(self, x: Floats, context: Context) -> Floats:
        """Return floor..full points for 0..100 marks."""
        return self.stretch(between(0.0, 100.0, x, None, up=True), context)


class Task(Part):
    """One task with its difficulty."""

    input: str
    """Column with the completion of the task, 0..100."""
    k: float = Field(default=1.0, ge=0.5, le=2.0)
    """Difficulty coefficient 难度系数, usually 1.0..1.5."""


class Difficulty(Shares):
    """Difficulty 难度系数法: Σ completion · k / Σ k over the tasks that are present.

    Example: completion 90 with k 1.2 and 100 with k 1.0 give 94.55.
    """

    method: Literal["difficulty"]
    tasks: list[Task] = Field(min_length=1)
    combines: ClassVar[bool] = True
    needs_direction: ClassVar[Literal["any", "up", "down"]] = "up"

    def inputs(self, code: str) -> list[str]:
        """The completion columns."""
        del code
        return [task.input for task in self.tasks]

    def derive(self, inputs: Sequence[Floats]) -> Derived:
        """Return the weighted completion."""
        done, weight = np.zeros(len(inputs[0])), np.zeros(len(inputs[0]))
        for completion, task in zip(inputs, self.tasks, strict=True):
            present = ~np.isnan(completion)
            done += np.where(present, completion * task.k, 0.0)
            weight += task.k * present
        with np.errstate(divide="ignore", invalid="ignore"):
            return Derived(done / weight)

    def points(self, x: Floats, context: Context) -> Floats:
        """Return floor..full points for 0..100 completion."""
        return self.stretch(between(0.0, 100.0, x, None, up=True), context)
