"""Ranks of whole blocks of draws: against scipy, with ties, tolerance, tracks and many units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kanjian.scoring.robustness.ranking import Groups, rank_rows

CELLS = st.one_of(st.integers(-5, 5).map(float), st.floats(-1e3, 1e3).map(lambda x: round(x, 4)))


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 30).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=4)))
def test_ranks_are_competition_ranks(rows: list[list[float]]) -> None:
    scores = np.array(rows)
    expected = np.array([stats.rankdata(-row, method="min") for row in scores])
    np.testing.assert_array_equal(rank_rows(scores.copy())[0], expected)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(CELLS, st.integers(0, 3)), min_size=1, max_size=40))
def test_ranks_within_groups(rows: list[tuple[float, int]]) -> None:
    score = np.array([score for score, _ in rows])
    group = np.unique([group for _, group in rows], return_inverse=True)[1]
    found = rank_rows(np.stack([score, -score]), groups=Groups.of(group))[1]
    assert found is not None
    for sign, row in zip((1, -1), found, strict=True):
        for g in np.unique(group):
            np.testing.assert_array_equal(row[group == g], stats.rankdata(-sign * score[group == g], method="min"))


def test_tolerance_decides_what_is_equal() -> None:
    scores = np.array([[90.0, 90.0 + 1e-12, 80.004, 80.0]])
    assert rank_rows(scores.copy())[0].tolist() == [[1, 1, 3, 4]]
    assert rank_rows(scores.copy(), 0.01)[0].tolist() == [[1, 1, 3, 3]]
    assert rank_rows(np.array([[1.0, 1.0 + 1e-12, 0.5]]), 0.0)[0].tolist() == [[2, 1, 3]]


def test_noise_in_the_last_digit_is_a_tie() -> None:
    """Ranks on raw floating scores let such noise decide (the ASEM indicator TolMin loses two places to it)."""
    base = np.full((1, 50), 63.7)
    noisy = base * (1 + np.random.default_rng(0).uniform(-2e-16, 2e-16, base.shape))
    assert set(rank_rows(noisy)[0].ravel().tolist()) == {1}


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e12])
def test_any_scale(scale: float) -> None:
    scores = np.random.default_rng(1).normal(size=(3, 500)) * scale
    expected = np.array([stats.rankdata(-row, method="min") for row in scores])
    np.testing.assert_array_equal(rank_rows(scores.copy(), 1e-15 * scale)[0], expected)


def test_more_units_than_sixteen_bits() -> None:
    scores = np.random.default_rng(2).normal(size=(1, 70_000))
    group = np.arange(70_000) % 300
    overall, within = rank_rows(scores.copy(), groups=Groups.of(group))
    np.testing.assert_array_equal(overall[0], stats.rankdata(-scores[0], method="min"))
    assert within is not None
    np.testing.assert_array_equal(within[0][group == 7], stats.rankdata(-scores[0][group == 7], method="min"))


def test_one_unit() -> None:
    overall, within = rank_rows(np.array([[3.0], [4.0]]), groups=Groups.of(np.array([0])))
    assert overall.tolist() == [[1], [1]]
    assert within is not None
    assert within.tolist() == [[1], [1]]
