"""How sure an order between units is 优先概率."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from .plan import Simulation


def prob_above(simulation: Simulation, a: str, b: str) -> float:
    """P(A above B): share of draws in which A ranks above B, a tie counting half; P(A,B) + P(B,A) = 1."""
    first, second = simulation.ranks[simulation.row(a)], simulation.ranks[simulation.row(b)]
    return float(((first < second).sum() + 0.5 * (first == second).sum()) / first.size)


def prob_above_frame(simulation: Simulation, units: Sequence[str]) -> pl.DataFrame:
    """P(row above column) for every pair of the given units: column ``unit`` and one column per unit (itself: null)."""
    rows = [simulation.row(unit) for unit in units]
    ranks = simulation.ranks[rows].astype(np.int64)
    columns: dict[str, list[float | None]] = {}
    for j, other in enumerate(units):
        share = ((ranks < ranks[j]).sum(axis=1) + 0.5 * (ranks == ranks[j]).sum(axis=1)) / ranks.shape[1]
        columns[other] = [None if i == j else float(p) for i, p in enumerate(share)]
    return pl.DataFrame({"unit": list(units), **columns})
