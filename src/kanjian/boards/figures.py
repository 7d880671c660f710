"""Figures of an edition per track, node and area 汇总: pure Polars, from the scores to the small tables beside them."""

from collections.abc import Sequence
from math import fsum

import polars as pl

BINS = 20
MOVERS = 10

TRACKS = pl.Schema(
    {
        "track": pl.String(),
        "name": pl.String(),
        "name_en": pl.String(),
        "offset": pl.UInt32(),
        "count": pl.UInt32(),
        "ranked": pl.UInt32(),
        "mean": pl.Float64(),
        "median": pl.Float64(),
        "best": pl.Float64(),
        "worst": pl.Float64(),
        "histogram": pl.List(pl.Float64),
    }
)
AREAS = pl.Schema(
    {
        "level": pl.String(),  # county | township
        "code": pl.String(),
        "name": pl.String(),
        "name_en": pl.String(),
        "parent": pl.String(),
        "longitude": pl.Float64(),
        "latitude": pl.Float64(),
        "units": pl.UInt32(),
        "ranked": pl.UInt32(),
        "mean": pl.Float64(),
        "median": pl.Float64(),
        "best": pl.Float64(),
        "worst": pl.Float64(),
        "bands": pl.List(pl.Float64),  # units per band, in the order of the ladder
    }
)
NODES = pl.Schema({"track": pl.String(), "node": pl.String(), "median": pl.Float64(), "best": pl.Float64()})


def edges(scores: pl.Series, scale: float) -> list[float]:
    """Edges of the histogram: 0..scale where all scores lie there, otherwise round numbers around them."""
    low, high = scores.min(), scores.max()
    if not isinstance(low, float) or not isinstance(high, float) or (low >= 0 and high <= scale):
        low, high = 0.0, scale
    if low == high:
        low, high = low - 0.5, high + 0.5
    step = (high - low) / BINS
    return [low + step * number for number in range(BINS)] + [high]


def histogram(scores: pl.Series, bounds: list[float]) -> list[float]:
    """Units per bin, the upper edge within the last bin; as floats, since that is how lists are stored."""
    low, width = bounds[0], (bounds[-1] - bounds[0]) / BINS
    place = ((scores.drop_nulls() - low) / width).floor().clip(0, BINS - 1).cast(pl.Int64)
    counts = place.value_counts().sort(place.name)
    found = dict(counts.iter_rows())
    return [float(found.get(number, 0)) for number in range(BINS)]


def track_figures(scores: pl.DataFrame, groups: pl.DataFrame, bounds: list[float]) -> pl.DataFrame:
    """One row per track in the order of ``scores``: its slice there and its figures (schema ``TRACKS``)."""
    low, width = bounds[0], (bounds[-1] - bounds[0]) / BINS
    place = ((pl.col("score") - low) / width).floor().clip(0, BINS - 1)
    counts = [(place == number).sum().cast(pl.Float64) for number in range(BINS)]
    found = scores.group_by("track", maintain_order=True).agg(
        pl.col("position").min().alias("offset"),
        pl.len().alias("count"),
        pl.col("track_rank").count().alias("ranked"),
        *_spread(),
        pl.concat_list(counts).first().alias("histogram"),
    )
    return _with_names(exact_means(found), groups, "track").select(TRACKS.names()).cast(TRACKS)


def area_figures(scores: pl.DataFrame, groups: pl.DataFrame, ladder: list[str]) -> pl.DataFrame:
    """One row per county and township with names, place, figures and units per band (schema ``AREAS``)."""
    frames = []
    for level in ("county", "township"):
        found = (
            scores.filter(pl.col(level).is_not_null())
            .group_by(level)
            .agg(
                pl.len().alias("units"),
                pl.col("rank").count().alias("ranked"),
                *_spread(),
                pl.concat_list(
                    [(pl.col("band") == code).sum().cast(pl.Float64) for code in ladder] or [pl.lit(0.0).first()]
                )
                .first()
                .list.head(len(ladder))
                .alias("bands"),
            )
        )
        named = exact_means(found).join(
            groups.filter(kind=level).drop("kind"), left_on=level, right_on="code", how="left"
        )
        frames.append(named.rename({level: "code"}).with_columns(pl.lit(level).alias("level")))
    both = pl.concat([frame.select(AREAS.names()) for frame in frames]).cast(AREAS)
    return both.with_columns(pl.col("name", "name_en").fill_null("")).sort("level", "code")


def node_figures(scores: pl.DataFrame, nodes: list[str]) -> pl.DataFrame:
    """Median and best of every node in every track, over units that have points there (schema ``NODES``).

    ``scores`` holds ``track`` and one column of points per node.
    """
    figures = []
    for node in nodes:
        column = pl.col(node)
        figures.append(
            scores.group_by("track", maintain_order=True).agg(
                pl.lit(node).alias("node"),
                column.median().alias("median"),
                column.max().alias("best"),
            )
        )
    return pl.concat(figures).select(NODES.names()).cast(NODES) if figures else pl.DataFrame(schema=NODES)


def _spread() -> list[pl.Expr]:
    score = pl.col("score")
    return [
        score.drop_nulls().alias("mean"),  # the scores themselves; ``exact_means`` makes the mean of them
        score.median().alias("median"),
        score.max().alias("best"),
        score.min().alias("worst"),
    ]


def _with_names(frame: pl.DataFrame, groups: pl.DataFrame, kind: str) -> pl.DataFrame:
    names = groups.filter(kind=kind).select("code", "name", "name_en")
    joined = frame.join(names, left_on=kind, right_on="code", how="left", maintain_order="left")
    return joined.with_columns(pl.col("name", "name_en").fill_null(""))


def movers(scores: pl.DataFrame) -> dict[str, list[int]]:
    """Positions of the units that won and lost most places; equal moves in the order of the board."""
    moved = scores.filter(pl.col("movement").is_not_null()).select("position", "movement")
    up = moved.filter(pl.col("movement") > 0).sort(-pl.col("movement"), "position").head(MOVERS)
    down = moved.filter(pl.col("movement") < 0).sort("movement", "position").head(MOVERS)
    return {"up": up["position"].to_list(), "down": down["position"].to_list()}


def exact_means(frame: pl.DataFrame) -> pl.DataFrame:
    """Replace the lists in column ``mean`` by their means, rounded once: no order of adding changes a bit."""
    means = [exact_mean(values) for values in frame["mean"].to_list()]
    return frame.with_columns(pl.Series("mean", means, dtype=pl.Float64))


def exact_mean(values: Sequence[float] | pl.Series) -> float | None:
    """The mean with an exactly rounded sum; None of nothing."""
    return fsum(values) / len(values) if len(values) else None
