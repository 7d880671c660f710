"""Effective weights 有效权重: what an indicator really does to the ranking, beside the weight it was given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from .columns import Floats
from .model import WeightsError, check_names


def effective_weights(points: pl.DataFrame, weights: Mapping[str, float]) -> pl.DataFrame:
    """Share of the variance of a weighted mean that comes through each indicator.

    ``points``: a column per indicator on one scale (units × indicators, null where missing); ``weights``: one per
    column, any positive sum. The mean of a unit is S = Σ c_j with c_j = w_j x_j / Σ w over its present cells, and the
    effective weight is cov(c_j, S)/var(S): the covariance decomposition of the variance, which adds up to 1 exactly
    and may be negative for an indicator that runs against the rest. Columns out: ``indicator``, ``nominal``,
    ``effective``, ``ratio`` (effective/nominal), ``correlation`` (of x_j with S over present cells). ``effective`` and
    ``ratio`` are null when every unit has the same mean. For a tree give the products of weights along the path.
    """
    names = check_names(points.columns)
    absent = [name for name in names if name not in weights]
    if absent:
        raise WeightsError("length", f"no weight for {', '.join(absent)}")
    w = np.array([float(weights[name]) for name in names])
    if (w < 0).any() or not w.sum() > 0:
        raise WeightsError("negative", "weights must not be negative and not all zero")
    x = points.cast(pl.Float64).to_numpy().astype(np.float64)
    held = (~np.isnan(x)) * w
    kept = held.sum(axis=1) > 0
    parts = np.nan_to_num(x[kept]) * held[kept] / held[kept].sum(axis=1, keepdims=True)
    total = parts.sum(axis=1)
    centred = total - total.mean() if total.size else total
    variance = float(centred @ centred)
    shares = (parts - parts.mean(axis=0)).T @ centred / variance if variance > 0 else np.full(len(names), np.nan)
    nominal = w / w.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(nominal > 0, shares / nominal, np.nan)
    frame = pl.DataFrame(
        {
            "indicator": names,
            "nominal": nominal,
            "effective": shares,
            "ratio": ratio,
            "correlation": [_correlation(x[kept][:, j], total) for j in range(len(names))],
        }
    )
    return frame.with_columns(pl.col("effective", "ratio", "correlation").fill_nan(None))


def _correlation(x: Floats, total: Floats) -> float:
    there = ~np.isnan(x)
    if there.sum() < 2:
        return float("nan")
    a, b = x[there] - x[there].mean(), total[there] - total[there].mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float((a @ b) / scale) if scale > 0 else float("nan")
