"""Matrix product on the calling thread 分块矩阵乘法."""

from __future__ import annotations

import numpy as np

from .tree import Floats

# Below this many multiplications OpenBLAS does not start threads of its own (its default threshold). Blocks of draws
# already run side by side; threads inside threads wait for each other and cost several times the work when it is busy.
SINGLE_THREAD = 250_000


def product(weights: Floats, points: Floats) -> Floats:
    """``weights @ points``, (draws × k) and (k × units), in pieces of units that BLAS does on this thread."""
    draws, k = weights.shape
    units = points.shape[1]
    result = np.empty((draws, units))
    piece = max(16, SINGLE_THREAD // max(draws * k, 1))
    for start in range(0, units, piece):
        part = slice(start, start + piece)
        np.matmul(weights, points[:, part], out=result[:, part])
    return result
