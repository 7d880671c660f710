"""What full marks would add: checked by really giving full marks."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanjian.scoring import score
from kanjian.scoring.explanation import ExplanationError, UnitValues, full_mark_gains, marginal
from kanjian.scoring.explanation.marginal import full_marks
from kanjian.scoring.explanation.single import BLANK
from kanjian.scoring.values import Values

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DIRECT: dict[str, Any] = {"rule": {"method": "direct"}}


def _result(make: Any, children: list[dict[str, Any]], cells: dict[str, Any], **root: Any) -> Any:
    scheme = make.scheme({"code": "index", "children": children, **root})
    other = dict.fromkeys(scheme.inputs(), 50.0)
    return make.result(scheme, [{"unit": "甲", "track": "平原", **cells}, {"unit": "乙", "track": "山区", **other}])


def _rows(frame: Any) -> dict[str, tuple[float | None, float, float]]:
    return {row["node"]: (row["points"], row["full"], row["gain"]) for row in frame.iter_rows(named=True)}


@pytest.mark.parametrize(
    "aggregate", [{"method": "geometric"}, {"method": "arithmetic"}, {"method": "min"}, {"method": "sum"}]
)
@SLOW
@given(a=st.integers(1, 100), b=st.integers(1, 100), c=st.integers(1, 100))
def test_gain_is_the_score_with_full_marks_minus_the_score(make: Any, aggregate: Any, a: int, b: int, c: int) -> None:
    leaves = [{"code": "A", **DIRECT}, {"code": "B", "weight": 2, **DIRECT}]
    children = [{"code": "D", "weight": 3, "children": leaves, "aggregate": aggregate}, {"code": "C", **DIRECT}]
    cells = {"A": a, "B": b, "C": c}
    found = _rows(marginal(_result(make, children, cells, cap={"at_most": 90.0}), "甲"))
    base = _result(make, children, cells, cap={"at_most": 90.0}).scores["score"][0]
    for code, value in cells.items():
        raised = _result(make, children, {**cells, code: 100}, cap={"at_most": 90.0}).scores["score"][0]
        assert found[code] == pytest.approx((value, 100, raised - base))


def test_full_marks_of_every_kind_of_rule(make: Any) -> None:
    rules: dict[str, dict[str, Any]] = {
        "efficacy": {"method": "efficacy", "good": 90, "bad": 50, "at_most": 120},
        "banded": {"method": "banded_efficacy", "standards": [{"value": 0, "share": 0}, {"value": 100, "share": 0.8}]},
        "step": {"method": "step", "steps": [{"at_least": 90, "points": 80}], "otherwise": 10},
        "grade": {"method": "grade", "grades": [{"label": "50", "points": 70}, {"label": "30", "points": 95}]},
        "zscore": {"method": "zscore"},
        "place": {"method": "rank"},
        "ratio": {"method": "target_ratio", "target": 100, "cap": 1.2, "full": 60},
    }
    children = [{"code": code, "rule": rule} for code, rule in rules.items()]
    cells = dict.fromkeys(rules, 30.0) | {"grade": 50}
    found = _rows(marginal(_result(make, children, cells), "甲"))
    best = {"zscore": 0.5**0.5, "place": 2}  # the best of two units
    full = {"efficacy": 120, "banded": 80, "step": 80, "grade": 95, "ratio": 60, **best}
    assert {code: row[1] for code, row in found.items()} == pytest.approx(full)


def test_bonus_deduction_and_veto(make: Any) -> None:
    children: list[dict[str, Any]] = [
        {"code": "A", **DIRECT},
        {"code": "plus", "rule": {"method": "bonus", "at_most": 5}},
        {"code": "minus", "kind": "deduction", **DIRECT},
        {"code": "veto", "rule": {"method": "veto", "effect": {"cap": 40}}},
    ]
    quiet = _rows(marginal(_result(make, children, {"A": 80, "plus": 2, "minus": 4, "veto": 0}), "甲"))
    assert quiet["plus"] == pytest.approx((2, 5, 3))
    assert quiet["minus"] == pytest.approx((4, 0, 4))
    assert quiet["A"] == pytest.approx((80, 100, 20))
    assert quiet["veto"][2] == 0
    hit = _rows(marginal(_result(make, children, {"A": 80, "plus": 2, "minus": 4, "veto": 1}), "甲"))
    assert hit["veto"][2] == pytest.approx(78 - 40)
    assert hit["A"][2] == 0


def test_missing_value_and_what_does_not_apply(make: Any) -> None:
    children = [
        {"code": "A", **DIRECT},
        {"code": "B", **DIRECT},
        {"code": "C", **DIRECT, "applies_to": {"track": ["山区"]}},
        {"code": "D", **DIRECT, "coefficient": {"track": {"平原": 0.9}}},
    ]
    found = _rows(marginal(_result(make, children, {"A": 60, "C": 10, "D": 80}), "甲"))
    assert set(found) == {"A", "B", "D"}
    assert found["B"] == (None, 100, pytest.approx((60 + 72 + 100) / 3 - 66))
    assert found["D"] == pytest.approx((72, 90, 9))


@pytest.mark.parametrize("method", ["copeland", "median_rank"])
def test_comparison_in_places_does_not_count_the_own_former_self(make: Any, method: str) -> None:
    children = [{"code": "A", **DIRECT}, {"code": "B", **DIRECT}]
    found = _rows(marginal(_result(make, children, {"A": 40, "B": 40}, aggregate={"method": method}), "甲"))
    raised = _result(make, children, {"A": 100, "B": 40}, aggregate={"method": method}).scores["score"][0]
    base = _result(make, children, {"A": 40, "B": 40}, aggregate={"method": method}).scores["score"][0]
    assert found["A"] == pytest.approx((40, 100, raised - base))
    assert raised > base


def test_more_than_full_marks_stays(make: Any) -> None:
    children = [{"code": "A", "rule": {"method": "target_ratio", "target": 50, "cap": 1.2}}]
    assert _rows(marginal(_result(make, children, {"A": 60}), "甲")) == {"A": (120, 100, 0)}


def test_what_cannot_be_said(make: Any) -> None:
    result = _result(make, [{"code": "A", **DIRECT}], {"A": None})
    for unit, code in (("丙", "unknown_unit"), ("甲", "no_score")):
        with pytest.raises(ExplanationError) as error:
            marginal(result, unit)
        assert error.value.code == code


RANKED = {"rule": {"method": "rank", "full": 100, "step": 2}}
VETO = {"method": "veto", "when": {"at_least": 60}, "effect": {"cap": 40}, "document": "note"}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_gains_from_one_units_values_are_those_of_the_table(make: Any, data: st.DataObject) -> None:
    """Bit for bit, over every kind of rule, mean and limit, with inputs that do not apply."""
    tree = data.draw(make.tree("r", 2))
    tree["children"].append({"code": "R", **RANKED})
    scheme = make.scheme(tree | {"children": [*tree["children"], {"code": "V", "rule": VETO}]})
    rows = data.draw(make.table(scheme, ["甲", "乙", "丙", "丁"]))
    notes = st.sampled_from([None, "", "  ", "通报"])
    values = make.result(scheme, [{**row, "note": data.draw(notes)} for row in rows]).values
    elsewhere = data.draw(st.lists(st.sampled_from(scheme.inputs()), unique=True, max_size=3))
    marks = {name: data.draw(st.lists(st.booleans(), min_size=4, max_size=4)) for name in elsewhere}
    result = score(scheme, Values(values.frame, pl.DataFrame(marks) if marks else None))
    for place, row in enumerate(values.frame.iter_rows(named=True)):
        texts = {name: row[name] for name in (*scheme.group_columns(), *scheme.text_columns())}
        na = [name for name in elsewhere if marks[name][place]]
        unit = UnitValues({name: row[name] for name in scheme.inputs()}, texts, na)
        found = full_mark_gains(scheme, result.parameters, unit)
        try:
            table = dict(marginal(result, row["unit"]).select("node", "gain").iter_rows())
        except ExplanationError:
            assert found == {}
            continue
        endless = {leaf.code for leaf in scheme.leaves() if full_marks(leaf.rule.scorer(), 1.0) is None}
        assert repr(found) == repr({code: gain for code, gain in table.items() if code not in endless})


def test_blank_is_what_tables_call_blank() -> None:
    letters = [chr(number) for number in range(0x3100)]
    stripped = pl.Series(letters).str.strip_chars()
    assert set(BLANK) == {letter for letter, rest in zip(letters, stripped, strict=True) if not rest}
