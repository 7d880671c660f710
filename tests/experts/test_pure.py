"""Questions, results and proposals without a database."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjian.experts.asking import SCALE, AskingError, Part, nodes_to_ask, pairs_of, parts_of
from kanjian.experts.proposing import rounded, with_weights
from kanjian.experts.results import group, standing
from kanjian.scoring import Scheme
from kanjian.scoring.weights import budget_allocation

SCHEME = Scheme.load(
    """
format: kanjian/scheme/1
code: s
version: "1"
name: S
tree:
  code: index
  children:
    - {code: a, name: 甲, weight: 50, rule: {method: minmax}}
    - {code: b, name: 乙, weight: 30, rule: {method: minmax}}
    - {code: c, name: 丙, weight: 20, rule: {method: minmax}}
    - {code: d, name: 丁, rule: {method: bonus, at_most: 3}}
"""
)
PARTS = parts_of(SCHEME, "index")
STEPS = st.sampled_from([float(step) for step in SCALE] + [1 / step for step in SCALE])


def test_a_bonus_has_no_weight_to_give() -> None:
    assert [(part.code, part.share) for part in PARTS] == [("a", 0.5), ("b", 0.3), ("c", 0.2)]
    assert [pair.key for pair in pairs_of(PARTS)] == ["a|b", "a|c", "b|c"]
    assert nodes_to_ask(SCHEME) == [("index", "index", "index")]


@pytest.mark.parametrize(("node", "code"), [("nowhere", "no_node"), ("a", "few_parts")])
def test_what_cannot_be_asked(node, code) -> None:
    with pytest.raises(AskingError) as error:
        parts_of(SCHEME, node)
    assert error.value.code == code


def test_perfect_judgements_have_ratio_zero_and_the_weights_they_name() -> None:
    """2, 4 and 2 say exactly 4 : 2 : 1."""
    state = standing("ahp", PARTS, {"a|b": 2, "a|c": 4, "b|c": 2})
    assert state.is_complete
    assert state.is_consistent
    assert state.ratio == pytest.approx(0, abs=1e-9)
    assert state.weights == pytest.approx({"a": 4 / 7, "b": 2 / 7, "c": 1 / 7})


def test_a_contradiction_names_the_pair_that_fits_least() -> None:
    """Five judgements say 8 : 4 : 2 : 1, the sixth that the last is twice as important as the first."""
    parts = [Part(code, code, "", "", 0.25) for code in "wxyz"]
    state = standing("ahp", parts, {"w|x": 2, "w|y": 4, "w|z": 1 / 2, "x|y": 2, "x|z": 4, "y|z": 2})
    assert not state.is_consistent
    assert state.worst is not None
    left, right, judged, implied = state.worst
    assert (left, right, judged) == ("w", "z", 1 / 2)
    assert implied > 1


def test_unfinished_answers_say_what_is_open() -> None:
    assert standing("ahp", PARTS, {"a|b": 3}).open == 2
    budget = standing("budget", PARTS, {"a": 50, "b": 30, "c": None})
    assert (budget.open, budget.given, budget.is_complete) == (1, 80, False)
    assert not standing("budget", PARTS, {"a": 50, "b": 30, "c": 10}).is_complete  # 90 points are no budget
    assert standing("budget", PARTS, {"a": 50, "b": 50, "c": 0}).is_complete  # nothing is an answer


def test_the_group_leaves_contradictions_out_and_says_so() -> None:
    good, bad = {"a|b": 2, "a|c": 4, "b|c": 2}, {"a|b": 9, "a|c": 1 / 9, "b|c": 9}
    found = group("ahp", PARTS, [(1, good), (1, bad), (1, {"a|b": 2})])
    assert found is not None
    assert (found.counted, found.left_out) == (1, 2)
    assert found.weights == pytest.approx({"a": 4 / 7, "b": 2 / 7, "c": 1 / 7})
    assert group("ahp", PARTS, [(1, bad)]) is None


def test_influence_counts_by_the_geometric_mean() -> None:
    """Two experts who say 4 and 1, the first with three times the influence: 4^(3/4) = 2.83."""
    scheme = Scheme.load(
        SCHEME.to_dict() | {"tree": {"code": "i", "children": SCHEME.to_dict()["tree"]["children"][:2]}}
    )
    parts = parts_of(scheme, "i")
    found = group("ahp", parts, [(3, {"a|b": 4}), (1, {"a|b": 1})])
    assert found is not None
    assert found.weights["a"] / found.weights["b"] == pytest.approx(4**0.75)


def test_budgets_agree_with_the_library() -> None:
    sheets = [{"a": 30.0, "b": 50.0, "c": 20.0}, {"a": 20.0, "b": 60.0, "c": 20.0}, {"a": 40.0, "b": 30.0, "c": 30.0}]
    found = group("budget", PARTS, [(1, sheet) for sheet in sheets])
    oracle = budget_allocation(pl.DataFrame([{"expert": str(n), **sheet} for n, sheet in enumerate(sheets)]))
    assert found is not None
    assert found.weights == pytest.approx(dict(oracle.values))


@given(st.dictionaries(st.sampled_from([pair.key for pair in pairs_of(PARTS)]), STEPS, min_size=3))
def test_weights_are_positive_and_sum_to_one(answers) -> None:
    state = standing("ahp", PARTS, answers)
    assert math.fsum(state.weights.values()) == pytest.approx(1)
    assert min(state.weights.values()) > 0


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.floats(0.001, 1000), min_size=1, max_size=12))
def test_rounded_weights_keep_their_sum_and_stay_within_a_unit(weights) -> None:
    found = rounded(weights, 94)
    assert round(math.fsum(found.values()), 6) == 94
    total = math.fsum(weights.values())
    assert all(abs(found[code] - 94 * weight / total) < 0.01 + 1e-6 for code, weight in weights.items())


def test_the_proposal_changes_the_named_weights_and_the_label_alone() -> None:
    text = with_weights(SCHEME, "index", {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}, version="2")
    changes = {change.path: (change.before, change.after) for change in SCHEME.differences(Scheme.load(text))}
    # 100 in three: the first of equal remainders gets the last hundredth.
    assert changes == {
        "version": ("1", "2"),
        "tree.a.weight": (50, 33.34),
        "tree.b.weight": (30, 33.33),
        "tree.c.weight": (20, 33.33),
    }
