"""The automatic choice, the single entrance, the numbers that stand in a parameter table, and general properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kanjian.scoring.treatment import (
    METHODS,
    Treatment,
    TreatmentError,
    apply_treatment,
    fit_automatic,
    fit_treatment,
    needs_treatment,
)


def columns() -> st.SearchStrategy[NDArray[np.float64]]:
    """Columns with missing cells, ties, outliers and any sign."""
    cell = st.one_of(
        st.floats(-1e6, 1e6).map(lambda x: round(x, 6)), st.sampled_from([0.0, 1.0, 1e5]), st.just(math.nan)
    )
    return st.lists(cell, min_size=1, max_size=60).map(lambda cells: np.array(cells, dtype=np.float64))


def test_mildest_first() -> None:
    rng = np.random.default_rng(1)
    plain = rng.normal(50, 10, 200)
    assert fit_automatic(plain).method == "none"
    assert fit_automatic(np.append(plain, 500.0)).method == "winsorise"
    assert fit_automatic(np.exp(rng.normal(0, 1.5, 400))).method == "log"


def test_what_cannot_be_mended_is_said() -> None:
    rare = np.zeros(200)
    rare[:3] = [1.0, 2.0, 3.0]
    fitted = fit_automatic(rare)
    assert fitted.diagnostics["limits_met"] == 0
    assert needs_treatment(apply_treatment(rare, fitted).values)


def test_each_attempt_starts_from_the_original_column() -> None:
    cells = np.exp(np.random.default_rng(1).normal(0, 1.5, 400))
    fitted = fit_automatic(cells)
    np.testing.assert_allclose(apply_treatment(cells, fitted).values, np.log(cells), rtol=1e-14)


def test_unknown_method_and_empty_column() -> None:
    with pytest.raises(TreatmentError) as error:
        fit_treatment(np.ones(3), "magic")
    assert error.value.code == "unknown_method"
    with pytest.raises(TreatmentError):
        fit_treatment(np.full(3, np.nan), "magic")
    assert fit_treatment(np.full(3, np.nan), "log").method == "none"
    with pytest.raises(TreatmentError):
        Treatment("magic")
    with pytest.raises(TreatmentError):
        Treatment.from_numbers({"low": 1.0})


@pytest.mark.parametrize("method", ["none", "winsorise", "log", "boxcox", "auto"])
@settings(max_examples=60, deadline=None)
@given(cells=columns())
def test_treatment_keeps_the_order_and_the_gaps(method: str, cells: NDArray[np.float64]) -> None:
    fitted = fit_treatment(cells, method)
    result = apply_treatment(cells, fitted)
    assert (np.isnan(result.values) == np.isnan(cells)).all()
    there = ~np.isnan(cells)
    order = np.argsort(cells[there], kind="stable")
    steps = np.diff(result.values[there][order])
    size = np.abs(result.values[there]).max(initial=1.0)
    assert (steps >= -1e-12 * size).all()
    assert not result.changed[~there].any()


@settings(max_examples=60, deadline=None)
@given(cells=columns())
def test_unchanged_cells_keep_every_bit(cells: NDArray[np.float64]) -> None:
    for fitted in (fit_treatment(cells, "winsorise"), fit_treatment(cells, "bounds", low=-10.0, high=10.0)):
        result = apply_treatment(cells, fitted)
        kept = ~result.changed
        assert (result.values[kept].view(np.int64) == cells[kept].view(np.int64)).all()
        assert (result.values[result.changed] != cells[result.changed]).all()


@settings(max_examples=60, deadline=None)
@given(cells=columns(), method=st.sampled_from(["winsorise", "log", "boxcox", "auto"]))
def test_numbers_alone_rebuild_the_treatment_row_by_row(cells: NDArray[np.float64], method: str) -> None:
    fitted = fit_treatment(cells, method)
    again = Treatment.from_numbers(fitted.to_numbers())
    whole = apply_treatment(cells, fitted).values
    single = np.array([apply_treatment(cells[i : i + 1], again).values[0] for i in range(cells.size)])
    np.testing.assert_allclose(single, whole, rtol=1e-14)


def test_method_numbers_are_stable() -> None:
    """They stand in stored parameter tables."""
    assert METHODS[:5] == ("none", "bounds", "winsorise", "log", "boxcox")
