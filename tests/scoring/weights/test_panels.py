"""Weights from people: given, equal, AHP and budget allocation."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from kanjian.scoring.weights import WeightsError, ahp, budget_allocation, equal, given, judgement_matrix
from kanjian.scoring.weights.ahp import RANDOM_INDEX

NAMES = ["a", "b", "c"]
CONSISTENT = [[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]]


def codes(found: object) -> set[str]:
    return {notice.code for notice in found.notices}  # type: ignore[attr-defined]


def test_equal_and_given() -> None:
    assert equal(["a", "b", "c", "d"]).values == dict.fromkeys("abcd", 0.25)
    assert given({"a": 30, "b": 50, "c": 0}).values == {"a": 0.375, "b": 0.625, "c": 0}
    assert codes(given({"a": 1, "b": 0})) == {"zero_weight"}
    for wrong, code in (({"a": -1, "b": 2}, "negative"), ({"a": 0}, "zero_sum"), ({"a": math.nan}, "not_finite")):
        with pytest.raises(WeightsError) as error:
            given(wrong)
        assert error.value.code == code
    with pytest.raises(WeightsError) as error:
        equal(["a", "a"])
    assert error.value.code == "duplicate"


def test_ahp_consistent_judgements_come_back_exactly() -> None:
    found = ahp(NAMES, CONSISTENT)
    assert list(found.values.values()) == pytest.approx([4 / 7, 2 / 7, 1 / 7], abs=1e-12)
    assert found.facts["lambda_max"] == pytest.approx(3, abs=1e-12)
    assert found.facts["consistency_ratio"] == pytest.approx(0, abs=1e-12)
    assert found.facts["consistent"] == 1
    assert not found.notices


def test_ahp_formulae_on_an_inconsistent_matrix() -> None:
    matrix = np.array([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
    found = ahp(NAMES, matrix)
    weights = np.array(list(found.values.values()))
    largest = found.facts["lambda_max"]
    np.testing.assert_allclose(matrix @ weights, largest * weights, rtol=1e-12)
    assert found.facts["consistency_index"] == pytest.approx((largest - 3) / 2)
    assert found.facts["consistency_ratio"] == pytest.approx((largest - 3) / 2 / 0.58)


def test_ahp_contradiction_is_named() -> None:
    circle = judgement_matrix(NAMES, {("a", "b"): 5, ("b", "c"): 5, ("a", "c"): 1 / 5})
    found = ahp(NAMES, circle)
    assert found.facts["consistent"] == 0
    assert codes(found) == {"inconsistent", "worst_judgement"}


def test_ahp_two_indicators_cannot_contradict() -> None:
    found = ahp(["a", "b"], [[1, 9], [1 / 9, 1]])
    assert found.facts["consistency_ratio"] == 0
    assert found.values["a"] == pytest.approx(0.9)
    assert ahp(["a"], [[1]]).values == {"a": 1.0}


def test_ahp_group_is_the_geometric_mean_of_judgements() -> None:
    other = [[1, 1 / 2, 1], [2, 1, 2], [1, 1 / 2, 1]]
    found = ahp(NAMES, CONSISTENT, other, experts=["x", "y"])
    joined = np.sqrt(np.array(CONSISTENT) * np.array(other))
    assert list(found.values.values()) == pytest.approx(list(ahp(NAMES, joined).values.values()), abs=1e-12)
    assert found.experts is not None
    assert found.experts["expert"].to_list() == ["x", "y"]
    weighted = ahp(NAMES, CONSISTENT, other, expert_weights=[1, 0])
    assert list(weighted.values.values()) == pytest.approx([4 / 7, 2 / 7, 1 / 7])


def test_ahp_inconsistent_expert_is_named_even_if_the_group_is_fine() -> None:
    circle = judgement_matrix(NAMES, {("a", "b"): 3, ("b", "c"): 3, ("a", "c"): 1 / 3})
    reverse = judgement_matrix(NAMES, {("a", "b"): 1 / 3, ("b", "c"): 1 / 3, ("a", "c"): 3})
    found = ahp(NAMES, circle, reverse, experts=["x", "y"])
    assert found.facts["consistent"] == 1
    assert [notice.subject for notice in found.notices] == ["x", "y"]


def test_ahp_rounded_reciprocals_are_accepted_and_nonsense_is_not() -> None:
    ahp(NAMES, [[1, 3, 5], [0.33, 1, 2], [0.2, 0.5, 1]])
    cases = [
        ([[1, 3], [3, 1]], ["a", "b"], "not_reciprocal"),
        ([[1, 2, 3], [0.5, 1, 1]], NAMES, "not_square"),
        ([[1, -2], [-0.5, 1]], ["a", "b"], "not_positive"),
        (np.ones((16, 16)), [f"i{k}" for k in range(16)], "too_many"),
    ]
    for matrix, names, code in cases:
        with pytest.raises(WeightsError) as error:
            ahp(names, matrix)
        assert error.value.code == code
    with pytest.raises(WeightsError) as error:
        ahp(NAMES)
    assert error.value.code == "no_experts"
    with pytest.raises(WeightsError) as error:
        ahp(NAMES, CONSISTENT, expert_weights=[1, 2])
    assert error.value.code == "length"


def test_judgements_in_either_order_and_missing_ones() -> None:
    found = judgement_matrix(NAMES, {("b", "a"): 0.5, ("a", "c"): 4, ("b", "c"): 2})
    np.testing.assert_allclose(found, CONSISTENT)
    with pytest.raises(WeightsError, match="b/c") as error:
        judgement_matrix(NAMES, {("a", "b"): 2, ("a", "c"): 4})
    assert error.value.code == "incomplete"
    with pytest.raises(WeightsError):
        judgement_matrix(NAMES, {("a", "z"): 2})
    with pytest.raises(WeightsError):
        judgement_matrix(NAMES, {("a", "b"): 0})


def test_random_index_table() -> None:
    assert len(RANDOM_INDEX) == 15
    assert RANDOM_INDEX[2:9] == (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45)


def test_budget_mean_median_and_spread() -> None:
    sheets = pl.DataFrame({"expert": ["x", "y", "z"], "a": [60, 50, 10], "b": [40, 50, 90]})
    mean = budget_allocation(sheets)
    assert mean.values == pytest.approx({"a": 0.4, "b": 0.6})
    median = budget_allocation(sheets, statistic="median")
    assert median.values == pytest.approx({"a": 0.5, "b": 0.5})
    assert mean.details["low"].to_list() == [0.1, 0.4]
    assert mean.details["sd"][0] == pytest.approx(np.std([0.6, 0.5, 0.1], ddof=1))
    assert {notice.subject for notice in mean.notices if notice.code == "wide_spread"} == {"a"}


def test_budget_sheets_that_do_not_add_up_and_abstentions() -> None:
    sheets = pl.DataFrame({"expert": ["x", "y"], "a": [30.0, 10.0], "b": [30.0, None]})
    found = budget_allocation(sheets, budget=60)
    assert [(n.code, n.subject) for n in found.notices if n.subject == "y"] == [
        ("budget_missed", "y"),
        ("abstained", "y"),
    ]
    assert found.details["answers"].to_list() == [2, 1]
    assert found.experts is not None
    assert found.experts["b"].to_list() == [0.5, None]


@pytest.mark.parametrize(
    ("sheets", "code"),
    [
        ({"expert": ["x"], "a": [-1.0], "b": [2.0]}, "negative"),
        ({"expert": ["x"], "a": [0.0], "b": [0.0]}, "zero_sum"),
        ({"expert": ["x"], "a": [5.0], "b": [None]}, "incomplete"),
        ({"who": ["x"], "a": [5.0]}, "no_experts"),
        ({"expert": ["x"], "a": ["much"]}, "not_numeric"),
    ],
)
def test_budget_refuses(sheets: dict[str, list[object]], code: str) -> None:
    with pytest.raises(WeightsError) as error:
        budget_allocation(pl.DataFrame(sheets))
    assert error.value.code == code
