"""Filling a missing cell from its group 组内填补: mean or median of the units present in the same group.

Only missing cells change, whatever the group (a peer altered present values here: COINr issue 40).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl

from .errors import TreatmentError

Statistic = Literal["mean", "median"]


@dataclass(frozen=True)
class GroupFill:
    """Fitted fills: one number per group (``None`` is the group of units without a group), and one for all units.

    ``overall`` serves groups that hold no value at all; it is ``None`` when that is not wanted, and such cells stay
    missing. ``counts`` says from how many cells each number comes.
    """

    statistic: Statistic
    by_group: Mapping[str | None, float] = field(default_factory=dict)
    counts: Mapping[str | None, int] = field(default_factory=dict)
    overall: float | None = None


def fit_group_fill(
    values: pl.Series,
    groups: pl.Series | None = None,
    *,
    statistic: Statistic = "median",
    min_present: int = 1,
    fall_back: bool = False,
) -> GroupFill:
    """Mean or median per group of the cells present.

    ``groups`` is a string column of the same length (``None``: one group of all). A group with fewer than
    ``min_present`` values gets no number; with ``fall_back`` its cells take the number of all units instead.
    """
    if statistic not in ("mean", "median"):
        raise TreatmentError("unknown_method", f"fill with the mean or the median, not {statistic!r}")
    table = _table(values, groups).drop_nulls("value")
    number = pl.col("value").mean() if statistic == "mean" else pl.col("value").median()
    rows = table.group_by("group").agg(number.alias("number"), pl.len().alias("count"))
    kept = rows.filter(pl.col("count") >= min_present).sort("group")
    overall = table.select(number).item() if fall_back and table.height else None
    return GroupFill(
        statistic,
        dict(zip(kept["group"], kept["number"], strict=True)),
        dict(zip(kept["group"], kept["count"], strict=True)),
        overall,
    )


def apply_group_fill(values: pl.Series, groups: pl.Series | None, fill: GroupFill) -> tuple[pl.Series, pl.Series]:
    """Filled Float64 column and a Boolean column marking the cells that were filled. Present cells keep every bit."""
    table = _table(values, groups)
    numbers = pl.DataFrame(
        {"group": list(fill.by_group), "number": list(fill.by_group.values())},
        schema={"group": pl.String, "number": pl.Float64},
    )
    joined = table.join(numbers, on="group", how="left", nulls_equal=True, maintain_order="left")
    filled = joined.select(
        value=pl.coalesce(pl.col("value"), pl.col("number"), pl.lit(fill.overall, dtype=pl.Float64)),
        imputed=pl.col("value").is_null(),
    ).with_columns(imputed=pl.col("imputed") & pl.col("value").is_not_null())
    return filled["value"].alias(values.name), filled["imputed"]


def _table(values: pl.Series, groups: pl.Series | None) -> pl.DataFrame:
    if groups is None:
        groups = pl.Series("group", [None] * values.len(), dtype=pl.String)
    if groups.len() != values.len():
        raise TreatmentError("length", f"{values.len()} values but {groups.len()} groups")
    column = values.cast(pl.Float64).fill_nan(None)
    if bool(np.isinf(column.drop_nulls().to_numpy()).any()):
        raise TreatmentError("not_finite", "an infinite value cannot be treated; correct the cell or clear it")
    return pl.DataFrame({"value": column, "group": groups.cast(pl.String)})
