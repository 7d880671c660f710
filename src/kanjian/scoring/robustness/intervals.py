"""Rank intervals 名次区间: what a rank is worth when weights, measurements or methods are a little different."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .bands import CONFIDENCE, tie_bands
from .errors import RobustnessError
from .plan import Plan, Simulation
from .ranking import Ranks
from .simulate import simulate
from .tree import Tree

STABLE_WIDTH = 10
BLOCK_UNITS = 1024


def rank_intervals(
    points: pl.DataFrame,
    weights: Tree | Mapping[str, float],
    *,
    draws: int = 1000,
    seed: int = 0,
    spread: float = 0.25,
    track: str | None = None,
    **options: Any,
) -> pl.DataFrame:
    """``simulate`` and ``interval_frame`` in one call; ``options`` are further fields of ``Plan``."""
    plan = Plan(draws=draws, seed=seed, spread=spread, **options)
    return interval_frame(simulate(points, weights, plan, track=track))


def interval_frame(
    simulation: Simulation,
    *,
    top: Sequence[int] = (10,),
    confidence: float = CONFIDENCE,
    stable_width: int = STABLE_WIDTH,
) -> pl.DataFrame:
    """One row per unit of the table, in its order; nulls for units without a rank.

    Columns: ``unit``; ``rank_base`` (nominal weights), ``rank_low``, ``rank_mid``, ``rank_high`` (5th, 50th, 95th
    percentile of the ranks drawn: the smallest rank that at least this part of the draws reaches), ``rank_mean``,
    ``stable`` (``rank_high − rank_low ≤ stable_width``), ``tie_band``, ``top_k`` for each k of ``top`` (share of
    draws with rank ≤ k); with tracks ``track`` and the same with prefix ``track_``. These are ranges of sensitivity,
    not confidence intervals of a sample.
    """
    if any(k < 1 for k in top) or not 0.5 < confidence <= 1:
        raise RobustnessError("bad_option", "top-k needs k ≥ 1, and a confidence between 0.5 and 1")
    columns: dict[str, Any] = {"unit": simulation.units}
    columns |= _columns("", simulation.ranks, simulation.base_rank, top, stable_width)
    columns["tie_band"] = tie_bands(simulation.ranks, simulation.base_rank, confidence).astype(np.uint32)
    if simulation.track_ranks is not None and simulation.base_track_rank is not None:
        columns["track"] = simulation.tracks
        columns |= _columns("track_", simulation.track_ranks, simulation.base_track_rank, top, stable_width)
        columns["track_tie_band"] = _bands_by_track(simulation, confidence).astype(np.uint32)
    frame = pl.DataFrame(columns, schema_overrides={"track": pl.String} if "track" in columns else None)
    if None in (simulation.tracks or []):  # a unit outside the tracks has no rank in one
        within = [name for name in frame.columns if name.startswith("track_")]
        frame = frame.with_columns(pl.when(pl.col("track").is_not_null()).then(pl.col(within)))
    if len(simulation.asked) == frame.height:
        return frame
    return pl.DataFrame({"unit": simulation.asked}).join(frame, on="unit", how="left", maintain_order="left")


def _columns(
    prefix: str, ranks: Ranks, base: NDArray[np.int64], top: Sequence[int], stable_width: int
) -> dict[str, NDArray[Any]]:
    low, mid, high, mean, shares = _summaries(ranks, tuple(top))
    found: dict[str, NDArray[Any]] = {
        "rank_base": base.astype(np.uint32),
        "rank_low": low,
        "rank_mid": mid,
        "rank_high": high,
        "rank_mean": mean,
        "stable": high - low <= stable_width,
    }
    found |= {f"top_{k}": shares[:, i] for i, k in enumerate(top)}
    return {prefix + name: column for name, column in found.items()}


def _summaries(ranks: Ranks, top: tuple[int, ...]) -> tuple[NDArray[Any], ...]:
    """Three order statistics, the mean and shares of ranks up to k, per unit; blocks of units in threads."""
    units, draws = ranks.shape
    places = [max(int(np.ceil(q * draws - 1e-9)) - 1, 0) for q in (0.05, 0.5, 0.95)]
    quantiles = np.empty((units, 3), dtype=np.uint32)
    means, shares = np.empty(units), np.empty((units, len(top)))

    def run(start: int) -> None:
        part = slice(start, start + BLOCK_UNITS)
        ordered = np.sort(ranks[part], axis=1)
        quantiles[part] = ordered[:, places]
        means[part] = ordered.mean(axis=1, dtype=np.float64)
        for i, k in enumerate(top):
            shares[part, i] = (ordered <= k).mean(axis=1)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for done in [pool.submit(run, start) for start in range(0, units, BLOCK_UNITS)]:
            done.result()
    return quantiles[:, 0], quantiles[:, 1], quantiles[:, 2], means, shares


def _bands_by_track(simulation: Simulation, confidence: float) -> NDArray[np.int64]:
    tracks, ranks, base = simulation.tracks or [], simulation.track_ranks, simulation.base_track_rank
    if ranks is None or base is None:
        raise RobustnessError("bad_option", "the simulation has no tracks")
    bands = np.zeros(len(tracks), dtype=np.int64)
    rows: dict[str | None, list[int]] = {}
    for i, track in enumerate(tracks):
        rows.setdefault(track, []).append(i)
    for mine in rows.values():
        bands[mine] = tie_bands(ranks[mine], base[mine], confidence)
    return bands
