"""What a simulation is asked to vary 模拟方案, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .errors import RobustnessError
from .ranking import TOLERANCE, Ranks
from .tree import Tree


@dataclass(frozen=True)
class Alternative:
    """Another way to the index 备选方案: points by other rules, or the same nodes with other aggregations.

    ``points`` holds the units of the main table in the same order.
    """

    name: str
    points: pl.DataFrame
    tree: Tree | None = None
    probability: float = 1.0


@dataclass(frozen=True)
class Plan:
    """Everything that settles a simulation: the same plan on the same points gives the same draws.

    ``spread``, ``concentration``: see ``draw_weights``. ``errors``: leaf → standard deviation of its points, one
    number or one per unit; the noise is normal and points are held within ``bounds`` afterwards. ``alternatives``:
    each draw takes the main table (in proportion to ``main_probability``) or one of these. Scores that agree to
    ``tolerance`` are tied.
    """

    draws: int = 1000
    seed: int = 0
    spread: float = 0.25
    concentration: float | None = None
    errors: Mapping[str, float | Sequence[float]] = field(default_factory=dict)
    bounds: tuple[float, float] | None = None
    alternatives: tuple[Alternative, ...] = ()
    main_probability: float = 1.0
    tolerance: float = TOLERANCE

    def __post_init__(self) -> None:
        if self.draws < 1:
            raise RobustnessError("bad_option", f"at least one draw is needed ({self.draws})")
        if self.seed < 0:
            raise RobustnessError("bad_option", f"a seed is a whole number of zero or more ({self.seed})")
        if not self.tolerance >= 0:
            raise RobustnessError("bad_option", f"the tie tolerance must not be negative ({self.tolerance})")

    @property
    def ways(self) -> list[float]:
        """Probability of the main table and of each alternative, not yet normalised."""
        return [self.main_probability, *(alternative.probability for alternative in self.alternatives)]


@dataclass(frozen=True)
class Simulation:
    """Ranks of the units that can be ranked, in all draws.

    ``ranks``, ``track_ranks``: (units × draws), 1 = best, ties share the better rank. ``base_rank``,
    ``base_track_rank``: (units,), under the nominal weights. ``asked``: all units of the table, ranked or not.
    ``tracks``: track of each row, ``None`` without tracks.
    """

    plan: Plan
    tree: Tree
    units: list[str]
    asked: list[str]
    ranks: Ranks
    base_rank: NDArray[np.int64]
    tracks: list[str | None] | None = None
    track_ranks: Ranks | None = None
    base_track_rank: NDArray[np.int64] | None = None

    @property
    def excluded(self) -> list[str]:
        """Units that have no rank, in the order of the table."""
        ranked = set(self.units)
        return [unit for unit in self.asked if unit not in ranked]

    def row(self, unit: str) -> int:
        """Row of a unit; an excluded or unknown unit is an error."""
        try:
            return self.units.index(unit)
        except ValueError:
            raise RobustnessError("unknown_unit", f"{unit} is not among the ranked units") from None
