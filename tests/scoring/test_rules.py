"""Every rule with a worked example; the numbers are worked out by hand in the test's text."""

from typing import Any

import pytest

from kanjian.scoring import SchemeError

# 20, 35, 60: the range is 40, and 35 lies 15/40 = 0.375 of the way.
SPREAD = [20.0, 35.0, 60.0]

UP_EXAMPLES = [
    ({"method": "minmax"}, [0, 37.5, 100]),
    ({"method": "minmax", "floor": 1, "full": 100}, [1, 1 + 99 * 0.375, 100]),
    ({"method": "minmax60"}, [60, 75, 100]),  # 60 + 40 · 0.375
    ({"method": "distance_to_best"}, [0, 37.5, 100]),
    ({"method": "distance_to_best", "full": 1}, [0, 0.375, 1]),
    ({"method": "distance_to_target", "target": 50}, [0, 50, 400 / 3]),  # 15/30, 40/30
    ({"method": "distance_to_target", "target": 50, "cap": True}, [0, 50, 100]),
    ({"method": "distance_to_reference", "reference": "u1"}, [0, 100, 800 / 3]),  # 40/15
    ({"method": "distance_to_reference", "reference": "u1", "cap": True}, [0, 100, 100]),
    ({"method": "share_of_max"}, [100 / 3, 175 / 3, 100]),  # 20/60, 35/60
    ({"method": "rank"}, [1, 2, 3]),
    ({"method": "rank", "full": 100, "step": 2}, [96, 98, 100]),
    ({"method": "rank", "full": 100, "step": 60, "floor": 10}, [10, 40, 100]),  # 100 - 120 stops at 10
    ({"method": "percentile"}, [0, 50, 100]),
    ({"method": "borda"}, [0, 1, 2]),
    ({"method": "scaled", "low": 0, "high": 50}, [40, 70, 120]),
    ({"method": "goalposts", "low": 25, "high": 50}, [0, 40, 100]),  # 10/25; both ends truncated
    ({"method": "goalposts", "low": 25, "high": 50, "truncate": False}, [-20, 40, 140]),
    ({"method": "direct"}, [20, 35, 60]),
    ({"method": "direct", "of": 50}, [40, 70, 100]),
    ({"method": "target_ratio", "target": 40}, [50, 87.5, 100]),
    ({"method": "target_ratio", "target": 40, "cap": 1.2}, [50, 87.5, 120]),
    ({"method": "efficacy", "good": 60, "bad": 20}, [60, 75, 100]),
    ({"method": "deduct", "per": 2, "target": 40}, [60, 90, 100]),  # 100 - 2 · 20, 100 - 2 · 5
    ({"method": "deduct", "per": 2, "target": 40, "at_most": 15}, [85, 90, 100]),
    ({"method": "deduct", "per": 10, "target": 40}, [0, 50, 100]),  # 扣完为止
    ({"method": "bonus", "at_most": 50}, [20, 35, 50]),
    ({"method": "bonus", "per": 0.1, "at_most": 5}, [2, 3.5, 5]),
]

DOWN_EXAMPLES = [
    ({"method": "minmax"}, [100, 62.5, 0]),
    ({"method": "minmax60"}, [100, 85, 60]),
    ({"method": "distance_to_best"}, [100, 62.5, 0]),
    ({"method": "distance_to_target", "target": 30}, [400 / 3, 250 / 3, 0]),  # 40/30, 25/30
    ({"method": "distance_to_reference", "reference": "u1"}, [160, 100, 0]),  # 40/25
    ({"method": "share_of_max"}, [100, 400 / 7, 100 / 3]),  # 20/35, 20/60
    ({"method": "share_of_max", "down": "negate"}, [100, 175, 300]),  # as COINr: x / min, worse earns more
    ({"method": "rank"}, [3, 2, 1]),
    ({"method": "percentile"}, [100, 50, 0]),
    ({"method": "borda"}, [2, 1, 0]),
    ({"method": "scaled", "low": 0, "high": 50}, [60, 30, -20]),
    ({"method": "goalposts", "low": 25, "high": 50}, [100, 60, 0]),
    ({"method": "target_ratio", "target": 30}, [100, 600 / 7, 50]),  # 30/35, 30/60
    ({"method": "efficacy", "good": 20, "bad": 60}, [100, 85, 60]),
    ({"method": "reverse", "good": 20, "bad": 60}, [100, 62.5, 0]),
    ({"method": "deduct", "per": 1}, [80, 65, 40]),
    ({"method": "deduct", "per": 1, "target": 30}, [100, 95, 70]),
]


@pytest.mark.parametrize(("rule", "expected"), UP_EXAMPLES, ids=lambda v: str(v)[:60])
def test_more_is_better(points: Any, rule: dict[str, Any], expected: list[float]) -> None:
    assert points(rule, SPREAD) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("rule", "expected"), DOWN_EXAMPLES, ids=lambda v: str(v)[:60])
def test_less_is_better(points: Any, rule: dict[str, Any], expected: list[float]) -> None:
    assert points(rule, SPREAD, direction="down") == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("rule", [rule for rule, _ in UP_EXAMPLES], ids=lambda v: str(v)[:60])
def test_missing_in_missing_out(points: Any, rule: dict[str, Any]) -> None:
    found = points(rule, [20.0, 35.0, None, 60.0])
    assert found[2] is None
    assert None not in (found[0], found[1], found[3])


def test_efficacy_check_value(points: Any) -> None:
    """x 5.81 between 6 (not allowed) and 12 (satisfactory): 60 + 40 · (-0.19 / 6) = 58.7333…"""
    found = points({"method": "efficacy", "good": 12, "bad": 6}, [5.81, 6.0, 12.0, 20.0, -10.0])
    assert found == pytest.approx([60 - 40 * 0.19 / 6, 60, 100, 100, 0])
    assert round(found[0], 2) == 58.73


def test_efficacy_may_reach_120_where_the_rule_says_so(points: Any) -> None:
    rule = {"method": "efficacy", "good": 12, "bad": 6, "at_least": 40, "at_most": 120}
    assert points(rule, [15.0, 30.0, -50.0]) == pytest.approx([120, 120, 40])


def test_efficacy_with_bounds_from_the_group(points: Any) -> None:
    """Best and worst follow the direction: 2 findings are best."""
    rule = {"method": "efficacy", "good": {"stat": "best"}, "bad": {"stat": "worst"}}
    assert points(rule, [2.0, 7.0, 12.0], direction="down") == pytest.approx([100, 80, 60])


def test_zscore_and_tscore(points: Any) -> None:
    """2, 4, 6: mean 4, sample standard deviation 2."""
    assert points({"method": "zscore"}, [2.0, 4.0, 6.0]) == pytest.approx([-1, 0, 1])
    assert points({"method": "zscore"}, [2.0, 4.0, 6.0], direction="down") == pytest.approx([1, 0, -1])
    assert points({"method": "zscore", "mean": 50, "sd": 15}, [2.0, 4.0, 6.0]) == pytest.approx([35, 50, 65])
    assert points({"method": "tscore"}, [2.0, 4.0, 6.0]) == pytest.approx([40, 50, 60])


def test_ties_within_place_rules(points: Any) -> None:
    """10, 20, 20, 30: the two in the middle share places 2 and 3."""
    x = [10.0, 20.0, 20.0, 30.0]
    assert points({"method": "rank"}, x) == [1, 2, 2, 4]
    assert points({"method": "rank", "ties": "max"}, x) == [1, 3, 3, 4]
    assert points({"method": "rank", "ties": "average"}, x) == [1, 2.5, 2.5, 4]
    assert points({"method": "rank"}, x, direction="down") == [4, 2, 2, 1]
    assert points({"method": "percentile"}, x) == pytest.approx([0, 100 / 3, 100 / 3, 100])


def test_places_within_groups(points: Any) -> None:
    rule = {"method": "percentile", "within": "track"}
    settings = {"columns": {"track": ["a", "b", "a", "b", "a"]}, "head": {"tracks": {"by": "track"}}}
    assert points(rule, [1.0, 5.0, 2.0, 4.0, 3.0], **settings) == [0, 100, 50, 0, 100]


def test_bounds_within_groups(points: Any) -> None:
    """Track a has 0..10, track b 100..200."""
    settings = {"columns": {"track": ["a", "a", "a", "b", "b"]}, "head": {"tracks": {"by": "track"}}}
    found = points({"method": "minmax", "within": "track"}, [0.0, 5.0, 10.0, 100.0, 200.0], **settings)
    assert found == [0, 50, 100, 0, 100]
    assert points({"method": "minmax"}, [0.0, 5.0, 10.0, 100.0, 200.0], **settings) == [0, 2.5, 5, 50, 100]


def test_targets_by_group(points: Any) -> None:
    """A target of 80 in the plain and of 40 in the hills; a track without a target has no points."""
    rule = {"method": "target_ratio", "target": {"by": "track", "values": {"plain": 80, "hills": 40}}}
    settings = {"columns": {"track": ["plain", "hills", "lake"]}, "head": {"tracks": {"by": "track"}}}
    assert points(rule, [40.0, 30.0, 30.0], **settings) == [50, 75, None]
    rule["target"]["otherwise"] = 60  # type: ignore[index]
    assert points(rule, [40.0, 30.0, 30.0], **settings) == [50, 75, 50]


def test_goalposts_with_logarithms(points: Any) -> None:
    """Income index of the Human Development Index: (ln 10000 - ln 100) / (ln 75000 - ln 100) = 0.69564."""
    found = points({"method": "goalposts", "low": 100, "high": 75000, "log": True}, [10000.0, 100.0, 80000.0, 0.0])
    assert found[:3] == pytest.approx([69.5639, 0, 100], abs=1e-3)
    assert found[3] is None


def test_banded_efficacy(points: Any) -> None:
    """Rungs 5 → 0.6 and 8 → 0.8: 6.5 stands half-way, 0.6 + 0.5 · 0.2 = 0.7."""
    rungs = [{"value": 5, "share": 0.6}, {"value": 8, "share": 0.8}, {"value": 10, "share": 1.0}]
    rule = {"method": "banded_efficacy", "standards": rungs}
    assert points(rule, [6.5, 5.0, 8.0, 9.0, 12.0, 4.9]) == pytest.approx([70, 60, 80, 90, 100, 0])
    assert points({**rule, "below": 0.2}, [4.9]) == pytest.approx([20])
    turned = [{"value": 10, "share": 0.6}, {"value": 5, "share": 1.0}]
    down = {"method": "banded_efficacy", "standards": turned}
    assert points(down, [7.5, 10.0, 11.0, 1.0], direction="down") == pytest.approx([80, 60, 0, 100])


def test_deduction_by_started_points(points: Any) -> None:
    """95.4 against 98 falls 2.6 short: 2.6, 3 (started) or 2 (completed) points at 1 each."""
    rule = {"method": "deduct", "per": 1, "target": 98}
    assert points(rule, [95.4]) == pytest.approx([97.4])
    assert points({**rule, "whole": "up"}, [95.4]) == [97]
    assert points({**rule, "whole": "down"}, [95.4]) == [98]
    # 98 - 97.7 is 0.29999999999999716 in floating point: still three steps of 0.1, not two.
    assert points({**rule, "unit": 0.1, "whole": "down"}, [97.7]) == [97]
    assert points({**rule, "unit": 0.1, "whole": "up"}, [97.7]) == [97]


def test_deduction_by_count(points: Any) -> None:
    """3 illegal buildings at 5 points each leave 85; 21 leave nothing."""
    assert points({"method": "deduct", "per": 5}, [3.0, 0.0, 21.0], direction="down") == [85, 100, 0]


def test_steps(points: Any) -> None:
    """≥ 90 full, ≥ 80 sixty, otherwise minus five; a value on the limit belongs to the row."""
    steps = [{"at_least": 90, "points": 100}, {"at_least": 80, "points": 60}]
    rule = {"method": "step", "steps": steps, "otherwise": -5}
    assert points(rule, [95.0, 90.0, 85.0, 80.0, 79.99]) == [100, 100, 60, 60, -5]
    low = {"method": "step", "steps": [{"at_most": 0, "points": 100}, {"at_most": 2, "points": 50}]}
    assert points(low, [0.0, 1.0, 2.0, 3.0], direction="down") == [100, 50, 50, 0]


def test_grades_by_label_and_number(points: Any) -> None:
    stars = [{"label": "5", "points": 100}, {"label": "4", "points": 80}, {"label": "3", "points": 60}]
    assert points({"method": "grade", "grades": stars}, [5.0, 3.0, 4.0]) == [100, 60, 80]
    words = [{"label": "好", "points": 100}, {"label": "较好", "points": 85}, {"label": "一般", "points": 60}]
    assert points({"method": "grade", "grades": words}, ["较好", "好", "未采集", "一般"]) == [85, 100, None, 60]


def test_growth(points: Any, scheme_of: Any, leaf: Any, run: Any) -> None:
    """36 after 30 is 20 %; between 0 and 40 % this is half-way. Nothing before is not comparable, not zero."""
    then = {"method": "goalposts", "low": 0, "high": 40}
    rule = {"method": "growth", "then": then}
    columns = {"now": [36.0, 30.0, 100.0, 36.0, 36.0], "before": [30.0, 40.0, 10.0, 0.0, None]}
    assert points(rule, inputs=["now", "before"], columns=columns) == [50, 0, 100, None, None]
    assert points(rule, [20.0, -25.0, 60.0]) == [50, 0, 100]
    scheme = scheme_of(leaf(rule, inputs=["now", "before"]), leaf({"method": "direct"}, "y"))
    result = run(scheme, **columns, y=[50.0] * 5)
    assert result.scores["score"].to_list() == [50, 25, 75, 50, 50]
    # The weight of what cannot be compared goes to the others: the value is not missing.
    assert result.scores["coverage"].to_list() == [1, 1, 1, 1, 1]
    assert result.flags.filter(flag="not_comparable")["unit"].to_list() == ["u3", "u4"]


def test_growth_is_clipped_before_it_is_scored(points: Any) -> None:
    rule = {"method": "growth", "clip": [-50, 50], "then": {"method": "minmax"}}
    assert points(rule, [400.0, 0.0, -80.0]) == [100, 50, 0]


def test_survey(points: Any) -> None:
    """60 · 100 + 30 · 70 + 10 · 30 over 100 ballots are 84; "do not know" has no column and does not count."""
    rule = {"method": "survey", "min_valid": 10}
    columns = {"good": [60.0, 5.0, 0.0], "fair": [30.0, 0.0, 10.0], "bad": [10.0, 0.0, 10.0]}
    found = points(rule, inputs=["good", "fair", "bad"], columns=columns)
    assert found == [84, None, 50]


def test_difficulty(points: Any) -> None:
    """(90 · 1.2 + 100 · 1.0) / 2.2 = 94.545; a task that is missing takes its coefficient with it."""
    rule = {"method": "difficulty", "tasks": [{"input": "hard", "k": 1.2}, {"input": "easy"}]}
    found = points(rule, columns={"hard": [90.0, None], "easy": [100.0, 80.0]})
    assert found == pytest.approx([(90 * 1.2 + 100) / 2.2, 80])


def test_target_ratio_of_what_should_be_small(points: Any) -> None:
    """Nothing at all is as good as it gets, without a division by zero."""
    rule = {"method": "target_ratio", "target": 2, "cap": 1.2}
    assert points(rule, [0.0, 1.0, 2.0, 4.0], direction="down") == [120, 120, 100, 50]


def test_rounds_are_combined_first(points: Any) -> None:
    """Mean of bi-monthly rounds; a round that was not held is left out."""
    columns = {"r1": [90.0, 80.0], "r2": [94.0, None], "r3": [92.0, 84.0]}
    settings = {"inputs": ["r1", "r2", "r3"], "columns": columns}
    assert points({"method": "direct"}, combine="mean", **settings) == [92, 82]
    assert points({"method": "direct"}, combine="min", **settings) == [90, 80]
    assert points({"method": "direct"}, combine="max", **settings) == [94, 84]
    assert points({"method": "direct", "of": 300}, combine="sum", **settings) == pytest.approx([92, 164 / 3])


def test_denominator_and_sample(points: Any) -> None:
    """30 errands for 1500 people are 20 per thousand; without people there is no rate."""
    columns = {"people": [1500.0, 0.0, None]}
    settings = {"denominator": {"input": "people", "times": 1000}, "columns": columns}
    assert points({"method": "direct"}, [30.0, 30.0, 30.0], **settings) == [20, None, None]
    sample = {"min_sample": {"input": "calls", "at_least": 10}, "columns": {"calls": [10.0, 9.0, None]}}
    assert points({"method": "direct"}, [90.0, 90.0, 90.0], **sample) == [90, None, None]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"method": "minmax"}, [100, 100, None]),
        ({"method": "minmax", "constant": 0.5}, [50, 50, None]),
        ({"method": "minmax", "constant": None}, [None, None, None]),
        ({"method": "minmax60"}, [100, 100, None]),
        ({"method": "zscore"}, [0, 0, None]),
        ({"method": "zscore", "constant": None}, [None, None, None]),
        ({"method": "tscore"}, [50, 50, None]),
        ({"method": "rank"}, [1, 1, None]),
        ({"method": "percentile"}, [0, 0, None]),
        ({"method": "efficacy", "good": {"stat": "max"}, "bad": {"stat": "min"}}, [None, None, None]),
        ({"method": "distance_to_target", "target": 5}, [None, None, None]),
    ],
)
def test_a_constant_column(points: Any, rule: dict[str, Any], expected: list[float | None]) -> None:
    assert points(rule, [5.0, 5.0, None]) == expected


def test_one_unit_alone_in_its_group(points: Any) -> None:
    assert points({"method": "percentile"}, [5.0]) == [100]
    assert points({"method": "percentile", "constant": None}, [5.0]) == [None]
    assert points({"method": "rank"}, [5.0]) == [1]


def test_unknown_reference_unit(points: Any) -> None:
    with pytest.raises(ValueError, match="reference unit 'u9' is not among the units"):
        points({"method": "distance_to_reference", "reference": "u9"}, SPREAD)


@pytest.mark.parametrize(
    ("rule", "settings", "path", "message"),
    [
        ({"method": "minmax", "floor": 80, "full": 60}, {}, "rule.full", "must exceed floor (60 ≤ 80)"),
        ({"method": "minmax", "floor": 100}, {}, "rule.full", "must exceed floor (100 ≤ 100)"),
        ({"method": "efficacy", "good": 6, "bad": 12}, {}, "rule.good", "must exceed bad (6 ≤ 12)"),
        ({"method": "efficacy", "good": 12, "bad": 6}, {"direction": "down"}, "rule.good", "must be below bad"),
        ({"method": "goalposts", "low": 5, "high": 5}, {}, "rule.high", "must exceed low"),
        ({"method": "goalposts", "low": 0, "high": 5, "log": True}, {}, "rule.low", "must be positive"),
        ({"method": "target_ratio", "target": 0}, {}, "rule.target", "must be positive"),
        ({"method": "target_ratio", "target": 5, "cap": 0.5}, {}, "rule.cap", "greater than or equal to 1"),
        ({"method": "deduct", "per": 1}, {}, "rule.target", "is needed for direction up"),
        ({"method": "rank", "full": 100}, {}, "rule.step", "belong together"),
        ({"method": "step", "steps": [{"points": 1}]}, {}, "rule.steps", "every row needs"),
        ({"method": "bonus", "at_most": 0}, {}, "rule.at_most", "must exceed at_least"),
        ({"method": "direct"}, {"direction": "down"}, "direction", "needs direction up"),
        ({"method": "reverse", "good": 2, "bad": 12}, {}, "direction", "needs direction down"),
        ({"method": "survey"}, {}, "inputs", "one column of counts for each of the 3 marks"),
        ({"method": "minmax"}, {"inputs": ["a", "b"]}, "inputs", "takes one"),
        ({"method": "growth", "then": {"method": "minmax", "floor": 101}}, {}, "rule.then.full", "must exceed floor"),
        ({"method": "minmax", "within": "county"}, {}, "rule.within", "unknown group column 'county'"),
        (
            {"method": "banded_efficacy", "standards": [{"value": 5, "share": 0.8}, {"value": 8, "share": 0.6}]},
            {},
            "rule.standards",
            "a larger share must stand at a higher value",
        ),
        (
            {"method": "grade", "grades": [{"label": "a", "points": 1}, {"label": "a", "points": 2}]},
            {},
            "rule.grades",
            "occurs twice",
        ),
        (
            {"method": "efficacy", "good": {"stat": "quantile"}, "bad": 1},
            {},
            "rule.good.q",
            "is needed for stat: quantile",
        ),
    ],
)
def test_rules_say_what_is_wrong_with_them(
    scheme_of: Any, leaf: Any, rule: dict[str, Any], settings: dict[str, Any], path: str, message: str
) -> None:
    with pytest.raises(SchemeError) as caught:
        scheme_of(leaf(rule, **settings), groups=["terrain"])
    found = {problem.path: problem.message for problem in caught.value.problems}
    assert f"tree.x.{path}" in found
    assert message in found[f"tree.x.{path}"]
