"""Reading a table of indicators for the data-driven methods: missing cells by an explicit rule, directions, ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .model import WeightsError, check_names

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Missing = Literal["complete", "available", "refuse"]
Direction = Literal["up", "down"]


def read_columns(frame: pl.DataFrame, missing: Missing) -> tuple[list[str], Floats]:
    """Names and an array (units × indicators, missing ``nan``) of the numeric columns in ``frame``.

    ``missing``: ``complete`` keeps only the units with every cell; ``available`` keeps all, each number is computed
    from the cells it needs; ``refuse`` raises when a cell is missing. There is no silent default for zero.
    """
    names = check_names(frame.columns)
    wrong = [name for name in names if not frame.schema[name].is_numeric()]
    if wrong:
        raise WeightsError("not_numeric", f"not a column of numbers: {', '.join(wrong)}")
    table = frame.cast(pl.Float64).to_numpy().astype(np.float64)
    if np.isinf(table).any():
        raise WeightsError("not_finite", "an infinite value has no place in a table of indicators")
    holes = np.isnan(table)
    if missing == "refuse" and holes.any():
        where = [name for name, hole in zip(names, holes.any(axis=0), strict=True) if hole]
        raise WeightsError("missing_cells", f"cells are missing in {', '.join(where)}")
    if missing == "complete":
        table = table[~holes.any(axis=1)]
    if table.shape[0] < 2 or ((~np.isnan(table)).sum(axis=0) < 2).any():
        raise WeightsError("too_few_rows", "each indicator needs values of at least two units")
    return names, table


def oriented(names: list[str], table: Floats, directions: Mapping[str, Direction] | None) -> Floats:
    """Columns whose direction is ``down`` change sign, so that more is better everywhere."""
    signs = [-1.0 if (directions or {}).get(name, "up") == "down" else 1.0 for name in names]
    turned: Floats = table * np.array(signs)
    return turned


def unit_range(table: Floats) -> Floats:
    """Min–max to [0, 1] per column over the cells present; a constant column becomes 0 throughout."""
    low, high = np.nanmin(table, axis=0), np.nanmax(table, axis=0)
    spread = np.where(high > low, high - low, 1.0)
    scaled: Floats = (table - low) / spread
    return scaled


def is_constant(table: Floats) -> Flags:
    """Which columns hold one and the same value in every cell present."""
    constant: Flags = np.nanmin(table, axis=0) == np.nanmax(table, axis=0)
    return constant


def correlations(table: Floats, *, min_pairs: int = 3) -> Floats:
    """Pearson correlations, each over the rows where both cells are present.

    ``nan`` where fewer than ``min_pairs`` rows are shared or one side is constant; the diagonal is 1.
    """
    m = table.shape[1]
    result = np.eye(m)
    for a in range(m):
        for b in range(a):
            both = ~np.isnan(table[:, a]) & ~np.isnan(table[:, b])
            result[a, b] = result[b, a] = _pearson(table[both, a], table[both, b], min_pairs)
    return result


def _pearson(x: Floats, y: Floats, min_pairs: int) -> float:
    if x.size < min_pairs:
        return float("nan")
    x, y = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return float(np.clip((x @ y) / scale, -1.0, 1.0)) if scale > 0 else float("nan")
