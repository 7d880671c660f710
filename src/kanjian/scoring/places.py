"""Aggregations that look at other units 多准则排序合成: Copeland and the median rank.

Both compare a row with reference points kept in the parameters, so they stay row-wise. Copeland: Copeland (1951), as
in the OECD/JRC Handbook; the median of ranks: the same handbook, non-compensatory aggregation.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kanjian.scoring.support import BoundSupport

Floats = npt.NDArray[np.float64]

LIMIT = 20_000
_BLOCK = 4_000_000


def copeland(points: Floats, weights: Floats, reference: Floats) -> Floats:
    """Return for each row of `points` (rows × series) pairs won minus pairs lost against `reference` (units × series).

    A pair is won by the side that is better on more than half of the weight present on both; equality counts half on
    either side. Example: (3, 1), (2, 2), (1, 3) with weights 2 and 1 give 2, 0 and -2.
    """
    net = np.zeros(len(points))
    step = max(1, _BLOCK // max(1, reference.size))
    for start in range(0, len(points), step):
        block = points[start : start + step]
        balance = np.zeros((len(block), len(reference)))
        for series, weight in enumerate(weights):
            difference = block[:, series, None] - reference[None, :, series]
            balance += weight * np.nan_to_num(np.sign(difference), nan=0.0)
        balance[np.abs(balance) <= 1e-12 * weights.sum()] = 0.0
        net[start : start + step] = np.sign(balance).sum(axis=1)
    net[np.isnan(points).all(axis=1)] = np.nan
    return net


def median_place(points: Floats, weights: Floats, supports: list[BoundSupport]) -> Floats:
    """Return the weighted median over the series of the place from the bottom, as a share 0 (last) .. 1 (first).

    Equal values share their average place. Example: first in two of three series, last in the third: 1.
    """
    shares = np.column_stack([_share(points[:, k], support) for k, support in enumerate(supports)])
    return weighted_median(shares, weights)


def _share(x: Floats, support: BoundSupport) -> Floats:
    below, equal, size = support.count(x)
    place = below + (np.maximum(equal, 1.0) + 1.0) / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(size > 1, np.minimum((place - 1.0) / (size - 1.0), 1.0), place * 0.0 + 1.0)


def weighted_median(values: Floats, weights: Floats) -> Floats:
    """Return the weighted median of each row, NaN left out; the middle two's mean where weights split evenly."""
    order = np.argsort(values, axis=1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=1)
    heavy = np.where(np.isnan(ordered), 0.0, weights[order])
    running = np.cumsum(heavy, axis=1)
    half = running[:, -1:] / 2.0
    noise = 1e-12 * running[:, -1:]
    lower = np.argmax(running >= half - noise, axis=1)
    upper = np.argmax(running > half + noise, axis=1)
    rows = np.arange(len(values))
    median: Floats = (ordered[rows, lower] + ordered[rows, upper]) / 2.0
    median[half[:, 0] == 0] = np.nan
    return median
