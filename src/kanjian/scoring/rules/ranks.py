"""Rules that look at the place only 名次评价: rank, percentile, Borda.

Ranks count from the bottom (the worst is 1), ties by `ties`, as in COINr. The reference values of each group are kept
with the parameters, so a row can be scored without its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import Field

from kanjian.scoring.rules.base import Context, Fitted, Floats, Need, RuleBase, Shares, Ties
from kanjian.scoring.strict import Fault


class Placed(Fitted):
    """What the three rules share."""

    ties: Ties = "min"
    """Equal values share the lowest, the highest or the average place 并列."""

    def needs(self, *, up: bool) -> list[Need]:
        """The sorted values of each group."""
        del up
        return [Need("support", "support", self.within)]

    def place(self, x: Floats, context: Context) -> tuple[Floats, Floats]:
        """Return the place from the bottom (1 = worst) and the size of the group."""
        if context.support is None:
            msg = "the parameters hold no reference values for this indicator"
            raise ValueError(msg)
        below, equal, size = context.support.count(x)
        if not context.up:
            below = size - below - equal
        equal = np.maximum(equal, 1.0)
        offset: Floats = np.ones(1) if self.ties == "min" else equal if self.ties == "max" else (equal + 1.0) / 2.0
        place = below + offset
        place[np.isnan(x)] = np.nan
        return place, size


class Rank(Placed, RuleBase):
    """Rank 名次: the place counted from the bottom, 1..n; with `full` and `step` points by place from the top.

    Example: 20, 35, 60 give 1, 2 and 3; with full 100 and step 2: 96, 98 and 100.
    """

    method: Literal["rank"]
    full: float | None = None
    """Points of the first place; needs `step`."""
    step: float | None = Field(default=None, gt=0)
    """Points lost with each place 每降一位扣分."""
    floor: float = 0.0
    """Points never fall below it, where `step` is set."""

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """Points by place need both numbers."""
        del scale, up
        if (self.full is None) != (self.step is None):
            yield Fault("step", "and full belong together: set both or neither", "rank_step")

    def points(self, x: Floats, context: Context) -> Floats:
        """Return the place, or points by place."""
        place, size = self.place(x, context)
        if self.full is None or self.step is None:
            return place
        return np.maximum(self.full - self.step * (size - place), self.floor)


class Percentile(Placed, Shares):
    """Percentile rank 百分位: full · (rank - 1) / (n - 1). Example: 20, 35, 60 give 0, 50 and 100 points."""

    method: Literal["percentile"]
    constant: float | None = Field(default=1.0, ge=0, le=1)
    """Share of a unit that is alone in its group; null leaves it without points."""

    def points(self, x: Floats, context: Context) -> Floats:
        """Return the share of other units that are worse."""
        place, size = self.place(x, context)
        alone = np.nan if self.constant is None else self.constant
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(size > 1, (place - 1.0) / (size - 1.0), alone + 0.0 * place)
        return self.stretch(np.minimum(share, 1.0), context)


class Borda(Placed, RuleBase):
    """Borda count 波达计数: rank - 1, the number of units beaten. Example: 20, 35, 60 give 0, 1 and 2."""

    method: Literal["borda"]

    def points(self, x: Floats, context: Context) -> Floats:
        """Return the number of units beaten."""
        return self.place(x, context)[0] - 1.0
