"""A liking for round last digits 尾数偏好: numbers that were guessed end in 0 and 5 more often than counted ones."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy import stats

from .model import nothing, read_values, step_of

LEAST, EXCESS, ALPHA = 60, 0.15, 1e-3
STEPS = 30.0  # the middle 80 % of an indicator must span so many steps, or its last digit says something real
DIGITS = 10
UNUSED = 0.9


def last_digits(values: pl.DataFrame, limits: pl.DataFrame | None = None) -> pl.DataFrame:
    """Adds ``digit`` 0..9, the last one written; cells that cannot tell are left out.

    Left out are zeros, values at the limits of the indicator, values equal to the unit's one before (counted once),
    and whole indicators with too few steps between their 10 % and 90 % quantile.
    """
    cells = _as_written(read_values(values, "group").join(step_of(limits, values["indicator"]), on="indicator"))
    value = pl.col("value")
    trivial = (value == 0) | (value == pl.col("minimum")) | (value == pl.col("maximum"))
    before = value.shift(1).over("unit", "indicator", order_by="period")
    low, high = (value.quantile(q, interpolation="linear").over("indicator") for q in (0.1, 0.9))
    kept = cells.with_columns(
        _again=(value == before).fill_null(value=False), _steps=(high - low) / pl.col("step")
    ).filter(~trivial.fill_null(value=False) & ~pl.col("_again") & (pl.col("_steps") >= STEPS))
    scaled = (value.abs() * pl.lit(10.0).pow(pl.col("decimals"))).round().cast(pl.Int64)
    return kept.select("unit", "group", "indicator", "period", "value", digit=scaled % DIGITS)


def _as_written(cells: pl.DataFrame) -> pl.DataFrame:
    """Decimals that are really used: one fewer as long as nine cells in ten have a zero there."""
    for _ in range(int(cells["decimals"].max() or 0)):  # type: ignore[arg-type]
        tens = (pl.col("value").abs() * pl.lit(10.0).pow(pl.col("decimals"))).round() % 10
        unused = (tens == 0).mean().over("indicator") >= UNUSED
        fewer = unused & (pl.col("decimals") > 0)
        cells = cells.with_columns(
            decimals=pl.when(fewer).then(pl.col("decimals") - 1).otherwise(pl.col("decimals")),
            step=pl.when(fewer).then(pl.col("step") * 10).otherwise(pl.col("step")),
        )
    return cells


def digit_preference(
    values: pl.DataFrame,
    *,
    limits: pl.DataFrame | None = None,
    least: int = LEAST,
    excess: float = EXCESS,
    alpha: float = ALPHA,
    against: str = "others",
) -> pl.DataFrame:
    """Reporting groups whose last digits are unlike those of the others.

    For each group × indicator with at least `least` usable digits: ``χ² = Σ (o − e)² / e`` over the ten digits, 9
    degrees of freedom, ``e`` from the last digits of all other groups, which must be as many (`against` "others": what
    makes everybody's numbers round, such as small denominators, is no finding) or one tenth each ("uniform"). A
    finding needs ``p ≤ alpha / number of groups tested`` and a digit whose share exceeds the expected by `excess`.

    `values`: ``unit, group, indicator, period, value``, all periods to be pooled. ``unit`` of a finding is the group,
    ``period`` the latest one in the frame, ``strength`` −log₁₀ p. Numbers: ``n, digit, share, expected, chi2``.
    """
    numbers = {"n": pl.Int64, "digit": pl.Int64, "share": pl.Float64, "expected": pl.Float64, "chi2": pl.Float64}
    digits = last_digits(values, limits)
    if digits.is_empty():
        return nothing(**numbers)
    rows = []
    for (indicator,), part in digits.sort("group").group_by("indicator", maintain_order=True):
        counted = part.group_by("group", maintain_order=True).agg(
            (pl.col("digit") == digit).sum().alias(str(digit)) for digit in range(DIGITS)
        )
        table = counted.select(str(digit) for digit in range(DIGITS)).to_numpy().astype(np.float64)
        rows += [
            (group, indicator, *found)
            for group, found in zip(counted["group"], _tests(table, against), strict=True)
            if found[0] >= least and (against != "others" or part.height - found[0] >= least)
        ]
    latest = int(digits["period"].max())  # type: ignore[arg-type]
    bound = alpha / max(len(rows), 1)
    kept = [row for row in rows if row[-1] <= bound and row[4] - row[5] >= excess]
    found = [
        (group, indicator, latest, "digit_preference", -np.log10(max(p, 1e-300)), n, digit, share, expected, chi2)
        for group, indicator, n, digit, share, expected, chi2, p in kept
    ]
    return pl.DataFrame(found, schema=nothing(**numbers).schema, orient="row").sort("strength", descending=True)


def _tests(table: np.ndarray, against: str) -> list[tuple[int, int, float, float, float, float]]:
    """Per row of counts (groups × 10): n, digit most in excess, its share, the expected share, χ², p."""
    n = table.sum(axis=1)
    if against == "others":
        rest = table.sum(axis=0) - table + 1.0  # one each: no digit is impossible
        expected = rest / rest.sum(axis=1, keepdims=True)
    else:
        expected = np.full_like(table, 1 / DIGITS)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = table / n[:, None]
        chi2 = (((table - expected * n[:, None]) ** 2) / (expected * n[:, None])).sum(axis=1)
    p = stats.chi2.sf(chi2, DIGITS - 1)
    digit = np.nan_to_num(share - expected).argmax(axis=1)
    rows = np.arange(len(n))
    picked = zip(n, digit, share[rows, digit], expected[rows, digit], chi2, p, strict=True)
    return [(int(a), int(b), float(c), float(d), float(e), float(f)) for a, b, c, d, e, f in picked]
