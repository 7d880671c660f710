"""Exactly rounded sums 精确求和: the same result whatever the order, the threads or the machine.

`math.fsum` is exact but walks Python objects. For long vectors every float is split into two integers below 2^27 and
a power of two; sums of such integers over up to 2^26 values are exact in float64, so vectorised counting may add them
in any order, and Python integers join the parts at the end.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]

SHORT = 4096
_HALF = 27
_MAX = 1 << 26


def exact_sums(values: Floats, codes: Codes | None, groups: int) -> Floats:
    """Return the exactly rounded sum of the finite values of each group; NaN counts as nothing.

    `codes` are group numbers in 0..groups (`groups` itself: no group, left out); None means one group of all.
    """
    keep = ~np.isnan(values)
    if codes is not None:
        keep &= codes < groups
    chosen = values[keep]
    owner = codes[keep] if codes is not None else np.zeros(len(chosen), dtype=np.intp)
    if len(chosen) <= SHORT:
        return _short_sums(chosen, owner, groups)
    if len(chosen) > _MAX:
        msg = f"at most {_MAX} values can be summed at once"
        raise ValueError(msg)
    return _long_sums(chosen, owner, groups)


def _short_sums(values: Floats, owner: Codes, groups: int) -> Floats:
    if groups == 1:
        return np.array([math.fsum(values.tolist())])
    order = np.argsort(owner, kind="stable")
    cuts = np.searchsorted(owner[order], np.arange(groups + 1))
    ordered = values[order].tolist()
    return np.array([math.fsum(ordered[a:b]) for a, b in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)])


def _long_sums(values: Floats, owner: Codes, groups: int) -> Floats:
    mantissa, exponent = np.frexp(values)
    whole = mantissa * float(1 << 53)
    high = np.floor(whole * 2.0**-_HALF)
    low = whole - high * float(1 << _HALF)
    lowest = int(exponent.min())
    width = int(exponent.max()) - lowest + 1
    cell = owner * width + (exponent - lowest)
    highs = np.bincount(cell, weights=high, minlength=groups * width)
    lows = np.bincount(cell, weights=low, minlength=groups * width)
    totals = [0] * groups
    for index in np.flatnonzero((highs != 0) | (lows != 0)).tolist():
        part = (int(highs[index]) << _HALF) + int(lows[index])
        totals[index // width] += part << (index % width)
    return np.array([_to_float(total, lowest - 53) for total in totals])


def _to_float(mantissa: int, exponent: int) -> float:
    """Return mantissa · 2^exponent, rounded once (Python divides integers exactly)."""
    return float(mantissa << exponent) if exponent >= 0 else mantissa / (1 << -exponent)
