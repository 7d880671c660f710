"""Optimal assignment with capacity and a "no partner" option 最优分配.

Each mentee takes one mentor or stays without at the cost of the caliper; a mentor takes at most ``capacity``. A mentor
is repeated as often as it may take mentees, and the problem becomes the assignment of rows to columns, which is solved
exactly: whole tables by the shortest augmenting path method of ``scipy.optimize.linear_sum_assignment``, large ones on
the cheapest mentors of each mentee by ``scipy.sparse.csgraph.min_weight_full_bipartite_matching``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from kanjian.scoring.pairing.intake import Ints

Floats = NDArray[np.float64]

NOBODY = -1


def assign_table(costs: Floats, capacity: Ints, caliper: float) -> Ints:
    """Column of each row, ``NOBODY`` without one, at the least total; an infinite cost is forbidden."""
    rows, columns = costs.shape
    found = np.full(rows, NOBODY, dtype=np.int64)
    if not rows or not columns or not capacity.any():
        return found
    places = np.repeat(np.arange(columns), np.minimum(capacity, rows))
    # A pair that costs the caliper or more is worth no more than none; so one table holds both.
    table = np.full((rows, max(len(places), rows)), float(caliper))
    np.minimum(costs[:, places], caliper, out=table[:, : len(places)])
    taken_rows, taken = linear_sum_assignment(table)
    for row, column in zip(taken_rows, taken, strict=True):
        if column < len(places) and costs[row, places[column]] <= caliper:
            found[row] = places[column]
    return found


def assign_nearest(edges: tuple[Ints, Ints, Floats], rows: int, capacity: Ints, caliper: float) -> Ints:
    """The same on a list of edges (row, column, cost); every row also has an edge of its own to nobody."""
    row, column, cost = edges
    kept = cost <= caliper
    row, column, cost = row[kept], column[kept], cost[kept]
    capacity = np.minimum(capacity, rows)
    first = np.concatenate([[0], np.cumsum(capacity)])
    times = capacity[column]
    places = np.repeat(first[column], times) + _within(times)
    # Weights of a sparse table must not be zero; each row takes exactly one edge, so a constant changes nothing.
    weights = np.concatenate([np.repeat(cost, times), np.full(rows, caliper)]) + 1.0
    at = (
        np.concatenate([np.repeat(row, times), np.arange(rows)]),
        np.concatenate([places, first[-1] + np.arange(rows)]),
    )
    graph = csr_array((weights, at), shape=(rows, int(first[-1]) + rows))
    taken_rows, taken = min_weight_full_bipartite_matching(graph)
    found = np.full(rows, NOBODY, dtype=np.int64)
    owner = np.searchsorted(first, taken, side="right") - 1
    real = taken < first[-1]
    found[taken_rows[real]] = owner[real]
    return found


def _within(times: Ints) -> Ints:
    """0, 1, … for each run of that length."""
    ends = np.cumsum(times)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - times, times)
