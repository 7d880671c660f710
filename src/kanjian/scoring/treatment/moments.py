"""Skewness and kurtosis 偏度与峰度, the two numbers by which a column is judged to need treatment.

Both are the bias-corrected sample versions (G1 and excess G2 of Joanes & Gill 1998, "type 2"), which spreadsheets and
COINr use. A column is left alone when ``|skewness| < 2`` *or* ``kurtosis < 3.5``: both must be out of bounds, as in
the practice of the JRC's Competence Centre on Composite Indicators.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import TreatmentError

Floats = NDArray[np.float64]

SKEWNESS_LIMIT = 2.0
KURTOSIS_LIMIT = 3.5


class Moments(NamedTuple):
    """Skewness and excess kurtosis of the cells present; ``nan`` where there are too few or they are all equal."""

    skewness: float
    kurtosis: float
    present: int


def present(values: Floats) -> Floats:
    """The cells that hold a number (missing is ``nan``). Infinities are refused: they are faults, not outliers."""
    kept = values[~np.isnan(values)]
    if not np.isfinite(kept).all():
        raise TreatmentError("not_finite", "an infinite value cannot be treated; correct the cell or clear it")
    return kept


def moments(values: Floats) -> Moments:
    """Bias-corrected skewness (n ≥ 3) and excess kurtosis (n ≥ 4) of one column; missing cells are left out."""
    cells = present(values)
    n = cells.size
    if n < 3 or cells.min() == cells.max():
        return Moments(float("nan"), float("nan"), n)
    spread = cells.max() - cells.min()
    deviation = (cells - cells.mean()) / spread  # scaled first: squares of very large or small values must not overflow
    second = float(np.mean(deviation**2))
    g1 = float(np.mean(deviation**3)) / second**1.5
    skewness = g1 * np.sqrt(n * (n - 1.0)) / (n - 2.0)
    if n < 4:
        return Moments(float(skewness), float("nan"), n)
    g2 = float(np.mean(deviation**4)) / second**2 - 3.0
    kurtosis = ((n + 1.0) * g2 + 6.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0))
    return Moments(float(skewness), float(kurtosis), n)


def needs_treatment(
    values: Floats, *, skewness_limit: float = SKEWNESS_LIMIT, kurtosis_limit: float = KURTOSIS_LIMIT
) -> bool:
    """True when both ``|skewness|`` and kurtosis reach their limits. Constant and very short columns never need it."""
    found = moments(values)
    return abs(found.skewness) >= skewness_limit and found.kurtosis >= kurtosis_limit
