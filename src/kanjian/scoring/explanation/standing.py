"""Who stood where 位次对照: ranks and tracks of the same units in two editions, and who was ranked with whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from kanjian.scoring.column import Floats, Mask

if TYPE_CHECKING:
    from kanjian.scoring.result import Result

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Rivals:
    """The ranked units of a track before and of a track (mostly the same) after, as rows 同场单位."""

    common: Rows
    leaving: Rows
    entering: Rows
    sizes: tuple[int, int]
    same_track: bool


@dataclass(frozen=True)
class Standing:
    """All units of two editions, those of the first before those that came; every pair is (before, after).

    `known`: whether the unit is in the edition. `ranks`: NaN for none. `tracks`: a number for each track, 0 for none.
    """

    units: pl.Series
    known: tuple[Mask, Mask]
    ranks: tuple[Floats, Floats]
    tracks: tuple[Rows, Rows]
    _rows: dict[str, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._rows.update({unit: row for row, unit in enumerate(self.units)})

    @classmethod
    def of(cls, before: Result, after: Result, within: str) -> Standing:
        """Return ranks in the track, or `within` all."""
        editions = (before, after)
        units = pl.concat([each.scores["unit"].cast(pl.String) for each in editions]).unique(maintain_order=True)
        first, last = (_side(units, each, within) for each in editions)
        labels = pl.concat([first["track"], last["track"]]).drop_nulls().unique(maintain_order=True).to_list()
        numbers = {label: number for number, label in enumerate(labels, start=1)}
        return cls(
            units,
            (first["known"].to_numpy(), last["known"].to_numpy()),
            (np.array(first["rank"].to_numpy()), np.array(last["rank"].to_numpy())),
            (_numbered(first["track"], numbers), _numbered(last["track"], numbers)),
        )

    def row(self, unit: str) -> int | None:
        """Return the row of a unit, None where it is in neither edition."""
        return self._rows.get(unit)

    def ranked(self, row: int) -> tuple[float, float] | None:
        """Return the unit's ranks, None where it has none on a side."""
        first, last = (float(ranks[row]) for ranks in self.ranks)
        return None if np.isnan(first) or np.isnan(last) else (first, last)

    def pair(self, row: int) -> tuple[int, int]:
        """Return the unit's tracks."""
        return int(self.tracks[0][row]), int(self.tracks[1][row])

    def rivals(self, pair: tuple[int, int]) -> Rivals:
        """Return who was or is ranked in these tracks, units that were and are among them."""
        was, is_now = (
            (tracks == track) & ~np.isnan(ranks)
            for tracks, track, ranks in zip(self.tracks, pair, self.ranks, strict=True)
        )
        common, leaving, entering = (np.flatnonzero(mask) for mask in (was & is_now, was & ~is_now, ~was & is_now))
        return Rivals(common, leaving, entering, (int(was.sum()), int(is_now.sum())), pair[0] == pair[1])

    def beside(self, row: int) -> Standing:
        """Return only the unit, first, and its rivals."""
        rivals = self.rivals(self.pair(row))
        others = np.concatenate([rivals.common, rivals.leaving, rivals.entering])
        rows = np.concatenate([[row], np.sort(others[others != row])])
        before, after = ((self.known[i][rows], self.ranks[i][rows], self.tracks[i][rows]) for i in (0, 1))
        known, ranks, tracks = zip(before, after, strict=True)
        return Standing(self.units.gather(rows), known, ranks, tracks)


def _side(units: pl.Series, edition: Result, within: str) -> pl.DataFrame:
    """Return rank, track and whether there is such a unit, in the order of `units`."""
    by_track = within == "track" and "track_rank" in edition.scores.columns
    picked = edition.scores.select(
        pl.col("unit").cast(pl.String),
        pl.col("track_rank" if by_track else "rank").cast(pl.Float64).alias("rank"),
        (pl.col("track").cast(pl.String) if by_track else pl.lit(None, dtype=pl.String)).alias("track"),
        pl.lit(value=True).alias("known"),
    )
    key = pl.DataFrame({"unit": units})
    joined = key.join(picked, on="unit", how="left", maintain_order="left")
    return joined.with_columns(pl.col("known").fill_null(value=False))


def _numbered(tracks: pl.Series, numbers: dict[str, int]) -> Rows:
    return np.array([0 if track is None else numbers[track] for track in tracks], dtype=np.intp)
