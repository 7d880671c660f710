"""Entropy weights 熵权法: an indicator counts for as much as it tells the units apart.

Shannon's entropy of each column's shares, as commonly set out in the Chinese evaluation literature; the weights move
with the sample, so they are advice and not comparable between years.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from .columns import Direction, Floats, Missing, oriented, read_columns, unit_range
from .model import Notice, Weights, WeightsError, equal_parts, normalised

# Divergences below this are rounding of e = 1, not information.
NOTHING = 1e-12


def entropy(
    frame: pl.DataFrame,
    *,
    directions: Mapping[str, Direction] | None = None,
    normalise: bool = True,
    shift: float = 0.0,
    missing: Missing = "available",
) -> Weights:
    """Entropy weights of the columns of ``frame`` (units × indicators).

    r by min–max with direction (``normalise=False``: the cells as they are, none negative) plus ``shift``;
    p = r/Σr; e = −Σ p ln p / ln n with 0·ln 0 = 0 and n the cells present; g = 1 − e; w = g/Σg. A constant column has
    e = 1 and w = 0, a one-hot column e = 0. When no column tells units apart, weights are equal and a notice says so.
    Details: ``entropy``, ``divergence``, ``cells``.
    """
    if shift < 0:
        raise WeightsError("negative", f"the shift cannot be negative ({shift})")
    names, table = read_columns(frame, missing)
    ready = unit_range(oriented(names, table, directions)) if normalise else table
    if (ready < 0).any():
        raise WeightsError("negative", "entropy needs cells of zero or more; normalise them first")
    values_present = (~np.isnan(table)).sum(axis=0)
    found = _entropies(ready + shift, values_present)
    divergence = np.where(1.0 - found > NOTHING, 1.0 - found, 0.0)
    notices = [
        Notice("constant", f"{name} does not tell units apart, so its entropy weight is 0", name)
        for name, gain in zip(names, divergence, strict=True)
        if gain == 0
    ]
    if divergence.sum() == 0:
        notices.append(Notice("all_constant", "no indicator tells units apart; weights are equal"))
        values = equal_parts(names)
    else:
        values = dict(zip(names, normalised(divergence), strict=True))
    details = pl.DataFrame(
        {"indicator": names, "entropy": found, "divergence": divergence, "cells": values_present.astype(np.int64)}
    )
    return Weights("entropy", values, details, {}, tuple(notices))


def _entropies(parts: Floats, cells: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Floats:
    """Entropy per column; a column without any mass is constant at zero and counts as fully even (e = 1)."""
    filled = np.nan_to_num(parts, nan=0.0)
    totals = filled.sum(axis=0)
    shares = filled / np.where(totals > 0, totals, 1.0)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    found = (shares * -logs).sum(axis=0) / np.log(cells)
    even: Floats = np.where(totals > 0, np.clip(found, 0.0, 1.0), 1.0)
    return even
