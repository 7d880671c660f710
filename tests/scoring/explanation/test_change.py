"""Changes between two editions: every cause gets what is its own, and the parts sum to the whole."""

from __future__ import annotations

import math
from functools import partial
from itertools import permutations
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanjian.scoring import Result, Scheme, Values, fit, score
from kanjian.scoring.explanation import Change, Comparison, ExplanationError, change, rank_changes

UNITS = ["甲", "乙", "丙", "丁", "戊", "己"]
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _check(found: Change, before: Result, after: Result) -> None:
    """Parts sum to the whole, factor by factor over the tree, and for the rank."""
    old, new = (dict(r.scores.select("unit", "score").iter_rows())[found.unit] for r in (before, after))
    assert found.difference == new - old
    assert math.fsum(found.parts.values()) == pytest.approx(new - old, abs=1e-9)
    for factor, points in found.parts.items():
        assert math.fsum(part.points for part in found.details[factor]) == pytest.approx(points, abs=1e-9)
    if found.rank is not None:
        assert sum(found.rank.parts.values()) == pytest.approx(found.rank.after - found.rank.before, abs=1e-12)


@SLOW
@given(data=st.data())
def test_parts_sum_to_the_whole(make: Any, data: st.DataObject) -> None:
    schemes = [make.scheme(data.draw(make.tree("r", 1)))]
    schemes.append(make.scheme(data.draw(make.tree("r", 1)), version="2") if data.draw(st.booleans()) else schemes[0])
    stays = data.draw(st.lists(st.sampled_from(UNITS), min_size=1, unique=True))
    before, after = (
        make.result(s, data.draw(make.table(s, sorted({*stays, extra}))))
        for s, extra in zip(schemes, UNITS, strict=False)
    )
    corrected = (
        make.result(schemes[0], data.draw(make.table(schemes[0], UNITS))).values if data.draw(st.booleans()) else None
    )
    together = Comparison(before, after, corrected=corrected)
    for unit in stays:
        if all(dict(r.scores.select("unit", "score").iter_rows())[unit] is not None for r in (before, after)):
            found = change(before, after, unit, corrected=corrected)
            _check(found, before, after)
            assert _close(together.change(unit), found)
        else:
            for ask in (together.change, partial(change, before, after)):
                with pytest.raises(ExplanationError, match="no score"):
                    ask(unit)


def _close(one: Change, two: Change) -> bool:
    """The same numbers, whether one unit was asked for or all were set side by side."""
    return (
        one.parts == pytest.approx(two.parts, abs=1e-11)
        and one.rank == two.rank
        and {note.code for note in one.notes} == {note.code for note in two.notes}
        and all(one.by_node(factor) == pytest.approx(two.by_node(factor), abs=1e-11) for factor in two.parts)
    )


def _scheme(make: Any, rules: dict[str, Any], version: str = "1", **root: Any) -> Scheme:
    leaves = [{"code": code, **node} for code, node in rules.items()]
    scheme: Scheme = make.scheme({"code": "index", "children": leaves, **root}, version=version)
    return scheme


MINMAX: dict[str, Any] = {"rule": {"method": "minmax"}}
DIRECT: dict[str, Any] = {"rule": {"method": "direct"}}


def _rows(**columns: list[float | None]) -> list[dict[str, Any]]:
    count = len(next(iter(columns.values())))
    return [
        {"unit": UNITS[i], "track": "t", **{name: values[i] for name, values in columns.items()}} for i in range(count)
    ]


def test_value_stood_still_and_the_bounds_moved(make: Any) -> None:
    scheme = _scheme(make, {"A": MINMAX})
    before = make.result(scheme, _rows(A=[50, 0, 100]))
    after = make.result(scheme, _rows(A=[50, 0, 200]))
    found = change(before, after, "甲")
    assert found.parts == {"own": 0, "bounds": pytest.approx(-25)}
    assert found.by_node("bounds") == {"A": pytest.approx(-25)}
    assert found.rank is not None
    assert found.rank.parts == {"own": 0, "others": 0, "bounds": 0}


def test_fixed_standards_leave_everything_to_the_unit(make: Any) -> None:
    scheme = _scheme(make, {"A": DIRECT, "B": {"weight": 3, **DIRECT}})
    before = make.result(scheme, _rows(A=[50, 60, 55], B=[50, 50, 50]))
    after = make.result(scheme, _rows(A=[58, 40, 55], B=[54, 50, 60]))
    found = change(before, after, "甲")
    assert found.parts == {"own": pytest.approx(5), "bounds": 0}
    assert found.by_node("own") == pytest.approx({"B": 3.0, "A": 2.0})
    # alone the own move wins two places; the others' moves alone win one (乙 falls) and lose none (丙 was ahead)
    assert found.rank is not None
    assert (found.rank.before, found.rank.after, found.rank.places) == (3, 2, 1)
    assert found.rank.parts["own"] + found.rank.parts["others"] == -1
    assert found.rank.overtook == ("乙",)
    assert found.rank.overtaken_by == ()
    assert found.rank.comparable
    assert found.notes == ()


def test_new_method_on_the_same_data_is_all_method(make: Any) -> None:
    rows = _rows(A=[50, 20, 90, 70], B=[10, 90, 40, 30])
    before = make.result(_scheme(make, {"A": MINMAX, "B": DIRECT}), rows)
    other = _scheme(make, {"A": {"weight": 2, **DIRECT}, "B": MINMAX}, "2", aggregate={"method": "power", "p": 2})
    after = make.result(other, rows)
    found = change(before, after, "甲")
    assert found.parts == {"own": 0, "bounds": 0, "method": pytest.approx(found.difference)}
    assert found.difference != 0
    assert {part.cause for part in found.details["method"]} >= {"aggregation", "value"}
    assert found.rank is not None
    assert {cause for cause, places in found.rank.parts.items() if places} <= {"method"}
    assert not found.rank.comparable
    assert [note.code for note in found.notes] == ["method_changed", "not_comparable"]


def test_new_method_with_frozen_bounds_is_all_method_too(make: Any) -> None:
    rows = _rows(A=[50, 20, 90, 70], B=[10, 90, 40, 30])
    schemes = [_scheme(make, {"A": MINMAX, "B": {"weight": w, **MINMAX}}, v) for w, v in ((1, "1"), (3, "2"))]
    base = make.result(schemes[0], _rows(A=[0, 100], B=[0, 100])).parameters
    before, after = (score(s, make.result(s, rows).values, parameters=base) for s in schemes)
    found = change(before, after, "甲")
    assert found.parts == {"own": 0, "bounds": 0, "method": pytest.approx(20 - 30)}
    assert "bounds_held" in {note.code for note in found.notes}


def test_corrected_data_is_all_correction(make: Any) -> None:
    scheme = _scheme(make, {"A": MINMAX, "B": {"rule": {"method": "percentile"}}})
    before = make.result(scheme, _rows(A=[50, 20, 90], B=[1, 5, 9]))
    after = make.result(scheme, _rows(A=[60, 20, 120], B=[6, 5, 9]))
    found = change(before, after, "甲", corrected=after.values)
    assert found.parts == {"own": 0, "bounds": 0, "correction": pytest.approx(found.difference)}
    assert found.rank is not None
    assert {cause for cause, places in found.rank.parts.items() if places} <= {"correction"}


def test_correction_and_own_move_are_told_apart(make: Any) -> None:
    scheme = _scheme(make, {"A": DIRECT})
    before, after = make.result(scheme, _rows(A=[50, 10])), make.result(scheme, _rows(A=[65, 10]))
    corrected = make.result(scheme, _rows(A=[60, 10])).values
    parts = change(before, after, "甲", corrected=corrected).parts
    assert parts == pytest.approx({"own": 5, "bounds": 0, "correction": 10})


def test_units_that_come_and_go(make: Any) -> None:
    scheme = _scheme(make, {"A": DIRECT})
    before = make.result(scheme, _rows(A=[50, 60, 40]))
    rows = [
        {"unit": unit, "track": "t", "A": value} for unit, value in {"甲": 50, "丙": 40, "丁": 70, "戊": 80}.items()
    ]
    after = make.result(scheme, rows)
    found = change(before, after, "甲").rank
    assert found is not None
    assert found.parts == {"own": 0, "others": 0, "bounds": 0, "entering_leaving": 1}
    assert not found.comparable
    assert (found.size_before, found.size_after) == (3, 4)


def test_indicator_that_only_one_version_has_belongs_to_the_method(make: Any) -> None:
    before = make.result(_scheme(make, {"A": DIRECT}), _rows(A=[50, 60]))
    after = make.result(_scheme(make, {"A": DIRECT, "B": DIRECT}, "2"), _rows(A=[50, 60], B=[90, 60]))
    found = change(before, after, "甲")
    assert found.parts == {"own": 0, "bounds": 0, "method": pytest.approx(20)}
    assert found.by_node("method")["B"] == pytest.approx(0.5 * (90 - 60))


def test_mixture_without_a_score_is_noted_and_the_sum_still_holds(make: Any) -> None:
    strict: dict[str, Any] = {"missing": {"rule": "strict"}}
    before = make.result(_scheme(make, {"A": DIRECT, "B": DIRECT}), _rows(A=[50, 60], B=[None, 60]))
    after = make.result(_scheme(make, {"A": DIRECT, "B": DIRECT}, "2", **strict), _rows(A=[55, 60], B=[90, 60]))
    found = change(before, after, "甲")
    _check(found, before, after)
    assert "unscored_mixture" in {note.code for note in found.notes}


@SLOW
@given(data=st.data())
def test_agrees_with_shapley_by_hand(make: Any, data: st.DataObject) -> None:
    """Oracle: all orders of own, bounds, method; each mixture scored through the public functions."""
    one = _scheme(make, {"A": MINMAX, "B": {"weight": 2, **MINMAX}}, aggregate={"method": "arithmetic"})
    two = _scheme(make, {"A": {"weight": 4, **MINMAX}, "B": MINMAX}, "2", aggregate={"method": "power", "p": 2})
    cell = st.integers(1, 9).map(float)
    tables = [
        _rows(A=data.draw(st.lists(cell, min_size=4, max_size=4)), B=data.draw(st.lists(cell, min_size=4, max_size=4)))
        for _ in range(2)
    ]
    before, after = make.result(one, tables[0]), make.result(two, tables[1])
    found = change(before, after, "甲")

    def value(acted: frozenset[str]) -> float:
        scheme = two if "method" in acted else one
        bounds = fit(scheme, (after if "bounds" in acted else before).values)
        row = (after if "own" in acted else before).values.slice(0, 1)
        return float(score(scheme, Values(row.frame), parameters=bounds).scores["score"][0])

    for player in ("own", "bounds", "method"):
        orders = list(permutations(("own", "bounds", "method")))
        steps = []
        for order in orders:
            earlier = frozenset(order[: order.index(player)])
            steps.append(value(earlier | {player}) - value(earlier))
        assert found.parts[player] == pytest.approx(sum(steps) / len(orders), abs=1e-9)


@SLOW
@given(data=st.data(), ties=st.sampled_from(["min", "max", "average"]), within=st.sampled_from(["track", "all"]))
def test_all_units_at_once_agree_with_one_by_one(make: Any, data: st.DataObject, ties: str, within: Any) -> None:
    scheme = make.scheme({"code": "index", "children": [{"code": "A", **DIRECT}]}, ties={"method": ties})
    sets = [data.draw(st.lists(st.sampled_from(UNITS), min_size=2, unique=True)) for _ in range(2)]
    rows = [
        [
            {"unit": u, "track": data.draw(st.sampled_from("xy")), "A": data.draw(st.integers(1, 5).map(float))}
            for u in units
        ]
        for units in sets
    ]
    before, after = (make.result(scheme, each) for each in rows)
    table = rank_changes(before, after, within=within)
    assert set(table["unit"]) == set(sets[0]) & set(sets[1])
    for row in table.iter_rows(named=True):
        found = change(before, after, row["unit"], within=within).rank
        assert found is not None
        moved = row["own"] + row["others"] + row["entering_leaving"] + row["ties"]
        assert moved == pytest.approx(row["rank_after"] - row["rank_before"])
        assert row["ties"] == 0
        assert found.parts["own"] == pytest.approx(row["own"])
        assert found.parts["others"] == pytest.approx(row["others"])
        assert found.parts.get("entering_leaving", 0) == pytest.approx(row["entering_leaving"])


def test_what_cannot_be_explained_says_so(make: Any) -> None:
    scheme = _scheme(make, {"A": DIRECT})
    before, after = make.result(scheme, _rows(A=[50, None])), make.result(scheme, _rows(A=[50, 60, 70]))
    for unit, code in (("乙", "no_score"), ("丙", "unknown_unit")):
        with pytest.raises(ExplanationError) as error:
            change(before, after, unit)
        assert error.value.code == code


def test_unranked_unit_has_a_score_change_and_no_rank_change(make: Any) -> None:
    scheme = make.scheme(
        {"code": "index", "children": [{"code": "A", **DIRECT}, {"code": "B", **DIRECT}]},
        eligibility={"min_coverage": 0.9},
    )
    before = make.result(scheme, _rows(A=[50, 60], B=[None, 60]))
    after = make.result(scheme, _rows(A=[60, 60], B=[60, 60]))
    found = change(before, after, "甲")
    assert found.rank is None
    assert [note.code for note in found.notes] == ["not_ranked"]
    assert found.difference == pytest.approx(10)


def test_frame_of_details(make: Any) -> None:
    scheme = _scheme(make, {"A": MINMAX})
    found = change(make.result(scheme, _rows(A=[50, 0, 100])), make.result(scheme, _rows(A=[60, 0, 100])), "甲")
    assert found.frame().filter(pl.col("points") != 0).to_dicts() == [
        {"factor": "own", "node": "A", "cause": "value", "points": pytest.approx(10)}
    ]
    assert (found.details["own"][0].before, found.details["own"][0].after) == (50, 60)
