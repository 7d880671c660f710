"""Statistics of one column by comparison group 分组统计量; NaN counts as absent, a group without values yields NaN."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kanjian.scoring.grouping import Groups
from kanjian.scoring.sums import exact_sums
from kanjian.scoring.support import sorted_support

Floats = npt.NDArray[np.float64]


def extremes(x: Floats, groups: Groups) -> tuple[Floats, Floats]:
    """Return the smallest and the largest value of each group."""
    if groups.codes is None:
        if not len(x):
            return np.array([np.nan]), np.array([np.nan])
        return np.array([np.fmin.reduce(x)]), np.array([np.fmax.reduce(x)])
    if not groups.count:
        return np.empty(0), np.empty(0)
    ordered, starts = groups.gather(x), groups.cuts[:-1]
    return np.fmin.reduceat(ordered, starts), np.fmax.reduceat(ordered, starts)


def counts(x: Floats, groups: Groups) -> Floats:
    """Return the number of present values of each group."""
    present = ~np.isnan(x)
    if groups.codes is None:
        return np.array([float(present.sum())])
    return np.bincount(groups.codes[present], minlength=groups.count + 1)[: groups.count].astype(np.float64)


def means(x: Floats, groups: Groups) -> Floats:
    """Return the mean of each group from an exactly rounded sum."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return exact_sums(x, groups.codes, groups.count) / counts(x, groups)


def deviations(x: Floats, groups: Groups) -> Floats:
    """Return the sample standard deviation (n - 1) of each group; 0 where one value stands alone or all are equal."""
    number, mean = counts(x, groups), means(x, groups)
    low, high = extremes(x, groups)
    spread = mean[0] if groups.codes is None else np.append(mean, np.nan).take(groups.codes)
    squares = exact_sums((x - spread) ** 2, groups.codes, groups.count)
    with np.errstate(invalid="ignore", divide="ignore"):
        deviation = np.sqrt(squares / (number - 1))
    deviation[(number == 1) | (low == high)] = 0.0
    deviation[number == 0] = np.nan
    return deviation


def quantiles(x: Floats, groups: Groups, q: float) -> Floats:
    """Return the quantile of each group by linear interpolation (type 7, the default of R and numpy)."""
    support = sorted_support(parts(x, groups))
    size = np.diff(support.cuts)
    if not len(support.values):
        return np.full(len(size), np.nan)
    place = np.maximum(size - 1, 0) * q
    below = np.floor(place).astype(np.intp)
    first = np.minimum(support.cuts[:-1] + below, len(support.values) - 1)
    low = support.values[first]
    high = support.values[np.where(below + 1 < size, first + 1, first)]
    return np.where(size == 0, np.nan, low + (high - low) * (place - below))


def parts(x: Floats, groups: Groups) -> list[Floats]:
    """Return the present values of each group."""
    if groups.codes is None:
        return [x[~np.isnan(x)]]
    ordered = groups.gather(x)
    pieces = np.split(ordered, groups.cuts[1:-1]) if groups.count else []
    return [piece[~np.isnan(piece)] for piece in pieces]
