"""Splits of means: they sum to the change, they are symmetric, and they agree with what can be known otherwise."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kanjian.scoring.explanation.means import Mean, Side, split, value

MEANS = [
    Mean("arithmetic"),
    Mean("geometric"),
    Mean("harmonic"),
    Mean("power", 2.0),
    Mean("power", 0.5),
    Mean("power", -2.0),
    Mean("min"),
]
points = st.one_of(st.floats(0.5, 100), st.sampled_from([0.0, 1e-30, 50.0, 100.0]))


@st.composite
def sides(draw: st.DrawFn) -> tuple[Side, Side]:
    """Two sides of up to five children of which some are counted on one side only."""
    weights = [draw(st.integers(1, 9)) for _ in range(5)]
    return _side(draw, weights), _side(
        draw, [draw(st.integers(1, 9)) for _ in range(5)] if draw(st.booleans()) else weights
    )


def _side(draw: st.DrawFn, weights: list[int]) -> Side:
    children = draw(st.sets(st.integers(0, 4), min_size=1))
    whole = sum(weights[child] for child in children)
    return Side({f"c{c}": draw(points) for c in children}, {f"c{c}": weights[c] / whole for c in children})


@pytest.mark.parametrize("mean", MEANS, ids=lambda mean: f"{mean.kind}{mean.p:g}")
@given(pair=sides())
def test_parts_sum_to_the_change_and_reverse_with_the_sides(mean: Mean, pair: tuple[Side, Side]) -> None:
    before, after = pair
    first, last = value(mean, before), value(mean, after)
    assert first is not None
    assert last is not None
    assert _total(mean, before, after) == pytest.approx(last - first, abs=1e-9)
    forth, back = split(mean, before, after), split(mean, after, before)
    assert forth.slopes == pytest.approx(back.slopes, rel=1e-9, abs=1e-12)
    assert forth.presence == pytest.approx({child: -x for child, x in back.presence.items()}, abs=1e-9)


def _total(mean: Mean, before: Side, after: Side) -> float:
    parts = split(mean, before, after)
    moved = [slope * (after.points[child] - before.points[child]) for child, slope in parts.slopes.items()]
    return math.fsum([*moved, *parts.weights.values(), *parts.presence.values()])


def test_geometric_split_is_the_logarithmic_mean_divisia_index() -> None:
    before, after = Side({"a": 20, "b": 45}, {"a": 0.5, "b": 0.5}), Side({"a": 80, "b": 45}, {"a": 0.5, "b": 0.5})
    # S goes from 30 to 60; L(60, 30) = 30 / ln 2; a's share is L · ½ · ln 4 = 30, the whole of it.
    parts = split(Mean("geometric"), before, after)
    assert parts.slopes["a"] * 60 == pytest.approx(30)
    both = split(Mean("geometric"), before, Side({"a": 80, "b": 90}, after.weights))
    last = 30 * math.sqrt(8)
    scale = (last - 30) / math.log(last / 30)
    assert both.slopes["b"] * 45 == pytest.approx(scale * 0.5 * math.log(2))


def test_weight_change_helps_where_the_child_is_above_the_average() -> None:
    before, after = Side({"a": 80, "b": 40}, {"a": 0.5, "b": 0.5}), Side({"a": 80, "b": 40}, {"a": 0.75, "b": 0.25})
    parts = split(Mean("arithmetic"), before, after)
    # 60 becomes 70; both halves of the shift help: more weight on the strong child, less on the weak one
    assert parts.weights == pytest.approx({"a": 0.25 * (80 - 65), "b": -0.25 * (40 - 65)})


def test_a_child_that_appears_counts_by_its_distance_from_the_average() -> None:
    before, after = Side({"a": 60}, {"a": 1.0}), Side({"a": 60, "b": 90}, {"a": 0.5, "b": 0.5})
    parts = split(Mean("arithmetic"), before, after)
    assert parts.presence["b"] == pytest.approx(0.5 * (90 - 67.5))
    assert parts.weights["a"] == pytest.approx(-0.5 * (60 - 67.5))


def test_minimum_shares_the_time_of_leading() -> None:
    # a falls from 60 to 20, b stays at 40: a is the lower one for the second half of the way
    parts = split(Mean("min"), Side({"a": 60, "b": 40}, {}), Side({"a": 20, "b": 40}, {}))
    assert parts.slopes == pytest.approx({"a": 0.5, "b": 0.5})
    assert parts.slopes["a"] * -40 == pytest.approx(20 - 40)


def test_zero_of_a_geometric_mean_takes_the_whole_change() -> None:
    weights = {"a": 0.2, "b": 0.3, "c": 0.5}
    before, after = Side({"a": 0, "b": 0, "c": 50}, weights), Side({"a": 40, "b": 20, "c": 80}, weights)
    parts = split(Mean("geometric"), before, after)
    last = value(Mean("geometric"), after)
    assert last is not None
    assert parts.slopes["a"] * 40 == pytest.approx(last * 0.4)
    assert parts.slopes["b"] * 20 == pytest.approx(last * 0.6)
    assert parts.slopes["c"] == 0


@given(a=st.floats(1, 100), step=st.floats(-1e-9, 1e-9), p=st.sampled_from([-2.0, -1.0, 0.0, 0.5, 2.0, 3.0]))
@example(a=100.0, step=1e-14, p=0.0)
def test_nearly_equal_sides_do_not_lose_digits(a: float, step: float, p: float) -> None:
    mean = Mean("geometric") if p == 0 else Mean("power", p)
    weights = {"a": 0.5, "b": 0.5}
    parts = split(mean, Side({"a": a, "b": a}, weights), Side({"a": a + step, "b": a}, weights))
    assert parts.slopes["a"] == pytest.approx(0.5, rel=1e-6)


def test_mean_is_undefined_where_it_does_not_exist() -> None:
    half = {"a": 0.5, "b": 0.5}
    assert value(Mean("geometric"), Side({"a": -1, "b": 50}, half)) is None
    assert value(Mean("arithmetic"), Side({}, {})) == 0
    assert value(Mean("harmonic"), Side({"a": 0, "b": 50}, half)) == 0
    with pytest.raises(ValueError, match="without a value"):
        split(Mean("geometric"), Side({"a": -1}, {"a": 1.0}), Side({"a": 1}, {"a": 1.0}))
