"""Logarithm 对数变换 and Box-Cox 变换: monotone changes of scale for long-tailed columns."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from .errors import TreatmentError
from .model import Treated, Treatment
from .moments import Floats, moments, present

POWER_RANGE = (-3.0, 3.0)


def fit_log(values: Floats, *, shift: float | str = "auto") -> Treatment:
    """``ln(x + shift)``, made safe for zero and negative values.

    ``shift="auto"``: 0 when every cell is positive, otherwise ``0.01 (max − min) − min``. ``"always"``: that shift for
    positive columns too, which is COINr's ``log_CT``. A number is taken as given. Cells below the fitted minimum
    (seen only when the numbers are applied to other rows) are held at that minimum, because the logarithm beyond it
    may not exist; they are reported as changed.
    """
    cells = _cells(values)
    chosen = _shift(cells, shift)
    low = float(cells.min())
    return Treatment("log", {"shift": chosen, "low": low}, _diagnose(cells, np.log(cells + chosen)))


def fit_boxcox(values: Floats, *, power: float | None = None, shift: float | str = "auto") -> Treatment:
    """``(y^λ − 1)/λ`` with ``y = x + shift``, ``ln y`` at λ = 0 (Box & Cox 1964).

    ``power`` λ is fitted by maximum likelihood within −3..3 unless given. ``shift`` as in ``fit_log``.
    """
    cells = _cells(values)
    chosen = _shift(cells, shift)
    lam = _likeliest_power(cells + chosen) if power is None else float(power)
    numbers = {"power": lam, "shift": chosen, "low": float(cells.min())}
    return Treatment("boxcox", numbers, _diagnose(cells, _boxcox(cells + chosen, lam)))


def apply_log(values: Floats, numbers: dict[str, float]) -> Treated:
    """Row-wise logarithm with fitted numbers; ``nan`` stays ``nan``."""
    held, changed = _hold(values, numbers["low"])
    return Treated(np.log(held + numbers["shift"]), changed)


def apply_boxcox(values: Floats, numbers: dict[str, float]) -> Treated:
    """Row-wise Box-Cox with fitted numbers; ``nan`` stays ``nan``."""
    held, changed = _hold(values, numbers["low"])
    return Treated(_boxcox(held + numbers["shift"], numbers["power"]), changed)


def _cells(values: Floats) -> Floats:
    cells = present(values)
    if cells.size == 0:
        raise TreatmentError("nothing_present", "a column without any value cannot be transformed")
    return cells


def _shift(cells: Floats, shift: float | str) -> float:
    low, high = float(cells.min()), float(cells.max())
    if isinstance(shift, str):
        if shift not in ("auto", "always"):
            raise TreatmentError("bad_limit", f"shift is a number, 'auto' or 'always', not {shift!r}")
        if shift == "auto" and low > 0:
            return 0.0
        return 0.01 * (high - low) - low if high > low else 1.0 - low
    if low + shift <= 0:
        raise TreatmentError("bad_limit", f"shift {shift} leaves values at or below zero (smallest value {low})")
    return float(shift)


def _hold(values: Floats, low: float) -> tuple[Floats, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    changed = values < low
    return np.where(changed, low, values), changed


def _boxcox(y: Floats, power: float) -> Floats:
    logs = np.log(y)
    return logs if power == 0.0 else np.expm1(power * logs) / power


def _likeliest_power(y: Floats) -> float:
    if y.min() == y.max():
        return 1.0
    logs = np.log(y / np.exp(np.log(y).mean()))  # scaled by the geometric mean: λ does not depend on the unit

    def loss(power: float) -> float:
        transformed = logs if abs(power) < 1e-12 else np.expm1(power * logs) / power
        return float(np.log(np.var(transformed)))

    return float(optimize.minimize_scalar(loss, bounds=POWER_RANGE, method="bounded", options={"xatol": 1e-8}).x)


def _diagnose(before: Floats, after: Floats) -> dict[str, float]:
    old, new = moments(before), moments(after)
    return {
        "skewness_before": old.skewness,
        "kurtosis_before": old.kurtosis,
        "skewness_after": new.skewness,
        "kurtosis_after": new.kurtosis,
    }
