"""One unit's values without a table 单个单位的数值: for what is worked out of a single unit each time it is looked at.

A table of one row costs as much to take apart as one of thousands; here each column is one number, repeated.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from kanjian.scoring.batch import Batch, CodeBook
from kanjian.scoring.column import Floats, Mask
from kanjian.scoring.grouping import Codes
from kanjian.scoring.values import Values

# What counts as blank in Unicode, as tables see it: Python's own `strip` takes four separators more.
BLANK = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"


@dataclass(frozen=True)
class UnitValues:
    """One unit as a scheme reads it: `numbers` of its inputs (None: missing), `texts` of its groups and documents, and
    the inputs that do not apply to it.
    """

    numbers: Mapping[str, float | None]
    texts: Mapping[str, str | None]
    na: Collection[str] = ()

    def values(self, unit: str = "") -> Values:
        """Return the same as a table of one row."""
        numbers = {name: pl.Series(name, [value], dtype=pl.Float64) for name, value in self.numbers.items()}
        texts = {name: pl.Series(name, [value], dtype=pl.String) for name, value in self.texts.items()}
        na = pl.DataFrame({name: [True] for name in self.na}) if self.na else None
        return Values(pl.DataFrame({"unit": [unit], **texts, **numbers}), na)


class UnitBatch(Batch):
    """The unit `rows` times; `absent`: inputs that are missing in some of them, with the places."""

    def __init__(self, unit: UnitValues, rows: int, absent: Mapping[str, Sequence[int]]) -> None:
        empty = pl.DataFrame()
        super().__init__(Values(empty), CodeBook(empty), 0, rows)
        self._unit, self._absent = unit, absent
        self._codes: dict[tuple[str, int], tuple[tuple[str, ...], Codes]] = {}

    def number(self, name: str) -> Floats:
        """Return a number column; NaN is missing. Never write into it."""
        found = self._numbers.get(name)
        if found is None:
            value = self._unit.numbers[name]
            found = np.full(self.rows, np.nan if value is None else value)
            found[list(self._absent.get(name, ()))] = np.nan
            self._numbers[name] = found
        return found

    def not_applicable(self, names: Sequence[str]) -> Mask | None:
        """Return a mark on every row where any of the inputs does not apply, else None."""
        return np.ones(self.rows, dtype=np.bool_) if any(name in self._unit.na for name in names) else None

    def documented(self, name: str) -> Mask:
        """Return whether a text column says something, for every row."""
        return np.full(self.rows, bool((self._unit.texts[name] or "").strip(BLANK)))

    def codes(self, column: str, labels: tuple[str, ...]) -> Codes:
        """Return the group code for every row."""
        key = (column, id(labels))
        if key not in self._codes:
            text = self._unit.texts[column]
            code = labels.index(text) if text is not None and text in labels else len(labels)
            self._codes[key] = labels, np.full(self.rows, code, dtype=np.intp)
        return self._codes[key][1]

    def group(self, column: str, labels: tuple[str, ...]) -> int:
        """Return the group code of the unit."""
        return int(self.codes(column, labels)[0])
