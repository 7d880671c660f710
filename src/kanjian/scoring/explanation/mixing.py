"""Mixtures of before and after 前后混合: what the data and the parameters would be had only some causes acted.

A value has three versions: as published before (x0), as corrected afterwards (xc), and now (x1). The correction moves
x0 → xc, the unit itself xc → x1. Had the unit moved but the correction not been made, the value would be
x0 + (x1 - xc), kept within the three; x0 where the unit did not move; x1 where one of them is missing or not a number.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from kanjian.scoring.column import Floats
from kanjian.scoring.parameters import FRAME, SUPPORT, Parameters
from kanjian.scoring.values import Values


@dataclass(frozen=True)
class Versions:
    """Three frames with the same units in the same order and the same columns, and their marks of `not applicable`."""

    before: Values
    corrected: Values
    after: Values
    codes: frozenset[str] = frozenset()
    """Number columns that hold codes (grades), which cannot be added."""

    def mixed(self, *, moved: bool, corrected: bool) -> Values:
        """Return the values had the units moved, the correction been made, both or neither."""
        if moved and not corrected:
            return self._moved_only()
        return self.after if moved else self.corrected if corrected else self.before

    def _moved_only(self) -> Values:
        if self.corrected is self.before:
            return self.after
        frames = (self.before.frame, self.corrected.frame, self.after.frame)
        columns = [_column([frame[name] for frame in frames], self.codes) for name in frames[0].columns]
        return Values(pl.DataFrame(columns), self.after.na, self.after.notes)


def _column(versions: list[pl.Series], codes: Collection[str]) -> pl.Series:
    """Mix one column as the module says."""
    first, corrected, last = versions
    if first.dtype.is_numeric() and first.name not in codes:
        arrays = (each.cast(pl.Float64).to_numpy() for each in versions)
        return pl.Series(first.name, moved_only(*arrays), nan_to_null=True)
    still = last.eq_missing(corrected)
    return first.zip_with(still, last)


def moved_only(first: Floats, corrected: Floats, last: Floats) -> Floats:
    """Mix numbers of which NaN is missing."""
    still = (last == corrected) | (np.isnan(last) & np.isnan(corrected))
    both = np.stack([first, corrected, last])
    with np.errstate(invalid="ignore"):
        added = np.clip(first + (last - corrected), both.min(axis=0), both.max(axis=0))
    added = np.where(corrected == first, last, added)
    return np.where(still, first, np.where(np.isnan(added), last, added))


def aligned(values: Values, other: Values, units: pl.Series, columns: list[str]) -> Values:
    """Return the rows of `units` with `columns`; a column that `values` lacks altogether is taken from `other`.

    An indicator that only one edition knows thus has its only known value in every mixture: its effect is the method's.
    Units that are absent get nulls.
    """
    key = pl.DataFrame({"unit": units})
    own = [name for name in columns if name in values.frame.columns]
    lent = [name for name in columns if name not in values.frame.columns and name in other.frame.columns]
    frame = _rows(key, values.frame, own)
    if lent:
        frame = frame.with_columns(_rows(key, other.frame, lent).get_columns()[1:])
    marks = None
    if values.na is not None:
        marked = values.na.with_columns(values.frame["unit"].alias("unit"))
        marks = _rows(key, marked, [name for name in values.na.columns if name in columns]).drop("unit")
        marks = marks.with_columns(pl.all().fill_null(value=False))
    # NaN instead of null: the engine takes either for missing, and reads columns without nulls without a copy
    numbers = pl.col(pl.Float64).fill_null(float("nan"))
    return Values(
        frame.select("unit", *[name for name in columns if name in frame.columns]).with_columns(numbers), marks
    )


def stacked(first: Values, second: Values) -> Values:
    """Put the rows of one under those of the other."""
    frame = pl.concat([first.frame, second.frame], rechunk=True)
    if first.na is None and second.na is None:
        return Values(frame)
    names = dict.fromkeys([*_marked(first), *_marked(second)])
    marks = [
        pl.DataFrame(
            [each.na[name] if each.na is not None and name in each.na.columns else _none(name, each) for name in names]
        )
        for each in (first, second)
    ]
    return Values(frame, pl.concat(marks))


def _marked(values: Values) -> list[str]:
    return [] if values.na is None else values.na.columns


def _none(name: str, values: Values) -> pl.Series:
    return pl.Series(name, [False] * values.height, dtype=pl.Boolean)


def _rows(key: pl.DataFrame, frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    return key.join(frame.select("unit", *columns), on="unit", how="left", maintain_order="left")


def mixed_parameters(first: Parameters, corrected: Parameters, last: Parameters) -> Parameters:
    """Return the parameters had the bounds moved but the correction not been made; number by number as for values."""
    keys = ["node", "stat", "by", "group"]
    joined = last.frame
    for name, other in (("first", first), ("corrected", corrected)):
        renamed = other.frame.rename({"value": name})
        joined = joined.join(renamed, on=keys, how="left", nulls_equal=True, maintain_order="left")
    numbers = (joined[name].to_numpy() for name in ("first", "corrected", "value"))
    frame = joined.with_columns(pl.Series("value", moved_only(*numbers))).select(list(FRAME))
    return Parameters.from_frames(frame, _support(first.support, corrected.support, last.support))


def _support(first: pl.DataFrame, corrected: pl.DataFrame, last: pl.DataFrame) -> pl.DataFrame:
    """Return reference values by node: those of `first` where the correction explains all, else those of `last`."""
    chosen = [pl.DataFrame(schema=SUPPORT)]
    for node in last["node"].unique(maintain_order=True):
        tables = [each.filter(pl.col("node") == node) for each in (first, corrected, last)]
        chosen.append(tables[0] if tables[2].equals(tables[1]) else tables[2])
    return pl.concat(chosen)
