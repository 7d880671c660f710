"""Tie bands 并列带: stretches of the ranking whose inner order is not certain."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .ranking import Ranks

CONFIDENCE = 0.95


def tie_bands(ranks: Ranks, base_rank: NDArray[np.int64], confidence: float = CONFIDENCE) -> NDArray[np.int64]:
    """Number of each unit's band, 1 = best; ``ranks`` (units × draws), ``base_rank`` (units,).

    Going down the nominal ranking, a new band opens with the first unit that is below the head of the current band
    in at least ``confidence`` of the draws. So no unit of a band is certain to be below its head. The edge between
    two bands is not a certainty: the last of one and the first of the next may well be close.
    """
    order = np.argsort(base_rank, kind="stable")
    bands = np.empty(order.size, dtype=np.int64)
    head, number = 0, 0
    while head < order.size:
        number += 1
        end = _end(ranks, order, head, confidence)
        bands[order[head:end]] = number
        head = end
    return bands


def _end(ranks: Ranks, order: NDArray[Any], head: int, confidence: float) -> int:
    """First position after ``head`` that is certainly below it; looked for in growing strides."""
    needed, start, stride = confidence * ranks.shape[1], head + 1, 8
    while start < order.size:
        chunk = order[start : start + stride]
        below = (ranks[chunk] > ranks[order[head]]).sum(axis=1) >= needed
        if below.any():
            return start + int(np.argmax(below))
        start, stride = start + stride, min(stride * 2, 512)
    return int(order.size)
