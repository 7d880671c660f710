"""Whom to compare paired units with 对照组: matched sets, each a paired unit with the most similar unpaired ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kanjian.scoring.pairing.assign import NOBODY, assign_nearest, assign_table
from kanjian.scoring.pairing.costs import Floats, gower
from kanjian.scoring.pairing.intake import Ints, scaled
from kanjian.scoring.pairing.model import Attribute, PairingError

WHOLE = 4_000_000
NEIGHBOURS = 60


@dataclass(frozen=True)
class Sets:
    """Matched sets: ``treated[i]`` with ``controls[i, :]`` (rows of the table), as many for every set, none twice."""

    treated: Ints
    controls: Ints
    alone: Ints  # treated units for which nobody was left


def matched_sets(frame: pl.DataFrame, attributes: tuple[Attribute, ...], within: tuple[str, ...], count: int) -> Sets:
    """Sets of one treated unit (``group`` is ``treated``) and ``count`` controls (``control``) of the same block.

    No control is used twice, and the sum of the Gower distances is the least possible, so that sets are independent of
    one another. Where a block has too few controls for all, ``count`` is lowered for everybody, at least to 1.
    """
    lacking = [name for name in ("unit", "group", *within, *(a.name for a in attributes)) if name not in frame.columns]
    if lacking:
        raise PairingError("columns", f"the table lacks the columns {', '.join(lacking)}")
    values = (
        np.column_stack([scaled(frame[a.name], a) for a in attributes]) if attributes else np.zeros((len(frame), 0))
    )
    blocks = list(_blocks(frame, within))
    count = min([count, *(max(1, len(free) // len(helped)) for helped, free in blocks if len(helped))])
    treated: list[int] = []
    controls: list[NDArray[np.int64]] = []
    alone: list[int] = []
    for helped, free in blocks:
        for row, others in zip(helped, _nearest(values, attributes, helped, free, count), strict=True):
            if (others == NOBODY).any():
                alone.append(int(row))
            else:
                treated.append(int(row))
                controls.append(free[others])
    table = np.array(controls, dtype=np.int64).reshape(len(treated), count)
    return Sets(np.array(treated, dtype=np.int64), table, np.array(alone, dtype=np.int64))


def _blocks(frame: pl.DataFrame, within: tuple[str, ...]) -> list[tuple[Ints, Ints]]:
    """Rows of the treated and of the controls, per block that has any treated."""
    keys = list(frame.select(within).iter_rows()) if within else [()] * len(frame)
    found: dict[tuple[object, ...], tuple[list[int], list[int]]] = {}
    for row, (key, group) in enumerate(zip(keys, frame["group"].to_list(), strict=True)):
        sides = found.setdefault(key, ([], []))
        if group in {"treated", "control"}:
            sides[group == "control"].append(row)
    named = sorted(found.items(), key=lambda item: tuple(str(part) for part in item[0]))
    return [(np.array(a, dtype=np.int64), np.array(b, dtype=np.int64)) for _, (a, b) in named if a]


def _nearest(values: Floats, attributes: tuple[Attribute, ...], helped: Ints, free: Ints, count: int) -> Ints:
    """Positions in ``free`` of each treated unit's controls, ``NOBODY`` where there are not enough."""
    rows = np.repeat(helped, count)
    if not len(free):
        return np.full((len(helped), count), NOBODY, dtype=np.int64)
    room = np.ones(len(free), dtype=np.int64)
    if len(rows) * len(free) <= WHOLE:
        table = gower(values, attributes, helped[:, None], free[None, :])
        taken = assign_table(np.repeat(table, count, axis=0), room, 1.0)
    else:
        taken = assign_nearest(_edges(values, attributes, rows, free, count), len(rows), room, 1.0)
    return np.sort(taken.reshape(len(helped), count), axis=1)


def _edges(
    values: Floats, attributes: tuple[Attribute, ...], rows: Ints, free: Ints, count: int
) -> tuple[Ints, Ints, Floats]:
    keep = min(len(free), NEIGHBOURS * count)
    step = max(1, WHOLE // len(free))
    near, costs = [], []
    for start in range(0, len(rows), step):
        table = gower(values, attributes, rows[start : start + step, None], free[None, :])
        first = np.argsort(table, axis=1, kind="stable")[:, :keep]
        near.append(first.ravel())
        costs.append(np.take_along_axis(table, first, axis=1).ravel())
    return np.repeat(np.arange(len(rows)), keep), np.concatenate(near), np.concatenate(costs)
