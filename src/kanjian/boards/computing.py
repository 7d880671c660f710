"""From a scheme and a release to an edition 计算: scores, intervals, movement, figures. No database, no files.

The same scheme, release and earlier editions give the same tables bit for bit: sums are exactly rounded by the scoring
library, the draws of the rank intervals are seeded, rows are put in order by keys that leave no ties.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from kanjian.boards import details, figures, intervals
from kanjian.boards.corrections import CORRECTIONS, corrections
from kanjian.boards.inputs import release_values
from kanjian.boards.store.editions import ORDERS, SCORES, EditionTables
from kanjian.boards.store.releases import ReleaseTables
from kanjian.jobs.reporter import SILENT, Reporter
from kanjian.scoring import Note, Result, Scheme, score
from kanjian.scoring.scheme.parts import Band
from kanjian.scoring.transform import root_bands

WARNINGS = 200
STEPS = 4


@dataclass(frozen=True)
class Past:
    """An earlier edition that movement and sparklines are counted from."""

    hash: str
    scheme: str  # hash of its scheme
    scores: pl.DataFrame  # unit, track, track_rank, score
    period: str = ""
    inputs: pl.DataFrame | None = None  # unit and what it read, of the last one only


def compute(
    scheme: Scheme, release_hash: str, release: ReleaseTables, history: list[Past], reporter: Reporter = SILENT
) -> EditionTables:
    """All tables of an edition. ``history``: the published editions before it, oldest first.

    Raises ``ValuesError`` when the release does not suit the scheme.
    """
    reporter.start(STEPS, _("计分"))
    result = score(scheme, release_values(scheme, release))
    return assemble(result, release_hash, release, history, reporter)


def assemble(
    result: Result, release_hash: str, release: ReleaseTables, history: list[Past], reporter: Reporter = SILENT
) -> EditionTables:
    """The tables of an edition from a result; of the release only units and groups are read."""
    reporter.advance(1, _("名次区间"))
    ranges = intervals.track_intervals(result)
    reporter.advance(1, _("编制表格"))
    scores = _scores(result, ranges.frame, release, history)
    tables = _tables(result, release, scores) | {"corrections": _corrections(release, history)}
    reporter.advance(1, _("汇总"))
    summary = _summary(result, release, scores, tables, history) | {"intervals": ranges.facts}
    reporter.advance()
    return EditionTables(result.scheme, release_hash, [past.hash for past in history], tables, summary)


def standings(scheme: Scheme, release: ReleaseTables) -> pl.DataFrame:
    """Scores and places alone (schema ``SCORES``), without rank intervals and movement: what a preview compares."""
    result = score(scheme, release_values(scheme, release))
    return _scores(result, pl.DataFrame(schema=intervals.SCHEMA), release, [])


def _scores(result: Result, ranges: pl.DataFrame, release: ReleaseTables, history: list[Past]) -> pl.DataFrame:
    """The table of the board page, in its order (schema ``SCORES``)."""
    found = _places(result).select(
        "unit", "score", "rank", "track_rank", "track_size", "band", "coverage", "imputed", "reason"
    )
    frame = (
        release.units.drop("attributes")
        .join(found, on="unit", how="left", maintain_order="left")
        .join(ranges, on="unit", how="left", maintain_order="left")
    )
    frame = frame.with_columns(_track_column(result, frame))
    frame = _with_sparkline(_with_movement(frame, result.scheme, history), history)
    ordered = frame.join(_track_order(release), on="track", how="left", maintain_order="left").sort(
        "track_order", "track", "track_rank", "unit", nulls_last=True
    )
    number = pl.int_range(ordered.height, dtype=pl.UInt32, eager=True).alias("position")
    return ordered.with_columns(number, _keys(), *_orders(ordered)).select(SCORES.names()).cast(SCORES)


def _keys() -> pl.Expr:
    """Code, initials, pinyin, English name and each of its words, one to a line: a search is for a line's beginning."""
    english = pl.col("name_en").str.to_lowercase()
    lines = (
        pl.col("unit").str.to_lowercase(),
        pl.col("initials"),
        pl.col("pinyin"),
        english,
        english.str.replace_all(" ", "\n"),
    )
    return pl.concat_str([part for line in lines for part in (pl.lit("\n"), line)], ignore_nulls=True).alias("keys")


def _orders(frame: pl.DataFrame) -> Iterator[pl.Series]:
    """For each row its place, from 0, in every other order; equal rows in the usual order, missing ones last."""
    for name, (keys, largest_first) in ORDERS.items():
        order = pl.arg_sort_by(*keys, descending=largest_first, nulls_last=True, maintain_order=True)
        yield frame.select(order).to_series().arg_sort().cast(pl.UInt32).alias(f"{name}_order")


def _places(result: Result) -> pl.DataFrame:
    """The scores with places in tracks; without tracks all units are one."""
    if result.scheme.tracks is not None:
        return result.scores
    return result.scores.with_columns(
        pl.col("rank").alias("track_rank"), pl.col("rank").count().cast(pl.UInt32).alias("track_size")
    )


def _track_column(result: Result, frame: pl.DataFrame) -> pl.Series:
    """The comparison group the scheme ranks by, whatever its column is called; null where there are no tracks."""
    if result.scheme.tracks is None:
        return pl.Series("track", [None] * frame.height, dtype=pl.String)
    by = result.values.frame.select("unit", pl.col(result.scheme.tracks.by).alias("track"))
    return frame.select("unit").join(by, on="unit", how="left", maintain_order="left")["track"]


def _track_order(release: ReleaseTables) -> pl.DataFrame:
    tracks = release.groups.filter(kind="track")
    return tracks.select(pl.col("code").alias("track"), pl.col("order").alias("track_order"))


def _with_movement(frame: pl.DataFrame, scheme: Scheme, history: list[Past]) -> pl.DataFrame:
    """Places won since the last edition, or why they are not compared: first | scheme | membership | unranked."""
    none = pl.lit(None, dtype=pl.Int32).alias("movement")
    if not history:
        return frame.with_columns(none, pl.lit("first").alias("movement_reason"))
    last = history[-1]
    if last.scheme != scheme.hash:
        return frame.with_columns(none, pl.lit("scheme").alias("movement_reason"))
    same = _same_members(frame, last.scores)
    before = last.scores.select("unit", pl.col("track_rank").alias("before"))
    joined = frame.join(before, on="unit", how="left", maintain_order="left").join(
        same, on="track", how="left", maintain_order="left", nulls_equal=True
    )
    moved = (pl.col("before") - pl.col("track_rank")).round().cast(pl.Int32)
    reason = (
        pl.when(~pl.col("same"))
        .then(pl.lit("membership"))
        .when(moved.is_null())
        .then(pl.lit("unranked"))
        .otherwise(None)
    )
    return joined.with_columns(
        pl.when(pl.col("same")).then(moved).otherwise(None).alias("movement"), reason.alias("movement_reason")
    ).drop("before", "same")


def _same_members(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """For each track of now: whether it holds the same units as before."""
    pairs = now.select("unit", "track").join(
        before.select("unit", pl.col("track").alias("was"), pl.lit(value=True).alias("there")), on="unit", how="left"
    )
    stayed = pl.col("there").fill_null(value=False) & pl.col("track").eq_missing(pl.col("was"))
    kept = pairs.group_by("track").agg(stayed.all().alias("kept"), pl.len().alias("size"))
    sizes = before.group_by("track").agg(pl.len().alias("size_before"))
    joined = kept.join(sizes, on="track", how="left", nulls_equal=True)
    return joined.select(
        "track", (pl.col("kept") & (pl.col("size") == pl.col("size_before"))).fill_null(value=False).alias("same")
    )


def _with_sparkline(frame: pl.DataFrame, history: list[Past]) -> pl.DataFrame:
    """Scores of the earlier editions and this one as a list, oldest first; null where the unit was not there."""
    names = []
    for number, past in enumerate(history):
        names.append(f"past{number}")
        scores = past.scores.select("unit", pl.col("score").alias(names[-1]))
        frame = frame.join(scores, on="unit", how="left", maintain_order="left")
    line = pl.concat_list([*(pl.col(name) for name in names), pl.col("score")])
    return frame.with_columns(line.alias("sparkline")).drop(names)


def _tables(result: Result, release: ReleaseTables, scores: pl.DataFrame) -> dict[str, pl.DataFrame]:
    nodes = [node.code for node in result.scheme.nodes()]
    points = result.scores.select("unit", *nodes).join(scores.select("unit", "track"), on="unit", maintain_order="left")
    bounds = figures.edges(scores["score"], result.scheme.scale)
    ladder = [band.code for band in _ladder(result.scheme)]
    return {
        "scores": scores,
        "details": details.table(result, release, scores),
        "tracks": figures.track_figures(scores, release.groups, bounds),
        "nodes": figures.node_figures(points, nodes).sort("track", "node", nulls_last=True),
        "areas": figures.area_figures(scores, release.groups, ladder),
        "parameters": result.parameters.frame,
        "supports": result.parameters.support,
    }


def _corrections(release: ReleaseTables, history: list[Past]) -> pl.DataFrame:
    last = history[-1] if history else None
    if last is None or last.inputs is None:
        return pl.DataFrame(schema=CORRECTIONS)
    return corrections(last.inputs, last.period, release)


def _ladder(scheme: Scheme) -> list[Band]:
    return sorted(root_bands(scheme), key=lambda band: -band.at_least)


def _summary(
    result: Result, release: ReleaseTables, scores: pl.DataFrame, tables: dict[str, pl.DataFrame], history: list[Past]
) -> dict[str, Any]:
    score, counts = scores["score"], dict(scores["band"].drop_nulls().value_counts().iter_rows())
    bounds = figures.edges(score, result.scheme.scale)
    reasons = scores["movement_reason"].drop_nulls().unique().to_list()
    median: Any = score.median()
    return {
        "period": release.period,
        "units": scores.height,
        "ranked": int(scores["rank"].count()),
        "tracks": tables["tracks"].height,
        "mean": figures.exact_mean(score.drop_nulls().to_list()),
        "median": median,
        "coverage": figures.exact_mean(scores["coverage"].drop_nulls().to_list()),
        "imputed_cells": int(scores["imputed"].sum()),
        "edges": bounds,
        "histogram": figures.histogram(score, bounds),
        "bands": [
            {
                "code": band.code,
                "name": band.name,
                "name_en": band.name_en,
                "at_least": band.at_least,
                "count": counts.get(band.code, 0),
            }
            for band in _ladder(result.scheme)
        ],
        "sortable": {name: int(scores[keys[0]].count()) for name, (keys, _descending) in ORDERS.items()},
        "movers": figures.movers(scores),
        "movement_reason": _common_reason(reasons) if history else "first",
        "warnings": [_warning(note) for note in result.notes[:WARNINGS]],
        "warnings_in_all": len(result.notes),
    }


def _warning(note: Note) -> dict[str, str | None]:
    return {"code": note.code, "message": note.message, "node": note.node, "unit": note.unit}


def _common_reason(reasons: list[str]) -> str | None:
    """The reason to give when nobody moved: the weightiest of those that occur."""
    return next((code for code in ("scheme", "membership", "unranked") if code in reasons), None)
