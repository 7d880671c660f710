"""Crowding just past a threshold 踩线聚集: many right above a pass mark, and too few right below."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy import stats

from .model import nothing, read_values, step_of

LEAST, ALPHA = 20, 1e-3
NUMBERS = {
    "threshold": pl.Float64,
    "width": pl.Float64,
    "passed": pl.Int64,
    "missed": pl.Int64,
    "expected": pl.Float64,
}


def bunching(
    values: pl.DataFrame,
    thresholds: pl.DataFrame,
    *,
    period: int,
    limits: pl.DataFrame | None = None,
    least: int = LEAST,
    alpha: float = ALPHA,
) -> pl.DataFrame:
    """Thresholds with too many units just past them and too few just short of them, by group.

    A band of width h on the good side of the threshold t is compared with the band of width h on the other side. If
    the density is smooth, a unit near t lies on the good side with probability ``q = r / (1 + r)`` where ``r`` is the
    slope that the two outer bands (from h to 3h) show: ``r = (outer good / outer bad)^(1/4)``, because their middles
    are four times as far apart. ``p = P(Binomial(m, q) ≥ passed)`` with ``m`` = passed + missed. A finding needs
    ``m ≥ least`` and ``p ≤ alpha / number of tests``. h is the given ``width``, else a quarter of the interquartile
    range, in whole steps, at least 3. Not judged: a threshold nearer than h to a limit of the indicator, one with an
    empty outer band, and values on a coarse lattice, such as shares of 120 answers.

    `values`: ``unit, group, indicator, period, value``; `thresholds`: ``indicator, threshold, upward`` (good side is
    ≥ t; else ≤ t) and optionally ``width``. ``unit`` of a finding is the group, ``strength`` −log₁₀ p. Numbers:
    ``threshold, width, passed, missed, expected`` (q).
    """
    now = read_values(values, "group").filter(pl.col("period") == period)
    marks = thresholds.join(step_of(limits, thresholds["indicator"]), on="indicator").unique(maintain_order=True)
    tests = [
        (group, mark, found)
        for mark in marks.iter_rows(named=True)
        for (group,), part in now.filter(pl.col("indicator") == mark["indicator"])
        .sort("group", "unit")
        .group_by("group", maintain_order=True)
        if (found := _test(part["value"].to_numpy(), mark, least)) is not None
    ]
    rows = [
        (group, mark["indicator"], period, "bunching", -float(np.log10(max(p, 1e-300))), mark["threshold"], *numbers)
        for group, mark, (*numbers, p) in tests
        if p * len(tests) <= alpha
    ]
    return pl.DataFrame(rows, schema=nothing(**NUMBERS).schema, orient="row").sort(
        "strength", "unit", "indicator", descending=[True, False, False]
    )


def _test(x: np.ndarray, mark: dict[str, float], least: int) -> tuple[float, int, int, float, float] | None:
    """Width, passed, missed, q, p; None where the threshold cannot be judged."""
    step, width = mark["step"], mark.get("width")
    if width is None:
        low, high = np.quantile(x, (0.25, 0.75))
        width = max(3.0, np.round((high - low) / 4 / step)) * step
    near = [limit for limit in (mark["minimum"], mark["maximum"]) if limit is not None]
    if any(abs(limit - mark["threshold"]) < width for limit in near):
        return None
    # Distance past the threshold in steps; rounded, because 92.3 − 92 is not 0.3 in a computer.
    past = np.round((x - mark["threshold"]) / step * (1 if mark["upward"] else -1))
    h = np.round(width / step)
    passed, missed = int(((past >= 0) & (past < h)).sum()), int(((past < 0) & (past >= -h)).sum())
    if passed + missed < least:
        return None
    outer = past[(past >= -3 * h) & (past < 3 * h) & ((past >= h) | (past < -h))]
    good, bad = int((outer > 0).sum()), int((outer < 0).sum())
    if not good or not bad or _is_lattice(outer, steps=4 * h):
        return None
    slope = ((good + 1) / (bad + 1)) ** 0.25
    q = float(slope / (1 + slope))
    return float(width), passed, missed, q, float(stats.binom.sf(passed - 1, passed + missed, q))


def _is_lattice(outer: np.ndarray, *, steps: float) -> bool:
    """Whether far fewer different values occur than so many units would spread over so many steps."""
    expected = steps * (1 - np.exp(-len(outer) / steps))
    return bool(len(np.unique(outer)) < 0.7 * expected)
