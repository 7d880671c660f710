"""Automatic choice 自动选择, and the single entrance ``fit_treatment`` / ``apply_treatment`` for the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .errors import TreatmentError
from .model import Treated, Treatment
from .moments import KURTOSIS_LIMIT, SKEWNESS_LIMIT, Floats, moments, needs_treatment
from .power import apply_boxcox, apply_log, fit_boxcox, fit_log
from .winsorise import apply_bounds, fit_bounds, fit_winsorise


def fit_automatic(
    values: Floats,
    *,
    max_points: int = 5,
    shift: float | str = "auto",
    skewness_limit: float = SKEWNESS_LIMIT,
    kurtosis_limit: float = KURTOSIS_LIMIT,
) -> Treatment:
    """The mildest treatment that meets the limits: none, winsorising, logarithm, Box-Cox, tried in this order.

    Each is tried on the original column, never on top of another. When none meets the limits, the one with the least
    ``|skewness|`` is taken and ``diagnostics["limits_met"]`` is 0.
    """
    limits: dict[str, Any] = {"skewness_limit": skewness_limit, "kurtosis_limit": kurtosis_limit}
    found = moments(values)
    if not needs_treatment(values, **limits):
        seen = {"skewness_before": found.skewness, "kurtosis_before": found.kurtosis, "limits_met": 1.0}
        return Treatment("none", {}, seen)
    attempts: list[Callable[[], Treatment]] = [
        lambda: fit_winsorise(values, max_points=max_points, **limits),
        lambda: fit_log(values, shift=shift),
        lambda: fit_boxcox(values, shift=shift),
    ]
    tried: list[Treatment] = []
    for attempt in attempts:
        fitted = attempt()
        if not needs_treatment(apply_treatment(values, fitted).values, **limits):
            return _with_verdict(fitted, met=True)
        tried.append(fitted)
    best = min(tried, key=lambda fitted: abs(fitted.diagnostics["skewness_after"]))
    return _with_verdict(best, met=False)


def _with_verdict(fitted: Treatment, *, met: bool) -> Treatment:
    return Treatment(fitted.method, fitted.numbers, {**fitted.diagnostics, "limits_met": float(met)})


def fit_treatment(values: Floats, method: str = "auto", **options: Any) -> Treatment:
    """Fit one column by method name: ``none``, ``bounds``, ``winsorise``, ``log``, ``boxcox`` or ``auto``.

    ``values`` is one float64 column, missing cells ``nan``; ``options`` are those of the ``fit_*`` function. A column
    with no value at all gives ``none``: there is nothing to treat, and the engine reports emptiness elsewhere.
    """
    if method == "bounds":
        return fit_bounds(**options)
    fits: dict[str, Callable[..., Treatment]] = {
        "winsorise": fit_winsorise,
        "log": fit_log,
        "boxcox": fit_boxcox,
        "auto": fit_automatic,
    }
    if method != "none" and method not in fits:
        names = ", ".join(["none", "bounds", *fits])
        raise TreatmentError("unknown_method", f"unknown treatment {method!r}; one of {names}")
    if method == "none" or np.isnan(values).all():
        return Treatment("none")
    return fits[method](values, **options)


def apply_treatment(values: Floats, treatment: Treatment) -> Treated:
    """Apply fitted numbers row by row: no cell's result depends on another cell. Monotone for every method."""
    numbers = dict(treatment.numbers)
    match treatment.method:
        case "none":
            return Treated(values, np.zeros(values.shape, dtype=np.bool_))
        case "bounds" | "winsorise":
            return apply_bounds(values, numbers)
        case "log":
            return apply_log(values, numbers)
        case _:
            return apply_boxcox(values, numbers)
