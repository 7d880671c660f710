"""Sobol indices 全局敏感性: which choice moves the ranks, by itself (first order) and with the others (total)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from .errors import RobustnessError
from .fixed import Fixed
from .intake import Table, read
from .plan import Plan
from .ranking import rank_rows
from .simulate import BLOCK_CELLS, in_threads
from .tree import Floats, Tree, as_tree

Parts = dict[Literal["f_A", "f_B", "f_AB"], Floats]

MEAN_SHIFT = "mean_rank_shift"
METHOD, ERROR = "method", "measurement_error"
# Noise enters as one factor: which of this many realisations is drawn.
REALISATIONS = 256


@dataclass(frozen=True)
class Factors:
    """The uncertain inputs, each a uniform number in 0..1: weights by position, then method, then measurement error."""

    table: Table
    weights: list[int]
    spread: float

    @property
    def names(self) -> list[str]:
        """Node codes, then ``method`` and ``measurement_error`` where they vary."""
        extra = [METHOD] if len(self.table.evaluators) > 1 else []
        extra += [ERROR] if self.table.deviations is not None else []
        return [self.table.tree.nodes[i].code for i in self.weights] + extra

    def ranks(self, inputs: Floats) -> NDArray[np.float64]:
        """Ranks (runs × units) for inputs (runs × factors)."""
        tree, table = self.table.tree, self.table
        drawn = np.repeat(tree.weights[None, :], inputs.shape[0], axis=0)
        drawn[:, self.weights] *= 1.0 + self.spread * (2.0 * inputs[:, : len(self.weights)] - 1.0)
        weights = tree.normalise(drawn)
        way = self._cut(inputs, METHOD, table.plan.ways)
        noise = self._cut(inputs, ERROR, [1.0] * REALISATIONS)
        scores = np.empty((inputs.shape[0], len(table.units)))
        for each in np.unique(way):
            mine = np.flatnonzero(way == each)
            scores[mine] = table.scores(weights[mine], int(each), noise[mine])
        return rank_rows(scores, table.plan.tolerance)[0].astype(np.float64)

    def _cut(self, inputs: Floats, name: str, probabilities: Sequence[float]) -> NDArray[np.int64]:
        """A choice from a uniform number, cut over the whole of 0..1, not over the range the sample happens to have."""
        if name not in self.names:
            return np.zeros(inputs.shape[0], dtype=np.int64)
        edges = np.cumsum(probabilities)[:-1] / np.sum(probabilities)
        return np.searchsorted(edges, inputs[:, self.names.index(name)], side="right")


def sobol_indices(
    points: pl.DataFrame,
    weights: Tree | Mapping[str, float],
    plan: Plan | None = None,
    *,
    units: Sequence[str] = (),
    runs: int = 256,
    resamples: int = 200,
    fixed: Fixed | None = None,
    eligible: NDArray[np.bool_] | None = None,
) -> pl.DataFrame:
    """First-order and total Sobol indices of the ranks.

    Factors are the weights of all nodes with siblings (± ``plan.spread``), the choice among the main table and
    ``plan.alternatives``, and measurement error when ``plan.errors`` is given. Outputs: ``mean_rank_shift`` (mean
    distance of all ranks from the nominal ones) and the rank of each of ``units``. The number of evaluations is
    ``runs`` × (factors + 2); ``runs`` is a power of 2. Saltelli's sampling and estimator on centred outputs (scipy).

    Columns: ``output``, ``factor``, ``first``, ``total``, ``first_low``, ``first_high``, ``total_low``,
    ``total_high`` (95 % bootstrap), ``variance`` of the output. An output that never moves has variance 0 and nulls.
    """
    plan = plan or Plan()
    if runs < 2 or runs & (runs - 1):
        raise RobustnessError("bad_option", f"runs must be a power of 2 ({runs})")
    table = read(points, as_tree(weights), plan, fixed=fixed, eligible=eligible)
    factors = Factors(table, table.tree.with_siblings(), plan.spread)
    if not factors.names:
        raise RobustnessError("bad_option", "nothing is uncertain: no weight has a sibling, no alternative, no error")
    watched = [_row(table, unit) for unit in units]
    base = rank_rows(table.nominal(), plan.tolerance)[0][0].astype(np.float64)

    design = _design(len(factors.names), runs, plan.seed)
    answers = _evaluate(factors, design, base, watched)
    return _frame([MEAN_SHIFT, *units], factors.names, _split(answers, runs, len(factors.names)), resamples, plan.seed)


def _row(table: Table, unit: str) -> int:
    if unit not in table.units:
        raise RobustnessError("unknown_unit", f"{unit} is not among the ranked units")
    return table.units.index(unit)


def _design(factors: int, runs: int, seed: int) -> Floats:
    """Saltelli's design, (runs × (factors + 2)) × factors: A, B, then A with one column of B for each factor."""
    sample = stats.qmc.Sobol(2 * factors, scramble=True, rng=np.random.default_rng([seed, 3])).random(runs)
    a, b = sample[:, :factors], sample[:, factors:]
    mixed = np.repeat(a[None, :, :], factors, axis=0)
    for i in range(factors):
        mixed[i, :, i] = b[:, i]
    return np.concatenate([a, b, mixed.reshape(-1, factors)])


def _evaluate(factors: Factors, design: Floats, base: Floats, watched: list[int]) -> Floats:
    """Outputs × evaluations: mean distance from the nominal ranks, then the ranks of the watched units."""
    result = np.empty((1 + len(watched), design.shape[0]))
    size = max(1, min(64, BLOCK_CELLS // len(factors.table.units)))

    def run(job: tuple[int, NDArray[np.int64]]) -> None:
        ranks = factors.ranks(design[job[1]])
        result[0, job[1]] = np.abs(ranks - base).mean(axis=1)
        result[1:, job[1]] = ranks[:, watched].T

    whole = np.arange(design.shape[0])
    in_threads(run, [(0, whole[i : i + size]) for i in range(0, whole.size, size)], None)
    return result


def _split(answers: Floats, runs: int, factors: int) -> Parts:
    """The shapes scipy asks for: outputs × runs, and factors × outputs × runs."""
    mixed = answers[:, 2 * runs :].reshape(answers.shape[0], factors, runs)
    return {
        "f_A": answers[:, :runs],
        "f_B": answers[:, runs : 2 * runs],
        "f_AB": np.ascontiguousarray(mixed.swapaxes(0, 1)),
    }


def _indices(parts: Parts) -> tuple[Floats, Floats]:
    """First-order and total indices, both (outputs × factors); scipy centres the outputs before the products."""
    found = stats.sobol_indices(func=parts, n=parts["f_A"].shape[1])
    shape = (parts["f_A"].shape[0], parts["f_AB"].shape[0])
    return np.reshape(found.first_order, shape), np.reshape(found.total_order, shape)


def _frame(outputs: list[str], names: list[str], parts: Parts, resamples: int, seed: int) -> pl.DataFrame:
    first, total = _indices(parts)
    rng, runs = np.random.default_rng([seed, 4]), parts["f_A"].shape[1]
    again = []
    for _ in range(resamples):
        rows = rng.integers(0, runs, runs)
        again.append(_indices({key: part[..., rows] for key, part in parts.items()}))
    variance = np.var(np.concatenate([parts["f_A"], parts["f_B"]], axis=1), axis=1)
    size = (len(outputs), len(names))
    columns: dict[str, object] = {
        "output": np.repeat(np.array(outputs, dtype=object), len(names)).tolist(),
        "factor": names * len(outputs),
        "first": first.ravel(),
        "total": total.ravel(),
    }
    for k, name in enumerate(("first", "total")):
        spread = (
            np.quantile([each[k] for each in again], [0.025, 0.975], axis=0) if again else np.full((2, *size), np.nan)
        )
        columns |= {f"{name}_low": spread[0].ravel(), f"{name}_high": spread[1].ravel()}
    columns["variance"] = np.repeat(variance, len(names))
    found = pl.DataFrame(columns)
    numbers = ["first", "total", "first_low", "first_high", "total_low", "total_high"]
    moving = pl.when(pl.col("variance") > 0)
    return found.with_columns(moving.then(pl.col(name)).fill_nan(None).alias(name) for name in numbers)
