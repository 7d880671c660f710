"""Ranks 排名: within the whole and within tracks, with a visible notion of equality.

One argsort of the scores; tracks follow by a stable counting sort of small integers on that order. Ties are runs of
neighbours whose scores are equal (raw), differ by no more than a tolerance, or are equal after rounding.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from kanjian.scoring.grouping import Codes, codes_of, compact, labels_of
from kanjian.scoring.scheme import Scheme
from kanjian.scoring.scheme.parts import Precision, TieRule

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Ranks = npt.NDArray[np.uint32] | Floats


def rank(scheme: Scheme, scores: pl.DataFrame, *, codes: tuple[Codes, int] | None = None) -> pl.DataFrame:
    """Add `rank`, and with tracks `track`, `track_rank`, `track_size`, to the result of `transform`.

    1 is the highest score; null where `reason` says why the unit is not ranked, or where a unit has no track.
    `track_size` counts the ranked units of the track. `codes` are the tracks' codes where they are known already.
    """
    rankable = scores["score"].is_not_null()
    if "reason" in scores.columns:
        rankable &= scores["reason"].is_null()
    able = rankable.to_numpy()
    score = scores["score"].to_numpy()
    order = ordering(score, able, scheme.ties)
    ties = same_as_before(score[order], scheme.ties)
    columns = [_series("rank", ranks(order, ties, len(score), scheme.ties.method))]
    if scheme.tracks is not None:
        track = scores[scheme.tracks.by]
        if codes is None:
            labels = labels_of(track)
            codes = codes_of(track, labels), len(labels)
        columns += _track_columns(track, codes, order, score, scheme.ties)
    return scores.with_columns(columns)


def ordering(score: Floats, able: Mask, ties: TieRule) -> Codes:
    """Return the rows of rankable units, best first; equal scores keep the order of the rows."""
    rows = np.flatnonzero(able) if not able.all() else None
    chosen = score if rows is None else score[rows]
    if isinstance(ties.precision, Precision) and ties.precision.decimals is not None:
        chosen = np.round(chosen, ties.precision.decimals)
    order = np.argsort(-chosen, kind="stable" if ties.method == "ordinal" else None)
    return order if rows is None else rows[order]


def same_as_before(ordered: Floats, ties: TieRule) -> Mask:
    """Return for scores in falling order whether each equals the one before."""
    same = np.zeros(len(ordered), dtype=np.bool_)
    if len(ordered) < 2:
        return same
    if isinstance(ties.precision, Precision):
        if ties.precision.decimals is not None:
            rounded = np.round(ordered, ties.precision.decimals)
            same[1:] = rounded[1:] == rounded[:-1]
        else:
            same[1:] = ordered[:-1] - ordered[1:] <= (ties.precision.tolerance or 0.0)
    else:
        same[1:] = ordered[1:] == ordered[:-1]
    return same


def ranks(order: Codes, ties: Mask, rows: int, method: str, starts: Mask | None = None) -> Floats:
    """Return the rank of each row, NaN for rows that are not in `order`.

    `starts` marks the first row of each track within `order`; without it there is one track.
    """
    place = np.arange(len(order))
    first = np.zeros(len(order), dtype=np.intp) if starts is None else np.maximum.accumulate(np.where(starts, place, 0))
    heads = ~ties if starts is None else ~ties | starts
    if len(order):
        heads[0] = True
    begin = np.maximum.accumulate(np.where(heads, place, 0))
    result = np.full(rows, np.nan)
    if method == "min":
        found = begin - first + 1
    elif method == "ordinal":
        found = place - first + 1
    elif method == "dense":
        runs = np.cumsum(heads)
        found = runs - runs[first] + 1 if len(order) else runs
    else:
        ends = np.append(np.flatnonzero(heads)[1:], len(order)) - 1
        end = ends[np.cumsum(heads) - 1] if len(order) else place
        found = end - first + 1 if method == "max" else (begin + end) / 2.0 - first + 1
    result[order] = found
    return result


def _track_columns(
    track: pl.Series, codes: tuple[Codes, int], order: Codes, score: Floats, ties: TieRule
) -> list[pl.Series]:
    """Return track, rank in the track, and ranked units in the track."""
    code, count = codes
    of_rank = compact(code, count)[order]
    by_track = np.argsort(of_rank, kind="stable")
    inside = order[by_track]
    owner = of_rank[by_track]
    known = int(np.searchsorted(owner, count)) if len(owner) else 0
    inside, owner = inside[:known], owner[:known]
    starts = np.ones(known, dtype=np.bool_)
    starts[1:] = owner[1:] != owner[:-1]
    found = ranks(inside, same_as_before(score[inside], ties), len(score), ties.method, starts)
    sizes = np.bincount(owner, minlength=count + 1)[code].astype(np.float64)
    sizes[code >= count] = np.nan
    return [track.cast(pl.String).alias("track"), _series("track_rank", found), _series("track_size", sizes)]


def _series(name: str, numbers: Floats) -> pl.Series:
    """Return ranks as UInt32, or Float64 where averages fall between; NaN becomes null."""
    series = pl.Series(name, numbers, nan_to_null=True)
    if np.all(np.isnan(numbers) | (numbers == np.floor(numbers))):
        return series.cast(pl.UInt32)
    return series


def rank_nodes(scheme: Scheme, scores: pl.DataFrame, codes: list[str] | None = None) -> pl.DataFrame:
    """Return `unit` and for each node (all by default) the rank of its points among all units; null where missing."""
    wanted = codes if codes is not None else [node.code for node in scheme.nodes() if node.code in scores.columns]
    columns = [scores["unit"]]
    for code in wanted:
        points = scores[code].to_numpy()
        order = ordering(points, ~np.isnan(points), scheme.ties)
        found = ranks(order, same_as_before(points[order], scheme.ties), len(points), scheme.ties.method)
        columns.append(_series(code, found))
    return pl.DataFrame(columns)
