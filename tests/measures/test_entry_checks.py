"""What is said about entered cells: hard, soft, by rule; for one unit and for many."""

import polars as pl
import pytest

from kanjian.measures.entry_checks import CELLS, Entered, Severity, blocking, check_cells, check_entries, context_of
from kanjian.measures.models import Rule
from kanjian.orgs.models import Unit

pytestmark = pytest.mark.django_db
PERIOD = "2026-Q3"


@pytest.fixture
def rule(indicators):
    def make(code: str, left: str, operator: str, right: str, **more) -> Rule:
        texts = {
            "name": f"规则{code}",
            "name_en": f"Rule {code}",
            "instruction": "核对两处",
            "instruction_en": "Check both",
        }
        return Rule.objects.create(code=code, left=left, operator=operator, right=right, **{**texts, **more})

    return make


@pytest.fixture
def past(bring_in) -> None:
    """荷塘村: A1 100, 102, 98, 101, 103 over five quarters; A2 always 90."""
    quarters = ("2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2")
    for quarter, income in zip(quarters, (100, 102, 98, 101, 103), strict=True):
        bring_in(f"unit,A1,A2\nC10101,{income},90\n", quarter)


def codes(findings) -> list[tuple[str, str, str]]:
    return [(each.indicator, each.code, each.severity.value) for each in findings]


@pytest.mark.parametrize(
    ("indicator", "entered", "code"),
    [
        ("A1", Entered(-1.0), "below_minimum"),
        ("A2", Entered(101.0), "above_maximum"),
        ("A2", Entered(50.123), "decimals"),
        ("A1", Entered(float("nan")), "not_finite"),
        ("A1", Entered(float("inf")), "not_finite"),
        ("A1", Entered(None), "bad_status"),
        ("A1", Entered(3.0, status="missing"), "bad_status"),
        ("A1", Entered(3.0, status="unknown"), "bad_status"),
        ("Z9", Entered(3.0), "unknown_indicator"),
    ],
)
def test_what_cannot_be_taken(small_city, indicators, indicator: str, entered: Entered, code: str) -> None:
    findings = check_entries(small_city.village, PERIOD, {indicator: entered})
    assert codes(findings) == [(indicator, code, "block")]
    assert findings[0].is_blocking
    assert findings[0].message
    assert findings[0].remedy


def test_what_is_in_order_says_nothing(small_city, indicators) -> None:
    cells = {"A1": Entered(12.34), "A2": Entered(None, status="missing"), "A3": Entered(None, status="not_applicable")}
    assert check_entries(small_city.village, PERIOD, cells) == []


def test_a_value_unlike_the_own_past_needs_a_note(small_city, past) -> None:
    # A1: min 98, max 103, median 101, deviations 1, 1, 3, 0, 2: MAD 1, so m = max(3·1.4826·1, 10.1, 0.01) = 10.1.
    strange = check_entries(small_city.village, PERIOD, {"A1": Entered(1030.0)})
    assert codes(strange) == [("A1", "unlike_history", "note")]
    assert strange[0].numbers == {
        "value": 1030,
        "low": pytest.approx(87.9),
        "high": pytest.approx(113.1),
        "median": 101,
        "n": 5,
    }
    assert blocking(strange) == strange
    assert "87.9～113.1" in strange[0].message
    explained = check_entries(small_city.village, PERIOD, {"A1": Entered(1030.0, note="处置旧厂房")})
    assert codes(explained) == codes(strange)
    assert blocking(explained) == []
    assert check_entries(small_city.village, PERIOD, {"A1": Entered(113.1)}) == []
    # A2 never moved: a tenth of 90 either way is not strange.
    assert check_entries(small_city.village, PERIOD, {"A2": Entered(82.0)}) == []
    assert codes(check_entries(small_city.village, PERIOD, {"A2": Entered(80.0)})) == [("A2", "unlike_history", "note")]


def test_a_short_past_says_nothing(small_city, bring_in) -> None:
    for quarter in ("2025-Q4", "2026-Q1", "2026-Q2"):
        bring_in("unit,A1\nC10101,10\n", quarter)
    assert check_entries(small_city.village, PERIOD, {"A1": Entered(9999.0)}) == []


def test_the_period_itself_and_later_ones_are_not_its_past(small_city, past) -> None:
    assert check_entries(small_city.village, "2025-Q2", {"A1": Entered(9999.0)}) == []


@pytest.mark.parametrize(
    ("importance", "severity", "blocks", "blocks_with_note"),
    [("high", "block", True, True), ("medium", "note", True, False), ("low", "inform", False, False)],
)
def test_a_rule_weighs_what_it_weighs(small_city, rule, importance, severity, blocks, blocks_with_note) -> None:
    rule("R1", "A1", "greater_equal", "A3", importance=importance)
    cells = {"A1": Entered(1.0), "A3": Entered(2.0)}
    findings = check_entries(small_city.village, PERIOD, cells)
    assert codes(findings) == [("A1", "rule", severity)]
    assert findings[0].indicators == ("A1", "A3")
    assert findings[0].numbers == {"left": 1, "right": 2}
    assert (findings[0].message, findings[0].remedy) == ("规则R1：左边 1，右边 2", "核对两处")
    assert bool(blocking(findings)) is blocks
    noted = check_entries(small_city.village, PERIOD, cells | {"A3": Entered(2.0, note="已核")})
    assert bool(blocking(noted)) is blocks_with_note


def test_a_rule_reads_what_is_stored_and_what_was(small_city, rule, past, bring_in) -> None:
    rule("R1", "A1", "less_equal", "A1@-1 * 2")
    rule("R2", "A1", "greater", "A3")
    bring_in("unit,A3,A1\nC10101,150,1\n", PERIOD)
    found = check_entries(small_city.village, PERIOD, {"A1": Entered(300.0, note="是")})
    assert [each.rule.code for each in found if each.rule] == ["R1"]
    found = check_entries(small_city.village, PERIOD, {"A1": Entered(110.0)})
    assert [each.rule.code for each in found if each.rule] == ["R2"]
    # Entered as missing: what is stored does not step in, the rule does not apply.
    assert check_entries(small_city.village, PERIOD, {"A1": Entered(110.0), "A3": Entered(None, "missing")}) == []


def test_a_rule_is_silent_where_it_has_no_business(small_city, rule) -> None:
    rule("R1", "A1", "greater", "A3", unit_kind="township")
    rule("R2", "A1", "greater", "A3", retired_at="2026-01-01T00:00:00Z")
    rule("R3", "A2", "greater", "200")
    rule("R4", "A1", "greater", "unheard_of")
    assert check_entries(small_city.village, PERIOD, {"A1": Entered(1.0), "A3": Entered(2.0)}) == []
    assert codes(check_entries(small_city.township, PERIOD, {"A1": Entered(1.0), "A3": Entered(2.0)})) == [
        ("A1", "rule", "note")
    ]


def test_a_cell_that_cannot_be_taken_does_not_break_rules_too(small_city, rule) -> None:
    rule("R1", "A1", "greater_equal", "A3")
    assert codes(check_entries(small_city.village, PERIOD, {"A1": Entered(-5.0), "A3": Entered(2.0)})) == [
        ("A1", "below_minimum", "block")
    ]


def test_many_units_cost_the_queries_of_one(small_city, rule, past, django_assert_num_queries) -> None:
    rule("R1", "A1", "greater_equal", "A3")
    with django_assert_num_queries(6):
        one = context_of([small_city.village], PERIOD)
    villages = Unit.objects.filter(kind="village")
    with django_assert_num_queries(6):
        all_of_them = context_of(villages, PERIOD)
    rows = [(code, "A1", 1000.0, None, None) for code in ("C10101", "C10102", "C10201")]
    rows += [("C10102", "A3", 5000.0, "present", ""), ("C10201", "A2", -3.0, None, "")]
    cells = pl.DataFrame(rows, schema=CELLS, orient="row")
    with django_assert_num_queries(0):
        found = check_cells(cells, all_of_them)
    assert [(each.unit, each.code, each.severity) for each in found] == [
        ("C10201", "below_minimum", Severity.BLOCK),
        ("C10101", "unlike_history", Severity.NOTE),
        ("C10102", "rule", Severity.NOTE),
    ]
    alone = check_cells(cells.filter(pl.col("unit") == "C10101"), one)
    assert codes(alone) == codes([each for each in found if each.unit == "C10101"])


def test_nothing_entered(small_city, indicators) -> None:
    assert check_entries(small_city.village, PERIOD, {}) == []
