"""One unit as a scheme reads it, many times over 单个单位: what is tried on a single unit, without a table around it.

A table of one row costs as much to take apart as one of thousands; here each column is a number repeated.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from kanjian.scoring.batch import Batch, CodeBook
from kanjian.scoring.column import Floats, Mask
from kanjian.scoring.grouping import Codes
from kanjian.scoring.values import Values

# What counts as blank in Unicode, as tables see it: Python's own `strip` takes four separators more.
BLANK = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
NOTHING = Values(pl.DataFrame())


@dataclass(frozen=True)
class Single:
    """One unit: `numbers` of its inputs (None: missing), `texts` of its groups and documents, inputs that do not
    apply to it.
    """

    numbers: Mapping[str, float | None]
    texts: Mapping[str, str | None]
    na: Collection[str] = ()
    _codes: dict[tuple[str, int], tuple[tuple[str, ...], int]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, values: Values) -> Single:
        """Return the unit of a table of one row."""
        cells = values.frame.row(0, named=True)
        numbers = {name for name, kind in values.frame.schema.items() if kind.is_numeric()}
        texts = {name: None if cell is None else str(cell) for name, cell in cells.items() if name not in numbers}
        na = () if values.na is None else [name for name, mark in values.na.row(0, named=True).items() if mark]
        return cls({name: cells[name] for name in cells if name in numbers}, texts, na)

    def values(self, unit: str = "") -> Values:
        """Return the same as a table of one row."""
        numbers = {name: pl.Series(name, [value], dtype=pl.Float64) for name, value in self.numbers.items()}
        texts = {name: pl.Series(name, [value], dtype=pl.String) for name, value in self.texts.items()}
        na = pl.DataFrame({name: [True] for name in self.na}) if self.na else None
        return Values(pl.DataFrame({"unit": [unit]} | texts | numbers), na)

    def number(self, name: str) -> float:
        """Return an input; NaN is missing."""
        value = self.numbers[name]
        return float("nan") if value is None else value

    def code(self, column: str, labels: tuple[str, ...]) -> int:
        """Return the place of the unit's group among the labels; behind the last where it has none or another.

        Lists of labels may be long, so they are told apart by identity; they are kept alive here.
        """
        key = (column, id(labels))
        if key not in self._codes:
            text = self.texts[column]
            place = labels.index(text) if text is not None and text in labels else len(labels)
            self._codes[key] = labels, place
        return self._codes[key][1]


class Repeated(Batch):
    """The unit `rows` times, with other values (`inputs`) for some of its number columns."""

    def __init__(self, single: Single, rows: int, inputs: Mapping[str, Floats] | None = None) -> None:
        super().__init__(NOTHING, CodeBook(NOTHING.frame), 0, rows)
        self.single = single
        self._numbers |= inputs or {}

    def number(self, name: str) -> Floats:
        """Return a number column; NaN is missing. Never write into it."""
        found = self._numbers.get(name)
        if found is None:
            found = self._numbers[name] = np.full(self.rows, self.single.number(name))
        return found

    def not_applicable(self, names: Sequence[str]) -> Mask | None:
        """Return a mark on every row where any of the inputs does not apply, else None."""
        return np.ones(self.rows, dtype=np.bool_) if any(name in self.single.na for name in names) else None

    def documented(self, name: str) -> Mask:
        """Return whether a text column says something, for every row."""
        return np.full(self.rows, bool((self.single.texts[name] or "").strip(BLANK)))

    def codes(self, column: str, labels: tuple[str, ...]) -> Codes:
        """Return the group code for every row."""
        return np.full(self.rows, self.single.code(column, labels), dtype=np.intp)
