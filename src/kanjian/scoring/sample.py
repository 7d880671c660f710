"""Small samples 小样本: a rate from too few cases is not used alone, it is pooled upward.

A unit whose number of cases is below the minimum takes the rate of the first group, the nearest first, that has enough
cases together: the mean of the group's rates weighted by their cases, the unit's own included. Where no group has
enough the value is missing. A unit that reports no rate stays without one: pooling tames a figure, it invents none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kanjian.scoring import statistics
from kanjian.scoring.grouping import Groups
from kanjian.scoring.sums import exact_sums

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pool:
    """The groups of one level: the rate of each (NaN where its cases are too few), and its cases."""

    rates: Floats
    cases: Floats


@dataclass(frozen=True, slots=True)
class Sampled:
    """Values after pooling; where the own sample was too small, and where a group's rate stands in for it."""

    values: Floats
    small: Mask
    pooled: Mask


def pool_stat(place: int) -> str:
    """Return the name under which the rates of one level are kept among the parameters."""
    return f"pool.{place}"


def cases_stat(place: int) -> str:
    """Return the name under which the cases of one level are kept."""
    return f"pool_cases.{place}"


def fit_pool(rates: Floats, cases: Floats, least: float, groups: Groups) -> Pool:
    """Return Σ n·x / Σ n and Σ n of each group, over units with a rate and at least a case.

    `rates` and `cases` are per unit, NaN is missing. The sums are exactly rounded, so the order of units is forgotten;
    the quotient is held inside the group's range, which one rounding could leave.
    """
    weights = np.where(~np.isnan(rates) & (cases > 0), cases, np.nan)
    counted = np.where(np.isnan(weights), np.nan, rates)
    total = exact_sums(weights, groups.codes, groups.count)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = exact_sums(counted * weights, groups.codes, groups.count) / total
    low, high = statistics.extremes(counted, groups)
    return Pool(np.where(total >= least, np.clip(mean, low, high), np.nan), total)


def with_pools(rates: Floats, cases: Floats, least: float, pools: Iterable[Floats | float]) -> Sampled:
    """Put the first pool that has a rate in the place of every rate that rests on fewer than `least` cases.

    `pools`: for each level the rate of the unit's group, per row or one number; NaN where the group has too few cases.
    """
    small = ~(cases >= least) & ~np.isnan(rates)
    values = np.where(small, np.nan, rates)
    for rate in pools:
        values = np.where(small & np.isnan(values), rate, values)
    return Sampled(values, small, small & ~np.isnan(values))
