"""Changes unlike everybody else's 异常变动: robust z on seasonal differences."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from .model import read_values, step_of

LIMIT, LEAST = 3.5, 10
TO_NORMAL, TO_NORMAL_MEAN = 0.6745, 1.2533  # normal sample: MAD ÷ σ, σ ÷ mean absolute deviation
LEAST_RATIO = 0.01  # floor of the spread of logarithms: one per cent


def seasonal_differences(
    values: pl.DataFrame, *, season: int, logarithmic: Collection[str] = (), by: Sequence[str] = ()
) -> pl.DataFrame:
    """Each cell minus the same season of the year before, else minus the period before.

    Adds ``base`` (what it is compared with), ``lag`` (`season` or 1) and ``change``: ``value − base``, or
    ``ln(value / base)`` for the indicators named in `logarithmic` (amounts that differ by orders of magnitude between
    units). Cells without a base are left out. `season`: periods in a year, 4 for quarters.
    """
    cells = read_values(values, *by)
    earlier = cells.select("unit", "indicator", "period", base="value")
    joined = cells
    for name, lag in (("_year", season), ("_before", 1)):
        shifted = earlier.with_columns(pl.col("period") + lag).rename({"base": name})
        joined = joined.join(shifted, on=["unit", "indicator", "period"], how="left", maintain_order="left")
    is_year = pl.col("_year").is_not_null()
    joined = joined.with_columns(
        base=pl.coalesce("_year", "_before"), lag=pl.when(is_year).then(pl.lit(season)).otherwise(pl.lit(1))
    ).filter(pl.col("base").is_not_null())
    is_ratio = pl.col("indicator").is_in(list(logarithmic))
    usable = ~is_ratio | ((pl.col("value") > 0) & (pl.col("base") > 0))
    change = (
        pl.when(is_ratio).then((pl.col("value") / pl.col("base")).log()).otherwise(pl.col("value") - pl.col("base"))
    )
    return joined.filter(usable).with_columns(change=change).drop("_year", "_before")


def robust_z(frame: pl.DataFrame, *, of: str = "change", by: Sequence[str], floor: str | None = None) -> pl.DataFrame:
    """Adds ``n, median, spread, z`` with ``z = 0.6745 · (x − median) / MAD`` inside each group `by`.

    Where more than half of a group are equal the MAD is 0: then the mean absolute deviation stands in
    (``σ ≈ 1.2533 · mean |x − median|``). ``spread`` is the estimate of σ, never below the column `floor`; where it is 0
    (all equal) there is no z.
    """
    x, groups = pl.col(of), list(by)
    work = frame.with_columns(pl.len().over(groups).cast(pl.Int64).alias("n"), x.median().over(groups).alias("median"))
    distance = (x - pl.col("median")).abs()
    work = work.with_columns(
        _mad=distance.median().over(groups) / TO_NORMAL, _mean=distance.mean().over(groups) * TO_NORMAL_MEAN
    )
    spread = pl.when(pl.col("_mad") > 0).then("_mad").otherwise("_mean")
    if floor is not None:
        spread = pl.max_horizontal(spread, floor)
    work = work.with_columns(spread=spread).drop("_mad", "_mean")
    return work.with_columns(z=pl.when(pl.col("spread") > 0).then((x - pl.col("median")) / pl.col("spread")))


def outliers(
    values: pl.DataFrame,
    *,
    period: int,
    season: int,
    limit: float = LIMIT,
    least: int = LEAST,
    logarithmic: Collection[str] = (),
    limits: pl.DataFrame | None = None,
    by: Sequence[str] = (),
) -> pl.DataFrame:
    """Cells of the period whose change is unlike the changes of the other units: ``|z| ≥ limit``.

    `values`: ``unit, indicator, period, value`` with the past; `by`: columns that divide the units (a track). Groups of
    fewer than `least` changes are not judged. The spread is never taken smaller than one step of the indicator's
    decimals, so that among all zeros a single one is not infinitely strange. ``strength`` is |z|.
    Numbers: ``value, base, lag, change, median, spread, n, z``.
    """
    past = values.filter(pl.col("period") <= period)
    changes = seasonal_differences(past, season=season, logarithmic=logarithmic, by=by)
    now = changes.filter(pl.col("period") == period).join(step_of(limits, changes["indicator"]), on="indicator")
    is_ratio = pl.col("indicator").is_in(list(logarithmic))
    now = now.with_columns(_floor=pl.when(is_ratio).then(LEAST_RATIO).otherwise(pl.col("step")))
    judged = robust_z(now, by=["indicator", "lag", *by], floor="_floor")
    found = judged.filter((pl.col("n") >= least) & (pl.col("z").abs() >= limit))
    return found.select(
        "unit",
        "indicator",
        "period",
        pl.lit("outlier").alias("kind"),
        pl.col("z").abs().alias("strength"),
        *("value", "base", "lag", "change", "median", "spread", "n", "z"),
    ).sort("strength", "unit", "indicator", descending=[True, False, False])
