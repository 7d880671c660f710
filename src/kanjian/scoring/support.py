"""Reference values for rules that look at the place 参照分布: sorted values by group, looked up row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kanjian.scoring.grouping import Codes

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SortedSupport:
    """Sorted present values of each group, one after the other; group g is values[cuts[g]:cuts[g + 1]]."""

    values: Floats
    cuts: Codes

    def at(self, codes: Codes | None) -> BoundSupport:
        """Return the support as seen by rows of the given groups; None: all rows are in the only group."""
        return BoundSupport(self, codes)


@dataclass(frozen=True)
class BoundSupport:
    """A support together with the groups of the rows at hand."""

    support: SortedSupport
    codes: Codes | None

    def count(self, x: Floats) -> tuple[Floats, Floats, Floats]:
        """Return per row: reference values below x, equal to x, and in the group; NaN where x or the group is."""
        values, cuts = self.support.values, self.support.cuts
        if self.codes is None:
            below = np.searchsorted(values, x, side="left").astype(np.float64)
            upto = np.searchsorted(values, x, side="right").astype(np.float64)
            size = np.full(len(x), float(len(values)))
        else:
            known = np.minimum(self.codes, len(cuts) - 2)
            low, high = cuts[known], cuts[known + 1]
            below = (_search(values, x, low, high, right=False) - low).astype(np.float64)
            upto = (_search(values, x, low, high, right=True) - low).astype(np.float64)
            size = (high - low).astype(np.float64)
            below[self.codes > len(cuts) - 2] = np.nan
        below[np.isnan(x) | (size == 0)] = np.nan
        return below, upto - below, size


def _search(values: Floats, x: Floats, low: Codes, high: Codes, *, right: bool) -> Codes:
    """Binary search of each x within its own slice of `values`, all rows in step."""
    left, end = low.copy(), high.copy()
    last = max(len(values) - 1, 0)
    while len(values) and np.any(left < end):
        middle = (left + end) >> 1
        found = values[np.minimum(middle, last)]
        onward = ((found <= x) if right else (found < x)) & (left < end)
        left, end = np.where(onward, middle + 1, left), np.where(onward, end, np.minimum(middle, end))
    return left


def sorted_support(pieces: list[Floats]) -> SortedSupport:
    """Build the support from the present values of each group."""
    values = np.concatenate([np.sort(piece) for piece in pieces]) if pieces else np.empty(0)
    return SortedSupport(values, np.concatenate([[0], np.cumsum([len(piece) for piece in pieces])]).astype(np.intp))
