"""The terms of a pairing and its result 结对参数与结果."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

Kind = Literal["number", "log", "category"]

# Why a mentee has no mentor, from "nobody there" to "taken by others".
UNMATCHED = ("no_mentor", "none_above", "forbidden", "too_far", "too_different", "capacity")

PAIRS = pl.Schema(
    {
        "mentee": pl.String(),
        "mentor": pl.String(),
        "cost": pl.Float64(),  # distance + endowment + need
        "distance": pl.Float64(),
        "endowment": pl.Float64(),
        "need": pl.Float64(),
        "km": pl.Float64(),  # null where a place is unknown
        "fixed": pl.Boolean(),
    }
)


class PairingError(ValueError):
    """The table or the terms cannot be used; ``code`` names the reason, the message says what to mend."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One endowment 禀赋: a column, its weight in the Gower distance, and how it is compared.

    ``number`` by difference over range, ``log`` the same on log(1 + x) for skewed sizes, ``category`` equal or not.
    """

    name: str
    weight: float = 1.0
    kind: Kind = "number"


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts as a good pair. Weights are relative; ``caliper`` and all costs lie between 0 and 1.

    ``far_km``: from here on the distance part is full. ``most_km``: no pair beyond. ``margin``: places by which the
    mentor stands above. ``weak``: how many of the mentee's weakest dimensions count. ``caliper``: cost of no partner;
    a dearer pair is not made. ``capacity``: mentees per mentor where the table has no column ``capacity``.
    ``within``: columns in which both sides must agree. ``neighbours``: cheapest mentors kept per mentee where a block
    is too large to be solved whole.
    """

    attributes: tuple[Attribute, ...]
    dimensions: tuple[str, ...]
    within: tuple[str, ...] = ("track",)
    weight_distance: float = 1.0
    weight_endowment: float = 2.0
    weight_need: float = 2.0
    far_km: float = 30.0
    most_km: float | None = None
    margin: float = 1.0
    weak: int = 3
    caliper: float = 0.5
    capacity: int = 2
    neighbours: int = 100

    def __post_init__(self) -> None:
        weights = (self.weight_distance, self.weight_endowment, self.weight_need, *(a.weight for a in self.attributes))
        if any(not (math.isfinite(each) and each >= 0) for each in weights) or sum(weights[:3]) <= 0:
            raise PairingError("weights", "weights must be numbers from 0 up, and one of the three parts above 0")
        if not (math.isfinite(self.far_km) and self.far_km > 0):
            raise PairingError("far_km", f"far_km must be above 0, not {self.far_km}")
        if not 0 <= self.caliper <= 1:
            raise PairingError("caliper", f"the caliper lies between 0 and 1, not {self.caliper}")
        if self.capacity < 0 or self.weak < 1 or self.neighbours < 1 or not self.margin >= 0:
            raise PairingError("terms", "capacity and margin from 0, weak and neighbours from 1")

    @property
    def shares(self) -> tuple[float, float, float]:
        """The three weights brought to a sum of 1: distance, endowments, needs."""
        total = self.weight_distance + self.weight_endowment + self.weight_need
        return self.weight_distance / total, self.weight_endowment / total, self.weight_need / total


@dataclass(frozen=True)
class Pairing:
    """Pairs and everything one needs to judge them; see ``pair``."""

    terms: Terms
    pairs: pl.DataFrame
    unmatched: pl.DataFrame  # mentee, reason
    load: pl.DataFrame  # mentor, capacity, pairs
    balance: pl.DataFrame
    reasons: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # by mentee
    truncated: tuple[str, ...] = ()  # blocks solved on the nearest mentors only

    @property
    def total(self) -> float:
        """What is minimised: the pairs' costs and the caliper for each mentee without one; fixed pairs left out."""
        free = self.pairs.filter(~pl.col("fixed"))
        return math.fsum(free["cost"]) + self.terms.caliper * self.unmatched.height
