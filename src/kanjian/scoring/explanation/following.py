"""Whether parameters follow the data 参数是否随数据变动."""

from __future__ import annotations

import polars as pl

from kanjian.scoring.fit import fit
from kanjian.scoring.parameters import Parameters
from kanjian.scoring.result import Result


def follows(result: Result) -> bool:
    """Return whether a fit of the result's own values gives its parameters, for the groups that are present.

    Not so for bounds that were frozen, and for a part of an edition whose bounds were taken over units that are not in
    this part. A whole track of an edition with bounds inside the track does follow.
    """
    return contained(fit(result.scheme, result.values), result.parameters)


def contained(part: Parameters, whole: Parameters) -> bool:
    """Return whether every number of `part` stands in `whole`."""
    keys = ["node", "stat", "by", "group"]
    joined = part.frame.join(whole.frame, on=keys, how="left", nulls_equal=True, suffix="_whole")
    if not joined.filter(pl.col("value").ne_missing(pl.col("value_whole"))).is_empty():
        return False
    groups = part.support.select("node", "series", "by", "group").unique()
    there = whole.support.join(groups, on=groups.columns, how="semi", nulls_equal=True)
    return there.height == part.support.height and _sorted(there).equals(_sorted(part.support))


def _sorted(support: pl.DataFrame) -> pl.DataFrame:
    return support.sort("node", "series", "by", "group", maintain_order=True)
