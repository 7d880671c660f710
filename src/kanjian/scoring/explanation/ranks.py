"""Rank changes of all units at once 全体位次变化分解: own moves, others' moves, entering and leaving units.

The place of a unit is 1 + those of the common units that are ahead + those of the units present on one side only that
are ahead. Both terms are games of two players (own score × common scores; own score × membership), so the Shapley
values are half sums of four look-ups each in sorted arrays: O(n log n) for everybody together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from kanjian.scoring.explanation.places import Field, Floats, tie_keys
from kanjian.scoring.scheme.parts import TieRule

if TYPE_CHECKING:
    from kanjian.scoring.result import Result

Within = Literal["track", "all"]
PARTS = ("own", "others", "entering_leaving", "ties")


def rank_changes(before: Result, after: Result, *, within: Within = "track") -> pl.DataFrame:
    """Split the rank change of every unit that is ranked in both editions.

    Returns one row per unit, in the order of `after`: unit, rank_before, rank_after, own, others, entering_leaving,
    ties (Float64, places; negative is upwards; they sum to rank_after - rank_before), comparable (scheme and track are
    the same).
    `ties` is what the numbering of equals adds: zero for the tie methods min, max and average unless chains of near
    ties within a tolerance differ between the editions.
    """
    both = _both(before, after, within)
    ties = after.scheme.ties
    common = both.filter(pl.col("rank_before").is_not_null() & pl.col("rank_after").is_not_null())
    pieces = [_pair(both, pair, ties) for pair in common.partition_by("from", "to", maintain_order=True)]
    if not pieces:
        return _finish(common.with_columns(pl.lit(0.0).alias(name) for name in PARTS), same=True)
    order = after.scores.select("unit").join(pl.concat(pieces), on="unit", how="inner", maintain_order="left")
    return _finish(order, same=before.scheme.hash == after.scheme.hash)


def _both(before: Result, after: Result, within: Within) -> pl.DataFrame:
    """Return unit, score, rank and track on both sides; a unit without a rank is not part of the field."""
    one, two = (_side(result, within, name) for result, name in ((before, "before"), (after, "after")))
    return two.join(one, on="unit", how="full", coalesce=True, maintain_order="left_right").with_columns(
        pl.col("track_before").alias("from"), pl.col("track_after").alias("to")
    )


def _side(result: Result, within: Within, name: str) -> pl.DataFrame:
    ranked = result.scores.lazy()
    track = pl.col("track").fill_null("") if within == "track" else pl.lit("")
    rank = pl.col("track_rank" if within == "track" else "rank")
    columns = [pl.col("unit"), pl.col("score").alias(f"score_{name}"), rank.cast(pl.Float64).alias(f"rank_{name}")]
    picked = ranked.select(*columns, track.alias(f"track_{name}"))
    return picked.filter(pl.col(f"rank_{name}").is_not_null()).collect()


def _pair(both: pl.DataFrame, common: pl.DataFrame, ties: TieRule) -> pl.DataFrame:
    """Split for the units that were in one track before and are in one track (mostly the same) after."""
    origin, goal = common["from"][0], common["to"][0]
    left = both.filter((pl.col("from") == origin) & (pl.col("to").is_null() | (pl.col("to") != goal)))
    came = both.filter((pl.col("to") == goal) & (pl.col("from").is_null() | (pl.col("from") != origin)))
    arrays = [common["score_before"], common["score_after"], left["score_before"], came["score_after"]]
    first, last, leavers, entrants = tie_keys(ties, *(each.to_numpy() for each in arrays))
    own, others, members = _shares(first, last, leavers, entrants, ties)
    change = (common["rank_after"] - common["rank_before"]).to_numpy()
    parts = (own, others, members, change - own - others - members)
    return common.with_columns(pl.Series(name, values) for name, values in zip(PARTS, parts, strict=True))


def _shares(first: Floats, last: Floats, leavers: Floats, entrants: Floats, ties: TieRule) -> tuple[Floats, ...]:
    """Return own, others' and membership shares of all common units."""
    fields = [Field.of(first), Field.of(last)]
    outside = [Field.of(leavers), Field.of(entrants)]
    # c[o][t]: places lost to common units when the own score stands at o and theirs at t; x[o][e]: to the others
    c = [[fields[t].ahead(own, ties, (first, last)[t]) for t in (0, 1)] for own in (first, last)]
    x = [[outside[e].ahead(own, ties) for e in (0, 1)] for own in (first, last)]
    own = sum(table[1][k] - table[0][k] for table in (c, x) for k in (0, 1)) / 2
    others = (c[0][1] - c[0][0] + c[1][1] - c[1][0]) / 2
    members = (x[0][1] - x[0][0] + x[1][1] - x[1][0]) / 2
    return np.asarray(own), others, members


def _finish(frame: pl.DataFrame, *, same: bool) -> pl.DataFrame:
    comparable = (pl.col("from") == pl.col("to")) & pl.lit(same)
    return frame.select("unit", "rank_before", "rank_after", *PARTS, comparable.alias("comparable"))
