"""Rank intervals of an edition 名次区间: how far places depend on the weights, by seeded draws."""

from dataclasses import dataclass

import polars as pl

from kanjian.scoring import Result
from kanjian.scoring.robustness import RobustnessError, robust

DRAWS, LEAST_DRAWS = 1000, 100
SEED = 20260101
SPREAD = 0.25
# The ranks of all draws are held at once; beyond this many the number of draws is cut.
MOST_RANKS = 200_000_000
SCHEMA = pl.Schema({"unit": pl.String(), "rank_low": pl.UInt32(), "rank_high": pl.UInt32()})


@dataclass(frozen=True, slots=True)
class Ranges:
    """Best and worst plausible place in the track per unit, and how they were found; ``reason`` when there are none."""

    frame: pl.DataFrame
    facts: dict[str, object]


def track_intervals(result: Result) -> Ranges:
    """The places in the track that a unit takes in the middle 90 % of the draws; units without a rank have none."""
    draws = max(LEAST_DRAWS, min(DRAWS, MOST_RANKS // max(1, result.scores.height)))
    facts: dict[str, object] = {"draws": draws, "seed": SEED, "spread": SPREAD, "reason": None}
    try:
        found = robust(result, draws, SEED, SPREAD)
    except RobustnessError as error:
        return Ranges(pl.DataFrame(schema=SCHEMA), facts | {"reason": error.code})
    prefix = "" if result.scheme.tracks is None else "track_"
    columns = [pl.col(f"{prefix}{name}").alias(name) for name in ("rank_low", "rank_high")]
    return Ranges(found.select("unit", *columns).cast(SCHEMA), facts)
