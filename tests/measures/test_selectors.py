from datetime import date

import pytest
from django.utils import timezone

from kanjian import health
from kanjian.calendars.periods import Kind, Period
from kanjian.measures import selectors
from kanjian.measures.models import Value
from kanjian.orgs.models import Unit

pytestmark = pytest.mark.django_db
Q1 = "unit,A1,A2,A3\nC10101,10,50,0\nC10102,20,不适用,\nC10201,30,未采集,3\n"
Q2 = "unit,A1\nC10101,11\nC10102,21\n"
VILLAGES = ("C10101", "C10102", "C10201")


def villages():
    return Unit.objects.filter(kind="village")


def test_long_values_carry_codes_and_their_source(bring_in, indicators) -> None:
    first, second = bring_in(Q1), bring_in(Q2, period="2026-Q2")
    frame = selectors.values_long(villages(), ["A1", "A2"], ["2026-Q1", "2026-Q2"])
    assert frame.rows() == [
        ("C10101", "A1", "2026-Q1", 10.0, "present", first.pk, 2),
        ("C10101", "A1", "2026-Q2", 11.0, "present", second.pk, 2),
        ("C10101", "A2", "2026-Q1", 50.0, "present", first.pk, 2),
        ("C10102", "A1", "2026-Q1", 20.0, "present", first.pk, 3),
        ("C10102", "A1", "2026-Q2", 21.0, "present", second.pk, 3),
        ("C10102", "A2", "2026-Q1", None, "not_applicable", first.pk, 3),
        ("C10201", "A1", "2026-Q1", 30.0, "present", first.pk, 4),
        ("C10201", "A2", "2026-Q1", None, "missing", first.pk, 4),
    ]
    everything = selectors.values_long(None, None, ["2026-Q1"])
    assert everything.height == 8
    one = selectors.values_long(Unit.objects.filter(code="C10201"), ["A3"], ["2026-Q1"])
    assert one["value"].to_list() == [3.0]


def test_wide_values_keep_the_order_asked_for_and_units_without_values(bring_in) -> None:
    bring_in(Q1)
    bring_in(Q2, period="2026-Q2")
    frame = selectors.values_wide(villages(), ["A3", "A1"], "2026-Q1")
    assert frame.columns == ["unit", "A3", "A1"]
    assert frame.rows() == [("C10101", 0.0, 10.0), ("C10102", None, 20.0), ("C10201", 3.0, 30.0)]
    later = selectors.values_wide(villages(), ["A1", "A2"], "2026-Q2")
    assert later.rows() == [("C10101", 11.0, None), ("C10102", 21.0, None), ("C10201", None, None)]
    found = selectors.values_wide(None, None, "2026-Q2")
    assert found.rows() == [("C10101", 11.0), ("C10102", 21.0)]


def test_not_applicable_has_a_frame_of_its_own(bring_in) -> None:
    bring_in(Q1)
    frame = selectors.not_applicable_wide(villages(), ["A1", "A2"], "2026-Q1")
    assert frame.rows() == [("C10101", False, False), ("C10102", False, True), ("C10201", False, False)]


def test_a_period_without_values_gives_empty_columns(bring_in) -> None:
    bring_in(Q1)
    frame = selectors.values_wide(villages(), ["A1"], "2019")
    assert frame.rows() == [(code, None) for code in VILLAGES]
    assert selectors.values_wide(None, ["A1"], "2019").is_empty()
    assert selectors.values_long(None, None, []).is_empty()


def test_reading_costs_three_queries(bring_in, django_assert_num_queries) -> None:
    bring_in(Q1)
    with django_assert_num_queries(3):
        selectors.values_long(villages(), ["A1", "A2", "A3"], ["2026-Q1"])


def test_coverage_counts_units_that_existed_and_ever_reported(bring_in, indicators, small_city) -> None:
    bring_in(Q1)
    bring_in(Q2, period="2026-Q2")
    Unit.objects.filter(code="C10102").update(valid_to=date(2026, 4, 1))
    later, first = selectors.coverage(indicators["A1"])
    assert (later.period, later.present, later.units, later.silent) == ("2026-Q2", 2, 2, 0)
    assert (first.period, first.present, first.units, first.share) == ("2026-Q1", 3, 3, 1.0)
    (sorting,) = selectors.coverage(indicators["A2"])
    assert (sorting.present, sorting.missing, sorting.not_applicable, sorting.share) == (1, 1, 1, 0.5)
    (asked,) = selectors.coverage(indicators["A3"], ["2026-Q2"])
    assert (asked.present, asked.units, asked.silent, asked.share) == (0, 2, 2, 0.0)
    by_indicator = selectors.coverage_by_indicator("2026-Q1")
    assert by_indicator["A2"] == selectors.Counts(present=1, missing=1, not_applicable=1)


def test_periods_are_ordered_by_time(bring_in) -> None:
    assert selectors.latest_period() is None
    for period in ("2025", "2026-Q1", "2025-Q4", "2026-Q2"):
        bring_in(Q2, period=period)
    assert selectors.known_periods() == ["2026-Q2", "2026-Q1", "2025-Q4", "2025"]
    assert selectors.latest_period() == "2026-Q2"


def test_evidence_tells_source_and_past(bring_in, indicators, small_city, django_assert_num_queries) -> None:
    first = bring_in(Q1, name="一季度.csv")
    second = bring_in("unit,A1\nC10101,12\n", name="更正.csv")
    with django_assert_num_queries(2):
        evidence = selectors.evidence_of(small_city.village, indicators["A1"], "2026-Q1")
    assert evidence.value is not None
    assert evidence.value.value == 12.0
    assert evidence.origin is not None
    assert (evidence.origin.file, evidence.origin.row, evidence.origin.batch) == ("更正.csv", 2, second)
    (change,) = evidence.changes
    assert (change.before.value, change.before_origin.file, change.before_origin.batch) == (10.0, "一季度.csv", first)
    assert change.replaced_by.batch == second
    nothing = selectors.evidence_of(small_city.city, indicators["A1"], "2026-Q1")
    assert (nothing.value, nothing.origin, nothing.changes) == (None, None, ())


def test_history_is_in_order_of_time(bring_in, indicators, small_city) -> None:
    for period in ("2026-Q2", "2025-Q4", "2026-Q1"):
        bring_in(Q2, period=period)
    periods = [value.period for value in selectors.history(small_city.village, indicators["A1"])]
    assert periods == ["2025-Q4", "2026-Q1", "2026-Q2"]


def test_health_names_late_and_empty_indicators(bring_in, indicators) -> None:
    def found(code: str) -> list[str]:
        return [problem.message for problem in health.run([code])]

    assert "A1" in found("measures.uncovered")[0]
    assert found("measures.stale") == []
    bring_in(Q1)
    bring_in("unit,A3\nC10101,5\n", period="2025")  # a year is compared with years
    assert found("measures.uncovered") == []
    assert found("measures.stale") == []
    bring_in(Q2, period="2026-Q2")
    (late,) = found("measures.stale")
    assert "A2" in late
    assert "A3" in late
    assert "A1" not in late
    assert "农业农村局" in health.run(["measures.stale"])[0].remedy
    assert Value.objects.filter(period="2026-Q2").count() == 2
    running = Period.containing(timezone.localdate(), Kind.QUARTER).code
    bring_in("unit,A2\nC10101,70\n", period=running)  # reporting has begun: nobody is late for it
    (late,) = found("measures.stale")
    assert "2026-Q2" in late
    assert running not in late
    assert "A2" not in late


def test_health_notices_a_lost_original(bring_in, storage) -> None:
    batch = bring_in(Q1)
    assert health.run(["measures.originals"]) == []
    (storage / batch.file).unlink()
    (problem,) = health.run(["measures.originals"])
    assert problem.severity is health.Severity.ERROR
    assert str(batch.pk) in problem.message
