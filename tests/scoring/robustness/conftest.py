"""A small index on two levels, and tables of points for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from kanjian.scoring.robustness import Tree

LEAVES = ["a1", "a2", "a3", "b1", "b2", "c1"]


@pytest.fixture
def tree() -> Tree:
    branches = {"A": {"a1": 1.0, "a2": 2.0, "a3": 1.0}, "B": {"b1": 3.0, "b2": 1.0}, "C": {"c1": 1.0}}
    return Tree.nested(branches, {"A": 5.0, "B": 3.0, "C": 2.0})


@pytest.fixture
def make_points() -> Callable[..., pl.DataFrame]:
    def make(units: int = 40, *, missing: float = 0.0, seed: int = 0, tracks: int = 0) -> pl.DataFrame:
        rng = np.random.default_rng(seed)
        cells = rng.uniform(0, 100, (units, len(LEAVES)))
        cells[rng.random(cells.shape) < missing] = np.nan
        frame = pl.DataFrame({"unit": [f"u{i:03}" for i in range(units)]}).with_columns(
            pl.Series(name, cells[:, j], nan_to_null=True) for j, name in enumerate(LEAVES)
        )
        if tracks:
            frame = frame.with_columns(track=pl.Series(rng.integers(0, tracks, units).astype(str)))
        return frame

    return make
