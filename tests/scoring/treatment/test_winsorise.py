"""Winsorising and bounds: the limits, the count of points, forcing, ties, and what stays untouched."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from kanjian.scoring.treatment import (
    TreatmentError,
    apply_bounds,
    apply_treatment,
    fit_bounds,
    fit_winsorise,
    moments,
    needs_treatment,
)

LONG_TAIL = np.array([*range(1, 11), 30, 100], dtype=float)


def test_moments_are_the_bias_corrected_ones() -> None:
    found = moments(np.append(LONG_TAIL, np.nan))
    assert found.present == 12
    assert found.skewness == pytest.approx(stats.skew(LONG_TAIL, bias=False), rel=1e-12)
    assert found.kurtosis == pytest.approx(stats.kurtosis(LONG_TAIL, bias=False), rel=1e-12)


@pytest.mark.parametrize("cells", [[], [5.0], [5.0, 5.0, 5.0, 5.0], [1.0, 2.0], [math.nan] * 5])
def test_short_and_constant_columns_need_nothing(cells: list[float]) -> None:
    assert not needs_treatment(np.array(cells))


def test_very_large_and_very_small_values_do_not_overflow() -> None:
    for factor in (1e200, 1e-200):
        assert moments(LONG_TAIL * factor).skewness == pytest.approx(moments(LONG_TAIL).skewness, rel=1e-9)


def test_one_point_is_enough_here() -> None:
    fitted = fit_winsorise(LONG_TAIL)
    assert fitted.numbers == {"low": -math.inf, "high": 30.0}
    assert (fitted.diagnostics["points_low"], fitted.diagnostics["points_high"]) == (0, 1)
    assert fitted.diagnostics["limits_met"] == 1
    result = apply_treatment(LONG_TAIL, fitted)
    assert result.values[-1] == 30
    assert result.changed.tolist() == [False] * 11 + [True]
    assert not needs_treatment(result.values)


def test_both_limits_must_be_broken() -> None:
    skewed_only = fit_winsorise(LONG_TAIL, kurtosis_limit=50)
    peaked_only = fit_winsorise(LONG_TAIL, skewness_limit=50)
    assert skewed_only.numbers == peaked_only.numbers == {"low": -math.inf, "high": math.inf}


def test_low_side() -> None:
    fitted = fit_winsorise(-LONG_TAIL)
    assert fitted.numbers == {"low": -30.0, "high": math.inf}


def test_ties_are_pulled_together() -> None:
    cells = np.array([*range(1, 41), 1000, 1000, 1000], dtype=float)
    fitted = fit_winsorise(cells, max_points=1)
    assert fitted.numbers["high"] == 40
    assert fitted.diagnostics["points_high"] == 3


def test_a_limit_of_points_is_kept_and_a_failure_is_said() -> None:
    rng = np.random.default_rng(4)
    cells = np.exp(rng.normal(0, 3, 200))
    fitted = fit_winsorise(cells, max_points=2)
    assert fitted.diagnostics["points_high"] == 2
    assert fitted.diagnostics["limits_met"] == 0


def test_forced_winsorising_really_pulls() -> None:
    """A peer's forced winsorising of a named indicator does nothing (COINr issue 53)."""
    cells = np.arange(1.0, 21.0)
    assert not needs_treatment(cells)
    fitted = fit_winsorise(cells, max_points=3, force=True)
    assert fitted.diagnostics["points_low"] + fitted.diagnostics["points_high"] >= 3
    result = apply_treatment(cells, fitted)
    assert result.changed.sum() >= 3
    assert result.values[result.changed].max(initial=0) < 20 or result.values[result.changed].min() > 1


def test_points_of_both_sides_together() -> None:
    cells = np.arange(1.0, 21.0)
    together = fit_winsorise(cells, max_points=3, force=True, per_side=False).diagnostics
    assert together["points_low"] + together["points_high"] == 3


def test_a_column_is_never_made_constant() -> None:
    cells = np.array([0.0] * 50 + [1.0])
    fitted = fit_winsorise(cells)
    assert apply_treatment(cells, fitted).values.max() == 1.0
    assert fitted.diagnostics["limits_met"] == 0


def test_bounds_are_cut_and_marked() -> None:
    fitted = fit_bounds(low=0, high=100)
    result = apply_bounds(np.array([-5.0, 0.0, 55.5, 100.0, 101.0, np.nan]), dict(fitted.numbers))
    np.testing.assert_array_equal(result.values, [0, 0, 55.5, 100, 100, np.nan])
    assert result.changed.tolist() == [True, False, False, False, True, False]


def test_wrong_input_is_refused() -> None:
    with pytest.raises(TreatmentError, match="low must not exceed high") as error:
        fit_bounds(low=2, high=1)
    assert error.value.code == "bad_bounds"
    with pytest.raises(TreatmentError) as error:
        fit_winsorise(np.array([1.0, math.inf]))
    assert error.value.code == "not_finite"
    with pytest.raises(TreatmentError) as error:
        fit_winsorise(LONG_TAIL, max_points=-1)
    assert error.value.code == "bad_limit"
