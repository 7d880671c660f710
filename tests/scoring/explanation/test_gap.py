"""Gaps between units and periods, through the engine, for schemes of every kind."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanjian.scoring.explanation import ExplanationError, gap
from kanjian.scoring.explanation.states import states_of

UNITS = ["甲", "乙", "丙", "丁"]
SLOW = settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(data=st.data())
def test_parts_sum_to_the_gap_and_nothing_stays_unnamed(make: Any, data: st.DataObject) -> None:
    scheme = make.scheme(data.draw(make.tree("r", 2)))
    result = make.result(scheme, data.draw(make.table(scheme, UNITS)))
    scores = dict(result.scores.drop_nulls("score").select("unit", "score").iter_rows())
    by_place = {n.code for n in scheme.nodes() if n.aggregate and n.aggregate.method in {"copeland", "median_rank"}}
    for unit, other in pairwise(scores):
        found = gap(result, unit, other)
        assert found.score == scores[unit]
        assert math.fsum(p.points for p in found.parts) == pytest.approx(scores[unit] - scores[other], abs=1e-9)
        assert not [p for p in found.parts if p.cause == "limit"], "the engine did something that has no name"
        assert {p.node for p in found.parts if p.cause == "whole"} <= by_place


@SLOW
@given(data=st.data())
def test_two_editions_with_two_methods(make: Any, data: st.DataObject) -> None:
    schemes = [make.scheme(data.draw(make.tree("r", 2)), version=v) for v in ("1", "2")]
    before, after = (make.result(s, data.draw(make.table(s, UNITS))) for s in schemes)
    for unit in UNITS:
        one, two = (dict(r.scores.select("unit", "score").iter_rows())[unit] for r in (before, after))
        if one is not None and two is not None:
            found = gap(after, unit, unit, versus_result=before)
            assert math.fsum(p.points for p in found.parts) == pytest.approx(two - one, abs=1e-9)


def _plain(make: Any, **root: Any) -> Any:
    children = [
        {
            "code": "D1",
            "weight": 3,
            "children": [{"code": "A", "rule": {"method": "direct"}}, {"code": "B", "rule": {"method": "direct"}}],
        },
        {"code": "C", "weight": 1, "rule": {"method": "direct"}},
    ]
    return make.scheme({"code": "index", "children": children, **root})


def test_additive_gap_is_weight_times_difference(make: Any) -> None:
    rows = [
        {"unit": "甲", "track": "t", "A": 80, "B": 60, "C": 90},
        {"unit": "乙", "track": "t", "A": 70, "B": 70, "C": 50},
    ]
    found = gap(make.result(_plain(make), rows), "甲", "乙")
    assert found.by_node() == pytest.approx({"C": 0.25 * 40, "A": 0.375 * 10, "B": -0.375 * 10})
    assert found.difference == pytest.approx(10)
    assert found.waterfall(1) == [("C", 10.0), ("…", pytest.approx(0))]


def test_missing_value_shows_as_presence_and_weights(make: Any) -> None:
    rows = [
        {"unit": "甲", "track": "t", "A": 80, "B": None, "C": 50},
        {"unit": "乙", "track": "t", "A": 80, "B": 40, "C": 50},
    ]
    found = gap(make.result(_plain(make), rows), "甲", "乙")
    assert {(p.node, p.cause) for p in found.parts} == {("B", "presence"), ("A", "weight")}
    assert found.difference == pytest.approx(0.75 * 20)


def test_one_dimension_alone(make: Any) -> None:
    rows = [
        {"unit": "甲", "track": "t", "A": 80, "B": 60, "C": 90},
        {"unit": "乙", "track": "t", "A": 70, "B": 70, "C": 50},
    ]
    found = gap(make.result(_plain(make), rows), "甲", "乙", node="D1")
    assert found.by_node() == pytest.approx({"A": 5, "B": -5})


def test_states_are_the_engines_points(make: Any) -> None:
    result = make.result(_plain(make), [{"unit": "甲", "track": "t", "A": 80, "B": 60, "C": 90}])
    state = states_of(result.scheme, result.parameters, result.values)[0]
    assert state is not None
    assert state.children["D1"].points == result.scores["D1"][0] == 70
    assert state.weights == pytest.approx({"D1": 0.75, "C": 0.25})


@pytest.mark.parametrize(
    ("unit", "node", "code"),
    [("戊", None, "unknown_unit"), ("乙", None, "no_score"), ("甲", "Z", "unknown_node"), ("乙", "C", "no_score")],
)
def test_what_cannot_be_explained_says_so(make: Any, unit: str, node: str | None, code: str) -> None:
    rows = [{"unit": "甲", "track": "t", "A": 80, "B": 60, "C": 90}, {"unit": "乙", "track": "t"}]
    result = make.result(_plain(make), rows)
    with pytest.raises(ExplanationError) as error:
        gap(result, "甲", unit, node=node)
    assert error.value.code == code


def test_frame_of_parts(make: Any) -> None:
    rows = [
        {"unit": "甲", "track": "t", "A": 80, "B": 60, "C": 90},
        {"unit": "乙", "track": "t", "A": 70, "B": 60, "C": 90},
    ]
    frame = gap(make.result(_plain(make), rows), "甲", "乙").frame()
    assert frame.to_dicts() == [{"node": "A", "cause": "value", "points": 3.75, "before": 70.0, "after": 80.0}]
    assert frame.schema["points"] == pl.Float64
