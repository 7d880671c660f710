"""Goals of a path 目标: which score is needed for a rank or a band, and whether a result reaches it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from kanjian.scoring.explanation.model import ExplanationError
from kanjian.scoring.result import Result
from kanjian.scoring.scheme.parts import TieRule
from kanjian.scoring.transform import root_bands


@dataclass(frozen=True)
class Goal:
    """Rank `place` in the unit's field, or a band that begins at `at_least`."""

    unit: str
    text: str
    rank_column: str
    place: int = 0
    at_least: float = 0.0
    bands: tuple[str, ...] = ()
    """The codes that satisfy the goal: the band and those above it; empty for a rank."""

    def needed(self, result: Result) -> float:
        """Return the score the unit needs, given where the others stand."""
        if self.bands:
            return self.at_least
        scores = _rivals(result, self.unit, self.rank_column)
        if len(scores) < self.place:
            return -np.inf
        rival = float(np.sort(scores)[-self.place])
        return rival + _margin(result.scheme.ties)

    def reached(self, result: Result) -> bool:
        """Whether the unit has the rank or band."""
        own = result.scores.filter(pl.col("unit") == self.unit)
        if self.bands:
            return own["band"][0] in self.bands
        rank = own[self.rank_column][0]
        return rank is not None and rank <= self.place


def rank_goal(result: Result, unit: str, place: int, within: str) -> Goal:
    """Return the goal of a rank; the unit must be ranked."""
    column = "track_rank" if within == "track" and "track_rank" in result.scores.columns else "rank"
    own = result.scores.filter(pl.col("unit") == unit)
    if own[column][0] is None:
        raise ExplanationError("no_rank", f"unit {unit!r} is not ranked ({own['reason'][0] or 'no track'})")
    if place < 1:
        raise ExplanationError("no_goal", f"the best rank is 1 ({place})")
    return Goal(unit, f"{column} {place}", column, place=place)


def band_goal(result: Result, unit: str, code: str) -> Goal:
    """Return the goal of a band of the root's ladder."""
    ladder = {band.code: band.at_least for band in root_bands(result.scheme)}
    if code not in ladder:
        known = ", ".join(ladder) or "none"
        raise ExplanationError("unknown_band", f"no band {code!r}; bands: {known}")
    enough = tuple(other for other, at_least in ladder.items() if at_least >= ladder[code])
    column = "track_rank" if "track_rank" in result.scores.columns else "rank"
    return Goal(unit, f"band {code}", column, at_least=ladder[code], bands=enough)


def _rivals(result: Result, unit: str, column: str) -> np.ndarray:
    """Return the scores of the other ranked units of the field."""
    scores = result.scores
    field = scores.filter(pl.col(column).is_not_null() & (pl.col("unit") != unit))
    if column == "track_rank":
        track = scores.filter(pl.col("unit") == unit)["track"][0]
        field = field.filter(pl.col("track") == track)
    return field["score"].to_numpy()


def _margin(ties: TieRule) -> float:
    """Return by how much a rival must be passed: nothing where equals share the better rank."""
    if ties.method in {"min", "dense"}:
        return 0.0
    precision = ties.precision
    if precision == "raw":
        return 1e-9
    return 2 * (precision.tolerance or 0.0) + 1e-9 if precision.decimals is None else 10.0**-precision.decimals
