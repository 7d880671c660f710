"""How sure a difference is 不确定性: intervals over matched sets, permutation within sets."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

Floats = NDArray[np.float64]

POWER = 0.8
BATCH = 200


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean difference over ``sets`` matched sets with its standard error, interval and two-sided p value."""

    value: float
    error: float
    low: float
    high: float
    p: float
    sets: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def estimate(differences: Floats, confidence: float) -> Estimate:
    """Mean of independent differences, one per set: error s/√n, interval by Student's t with n − 1 degrees of freedom.

    Needs two sets at least. A set holds each of its units once and the periods are averaged before, so that the error
    is clustered by unit and by matched set (Abadie and Spiess 2022, JASA 117).
    """
    n = len(differences)
    mean = math.fsum(differences) / n
    error = float(differences.std(ddof=1)) / math.sqrt(n)
    width = float(student.ppf((1 + confidence) / 2, n - 1)) * error
    p = 2 * float(student.sf(abs(mean) / error, n - 1)) if error > 0 else (1.0 if mean == 0 else 0.0)
    return Estimate(mean, error, mean - width, mean + width, p, n)


def smallest_seen(error: float, sets: int, confidence: float) -> float:
    """The true effect that would be found in four cases of five with this error: (t₁₋α⁄₂ + t₀.₈) · error."""
    return float(student.ppf((1 + confidence) / 2, sets - 1) + student.ppf(POWER, sets - 1)) * error


def permuted(changes: Floats, runs: int, seed: int) -> tuple[float, Floats]:
    """P value when in each set chance says who was paired, and the differences that chance gives.

    ``changes``: sets × members, the paired unit first. p = (1 + runs at least as far from zero) / (1 + runs).
    """
    sets, members = changes.shape
    total = changes.sum(axis=1)
    # A member against the mean of the others: exactly what is estimated, for whoever is picked.
    against = changes - (total[:, None] - changes) / (members - 1)
    observed = abs(math.fsum(against[:, 0]) / sets)
    rng = np.random.default_rng(seed)
    drawn = []
    for start in range(0, runs, BATCH):
        picked = rng.integers(0, members, size=(min(BATCH, runs - start), sets))
        drawn.append(against[np.arange(sets)[None, :], picked].mean(axis=1))
    found = np.concatenate(drawn) if drawn else np.empty(0)
    # A hair of tolerance: the same set of picks summed in another order must count as equal.
    beyond = int((np.abs(found) >= observed - 1e-12).sum())
    return (1 + beyond) / (1 + runs), found
