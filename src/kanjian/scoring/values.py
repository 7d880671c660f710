"""Values ready for scoring 待计分数据: one row per unit, checked by `read_values`."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from kanjian.scoring.problems import Note


@dataclass(frozen=True)
class Values:
    """What a scheme is applied to.

    `frame`: `unit` (text, unique), group columns (text), documents of vetoes (text), one Float64 column per input with
    null for missing. `na`: Boolean columns for the inputs in which some cell is not applicable, or None.
    """

    frame: pl.DataFrame
    na: pl.DataFrame | None = None
    notes: list[Note] = field(default_factory=list)

    @property
    def height(self) -> int:
        """Number of units."""
        return self.frame.height

    def slice(self, start: int, length: int | None = None) -> Values:
        """Return some rows, without copying."""
        na = None if self.na is None else self.na.slice(start, length)
        return Values(self.frame.slice(start, length), na, self.notes)

    def with_columns(self, frame: pl.DataFrame) -> Values:
        """Return the same values with some columns replaced, such as a what-if."""
        return Values(self.frame.with_columns(frame.get_columns()), self.na, self.notes)
