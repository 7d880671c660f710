"""Entropy weights: the known cases, missing cells, and pymcdm as an oracle."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from kanjian.scoring.weights import WeightsError, entropy

CASE = pl.DataFrame({"even": [7.0, 7, 7, 7], "one_hot": [0.0, 0, 1, 0], "graded": [1.0, 2, 3, 5]})


def test_constant_column_has_entropy_one_and_no_weight() -> None:
    found = entropy(CASE)
    row = found.details.row(by_predicate=pl.col("indicator") == "even", named=True)
    assert row["entropy"] == 1
    assert found.values["even"] == 0
    assert [notice.subject for notice in found.notices if notice.code == "constant"] == ["even"]


def test_one_hot_column_has_entropy_zero() -> None:
    assert entropy(CASE).details.filter(pl.col("indicator") == "one_hot")["entropy"].item() == 0


def test_nothing_to_tell_apart_gives_equal_weights_and_says_so() -> None:
    found = entropy(pl.DataFrame({"a": [1.0, 1, 1], "b": [2.0, 2, 2]}))
    assert found.values == {"a": 0.5, "b": 0.5}
    assert "all_constant" in {notice.code for notice in found.notices}


def test_formula_step_by_step() -> None:
    shares = np.array([0.0, 0.25, 0.5, 1.0]) / 1.75
    expected = -sum(p * np.log(p) for p in shares if p > 0) / np.log(4)
    found = entropy(CASE.select("graded", "one_hot"))
    assert found.details["entropy"][0] == pytest.approx(expected, abs=1e-14)
    assert found.values["graded"] == pytest.approx((1 - expected) / (2 - expected), abs=1e-14)


def test_direction_turns_the_column() -> None:
    down = entropy(CASE.select("graded", "one_hot"), directions={"graded": "down"})
    turned = CASE.select(pl.col("graded") * -1, "one_hot")
    assert down.values == entropy(turned).values
    assert down.values != entropy(CASE.select("graded", "one_hot")).values


def test_shift_smooths() -> None:
    plain, shifted = entropy(CASE), entropy(CASE, shift=1e-4)
    assert shifted.details["entropy"][1] > plain.details["entropy"][1]
    with pytest.raises(WeightsError):
        entropy(CASE, shift=-1)


def test_missing_cells_follow_the_stated_rule() -> None:
    holes = pl.DataFrame({"a": [1.0, 2, 4, None], "b": [5.0, 1, 2, 3]})
    assert entropy(holes).details["cells"].to_list() == [3, 4]
    assert entropy(holes, missing="complete").values == entropy(holes.head(3)).values
    with pytest.raises(WeightsError, match="missing in a") as error:
        entropy(holes, missing="refuse")
    assert error.value.code == "missing_cells"


def test_agrees_with_pymcdm() -> None:
    weights = pytest.importorskip("pymcdm.weights")
    matrix = np.random.default_rng(3).uniform(0.1, 9, (40, 6))
    found = entropy(pl.DataFrame(matrix, schema=list("abcdef")), normalise=False)
    np.testing.assert_allclose(list(found.values.values()), weights.entropy_weights(matrix), rtol=1e-12)


def test_wrong_input_is_refused() -> None:
    with pytest.raises(WeightsError) as error:
        entropy(pl.DataFrame({"a": ["x", "y"]}))
    assert error.value.code == "not_numeric"
    with pytest.raises(WeightsError) as error:
        entropy(pl.DataFrame({"a": [1.0, float("inf")]}))
    assert error.value.code == "not_finite"
    with pytest.raises(WeightsError) as error:
        entropy(pl.DataFrame({"a": [1.0]}))
    assert error.value.code == "too_few_rows"
    with pytest.raises(WeightsError) as error:
        entropy(pl.DataFrame())
    assert error.value.code == "no_indicators"
    with pytest.raises(WeightsError) as error:
        entropy(pl.DataFrame({"a": [-1.0, 2.0]}), normalise=False)
    assert error.value.code == "negative"
