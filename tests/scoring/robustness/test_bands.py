"""Tie bands: what a band promises."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kanjian.scoring.robustness import tie_bands


def test_certain_order_gives_a_band_each_and_no_order_gives_one() -> None:
    certain = np.tile(np.arange(1, 6, dtype=np.uint16)[:, None], (1, 100))
    assert tie_bands(certain, np.arange(1, 6)).tolist() == [1, 2, 3, 4, 5]
    rng = np.random.default_rng(0)
    shuffled = np.array([rng.permutation(6) + 1 for _ in range(400)], dtype=np.uint16).T
    assert tie_bands(shuffled, np.arange(1, 7)).tolist() == [1] * 6


def test_bands_follow_the_nominal_order_not_the_rows() -> None:
    ranks = np.array([[3] * 10, [1] * 10, [2] * 10], dtype=np.uint16)
    assert tie_bands(ranks, np.array([3, 1, 2])).tolist() == [3, 1, 2]


@settings(max_examples=80, deadline=None)
@given(units=st.integers(1, 60), noise=st.floats(0.01, 3), seed=st.integers(0, 1000))
def test_within_a_band_nobody_is_certainly_below_its_head(units: int, noise: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = -np.arange(units)[:, None] + rng.normal(0, noise, (units, 80))
    ranks = (units - scores.argsort(axis=0).argsort(axis=0)).astype(np.uint16)
    bands = tie_bands(ranks, np.arange(1, units + 1), 0.9)
    assert (np.diff(bands) >= 0).all()
    assert set(bands.tolist()) == set(range(1, int(bands.max()) + 1))
    for band in np.unique(bands):
        members = np.flatnonzero(bands == band)
        below = (ranks[members] > ranks[members[0]]).mean(axis=1)
        assert (below[1:] < 0.9).all()
        if members[-1] + 1 < units:
            assert (ranks[members[-1] + 1] > ranks[members[0]]).mean() >= 0.9
