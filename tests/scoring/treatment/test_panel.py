"""Filling along time: age, neighbours, no forecasts, gaps in the periods themselves."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanjian.scoring.treatment import TreatmentError, carry_forward, interpolate_linear


def panel(rows: Sequence[tuple[str, int, float | None]]) -> pl.DataFrame:
    schema = {"unit": pl.String, "period": pl.Int64, "value": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(indicator=pl.lit("x"))


ROWS = [("a", 1, 1.0), ("a", 2, None), ("a", 3, None), ("a", 4, 4.0), ("a", 6, None), ("b", 3, None), ("b", 1, 7.0)]


def test_carry_forward_knows_the_age() -> None:
    one = carry_forward(panel(ROWS), max_age=1)
    assert one["value"].to_list() == [1, 1, None, 4, None, None, 7]
    assert one["imputed"].to_list() == [False, True, False, False, False, False, False]
    two = carry_forward(panel(ROWS), max_age=2)
    assert two["value"].to_list() == [1, 1, 1, 4, 4, 7, 7]
    assert two["age"].to_list() == [0, 1, 2, 0, 2, 2, 0]


def test_nothing_crosses_from_one_unit_or_indicator_to_another() -> None:
    frame = panel([("a", 1, 5.0), ("b", 2, None)])
    assert carry_forward(frame, max_age=9)["value"].to_list() == [5, None]
    other = panel([("a", 1, 5.0), ("a", 2, None)]).with_columns(indicator=pl.Series(["x", "y"]))
    assert carry_forward(other, max_age=9)["value"].to_list() == [5, None]


def test_linear_between_neighbours_only() -> None:
    rows = [("a", 1, None), ("a", 2, 10.0), ("a", 3, None), ("a", 6, 30.0), ("a", 7, None)]
    filled = interpolate_linear(panel(rows))
    assert filled["value"].to_list() == [None, 10, 15, 30, None]
    assert filled["imputed"].to_list() == [False, False, True, False, False]
    assert interpolate_linear(panel(rows), max_gap=3)["value"].to_list() == [None, 10, None, 30, None]


def test_marks_of_an_earlier_step_are_kept() -> None:
    first = interpolate_linear(panel([("a", 1, 1.0), ("a", 2, None), ("a", 3, 3.0), ("a", 4, None)]))
    both = carry_forward(first)
    assert both["value"].to_list() == [1, 2, 3, 3]
    assert both["imputed"].to_list() == [False, True, False, True]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=12), st.integers(1, 4))
def test_present_cells_never_change(cells: list[float | None], limit: int) -> None:
    frame = panel([("a", i, cell) for i, cell in enumerate(cells)])
    for filled in (carry_forward(frame, max_age=limit), interpolate_linear(frame, max_gap=limit + 1)):
        for before, after, mark in zip(cells, filled["value"], filled["imputed"], strict=True):
            if before is not None:
                assert after == before
                assert not mark
            else:
                assert mark == (after is not None)


def test_wrong_input_is_refused() -> None:
    with pytest.raises(TreatmentError) as error:
        carry_forward(panel([("a", 1, 1.0), ("a", 1, 2.0)]))
    assert error.value.code == "repeated_period"
    with pytest.raises(TreatmentError) as error:
        carry_forward(panel(ROWS).drop("indicator"))
    assert error.value.code == "unknown_column"
    with pytest.raises(TreatmentError, match="whole numbers"):
        interpolate_linear(panel(ROWS).with_columns(pl.col("period").cast(pl.String)))
    with pytest.raises(TreatmentError):
        carry_forward(panel(ROWS), max_age=0)
    with pytest.raises(TreatmentError):
        interpolate_linear(panel(ROWS), max_gap=1)
