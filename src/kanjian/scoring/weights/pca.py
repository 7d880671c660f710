"""Weights from the first principal component 主成分赋权, with a guard against negative weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import polars as pl

from .columns import Direction, Floats, Missing, correlations, is_constant, oriented, read_columns
from .model import Notice, Weights, WeightsError, equal_parts, normalised

# Below this lead of the first eigenvalue over the second the direction of the component is accidental.
UNSTABLE_LEAD = 0.05
# Loadings that cancel to this leave open which way the component points.
BALANCED = 1e-9


def pca(
    frame: pl.DataFrame,
    *,
    directions: Mapping[str, Direction] | None = None,
    squared: bool = False,
    negative: Literal["zero", "refuse"] = "zero",
    missing: Missing = "complete",
) -> Weights:
    """Weights in proportion to the loadings of the first component of the correlation matrix.

    ``squared`` uses squared loadings (share of the component's variance, as in the OECD/JRC handbook). The component
    is turned so that its loadings sum to a positive number. A negative loading means the indicator runs against the
    others: it gets weight 0 and a notice, or is refused. Loadings that cancel out leave open which way is up: weights
    are then equal. Facts: ``explained`` (share of variance), ``eigenvalue_1``,
    ``eigenvalue_2``, ``components_over_1``. Details: ``loading`` (correlation with the component).
    """
    names, table = read_columns(frame, missing)
    ready = oriented(names, table, directions)
    constant = is_constant(ready)
    notices = [
        Notice("constant", f"{name} does not vary, so its weight is 0", name)
        for name, flat in zip(names, constant, strict=True)
        if flat
    ]
    loading = np.zeros(len(names))
    if constant.all():
        notices.append(Notice("all_constant", "no indicator varies; weights are equal"))
        return Weights("pca", equal_parts(names), _details(names, loading), {}, tuple(notices))
    related = correlations(ready[:, ~constant])
    if np.isnan(related).any():
        raise WeightsError("too_few_rows", "two indicators share fewer than three units; use complete rows")
    loading[~constant], facts = _first_component(related)
    notices += _judge(names, loading, facts, negative)
    if abs(loading.sum()) <= BALANCED:
        notices.append(Notice("undecided", "the component sets halves against each other; weights are equal"))
        return Weights("pca", equal_parts(names), _details(names, loading), facts, tuple(notices))
    kept = np.clip(loading, 0.0, None)
    values = dict(zip(names, normalised(kept**2 if squared else kept), strict=True))
    return Weights("pca", values, _details(names, loading), facts, tuple(notices))


def _first_component(related: Floats) -> tuple[Floats, dict[str, float]]:
    values, vectors = np.linalg.eigh(related)
    vector = vectors[:, -1]
    loading = np.where(vector.sum() < 0, -1.0, 1.0) * vector * np.sqrt(values[-1])
    loading = np.where(np.abs(loading) < 1e-12, 0.0, loading)
    facts = {
        "explained": float(values[-1] / related.shape[0]),
        "eigenvalue_1": float(values[-1]),
        "eigenvalue_2": float(values[-2]) if values.size > 1 else 0.0,
        "components_over_1": float((values > 1.0).sum()),
    }
    return loading, facts


def _judge(names: list[str], loading: Floats, facts: dict[str, float], negative: str) -> list[Notice]:
    against = [name for name, part in zip(names, loading, strict=True) if part < 0]
    if against and negative == "refuse":
        raise WeightsError("negative", f"runs against the first component: {', '.join(against)}")
    notices = [
        Notice("negative_loading", f"{name} runs against the first component; weight set to 0", name)
        for name in against
    ]
    if facts["eigenvalue_1"] - facts["eigenvalue_2"] < UNSTABLE_LEAD * facts["eigenvalue_1"]:
        notices.append(Notice("unstable", "the first two components are about equally strong; weights are accidental"))
    if facts["explained"] < 0.5:
        notices.append(Notice("weak", f"the first component holds only {facts['explained']:.0%} of the variance"))
    return notices


def _details(names: list[str], loading: Floats) -> pl.DataFrame:
    return pl.DataFrame({"indicator": names, "loading": loading})
