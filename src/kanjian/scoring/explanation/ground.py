"""What the paths of all units of a result have in common 共同基础: worked out once, asked for each unit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
import polars as pl

from kanjian.scoring.column import Floats
from kanjian.scoring.explanation.following import follows
from kanjian.scoring.grouping import Codes, Groups, codes_of, labels_of
from kanjian.scoring.result import Result


class Ground:
    """A result, what its inputs usually do, and what its units show.

    `history`: earlier wide frames (`unit` and inputs), oldest first; they are read here and not kept.
    """

    def __init__(self, result: Result, history: Sequence[pl.DataFrame] | None = None) -> None:
        self.result = result
        self.typical = typical_changes([*history, result.values.frame], result.scheme.inputs()) if history else {}
        self._quartiles: dict[str, tuple[float, float]] = {}
        self._observed: dict[tuple[str, str | None, str | None], list[float]] = {}

    def place(self, unit: str) -> int | None:
        """Return the unit's row in the result, None for a unit that is not there."""
        return self._places.get(unit)

    @cached_property
    def _places(self) -> dict[str, int]:
        units = self.result.values.frame["unit"].cast(pl.String).to_list()
        return {unit: place for place, unit in enumerate(units)}

    @cached_property
    def standing(self) -> pl.DataFrame:
        """Units and their groups in the order of the result."""
        scores = self.result.scores
        groups = [name for name in self.result.scheme.group_columns() if name in scores.columns]
        return scores.select("unit", *groups)

    @cached_property
    def track_codes(self) -> tuple[Codes, int] | None:
        """Codes of the units' tracks and their number; None without tracks."""
        tracks = self.result.scheme.tracks
        if tracks is None:
            return None
        track = self.result.scores[tracks.by]
        labels = labels_of(track)
        return codes_of(track, labels), len(labels)

    @cached_property
    def groups(self) -> dict[str | None, Groups]:
        """Groups that fitting again has found."""
        return {}

    @cached_property
    def fitted(self) -> bool:
        """Whether the parameters follow the values of the result."""
        return follows(self.result)

    def spread(self, name: str, now: float) -> float:
        """Return half the distance between the quartiles of an input; where all units agree `now`, or 1."""
        if name not in self._quartiles:
            present = self.result.values.frame[name].drop_nulls().to_numpy()
            low, high = np.quantile(present, [0.25, 0.75]) if len(present) else (0.0, 0.0)
            self._quartiles[name] = float(low), float(high)
        low, high = self._quartiles[name]
        return (high - low) / 2 or abs(now) or 1.0

    def observed(self, name: str, within: str | None, group: str | None) -> list[float]:
        """Return the different values of an input, of all units or of one group."""
        key = (name, within, group)
        if key not in self._observed:
            frame = self.result.values.frame
            frame = frame if within is None else frame.filter(pl.col(within) == group)
            self._observed[key] = frame[name].drop_nulls().unique().to_list()
        return self._observed[key]


def typical_changes(frames: Sequence[pl.DataFrame], names: Sequence[str]) -> dict[str, float]:
    """Return the median absolute change of each input between consecutive frames, over all units that moved.

    Inputs that never moved are left out.
    """
    moves: dict[str, list[Floats]] = {name: [] for name in names}
    for earlier, later in pairwise(frames):
        both = [name for name in names if name in earlier.columns and name in later.columns]
        joined = earlier.select("unit", *both).join(later.select("unit", *both), on="unit", suffix=".later")
        for name in both:
            change = (joined[f"{name}.later"] - joined[name]).abs().drop_nulls().drop_nans()
            moves[name].append(change.to_numpy())
    return {name: typical for name, found in moves.items() if (typical := _median_of_moved(found))}


def _median_of_moved(changes: list[Floats]) -> float:
    """Return the median of all changes above nothing; 0 where there are none."""
    together = np.concatenate(changes) if changes else np.empty(0)
    moved = together[together > 0]
    return float(np.median(moved)) if len(moved) else 0.0
