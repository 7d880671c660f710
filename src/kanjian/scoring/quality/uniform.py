"""One number for a whole group 整片同值: most units of a township with the same value where values normally differ."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy import stats

from .model import nontrivial, nothing, read_values, step_of

LEAST, SHARE, ALPHA = 5, 0.6, 1e-3
NUMBERS = {"value": pl.Float64, "equal": pl.Int64, "n": pl.Int64, "elsewhere": pl.Float64}


def uniform_groups(
    values: pl.DataFrame,
    *,
    period: int,
    limits: pl.DataFrame | None = None,
    least: int = LEAST,
    share: float = SHARE,
    alpha: float = ALPHA,
) -> pl.DataFrame:
    """Groups in which k of n units have the same value although elsewhere few have it.

    ``p = P(Binomial(n, f) ≥ k)`` with ``f`` the value's share in all other groups of the period (at least one cell);
    a finding has ``k ≥ least``, ``k / n ≥ share`` and ``p ≤ alpha / number of groups × values tested``.

    `values`: ``unit, group, indicator, period, value``. ``unit`` of a finding is the group, ``strength`` −log₁₀ p.
    Numbers: ``value, equal`` (k), ``n, elsewhere`` (f).
    """
    now = read_values(values, "group").filter(pl.col("period") == period)
    cells = nontrivial(now.join(step_of(limits, now["indicator"]), on="indicator"))
    groups = cells.group_by("group", "indicator", "value").agg(pl.len().alias("equal"))
    shared = _with_shares(groups.filter(pl.col("equal") >= least), now).filter(pl.col("equal") >= share * pl.col("n"))
    if shared.is_empty():
        return nothing(**NUMBERS)
    k, n, f = (shared[name].to_numpy() for name in ("equal", "n", "elsewhere"))
    p = np.maximum(stats.binom.sf(k - 1, n, f), 1e-300)
    found = shared.with_columns(strength=pl.Series(-np.log10(p))).filter(pl.Series(p * groups.height <= alpha))
    return found.select(
        pl.col("group").alias("unit"),
        "indicator",
        pl.lit(period).cast(pl.Int64).alias("period"),
        pl.lit("uniform").alias("kind"),
        "strength",
        "value",
        *(pl.col(name).cast(pl.Int64) for name in ("equal", "n")),
        "elsewhere",
    ).sort("strength", "unit", "indicator", descending=[True, False, False])


def _with_shares(groups: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Adds ``n`` (units of the group with a value) and ``elsewhere`` (share of this value in all other groups)."""
    sizes = cells.group_by("group", "indicator").agg(pl.len().alias("n"))
    totals = cells.group_by("indicator").agg(pl.len().alias("_all"))
    everywhere = cells.group_by("indicator", "value").agg(pl.len().alias("_same"))
    joined = (
        groups.join(sizes, on=["group", "indicator"])
        .join(totals, on="indicator")
        .join(everywhere, on=["indicator", "value"])
    )
    rest = pl.max_horizontal(pl.col("_all") - pl.col("n"), pl.lit(1))
    others = pl.max_horizontal(pl.col("_same") - pl.col("equal"), pl.lit(1))
    return joined.with_columns(elsewhere=(others / rest).clip(0, 1)).drop("_all", "_same")
