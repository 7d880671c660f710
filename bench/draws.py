"""Monte Carlo of the weights as the peers would do it: one evaluation per draw in a Python loop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.data import Array, Case, Table
from bench.peers import Outcome, Run

DRAWS = 1_000
FEW = 20  # draws really run by the slow contestants; their time is multiplied up and marked so
SPREAD = 0.25


def numpy_loop(table: Table, case: Case) -> Run:
    """Plain numpy: a product and a double argsort per draw, quantiles at the end."""
    points = _points(table)
    weights = _perturbed(table, DRAWS)

    def run() -> Outcome:
        ranks = np.empty((DRAWS, case.units), dtype=np.int32)
        for number, draw in enumerate(weights):
            ranks[number, np.argsort(-(points @ draw))] = np.arange(1, case.units + 1)
        middle = np.quantile(ranks, [0.05, 0.5, 0.95], axis=0)[1]
        return Outcome(middle, middle)

    return run


def scikit_criteria(table: Table, case: Case) -> Run:
    """scikit-criteria: a decision matrix per draw, weighted sum and its ranks; `FEW` draws."""
    import skcriteria
    from skcriteria.agg.simple import WeightedSumModel

    matrix = skcriteria.mkdm(_points(table), [max] * len(table.columns))
    model = WeightedSumModel()
    return _loop(_perturbed(table, FEW), lambda draw: model.evaluate(matrix.replace(weights=draw)).rank_)


def pymcdm(table: Table, case: Case) -> Run:
    """pymcdm: weighted sum and its rank helper per draw; `FEW` draws."""
    from pymcdm.methods import WSM

    points, kinds = _points(table), np.ones(len(table.columns))
    method = WSM(normalization_function=_as_it_is)
    return _loop(_perturbed(table, FEW), lambda draw: method.rank(method(points, draw, kinds)))


def pandas_plain(table: Table, case: Case) -> Run:
    """pandas: dot product and rank per draw; `FEW` draws."""
    import pandas as pd

    points = pd.DataFrame(_points(table))
    return _loop(_perturbed(table, FEW), lambda draw: points.dot(draw).rank(ascending=False).to_numpy())


def _loop(weights: Array, ranks_of: Callable[[Array], Array]) -> Run:
    def run() -> Outcome:
        ranks = np.array([ranks_of(draw) for draw in weights])
        middle = np.quantile(ranks, [0.05, 0.5, 0.95], axis=0)[1]
        return Outcome(middle, middle)

    return run


def _as_it_is(column: Array, cost: bool = False) -> Array:
    """The points are normalised already; pymcdm asks for a function of this form."""
    return column


def _points(table: Table) -> Array:
    """Min-max points 0..100 of the table."""
    matrix = np.column_stack(table.columns) * table.direction
    low, high = matrix.min(axis=0), matrix.max(axis=0)
    return np.asarray((matrix - low) / (high - low) * 100)


def _perturbed(table: Table, draws: int) -> Array:
    weights = table.flat_weights * np.random.default_rng(1).uniform(1 - SPREAD, 1 + SPREAD, (draws, len(table.columns)))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
