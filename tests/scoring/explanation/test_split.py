"""The recursion over trees: sums to the change of the root whatever the tree contains."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjian.scoring.explanation.means import Mean
from kanjian.scoring.explanation.model import by_node, waterfall
from kanjian.scoring.explanation.split import NodeState, split_tree

KINDS = [Mean("arithmetic"), Mean("geometric"), Mean("harmonic"), Mean("power", 2.0), Mean("min")]
points = st.one_of(st.floats(1, 100), st.sampled_from([0.0, 40.0, 100.0]))


@st.composite
def state(draw: st.DrawFn, code: str = "r", depth: int = 2) -> NodeState:
    """A node with its children: caps, coefficients, bonus items, comparison in pairs, filled children."""
    if depth == 0:
        return leaf(code, draw(points), draw(st.sampled_from([1.0, 1.0, 1.2])), draw(st.sampled_from(["leaf", "fill"])))
    names = [f"{code}.{i}" for i in range(3) if draw(st.booleans())] or [f"{code}.0"]
    children = {name: draw(state(name, depth - 1)) for name in names}
    raw = {name: draw(st.integers(1, 5)) for name in names}
    weights = {name: weight / sum(raw.values()) for name, weight in raw.items()}
    bonus = (draw(st.sampled_from([1.0, 0.5, -1.0])), leaf(f"{code}.b", draw(st.floats(0, 5))))
    added = {f"{code}.b": bonus} if draw(st.booleans()) else {}
    mean, factor, sheet = (
        draw(st.sampled_from([*KINDS, None])),
        draw(st.sampled_from([1.0, 0.9])),
        draw(st.sampled_from([1.0, 0.6])),
    )
    node = NodeState(code, 0.0, "branch", mean, children, weights, added, factor, sheet)
    if node.base is None:
        return replace(node, points=draw(points))
    now = node.base * factor
    limits = {"cap": min(now, 60.0) - now} if draw(st.booleans()) else {}
    return replace(node, points=now + sum(limits.values()), limits=limits)


def leaf(code: str, value: float, factor: float = 1.0, kind: str = "leaf") -> NodeState:
    return NodeState(code, value * factor, kind, factor=factor)


@given(before=state(), after=state())
def test_parts_sum_to_the_change_of_the_root(before: NodeState, after: NodeState) -> None:
    parts = split_tree(before, after)
    assert math.fsum(part.points for part in parts) == pytest.approx(after.points - before.points, abs=1e-9)
    assert all(part.points for part in parts)


@given(tree=state())
def test_nothing_to_explain_between_a_tree_and_itself(tree: NodeState) -> None:
    assert split_tree(tree, tree) == []


def _pair(mean: Mean, a: float, b: float, limit: float = 1e9) -> NodeState:
    node = NodeState("r", 0.0, "branch", mean, {"a": leaf("a", a), "b": leaf("b", b)}, {"a": 0.5, "b": 0.5})
    assert node.base is not None
    points = min(node.base, limit)
    return replace(node, points=points, limits={"cap": points - node.base} if points < node.base else {})


def test_a_cap_is_a_cause_of_its_own() -> None:
    parts = split_tree(_pair(Mean("arithmetic"), 60, 60), _pair(Mean("arithmetic"), 80, 80, limit=70))
    assert {(p.node, p.cause): p.points for p in parts} == {("a", "value"): 10, ("b", "value"): 10, ("r", "cap"): -10}


def test_a_new_aggregation_is_a_cause_of_its_own() -> None:
    parts = split_tree(_pair(Mean("arithmetic"), 90, 40), _pair(Mean("geometric"), 90, 40))
    assert [(p.node, p.cause) for p in parts] == [("r", "aggregation")]
    assert parts[0].points == pytest.approx(60 - 65)


def test_values_and_aggregation_changing_together_are_told_apart() -> None:
    parts = split_tree(_pair(Mean("arithmetic"), 90, 40), _pair(Mean("geometric"), 40, 40))
    by = {(p.node, p.cause): p.points for p in parts}
    # the mean of both orders: -25 by arithmetic and -20 by geometric for a; -5 and 0 for the aggregation
    assert {key: value for key, value in by.items() if key[1] == "aggregation"} == pytest.approx(
        {("r", "aggregation"): -2.5}
    )
    assert sum(value for key, value in by.items() if key[1] == "value") == pytest.approx(-22.5)


def test_compared_in_pairs_cannot_be_followed_further_down() -> None:
    parts = split_tree(NodeState("r", 50.0), NodeState("r", 75.0))
    assert [(p.node, p.cause, p.points) for p in parts] == [("r", "whole", 25.0)]


def test_deductions_count_downwards() -> None:
    before = NodeState("r", 50.0, "branch", Mean("arithmetic"), {"a": leaf("a", 50.0)}, {"a": 1.0})
    after = replace(before, points=47.0, added={"d": (-1.0, leaf("d", 3.0))})
    assert [(p.node, p.cause, p.points) for p in split_tree(before, after)] == [("d", "presence", -3.0)]


def test_coefficient_of_the_group_is_told_apart_from_the_value() -> None:
    parts = split_tree(leaf("a", 80.0, 1.0), leaf("a", 60.0, 1.1))
    assert {p.cause: p.points for p in parts} == pytest.approx({"value": -20 * 1.05, "coefficient": 70 * 0.1})


def test_waterfall_keeps_the_largest_and_sums_the_rest() -> None:
    sums = by_node(split_tree(_pair(Mean("arithmetic"), 60, 60), _pair(Mean("arithmetic"), 80, 62)))
    assert list(sums.items()) == [("a", 10.0), ("b", 1.0)]
    assert waterfall(sums, 1) == [("a", 10.0), ("…", 1.0)]
    assert waterfall(sums, 2) == [("a", 10.0), ("b", 1.0)]
