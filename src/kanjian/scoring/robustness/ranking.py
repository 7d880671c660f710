"""Ranks of all units in many draws at once 批量排名: competition ranks (1, 2, 2, 4) of whole rows of scores.

A row is sorted as 64-bit keys: the score on a grid of the tie tolerance in the upper bits, the unit in the lower
ones. One sort of plain integers thus gives order, ties and units, where an argsort would have to look scores up
again; numpy sorts outside the interpreter lock, so blocks of draws run in threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .tree import Floats

Ranks = NDArray[Any]  # unsigned integers, uint16 below 65,535 units and uint32 above
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Groups:
    """Tracks of the units for ranks within tracks: number of each unit's track and position in it when sorted."""

    number: NDArray[Any]
    position: NDArray[Any]
    first: NDArray[np.bool_]

    @classmethod
    def of(cls, number: NDArray[np.int64]) -> Groups:
        """From a track number 0..k−1 per unit."""
        sizes = np.bincount(number)
        starts = np.cumsum(sizes) - sizes
        ordered = np.repeat(starts, sizes)
        position = np.arange(number.size) - ordered
        kind = np.uint8 if sizes.size <= 256 else np.uint16 if sizes.size <= 65_536 else np.uint32
        return cls(number.astype(kind), (position + 1).astype(rank_type(number.size)), position == 0)


def rank_type(units: int) -> type[np.uint16] | type[np.uint32]:
    """The smallest unsigned integer that holds every rank."""
    return np.uint16 if units < 65_535 else np.uint32


def rank_rows(scores: Floats, tolerance: float = TOLERANCE, groups: Groups | None = None) -> tuple[Ranks, Ranks | None]:
    """Ranks overall and within groups, both (draws × units), 1 = highest score.

    Scores are equal when they fall on the same point of a grid with step ``tolerance`` (0.01 would be "equal after
    rounding to two places"). ``scores`` is overwritten.
    """
    draws, units = scores.shape
    bits = max(int(units - 1).bit_length(), 1)
    keys = _grid(scores, tolerance, 62 - bits)
    keys <<= bits
    keys |= np.arange(units, dtype=np.int64)
    keys.sort(axis=1)
    order = keys & ((1 << bits) - 1)
    keys >>= bits
    kind = rank_type(units)
    tied = keys[:, 1:] == keys[:, :-1]
    ranked = _competition(np.arange(1, units + 1, dtype=kind), tied, draws)
    overall = _scatter(order, ranked, kind)
    if groups is None:
        return overall, None
    return overall, _rank_within(order, ranked, groups, kind)


def _grid(scores: Floats, tolerance: float, bits: int) -> NDArray[np.int64]:
    """Scores as whole steps downwards from the best; a coarser step only where 64 bits could not hold the range."""
    best, worst = float(scores.max()), float(scores.min())
    step = max(tolerance, (best - worst) / 2.0 ** min(bits, 51), max(abs(best), abs(worst)) / 2.0**51)
    scores *= -1.0 / step if step > 0 else 0.0
    np.rint(scores, out=scores)
    scores -= scores.min()
    return scores.astype(np.int64)


def _competition(positions: NDArray[Any], tied: NDArray[np.bool_], draws: int) -> NDArray[Any]:
    """Ranks along sorted rows: the position, or that of the first unit one is tied with."""
    if not tied.any():
        return np.broadcast_to(positions, (draws, positions.size))
    ranked = np.repeat(positions[None, :], draws, axis=0)
    ranked[:, 1:][tied] = 0
    # The last first-of-its-tie to the left carries the rank; positions rise along the row.
    return np.maximum.accumulate(ranked, axis=1, out=ranked)


def _scatter(order: NDArray[np.int64], ranked: NDArray[Any], kind: type[np.generic]) -> Ranks:
    result = np.empty(order.shape, dtype=kind)
    for row, where, what in zip(result, order, ranked, strict=True):
        row[where] = what
    return result


def _rank_within(order: NDArray[np.int64], ranked: NDArray[Any], groups: Groups, kind: type[np.generic]) -> Ranks:
    """A stable sort by track of the overall order is the order within tracks; ties carry over."""
    result = np.empty(order.shape, dtype=kind)
    along = np.empty(order.shape[1], dtype=kind)
    for row, where, overall in zip(result, order, ranked, strict=True):
        by_track = np.argsort(groups.number[where], kind="stable")
        along[by_track] = _within_row(overall[by_track], groups)
        row[where] = along
    return result


def _within_row(overall: NDArray[Any], groups: Groups) -> NDArray[Any]:
    """Ranks of one row sorted by track, then by overall rank: places in the track, ties on the first of them."""
    tied = (overall[1:] == overall[:-1]) & ~groups.first[1:]
    if not tied.any():
        return groups.position
    # Absolute places rise along the row, so that the running maximum stays inside a track; then back to its start.
    places = np.arange(1, overall.size + 1)
    starts = places - groups.position
    places[1:][tied] = 0
    ranked: NDArray[Any] = np.maximum.accumulate(places) - starts
    return ranked
