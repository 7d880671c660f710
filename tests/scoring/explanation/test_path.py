"""The cheapest path: proven against a linear programme where it claims to be exact, and always re-scored."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from kanjian.scoring import Result, Values, score
from kanjian.scoring.explanation import ExplanationError, Path, path_to

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BANDS = [{"code": code, "at_least": at_least} for code, at_least in (("A", 90), ("B", 80), ("C", 60), ("D", 0))]
DIRECT: dict[str, Any] = {"rule": {"method": "direct"}}
UNITS = ["甲", "乙", "丙", "丁", "戊"]


def _result(make: Any, leaves: dict[str, Any], table: dict[str, list[float | None]], **root: Any) -> Result:
    head = {key: root.pop(key) for key in ("ties",) if key in root}
    children = [{"code": code, **leaf} for code, leaf in leaves.items()]
    scheme = make.scheme({"code": "index", "children": children, **root}, bands=BANDS, **head)
    count = len(next(iter(table.values())))
    rows = [{"unit": UNITS[i], "track": "t", **{name: cells[i] for name, cells in table.items()}} for i in range(count)]
    result: Result = make.result(scheme, rows)
    return result


def _check(path: Path, result: Result) -> Result:
    """Apply the steps to the data and score everybody: the path must keep its word."""
    unit = pl.col("unit") == path.unit
    moved = [pl.when(unit).then(s.to).otherwise(pl.col(s.input)).alias(s.input) for s in path.steps]
    after = score(result.scheme, Values(result.values.frame.with_columns(moved)))
    own = after.scores.filter(unit)
    assert own["score"][0] == path.new_score
    assert own["track_rank"][0] == path.new_rank
    assert own["band"][0] == path.new_band
    assert path.cost == pytest.approx(sum(step.cost for step in path.steps))
    return after


def codes(path: Path) -> set[str]:
    return {note.code for note in path.assumptions}


def test_cheapest_points_are_bought_first_and_the_last_step_in_part(make: Any) -> None:
    leaves = {"A": {"weight": 1, **DIRECT}, "B": {"weight": 3, **DIRECT}}
    result = _result(make, leaves, {"A": [60, 90], "B": [80, 90]})
    # 75 points; B brings 0.75 a unit at cost 1, A 0.25 at cost 0.2: A is cheaper (0.8 a point) but ends at 100
    path = path_to(result, "甲", band="A", costs={"A": 0.2, "B": 1.0})
    _check(path, result)
    assert path.exact
    assert path.reached
    assert [(s.node, s.value, s.to) for s in path.steps] == [("A", 60, 100), ("B", 80, pytest.approx(80 + 5 / 0.75))]
    assert [s.gain for s in path.steps] == pytest.approx([10, 5])
    assert path.cost == pytest.approx(40 * 0.2 + 5 / 0.75)
    assert path.new_score == pytest.approx(90, abs=1e-9)
    assert path.new_band == "A"
    assert codes(path) == {"rivals_held", "limits", "cost_given"}


@SLOW
@given(data=st.data())
def test_additive_path_equals_the_linear_programme(make: Any, data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 6))
    rules = [
        {"rule": {"method": "efficacy", "good": 95, "bad": 20, "at_least": 0}},
        {"direction": "down", "rule": {"method": "reverse", "good": 5, "bad": 100}},
        {"rule": {"method": "target_ratio", "target": 90}},
        {"rule": {"method": "minmax"}},
    ]
    leaves, table, names = {}, {}, [f"L{i}" for i in range(count)]
    for name in names:
        leaves[name] = {"weight": data.draw(st.integers(1, 5)), **data.draw(st.sampled_from(rules))}
        # the first unit is strictly inside the others, so that it sets no bound
        table[name] = [float(data.draw(st.integers(31, 79))), 20.0, 90.0, float(data.draw(st.integers(20, 90)))]
    costs = {name: data.draw(st.integers(1, 20)) / 10 for name in names}
    result = _result(make, leaves, table)
    target = data.draw(st.sampled_from([80.0, 90.0]))
    path = path_to(result, "甲", band={80.0: "B", 90.0: "A"}[target], costs=costs)
    after = _check(path, result)
    assert path.exact

    start = result.scores["score"][0]
    assume(start < target)
    frame, steps, slopes = result.values.frame, [], []
    for name in names:  # numeric slope and length of each straight line, from the engine
        end = {"efficacy": 95.0, "reverse": 5.0, "target_ratio": 90.0, "minmax": 90.0}[leaves[name]["rule"]["method"]]
        moved = frame.with_columns(pl.when(pl.col("unit") == "甲").then(end).otherwise(pl.col(name)).alias(name))
        gain = score(result.scheme, Values(moved), parameters=result.parameters).scores["score"][0] - start
        length = abs(end - table[name][0])
        steps.append(length)
        slopes.append(gain / length)
    needed = min(target - start, float(np.dot(slopes, steps)))
    solved = linprog(
        [costs[n] for n in names], A_ub=[[-s for s in slopes]], b_ub=[-needed], bounds=[(0, s) for s in steps]
    )
    assert solved.success
    assert path.cost == pytest.approx(solved.fun, rel=1e-6, abs=1e-6)
    assert path.reached == (start + float(np.dot(slopes, steps)) >= target - 1e-9)
    assert after.scores["score"][0] == pytest.approx(start + needed, abs=1e-9)


COUNTRY: dict[str, Any] = {"A": DIRECT, "B": {"weight": 2, **DIRECT}, "C": {"rule": {"method": "minmax", "floor": 5}}}


def _four_units(data: st.DataObject) -> tuple[dict[str, list[float | None]], dict[str, float]]:
    cell = st.integers(10, 90).map(float)
    table: dict[str, list[float | None]] = {
        name: list(data.draw(st.lists(cell, min_size=4, max_size=4))) for name in "ABC"
    }
    return table, {name: data.draw(st.integers(1, 9)) / 2 for name in "ABC"}


@SLOW
@given(data=st.data())
def test_bent_index_with_frozen_bounds_has_no_cheaper_path(make: Any, data: st.DataObject) -> None:
    """A geometric mean is quasi-concave: the polished path is the cheapest, no other one reaches the goal for less."""
    table, costs = _four_units(data)
    fresh = _result(make, COUNTRY, table, aggregate={"method": "geometric"})
    ends: dict[str, list[float | None]] = {name: [0.0, 100.0] for name in "ABC"}
    frozen = _result(make, COUNTRY, ends, aggregate={"method": "geometric"}).parameters
    result = score(fresh.scheme, fresh.values, parameters=frozen)
    path = path_to(result, "甲", rank=1, costs=costs)
    assert path.reached
    if path.cost == 0:
        return
    rng = np.random.default_rng(1)
    start = {name: float(table[name][0] or 0.0) for name in "ABC"}
    for _ in range(20):
        way = rng.dirichlet(np.ones(3)) * 0.99 * path.cost  # just a little cheaper, in any direction
        to = {name: min(100.0, start[name] + spent / costs[name]) for name, spent in zip("ABC", way, strict=True)}
        moved = [pl.when(pl.col("unit") == "甲").then(v).otherwise(pl.col(n)).alias(n) for n, v in to.items()]
        tried = score(result.scheme, Values(result.values.frame.with_columns(moved)), parameters=frozen)
        assert tried.scores["track_rank"][0] > 1


@SLOW
@given(data=st.data())
def test_what_is_promised_holds_where_the_unit_sets_bounds(make: Any, data: st.DataObject) -> None:
    table, costs = _four_units(data)
    result = _result(make, COUNTRY, table, aggregate={"method": "geometric"})
    path = path_to(result, "甲", rank=1, costs=costs)
    after = _check(path, result)
    assert path.reached == (after.scores.filter(pl.col("unit") == "甲")["track_rank"][0] == 1)
    assert all(step.to <= max(90.0, *(v or 0 for v in table["C"])) for step in path.steps if step.node == "C")


def test_rank_goal_shares_the_rank_under_min_and_passes_under_max(make: Any) -> None:
    for ties in ("min", "max"):
        result = _result(make, {"A": DIRECT}, {"A": [50.0, 70.0, 90.0]}, ties={"method": ties})
        path = path_to(result, "甲", rank=2)
        _check(path, result)
        assert path.new_rank == 2
        assert (path.new_score == 70) == (ties == "min")
        assert path.new_score == pytest.approx(70, abs=1e-6)


def test_goal_that_is_reached_already_costs_nothing(make: Any) -> None:
    result = _result(make, {"A": DIRECT}, {"A": [85.0, 70.0]})
    for goal in ({"rank": 1}, {"rank": 2}, {"band": "B"}, {"rank": 9}):
        path = path_to(result, "甲", **goal)  # type: ignore[arg-type]
        assert (path.steps, path.cost, path.reached) == ((), 0, True)


def test_unreachable_goal_shows_the_best_reachable(make: Any) -> None:
    leaves = {"A": {"unit": "%", **DIRECT}, "B": DIRECT}
    result = _result(make, leaves, {"A": [60.0, 90.0], "B": [None, 90.0]}, cap={"at_most": 85.0})
    path = path_to(result, "甲", band="A")
    _check(path, result)
    assert not path.reached
    assert path.new_score == 85
    assert {"unreachable", "left_alone"} <= codes(path)


def test_given_limit_is_respected(make: Any) -> None:
    result = _result(make, {"A": DIRECT, "B": DIRECT}, {"A": [60.0, 90.0], "B": [60.0, 90.0]})
    path = path_to(result, "甲", band="B", costs={"A": 1, "B": 5}, limits={"A": 80})
    assert [(s.node, s.to) for s in path.steps] == [("A", 80), ("B", pytest.approx(80))]


def test_unit_that_sets_the_bound_is_scored_again(make: Any) -> None:
    # 甲 holds the minimum of A: when it rises the others fall, so it needs less than held bounds would say
    result = _result(
        make, {"A": {"rule": {"method": "minmax"}}, "B": DIRECT}, {"A": [10.0, 40.0, 90.0], "B": [50.0, 60.0, 70.0]}
    )
    path = path_to(result, "甲", rank=2, costs={"A": 1, "B": 100})
    after = _check(path, result)
    assert path.reached
    assert not path.exact
    assert "bounds_moved" in codes(path)
    rival = after.scores.filter(pl.col("unit") == "乙")["score"][0]
    assert path.new_score - rival == pytest.approx(0, abs=1e-5)
    held = result.scores.filter(pl.col("unit") == "乙")["score"][0]
    assert path.new_score < held


def test_frozen_bounds_are_not_fitted_again(make: Any) -> None:
    result = _result(make, {"A": {"rule": {"method": "minmax"}}}, {"A": [10.0, 40.0, 90.0]})
    base = _result(make, {"A": {"rule": {"method": "minmax"}}}, {"A": [0.0, 100.0]}).parameters
    frozen = score(result.scheme, result.values, parameters=base)
    path = path_to(frozen, "甲", rank=2)
    assert path.exact
    assert "bounds_held" in codes(path)
    assert "bounds_moved" not in codes(path)
    assert [(s.value, s.to) for s in path.steps] == [(10, pytest.approx(40))]


def test_bounds_follow_in_a_whole_track_cut_out_of_an_edition(make: Any) -> None:
    minmax = {"rule": {"method": "minmax", "within": "track"}}
    scheme = make.scheme(
        {
            "code": "index",
            "children": [{"code": "A", **minmax}, {"code": "B", "rule": {"method": "percentile", "within": "track"}}],
        }
    )
    cells = {"x": [(10.0, 50.0), (40.0, 60.0), (90.0, 70.0)], "y": [(0.0, 0.0), (99.0, 99.0)]}
    rows = [
        {"unit": f"{t}{i}", "track": t, "A": a, "B": b} for t, pairs in cells.items() for i, (a, b) in enumerate(pairs)
    ]
    whole = make.result(scheme, rows)
    part = Values(whole.values.frame.filter(pl.col("track") == "x"))
    field = score(scheme, part, parameters=whole.parameters)
    one, two = (path_to(each, "x0", rank=2, costs={"A": 1, "B": 2}) for each in (whole, field))
    assert one == two
    assert "bounds_moved" in codes(two)
    assert "bounds_held" not in codes(two)


def test_jumps_curves_and_minima_are_searched(make: Any) -> None:
    step = {"rule": {"method": "step", "steps": [{"at_least": 90, "points": 100}, {"at_least": 80, "points": 60}]}}
    leaves = {"A": step, "B": {"rule": {"method": "goalposts", "low": 1, "high": 100, "log": True}}}
    result = _result(make, leaves, {"A": [70.0, 95.0], "B": [30.0, 95.0]})
    path = path_to(result, "甲", band="B", costs={"A": 1, "B": 1})
    _check(path, result)
    assert path.reached
    assert not path.exact
    assert {s.node: s.to for s in path.steps}["A"] == 90  # the jump is taken as a whole
    lowest = _result(
        make, {"A": DIRECT, "B": DIRECT}, {"A": [50.0, 90.0], "B": [50.0, 90.0]}, aggregate={"method": "min"}
    )
    both = path_to(lowest, "甲", band="B", costs={"A": 1, "B": 1})
    _check(both, lowest)
    assert {s.node: pytest.approx(s.to, abs=1e-6) for s in both.steps} == {"A": 80, "B": 80}


@pytest.mark.parametrize("up", [True, False])
def test_nobody_overtakes_the_own_former_self(make: Any, up: bool) -> None:
    leaf = {"direction": "up" if up else "down", "rule": {"method": "percentile"}}
    column = [50.0, 60.0, 70.0] if up else [70.0, 60.0, 50.0]
    result = _result(make, {"A": leaf, "B": DIRECT}, {"A": column, "B": [50.0, 60.0, 70.0]})
    path = path_to(result, "甲", rank=2, costs={"A": 0.001, "B": 1000})
    _check(path, result)
    assert path.reached
    (step,) = path.steps
    # equal values share the lower place, so the rival is passed by a hair; a hair above the own value would not do
    assert step.to == pytest.approx(60)
    assert (step.to > 60) == up
    assert step.to != 60


def test_growth_denominator_bonus_and_deduction_can_be_moved(make: Any) -> None:
    leaves: dict[str, Any] = {
        "G": {
            "inputs": ["now", "past"],
            "rule": {"method": "growth", "then": {"method": "efficacy", "good": 20, "bad": 0}},
        },
        "P": {"denominator": {"input": "people", "times": 1000}, "rule": {"method": "goalposts", "low": 0, "high": 10}},
        "X": {"rule": {"method": "bonus", "at_most": 3}},
        "Y": {"kind": "deduction", **DIRECT},
    }
    table: dict[str, list[float | None]] = {
        "now": [30, 40], "past": [30, 30], "P": [2, 10], "people": [500, 1000], "X": [1, 0], "Y": [4, 0],
    }  # fmt: skip
    result = _result(make, leaves, table)
    path = path_to(result, "甲", rank=1)
    _check(path, result)
    best = path_to(result, "甲", band="A", costs={"now": 1.0, "P": 1.0, "X": 1.0, "Y": 0.01})
    _check(best, result)
    assert best.reached == (best.new_score >= 90)
    moves = {s.input: s.to for s in best.steps}
    assert 30 < moves["now"] <= 36
    assert moves["P"] <= 5
    assert moves["Y"] == 0
    assert {"past", "people"}.isdisjoint(moves)


def test_default_cost_is_the_typical_change_of_the_indicators_own_history(make: Any) -> None:
    result = _result(make, {"A": DIRECT, "B": DIRECT}, {"A": [60.0, 90.0], "B": [60.0, 90.0]})
    earlier = pl.DataFrame({"unit": ["甲", "乙"], "A": [50.0, 80.0], "B": [59.0, 90.0]})
    path = path_to(result, "甲", band="C", history=[earlier])
    assert path.steps == ()
    path = path_to(result, "甲", band="B", history=[earlier])
    # A moved by 10 a period, B by 1 (乙 stood still and does not count): a point of A is ten times cheaper
    assert [(s.node, s.to, s.cost) for s in path.steps] == [("A", pytest.approx(100), pytest.approx(4))]
    assert "cost_from_history" in codes(path)
    assert "cost_from_spread" in codes(path_to(result, "甲", band="B"))


@pytest.mark.parametrize(
    ("unit", "goal", "code"),
    [
        ("丙", {"rank": 1}, "unknown_unit"),
        ("甲", {}, "no_goal"),
        ("甲", {"rank": 1, "band": "A"}, "no_goal"),
        ("甲", {"rank": 0}, "no_goal"),
        ("甲", {"band": "Z"}, "unknown_band"),
        ("乙", {"rank": 1}, "no_rank"),
        ("乙", {"band": "A"}, "no_score"),
    ],
)
def test_what_is_not_a_goal(make: Any, unit: str, goal: dict[str, Any], code: str) -> None:
    result = _result(make, {"A": DIRECT}, {"A": [60.0, None]})
    with pytest.raises(ExplanationError) as error:
        path_to(result, unit, **goal)
    assert error.value.code == code
