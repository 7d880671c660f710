"""Equal weights 等权."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from .model import Weights, check_names, equal_parts


def equal(indicators: Sequence[str]) -> Weights:
    """1/m for each of m indicators. Equal weights are a choice too, not the absence of one."""
    names = check_names(indicators)
    return Weights("equal", equal_parts(names), pl.DataFrame({"indicator": names}))
