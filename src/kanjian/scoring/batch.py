"""Some rows as numpy vectors 数据批: what kernels read, without global state and without copies where possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from kanjian.scoring.grouping import Codes, codes_of
from kanjian.scoring.values import Values

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class CodeBook:
    """Group codes of the whole frame, worked out once for each list of labels.

    Lists of labels may be long and are asked for often, so they are told apart by identity; the book keeps them alive.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self._found: dict[tuple[str, int], tuple[tuple[str, ...], Codes]] = {}

    def codes(self, column: str, labels: tuple[str, ...]) -> Codes:
        """Return the codes of all rows; len(labels) for rows without a known label."""
        key = (column, id(labels))
        if key not in self._found:
            self.put(column, labels, codes_of(self.frame[column], labels))
        return self._found[key][1]

    def put(self, column: str, labels: tuple[str, ...], codes: Codes) -> None:
        """Keep codes that are known already."""
        self._found[column, id(labels)] = labels, codes


@dataclass
class Batch:
    """Rows start..start + rows of some values."""

    values: Values
    book: CodeBook
    start: int
    rows: int
    remember: bool = True
    """Keep columns that had to be copied; a batch of all rows of a large frame had better not."""
    _numbers: dict[str, Floats] = field(default_factory=dict)

    def number(self, name: str) -> Floats:
        """Return a number column; NaN is missing. Never write into it."""
        found = self._numbers.get(name)
        if found is None:
            found = numbers_of(self.values.frame[name].slice(self.start, self.rows))
            if self.remember:
                self._numbers[name] = found
        return found

    def not_applicable(self, names: Sequence[str]) -> Mask | None:
        """Return where any of the inputs is marked as not applicable, None where there is no mark at all."""
        na = self.values.na
        marked = [name for name in names if na is not None and name in na.columns]
        if na is None or not marked:
            return None
        masks = [na[name].slice(self.start, self.rows).to_numpy() for name in marked]
        result: Mask = np.logical_or.reduce(masks)
        return result

    def documented(self, name: str) -> Mask:
        """Return where a text column says something."""
        column = self.values.frame[name].slice(self.start, self.rows)
        text = column.cast(pl.String).str.strip_chars()
        return (text.fill_null("") != "").to_numpy()

    def codes(self, column: str, labels: tuple[str, ...]) -> Codes:
        """Return group codes of these rows."""
        return self.book.codes(column, labels)[self.start : self.start + self.rows]

    def group(self, column: str, labels: tuple[str, ...]) -> Codes | int:
        """Return the same; one number where the batch is one unit over and over."""
        return self.codes(column, labels)


def numbers_of(column: pl.Series) -> Floats:
    """Return a column as float64 with NaN for null; zero-copy where nothing is missing."""
    if column.dtype != pl.Float64:
        column = column.cast(pl.Float64)
    # Filling first is twice as fast as the conversion of nulls on the way to numpy.
    return column.fill_null(np.nan).to_numpy() if column.null_count() else column.to_numpy()
