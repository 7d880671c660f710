"""The range that a unit's own past makes plausible 历史合理区间: lowest and highest value, with a robust margin."""

from __future__ import annotations

import polars as pl

from .model import NORMAL, read_values, step_of

SPREAD, SHARE, LEAST = 3.0, 0.10, 4


def own_range(
    past: pl.DataFrame,
    *,
    limits: pl.DataFrame | None = None,
    spread: float = SPREAD,
    share: float = SHARE,
    least: int = LEAST,
) -> pl.DataFrame:
    """One row per unit and indicator with at least `least` values: ``n, median, low, high``.

    ``low = min − m``, ``high = max + m`` with the margin ``m = max(spread · 1.4826 · MAD, share · |median|, step)``,
    cut to the limits of the indicator. The MAD does not follow a single slip in the past as a standard deviation does;
    the share of the median keeps a series that always said the same (MAD = 0) from calling every change strange.

    `past`: ``unit, indicator, period, value`` before the period that is to be judged. `limits`: see ``step_of``.
    """
    values = read_values(past)
    median = pl.col("value").median()
    stats = values.group_by("unit", "indicator").agg(
        pl.len().cast(pl.Int64).alias("n"),
        median.alias("median"),
        pl.col("value").min().alias("_min"),
        pl.col("value").max().alias("_max"),
        (pl.col("value") - median).abs().median().alias("_mad"),
    )
    stats = stats.filter(pl.col("n") >= least).join(step_of(limits, values["indicator"]), on="indicator")
    margin = pl.max_horizontal(spread * NORMAL * pl.col("_mad"), share * pl.col("median").abs(), "step")
    return stats.select(
        "unit",
        "indicator",
        "n",
        "median",
        pl.max_horizontal(pl.col("_min") - margin, "minimum").alias("low"),
        pl.min_horizontal(pl.col("_max") + margin, "maximum").alias("high"),
    ).sort("unit", "indicator")
