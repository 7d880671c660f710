"""Analytic hierarchy process 层次分析法 (Saaty 1980): weights from pairwise judgements, with their consistency."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from .model import Notice, Weights, WeightsError, check_names, normalised

Floats = NDArray[np.float64]

# Mean consistency index of random reciprocal matrices of order 1..15 (Saaty 1980).
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
ACCEPTED_RATIO = 0.10


def judgement_matrix(indicators: Sequence[str], pairs: Mapping[tuple[str, str], float]) -> Floats:
    """Reciprocal matrix 判断矩阵 from judgements "a is x times as important as b" for every pair, in either order."""
    names = check_names(indicators)
    place = {name: i for i, name in enumerate(names)}
    matrix = np.full((len(names), len(names)), np.nan)
    np.fill_diagonal(matrix, 1.0)
    for (a, b), ratio in pairs.items():
        if a not in place or b not in place or a == b:
            raise WeightsError("incomplete", f"{a} against {b} is not a pair of the indicators to weight")
        if not ratio > 0 or math.isinf(ratio):
            raise WeightsError("not_positive", f"the judgement of {a} against {b} must be positive ({ratio})")
        matrix[place[a], place[b]], matrix[place[b], place[a]] = ratio, 1.0 / ratio
    open_pairs = [f"{names[i]}/{names[j]}" for i, j in np.argwhere(np.isnan(matrix)) if i < j]
    if open_pairs:
        raise WeightsError("incomplete", f"not judged yet: {', '.join(open_pairs)}")
    return matrix


def ahp(
    indicators: Sequence[str],
    *matrices: ArrayLike,
    experts: Sequence[str] | None = None,
    expert_weights: Sequence[float] | None = None,
    accepted: float = ACCEPTED_RATIO,
) -> Weights:
    """Principal eigenvector of a reciprocal matrix m × m; several experts are joined by the geometric mean.

    Facts: ``lambda_max``, ``consistency_index`` CI = (λmax − m)/(m − 1), ``random_index`` RI,
    ``consistency_ratio`` CR = CI/RI, ``consistent`` (1 when CR < ``accepted``; always for m ≤ 2). A notice names the
    judgement that departs most from the weights. ``experts`` holds each one's weights and CR. More than 15 indicators
    are refused: no random index, and nobody judges 105 pairs with care; group them first.
    """
    names = check_names(indicators)
    if not matrices:
        raise WeightsError("no_experts", "there is no judgement matrix")
    checked = [_check(matrix, len(names)) for matrix in matrices]
    who = list(experts) if experts is not None else [f"expert {i}" for i in range(1, len(checked) + 1)]
    joined = _join(checked, _shares(expert_weights, len(checked)))
    weights, facts = _solve(joined, accepted)
    single = [_solve(matrix, accepted) for matrix in checked]
    notices = _notices(names, joined, weights, facts) + [
        Notice("expert_inconsistent", f"{name}: consistency ratio {own['consistency_ratio']:.3f}", name)
        for name, (_, own) in zip(_named(who, len(checked)), single, strict=True)
        if len(checked) > 1 and not own["consistent"]
    ]
    table = pl.DataFrame(
        {
            "expert": who,
            **{name: [own[0][i] for own in single] for i, name in enumerate(names)},
            "consistency_ratio": [own[1]["consistency_ratio"] for own in single],
        }
    )
    geometric = normalised(np.exp(np.log(joined).mean(axis=1)))
    details = pl.DataFrame({"indicator": names, "row_geometric_mean": geometric})
    return Weights("ahp", dict(zip(names, weights, strict=True)), details, facts, tuple(notices), table)


def _named(who: list[str], count: int) -> list[str]:
    if len(who) != count:
        raise WeightsError("length", f"{count} matrices but {len(who)} names of experts")
    return who


def _check(given: ArrayLike, order: int) -> Floats:
    matrix = np.asarray(given, dtype=np.float64)
    if order > len(RANDOM_INDEX):
        raise WeightsError("too_many", f"{order} indicators; at most {len(RANDOM_INDEX)} can be compared in one matrix")
    if matrix.shape != (order, order):
        raise WeightsError(
            "not_square", f"expected a {order} × {order} matrix, got {' × '.join(map(str, matrix.shape))}"
        )
    if not (np.isfinite(matrix).all() and (matrix > 0).all()):
        raise WeightsError("not_positive", "every judgement must be a positive number")
    off = np.argwhere(np.abs(matrix * matrix.T - 1.0) > 0.05)  # 0.33 against 3, 0.13 against 8 is how people write
    if off.size:
        i, j = (int(k) + 1 for k in off[0])
        raise WeightsError("not_reciprocal", f"row {i}, column {j} must be 1 divided by row {j}, column {i}")
    balanced: Floats = np.sqrt(matrix / matrix.T)  # exactly reciprocal after rounding such as 0.33
    return balanced


def _shares(weights: Sequence[float] | None, count: int) -> list[float]:
    if weights is None:
        return [1.0 / count] * count
    if len(weights) != count:
        raise WeightsError("length", f"{count} matrices but {len(weights)} weights of experts")
    if min(weights) < 0 or math.fsum(weights) <= 0:
        raise WeightsError("negative", "weights of experts must not be negative and not all zero")
    return normalised(weights)


def _join(matrices: list[Floats], shares: list[float]) -> Floats:
    """Geometric mean judgement by judgement: the only mean that keeps the matrix reciprocal."""
    logs = sum((share * np.log(matrix) for matrix, share in zip(matrices, shares, strict=True)), np.float64(0.0))
    joined: Floats = np.exp(np.asarray(logs, dtype=np.float64))
    return joined


def _solve(matrix: Floats, accepted: float) -> tuple[list[float], dict[str, float]]:
    m = matrix.shape[0]
    values, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(values.real))
    largest = max(float(values[first].real), float(m))  # λmax ≥ m; below it is rounding only
    index = (largest - m) / (m - 1) if m > 1 else 0.0
    random = RANDOM_INDEX[m - 1]
    ratio = index / random if random > 0 else 0.0
    facts = {
        "lambda_max": largest,
        "consistency_index": index,
        "random_index": random,
        "consistency_ratio": ratio,
        "consistent": float(ratio < accepted),
    }
    return normalised(np.abs(vectors[:, first].real)), facts


def _notices(names: list[str], matrix: Floats, weights: list[float], facts: dict[str, float]) -> list[Notice]:
    if facts["consistent"]:
        return []
    implied = np.log(np.array(weights)[:, None] / np.array(weights)[None, :])
    i, j = np.unravel_index(int(np.argmax(np.abs(np.log(matrix) - implied))), matrix.shape)
    return [
        Notice(
            "inconsistent", f"consistency ratio {facts['consistency_ratio']:.3f}: judge again before using the weights"
        ),
        Notice(
            "worst_judgement",
            f"{names[i]} against {names[j]} was judged {matrix[i, j]:.3g}; the other judgements say "
            f"{float(np.exp(implied[i, j])):.3g}",
            names[i],
        ),
    ]
