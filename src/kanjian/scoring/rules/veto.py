"""Veto 一票否决: an event that caps or zeroes a node, or caps its grade, and is always documented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import Field

from kanjian.scoring.rules.base import Context, Floats, RuleBase
from kanjian.scoring.strict import Fault, Part


class When(Part):
    """The condition on the input."""

    at_least: float | None = None
    at_most: float | None = None

    def faults(self) -> Iterator[Fault]:
        """Exactly one limit."""
        if (self.at_least is None) == (self.at_most is None):
            yield Fault("", "needs at_least or at_most, exactly one", "veto_condition")

    def holds(self, x: Floats) -> np.ndarray:
        """Return where the condition is met; never where the value is missing."""
        return x >= self.at_least if self.at_least is not None else x <= self.at_most  # type: ignore[operator]


class Effect(Part):
    """What a veto does to its node; exactly one of the three."""

    zero: bool = False
    """The node earns nothing 不得分."""
    cap: float | None = None
    """The node earns at most this many points."""
    max_band: str | None = None
    """The root's band is at most this one; points and rank stay as they are 等次封顶."""

    def faults(self) -> Iterator[Fault]:
        """Exactly one effect."""
        if sum((self.zero, self.cap is not None, self.max_band is not None)) != 1:
            yield Fault("", "needs exactly one of zero, cap and max_band", "veto_effect")


class VetoTerms(Part):
    """When a veto is triggered, what it does, and which column holds its document."""

    when: When = When(at_least=1.0)
    effect: Effect
    document: str | None = None
    """Text column with the document number 文号; where it is empty the veto is not applied but flagged."""
    basis: str = ""
    """The rule that allows this veto to be set at all 设置依据: document and article."""


class Veto(RuleBase):
    """Veto on a leaf 一票否决项: the leaf shows full points or none and carries no weight; `on` suffers the effect.

    Example: one fatal accident (value 1) with effect cap 59 on the root: a unit of 88 points ends with 59.
    """

    method: Literal["veto"]
    when: When = When(at_least=1.0)
    effect: Effect
    on: str = Field(default="parent")
    """Node that suffers the effect: `parent`, `root` or a node code above this leaf."""
    document: str | None = None
    """Text column with the document number 文号; where it is empty the veto is not applied but flagged."""
    basis: str = ""
    """The rule that allows this veto to be set at all 设置依据: document and article."""

    def terms(self) -> VetoTerms:
        """Return the terms without the place."""
        return VetoTerms(when=self.when, effect=self.effect, document=self.document)

    def points(self, x: Floats, context: Context) -> Floats:
        """Return full points where nothing happened, 0 where it did."""
        y = np.where(self.when.holds(x), 0.0, context.scale)
        y[np.isnan(x)] = np.nan
        return y
