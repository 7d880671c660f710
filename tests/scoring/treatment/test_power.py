"""Logarithm and Box-Cox: safe for zero and negative values, monotone, λ as scipy finds it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kanjian.scoring.treatment import TreatmentError, apply_treatment, fit_boxcox, fit_log

CELLS = np.array([1.0, 2, 3, 5, 8, 13, 21, 34, 55, 400])


def test_log_of_positive_values_is_the_plain_logarithm() -> None:
    np.testing.assert_allclose(apply_treatment(CELLS, fit_log(CELLS)).values, np.log(CELLS), rtol=1e-15)


def test_log_with_zero_and_negative_values_is_shifted() -> None:
    cells = CELLS - 3
    fitted = fit_log(cells)
    assert fitted.numbers["shift"] == pytest.approx(2 + 0.01 * 399)
    result = apply_treatment(cells, fitted)
    assert np.isfinite(result.values).all()
    assert (np.diff(result.values) > 0).all()


def test_shift_always_is_the_coin_tool_form() -> None:
    fitted = fit_log(CELLS, shift="always")
    expected = np.log(CELLS - CELLS.min() + 0.01 * (CELLS.max() - CELLS.min()))
    np.testing.assert_allclose(apply_treatment(CELLS, fitted).values, expected, rtol=1e-14)


def test_a_constant_column_survives() -> None:
    for cells in (np.full(5, -4.0), np.zeros(5)):
        for fitted in (fit_log(cells), fit_boxcox(cells)):
            values = apply_treatment(cells, fitted).values
            assert np.isfinite(values).all()
            assert np.ptp(values) == 0


def test_boxcox_finds_the_power_scipy_finds() -> None:
    transformed, power = stats.boxcox(CELLS)
    fitted = fit_boxcox(CELLS)
    assert fitted.numbers["power"] == pytest.approx(power, abs=1e-6)
    np.testing.assert_allclose(apply_treatment(CELLS, fitted).values, transformed, rtol=1e-5)


def test_boxcox_power_does_not_depend_on_the_unit() -> None:
    assert fit_boxcox(CELLS * 1e6).numbers["power"] == pytest.approx(fit_boxcox(CELLS).numbers["power"], abs=1e-6)


@pytest.mark.parametrize("power", [-1.5, 0.0, 0.5, 1.0, 2.0])
def test_given_power(power: float) -> None:
    values = apply_treatment(CELLS, fit_boxcox(CELLS, power=power)).values
    np.testing.assert_allclose(values, stats.boxcox(CELLS, lmbda=power), rtol=1e-10, atol=1e-12)


def test_rows_below_the_fitted_minimum_are_held_and_marked() -> None:
    for fitted in (fit_log(CELLS), fit_boxcox(CELLS)):
        result = apply_treatment(np.array([0.5, -7.0, 1.0, np.nan]), fitted)
        assert result.changed.tolist() == [True, True, False, False]
        assert result.values[0] == result.values[1] == result.values[2]
        assert np.isnan(result.values[3])


def test_wrong_input_is_refused() -> None:
    with pytest.raises(TreatmentError) as error:
        fit_log(np.array([np.nan, np.nan]))
    assert error.value.code == "nothing_present"
    with pytest.raises(TreatmentError, match="at or below zero"):
        fit_log(CELLS, shift=-1.0)
    with pytest.raises(TreatmentError, match="'auto' or 'always'"):
        fit_log(CELLS, shift="some")
