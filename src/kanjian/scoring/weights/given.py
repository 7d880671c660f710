"""Given weights 主观赋权 (直接给定), brought to a sum of 1."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl

from .model import Notice, Weights, WeightsError, check_names, normalised


def given(weights: Mapping[str, float]) -> Weights:
    """Weights as decided by people, divided by their sum. Negative, missing or infinite ones are refused."""
    names = check_names(list(weights))
    bad = [name for name in names if not math.isfinite(weights[name])]
    if bad:
        raise WeightsError("not_finite", f"the weight is not a number: {', '.join(bad)}")
    negative = [name for name in names if weights[name] < 0]
    if negative:
        raise WeightsError(
            "negative", f"a weight cannot be negative: {', '.join(negative)}; turn the direction instead"
        )
    if math.fsum(weights.values()) <= 0:
        raise WeightsError("zero_sum", "all weights are zero")
    zero = [
        Notice("zero_weight", f"{name} has weight 0: it is shown but does not count", name)
        for name in names
        if weights[name] == 0
    ]
    values = dict(zip(names, normalised(weights.values()), strict=True))
    details = pl.DataFrame({"indicator": names, "given": [float(weights[name]) for name in names]})
    return Weights("given", values, details, {"given_sum": math.fsum(weights.values())}, tuple(zero))
