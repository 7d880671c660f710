"""The contestants other than Kanjian. Each `prepare` puts the table in the form the tool likes best, outside the clock,
and returns the call that is timed; the call returns scores and ranks (1 = best), and ranks within tracks where it can.
The call must not hold on to the table, or memory would be counted twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.data import Array, Case, Table


@dataclass(frozen=True)
class Outcome:
    """Scores (any scale), overall ranks and, where computed, ranks within tracks; arrays in the order of units."""

    scores: Array
    ranks: Array
    track_ranks: Array | None = None


Run = Callable[[], Outcome]


def fused_numpy(table: Table, case: Case) -> Run:
    """Two passes over the data, written for this one index: bounds, then one affine product; no missing values."""
    matrix = np.asfortranarray(np.column_stack(table.columns))
    owner = np.repeat(np.arange(len(table.leaf_weights)), [len(w) for w in table.leaf_weights])
    local, direction, upper = np.concatenate(table.leaf_weights), table.direction, table.dimension_weights

    def run() -> Outcome:
        low, high = matrix.min(axis=0), matrix.max(axis=0)
        slope = direction * local * 100 / (high - low)
        start = np.where(direction > 0, low, high)
        weights = np.zeros((matrix.shape[1], len(upper)))
        weights[np.arange(matrix.shape[1]), owner] = slope
        dimensions = matrix @ weights
        dimensions -= start @ weights
        scores = dimensions @ upper
        return Outcome(scores, _ranks(scores))

    return run


def pandas_plain(table: Table, case: Case) -> Run:
    """Vectorised pandas as an analyst writes it, with groupby where there are tracks."""
    import pandas as pd

    from bench.data import names

    frame = pd.DataFrame(dict(zip(names(), table.columns, strict=True)))
    track, direction = pd.Series(table.track), table.direction
    levels = list(zip(table.dimension_weights, table.leaf_weights, strict=True))

    def run() -> Outcome:
        signed = frame * direction
        groups = signed.groupby(track) if case.within == "track" else None
        low, high = (
            (groups.transform("min"), groups.transform("max")) if groups is not None else (signed.min(), signed.max())
        )
        points = (signed - low) / (high - low) * 100
        first, score = 0, 0.0
        for share, weights in levels:
            score = score + share * (points.iloc[:, first : first + len(weights)] * weights).sum(axis=1)
            first += len(weights)
        ranks = score.rank(ascending=False, method="min")
        within = score.groupby(track).rank(ascending=False, method="min").to_numpy() if case.tracks else None
        return Outcome(score.to_numpy(), ranks.to_numpy(), within)

    return run


def scikit_criteria(table: Table, case: Case) -> Run:
    """scikit-criteria as its manual has it: negate what is to be small, min-max, weighted sum."""
    import skcriteria
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.pipelines import mkpipe
    from skcriteria.preprocessing.invert_objectives import NegateMinimize
    from skcriteria.preprocessing.scalers import MinMaxScaler

    matrix = np.column_stack(table.columns)
    weights = table.flat_weights
    objectives = [max if d > 0 else min for d in table.direction]
    pipeline = mkpipe(NegateMinimize(), MinMaxScaler(target="matrix"), WeightedSumModel())

    def run() -> Outcome:
        result = pipeline.evaluate(skcriteria.mkdm(matrix, objectives, weights=weights))
        return Outcome(np.asarray(result.e_.score) * 100, np.asarray(result.rank_, float))

    return run


def pymcdm(table: Table, case: Case) -> Run:
    """pymcdm: weighted sum model over min-max, ranks by its own helper."""
    from pymcdm.methods import WSM
    from pymcdm.normalizations import minmax_normalization

    matrix = np.column_stack(table.columns)
    weights, direction = table.flat_weights, table.direction
    method = WSM(normalization_function=minmax_normalization)

    def run() -> Outcome:
        scores = method(matrix, weights, direction)
        return Outcome(scores * 100, method.rank(scores))

    return run


def _ranks(scores: Array) -> Array:
    """1 = highest; scores of this benchmark are all different."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores)] = np.arange(1, len(scores) + 1)
    return ranks
