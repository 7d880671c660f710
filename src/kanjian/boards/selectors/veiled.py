"""The order of a table for readers from whom last places are withheld 末段名次不公开时的次序.

An order by place, score or movement would tell what the place column does not: withheld rows stand together, in the
order of their codes, behind the others — in the usual order at the end of their track, else at the end of the list.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl

from kanjian.boards.sight import PLACES, Sight
from kanjian.boards.store.editions import EditionFiles

# Turned round, these would begin with the last.
WORST_FIRST = frozenset({"rank", "score", "movement"})


def key(files: EditionFiles, sort: str, *, descending: bool = False) -> pl.Expr:
    """Each row's place in the order asked for; turned round, rows without a value still stand last."""
    place = pl.col("position" if sort == "rank" else f"{sort}_order").cast(pl.Int64)
    if not descending:
        return place
    count = files.summary["units"] if sort == "rank" else files.summary["sortable"][sort]
    return pl.when(place < count).then(count - 1 - place).otherwise(place)


def positions(
    files: EditionFiles, sort: str, sight: Sight, condition: pl.Expr | None, *, descending: bool = False
) -> pl.Series:
    """Positions of the rows that the condition lets through (None: all), in the order for this reader."""
    order = _order(files, sort, sight, descending=descending)
    if condition is None:
        return order
    found = files.scores().filter(condition).select("position").collect()
    wanted = np.zeros(order.len(), dtype=np.bool_)
    wanted[found["position"].to_numpy()] = True
    return order.filter(wanted[order.to_numpy()])


@lru_cache(maxsize=32)  # over all editions: four bytes a unit each
def _order(files: EditionFiles, sort: str, sight: Sight, *, descending: bool) -> pl.Series:
    """Positions of all rows in order; kept, since an edition never changes."""
    columns = ("position", "unit", "track", "track_rank", "track_size", "score", "movement")
    rows = (
        files.scores()
        .select(*columns, key(files, sort, descending=descending).alias("key"), sight.hidden().alias("hidden"))
        .collect()
    )
    if sort not in WORST_FIRST:
        return rows.sort("key")["position"]
    asked = "track_rank" if sort == "rank" else sort
    group = pl.when("hidden").then(1).when(pl.col(asked).is_null()).then(2).otherwise(0)
    block = pl.col("position").min().over("track") if sort == "rank" else pl.lit(0)
    ordered = rows.with_columns(
        block.alias("block"), group.alias("group"), pl.when("hidden").then(0).otherwise("key").alias("key")
    )
    return ordered.sort("block", "group", "key", "unit")["position"]


def row(found: dict[str, Any]) -> dict[str, Any]:
    """A row of ``scores`` without its place; lost places are withheld, won ones are not."""
    falls = found["movement"] is not None and found["movement"] < 0
    blank: dict[str, Any] = dict.fromkeys(PLACES)
    moved = {"movement": None, "movement_reason": "veiled"} if falls else {}
    return found | blank | moved | {"veil": True}
