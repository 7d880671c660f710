"""Means of children 合成: weighted arithmetic, geometric, harmonic and power mean, sum of points, minimum.

Each function takes the children's columns and weights and leaves missing children out, scaling up the other weights;
whether that is allowed is decided by the branch. Children are added one after the other in the order of the scheme,
so a row's result does not depend on the rows around it.

Sources: OECD/JRC Handbook (2008), step 7; weighted power mean M_p = (Σ w x^p / Σ w)^(1/p), of which arithmetic (1),
geometric (limit 0) and harmonic (-1) are cases. Zero makes geometric and harmonic means 0 (their limit); a negative
value leaves them undefined (missing).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kanjian.scoring.column import Column, Floats

Weighted = Sequence[tuple[Column, float]]


def arithmetic(children: Weighted, rows: int) -> Floats:
    """Return Σ w x / Σ w. Example: 80 and 50 with weights 2 and 1 give 70."""
    return _mean(children, rows, None, None)


def geometric(children: Weighted, rows: int) -> Floats:
    """Return exp(Σ w ln x / Σ w). Example: 25 and 100 with equal weights give 50."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return _mean(children, rows, np.log, np.exp)


def harmonic(children: Weighted, rows: int) -> Floats:
    """Return Σ w / Σ (w / x). Example: 30 and 60 with equal weights give 40."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return _mean(children, rows, _inverse, np.reciprocal)


def power(children: Weighted, rows: int, p: float) -> Floats:
    """Return (Σ w x^p / Σ w)^(1/p). Example: 30 and 40 with p 2 and equal weights give 35.36."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return _mean(children, rows, lambda x: _positive(x) ** p, lambda mean: mean ** (1.0 / p))


def minimum(children: Weighted, rows: int) -> Floats:
    """Return the smallest present child 短板. Example: 80 and 50 give 50."""
    result = np.full(rows, np.nan)
    for column, weight in children:
        if weight > 0:
            np.fmin(result, column.points, out=result)
    return result


def weight_present(children: Weighted, rows: int) -> Floats | float:
    """Return the weight of the present children; one number where nothing is missing."""
    total: Floats | float = 0.0
    for column, weight in children:
        total = total + (weight if column.whole else weight * ~np.isnan(column.points))
    return total if isinstance(total, float) else np.broadcast_to(total, rows)


def _mean(
    children: Weighted,
    rows: int,
    forth: Callable[[Floats], Floats] | None,
    back: Callable[[Floats], Floats] | None,
) -> Floats:
    """Return the weighted mean of forth(x), taken back."""
    total, part = np.zeros(rows), np.empty(rows)
    for column, weight in children:
        if weight == 0:
            continue
        np.multiply(column.points if forth is None else forth(column.points), weight, out=part)
        if not column.whole:
            np.copyto(part, 0.0, where=np.isnan(column.points))
        total += part
    weights = weight_present(children, rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        total /= weights
    return total if back is None else back(total)


def _positive(x: Floats) -> Floats:
    """Return x with NaN for negative values, which leaves the mean of the row undefined."""
    return np.where(x < 0, np.nan, x)


def _inverse(x: Floats) -> Floats:
    return 1.0 / _positive(x)
