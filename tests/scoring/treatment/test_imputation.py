"""Filling from the group: only missing cells change, each is marked, and where a number comes from is known."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanjian.scoring.treatment import TreatmentError, apply_group_fill, fit_group_fill


def test_mean_and_median_by_group() -> None:
    values = pl.Series("x", [1.0, None, 3.0, 8.0, 100.0, None, None])
    groups = pl.Series(["a", "a", "a", "b", "b", "b", None])
    mean = fit_group_fill(values, groups, statistic="mean")
    filled, imputed = apply_group_fill(values, groups, mean)
    assert filled.to_list() == [1, 2, 3, 8, 100, 54, None]
    assert imputed.to_list() == [False, True, False, False, False, True, False]
    assert filled.name == "x"
    assert mean.counts == {"a": 2, "b": 2}
    overall = fit_group_fill(values, groups, fall_back=True)
    assert overall.overall == 5.5
    assert apply_group_fill(values, groups, overall)[0].to_list() == [1, 2, 3, 8, 100, 54, 5.5]


def test_without_groups_and_small_groups() -> None:
    values = pl.Series([1.0, None, 3.0])
    assert apply_group_fill(values, None, fit_group_fill(values))[0].to_list() == [1, 2, 3]
    assert apply_group_fill(values, None, fit_group_fill(values, min_present=3))[0].to_list() == [1, None, 3]


def test_units_without_a_group_fill_from_each_other() -> None:
    values, groups = pl.Series([4.0, None, 9.0]), pl.Series([None, None, "a"], dtype=pl.String)
    assert apply_group_fill(values, groups, fit_group_fill(values, groups))[0].to_list() == [4, 4, 9]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.floats(-1e9, 1e9)), st.sampled_from(["a", "b", None])),
        min_size=1,
        max_size=30,
    ),
    st.booleans(),
)
def test_only_missing_cells_change(rows: list[tuple[float | None, str | None]], fall_back: bool) -> None:
    """A peer's imputation by group alters values that are present (COINr issue 40)."""
    values = pl.Series([value for value, _ in rows], dtype=pl.Float64)
    groups = pl.Series([group for _, group in rows], dtype=pl.String)
    filled, imputed = apply_group_fill(values, groups, fit_group_fill(values, groups, fall_back=fall_back))
    for before, after, mark in zip(values, filled, imputed, strict=True):
        if before is not None:
            assert after == before
            assert not mark
        else:
            assert mark == (after is not None)
    if fall_back and values.null_count() < values.len():
        assert filled.null_count() == 0


def test_wrong_input_is_refused() -> None:
    with pytest.raises(TreatmentError) as error:
        fit_group_fill(pl.Series([1.0]), pl.Series(["a", "b"]))
    assert error.value.code == "length"
    with pytest.raises(TreatmentError) as error:
        fit_group_fill(pl.Series([math.inf, 1.0]))
    assert error.value.code == "not_finite"
    with pytest.raises(TreatmentError) as error:
        fit_group_fill(pl.Series([1.0]), statistic="mode")  # type: ignore[arg-type]
    assert error.value.code == "unknown_method"
