"""Winsorising 缩尾处理: pull the outermost cells to their nearest neighbour, and explicit bounds 上下限."""

from __future__ import annotations

import math

import numpy as np

from .errors import TreatmentError
from .model import Treated, Treatment
from .moments import KURTOSIS_LIMIT, SKEWNESS_LIMIT, Floats, moments, needs_treatment, present


def fit_bounds(*, low: float = -math.inf, high: float = math.inf) -> Treatment:
    """Explicit bounds given by a person: values outside are set to the bound. ``low`` must not exceed ``high``."""
    if math.isnan(low) or math.isnan(high) or low > high:
        raise TreatmentError("bad_bounds", f"low must not exceed high ({low} > {high})")
    return Treatment("bounds", {"low": low, "high": high})


def fit_winsorise(
    values: Floats,
    *,
    max_points: int = 5,
    per_side: bool = True,
    force: bool = False,
    skewness_limit: float = SKEWNESS_LIMIT,
    kurtosis_limit: float = KURTOSIS_LIMIT,
) -> Treatment:
    """Bounds that bring a column within the limits of skewness and kurtosis, pulling as few cells as possible.

    One step pulls the cells that hold the outermost value, on the side the skewness points to, to the next value
    inside; ties are pulled together. Steps go on until ``|skewness| < skewness_limit`` or ``kurtosis <
    kurtosis_limit``, or until ``max_points`` cells of that side (of both sides together with ``per_side=False``, the
    count COINr keeps) are pulled. ``force`` pulls ``max_points`` cells whatever the limits say. A column is never
    made constant. Numbers: ``low``, ``high``; a side without pulled cells is open (±inf), so that a later, larger
    value is not cut by a column that needed no treatment.
    """
    if max_points < 0:
        raise TreatmentError("bad_limit", f"the number of points to winsorise cannot be negative ({max_points})")
    cells = np.sort(present(values))
    work, pulled = cells, {"low": 0, "high": 0}
    while _goes_on(work, force=force, skewness_limit=skewness_limit, kurtosis_limit=kurtosis_limit):
        side = "high" if moments(work).skewness >= 0 else "low"
        used = pulled[side] if per_side else pulled["low"] + pulled["high"]
        if used >= max_points:
            break
        work = _pull(work, side)
        pulled[side] = int((cells > work[-1]).sum() if side == "high" else (cells < work[0]).sum())
    numbers = {
        "low": float(work[0]) if pulled["low"] else -math.inf,
        "high": float(work[-1]) if pulled["high"] else math.inf,
    }
    before, after = moments(cells), moments(work)
    missed = needs_treatment(work, skewness_limit=skewness_limit, kurtosis_limit=kurtosis_limit)
    return Treatment(
        "winsorise",
        numbers,
        {
            "points_low": pulled["low"],
            "points_high": pulled["high"],
            "skewness_before": before.skewness,
            "kurtosis_before": before.kurtosis,
            "skewness_after": after.skewness,
            "kurtosis_after": after.kurtosis,
            "limits_met": float(not missed),
        },
    )


def _goes_on(cells: Floats, *, force: bool, skewness_limit: float, kurtosis_limit: float) -> bool:
    if np.unique(cells).size < 3:  # one more step would leave a constant column
        return False
    return force or needs_treatment(cells, skewness_limit=skewness_limit, kurtosis_limit=kurtosis_limit)


def _pull(cells: Floats, side: str) -> Floats:
    """One step on sorted cells: the outermost value becomes the next one inside."""
    high = cells[cells < cells[-1]].max() if side == "high" else cells[-1]
    low = cells[cells > cells[0]].min() if side == "low" else cells[0]
    pulled: Floats = np.clip(cells, low, high)
    return pulled


def apply_bounds(values: Floats, numbers: dict[str, float]) -> Treated:
    """Cut at ``low`` and ``high``; cells inside keep every bit."""
    low, high = numbers["low"], numbers["high"]
    changed = (values < low) | (values > high)
    return Treated(np.where(changed, np.clip(values, low, high), values), changed)
