"""Last period's number handed in again 沿用上期数: the same value for several periods where values normally move."""

from __future__ import annotations

import polars as pl

from .model import nontrivial, read_values, step_of

RUN, STILL, ALPHA = 4, 0.2, 1e-3


def copy_forward(
    values: pl.DataFrame,
    *,
    period: int,
    limits: pl.DataFrame | None = None,
    run: int = RUN,
    still: float = STILL,
    alpha: float = ALPHA,
) -> pl.DataFrame:
    """Cells of the period that have said the same for at least `run` periods in a row.

    Only for indicators that normally move: among all pairs of neighbouring periods at most the share `still` is equal
    (``s = (equal + 1) / (pairs + 2)``). A run of k has probability ``s^(k−1)``; it is a finding at ``≤ alpha``. Zeros,
    values at the limits and values that a fifth of all cells of the indicator have (100 %, the usual grade) do not
    count: standing still there means nothing. ``strength`` is −log₁₀ of the probability. Numbers: ``value, run,
    since`` (first period of the run), ``still``.
    """
    cells = read_values(values).filter(pl.col("period") <= period)
    cells = nontrivial(cells.join(step_of(limits, cells["indicator"]), on="indicator"))
    key = ["unit", "indicator"]
    ordered = cells.sort(*key, "period")
    follows = (pl.col("period") - pl.col("period").shift(1).over(key)) == 1
    same = follows & (pl.col("value") == pl.col("value").shift(1).over(key))
    ordered = ordered.with_columns(follows=follows.fill_null(value=False), same=same.fill_null(value=False))
    share = ordered.group_by("indicator").agg(
        still=(pl.col("same").sum() + 1) / (pl.col("follows").sum() + 2), pairs=pl.col("follows").sum()
    )
    # A run starts where a value is not the same as the one before; its number names it.
    runs = ordered.with_columns(_run=(~pl.col("same")).cum_sum().over(key))
    lengths = runs.group_by(*key, "_run").agg(
        pl.col("period").min().alias("since"),
        pl.col("period").max().alias("until"),
        pl.col("value").first(),
        pl.len().cast(pl.Int64).alias("run"),
    )
    standing = lengths.filter((pl.col("until") == period) & (pl.col("run") >= run)).join(share, on="indicator")
    chance = (pl.col("run") - 1) * -pl.col("still").log10()
    found = standing.with_columns(strength=chance).filter(
        (pl.col("still") <= still) & (pl.col("strength") >= -pl.lit(alpha).log10())
    )
    return found.select(
        *key,
        pl.lit(period).cast(pl.Int64).alias("period"),
        pl.lit("copy_forward").alias("kind"),
        "strength",
        *("value", "run", "since", "still"),
    ).sort("strength", *key, descending=[True, False, False])
