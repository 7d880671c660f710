"""Whose places a reader sees 名次可见范围: the last of each track are a help list, not a public list.

What is withheld is the list of places: place, rank interval, lost places. Scores, values and reasons stay visible, for
a result must be open to recomputation and a unit must know what to work on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

PLACES = ("rank", "track_rank", "rank_low", "rank_high")
NOISE = "beyond_noise"  # whether a movement is more than noise; told by the intervals, so withheld with them


@dataclass(frozen=True, slots=True)
class Sight:
    """``percent``: how much of each track, from its end, is shown as one band; 0 shows every place. ``sees``: codes of
    units whose places are shown all the same, since the reader answers for them.
    """

    percent: int = 0
    sees: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is withheld."""
        return self.percent == 0

    def hides(self, row: Mapping[str, Any]) -> bool:
        """Whether the place of a row (``unit``, ``track_rank``, ``track_size``) is withheld."""
        rank, size = row["track_rank"], row["track_size"]
        if self.is_whole or rank is None or not size:
            return False
        return bool(rank > size - size * self.percent // 100) and row["unit"] not in self.sees

    def hidden(self) -> pl.Expr:
        """The same as a condition on the columns of ``scores``."""
        if self.is_whole:
            return pl.lit(value=False)
        size = pl.col("track_size").cast(pl.Int64)
        last = (pl.col("track_rank") > size - size * self.percent // 100).fill_null(value=False)
        return last & ~pl.col("unit").is_in(list(self.sees)) if self.sees else last

    def blanked(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A table of ``scores`` without what is withheld, and with a column that says so."""
        if self.is_whole:
            return frame
        hidden = self.hidden()
        told = (*PLACES, NOISE) if NOISE in frame.columns else PLACES
        falls = hidden & (pl.col("movement") < 0)
        return frame.with_columns(
            *(pl.when(~hidden).then(pl.col(name)).alias(name) for name in told),
            pl.when(~falls.fill_null(value=False)).then(pl.col("movement")).alias("movement"),
            pl.when(hidden).then(pl.lit(f"last {self.percent} %")).alias("places"),
        )


EVERYTHING = Sight()
