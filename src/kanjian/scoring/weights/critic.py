"""CRITIC weights CRITIC赋权法: contrast of an indicator times its conflict with the others (Diakoulaki et al. 1995)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from .columns import Direction, Flags, Missing, correlations, is_constant, oriented, read_columns, unit_range
from .model import Notice, Weights, equal_parts, normalised


def critic(
    frame: pl.DataFrame,
    *,
    directions: Mapping[str, Direction] | None = None,
    missing: Missing = "complete",
) -> Weights:
    """C_j = σ_j Σ_k (1 − r_jk); w = C/ΣC, on min–max normalised columns (units × indicators).

    σ is the sample standard deviation, r Pearson's correlation; with ``missing="available"`` each over the rows it
    has. A correlation that cannot be computed (constant column, fewer than three shared units) counts as no conflict
    (r = 1) and is reported. Details: ``contrast`` (σ), ``conflict`` (Σ(1 − r)), ``information`` (C).
    """
    names, table = read_columns(frame, missing)
    ready = unit_range(oriented(names, table, directions))
    contrast = np.nanstd(ready, axis=0, ddof=1)
    related = correlations(ready)
    unknown = np.isnan(related)
    conflict = (1.0 - np.where(unknown, 1.0, related)).sum(axis=1)
    information = np.where(is_constant(table), 0.0, contrast * conflict)
    notices = [
        Notice("constant", f"{name} does not tell units apart, so its weight is 0", name)
        for name, constant in zip(names, is_constant(table), strict=True)
        if constant
    ]
    notices += [
        Notice("too_few_pairs", f"{name} shares fewer than three units with another indicator", name)
        for name, gaps in zip(names, _short(unknown, is_constant(table)), strict=True)
        if gaps
    ]
    if information.sum() <= 0:
        notices.append(Notice("no_information", "no contrast and no conflict between indicators; weights are equal"))
        values = equal_parts(names)
    else:
        values = dict(zip(names, normalised(information), strict=True))
    details = pl.DataFrame({"indicator": names, "contrast": contrast, "conflict": conflict, "information": information})
    return Weights("critic", values, details, {"rows": float(table.shape[0])}, tuple(notices))


def _short(unknown: Flags, constant: Flags) -> Flags:
    """Columns with an unknown correlation that constancy of either side does not explain."""
    unexplained = unknown & ~constant[:, None] & ~constant[None, :]
    short: Flags = np.logical_or.reduce(unexplained, axis=1)
    return short
