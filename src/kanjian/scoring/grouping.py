"""Comparison groups 比较组: labels, codes, and rows brought together by group."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

Codes = npt.NDArray[np.intp]


def labels_of(column: pl.Series) -> tuple[str, ...]:
    """Return the distinct labels of a group column in text order, nulls left out."""
    return tuple(column.cast(pl.String).unique().drop_nulls().sort().to_list())


def codes_of(column: pl.Series, labels: tuple[str, ...]) -> Codes:
    """Return for each row the position of its label; len(labels) where it has none or an unknown one."""
    if not labels:
        return np.zeros(len(column), dtype=np.intp)
    text = column if column.dtype == pl.String else column.cast(pl.String)
    physical = text.cast(pl.Enum(list(labels)), strict=False).to_physical().cast(pl.Int64)
    return physical.fill_null(len(labels)).to_numpy().astype(np.intp, copy=False)


def compact(codes: Codes, groups: int) -> npt.NDArray[np.unsignedinteger]:
    """Return codes in the smallest unsigned type, for which numpy sorts by counting (radix) in linear time."""
    return codes.astype(np.uint16 if groups < 0xFFFF else np.uint32)


@dataclass(frozen=True)
class Groups:
    """The rows of a frame by group; without labels all rows are one group."""

    labels: tuple[str, ...] | None
    codes: Codes | None
    rows: int

    @property
    def count(self) -> int:
        """Number of groups."""
        return 1 if self.labels is None else len(self.labels)

    def gather(self, x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the values brought together by group, those without a group left out."""
        end = self.cuts[-1]
        return x[:end] if self.sorted else x.take(self.order, mode="clip")[:end]

    @cached_property
    def sorted(self) -> bool:
        """Whether the rows stand together by group already, as tables of villages often do."""
        assert self.codes is not None
        return bool((self.codes[1:] >= self.codes[:-1]).all())

    @cached_property
    def order(self) -> Codes:
        """Row numbers sorted by group, rows without a group last."""
        assert self.codes is not None
        return np.argsort(compact(self.codes, self.count), kind="stable")

    @cached_property
    def cuts(self) -> Codes:
        """Start of each group in `order`, and the end of the last."""
        assert self.codes is not None
        sizes = np.bincount(self.codes, minlength=self.count + 1)[: self.count]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)


def groups_of(column: pl.Series | None, rows: int) -> Groups:
    """Return the groups of a column; None is one group of all rows."""
    if column is None:
        return Groups(None, None, rows)
    labels = labels_of(column)
    return Groups(labels, codes_of(column, labels), rows)
