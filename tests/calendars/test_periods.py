from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjian.calendars.periods import Kind, Period, PeriodError, period_range

kinds = st.sampled_from(list(Kind))
days = st.dates(min_value=date(1902, 1, 1), max_value=date(2190, 12, 31))
periods = st.builds(Period.containing, days, kinds)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-S2", date(2026, 4, 1), date(2026, 6, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-02", date(2025, 2, 1), date(2025, 2, 28)),
        (" 2026-12 ", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_code_names_its_first_and_last_day(text: str, start: date, end: date) -> None:
    period = Period.parse(text)
    assert (period.start, period.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026年", "2026"),
        ("2026年度", "2026"),
        ("2026年上半年", "2026-H1"),
        ("2026年第一季度", "2026-Q1"),
        ("2026年3季度", "2026-Q3"),
        ("2026年 3月", "2026-03"),
        ("2026年12月", "2026-12"),
        ("2026年秋季", "2026-S3"),
        ("2026冬", "2026-S4"),
        ("２０２６－Ｑ１", "2026-Q1"),
    ],
)
def test_chinese_forms_are_read(text: str, code: str) -> None:
    assert Period.parse(text).code == code


@pytest.mark.parametrize(
    "text", ["", "26", "2026-Q5", "2026-Q0", "2026-H3", "2026-13", "2026-00", "2026-3", "2026/Q1", "1899", "2026-Q1x"]
)
def test_everything_else_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(PeriodError, match="write 2026, 2026-H1, 2026-Q1") as caught:
        Period.parse(text)
    assert text in str(caught.value)


def test_steps_cross_the_year() -> None:
    assert Period.parse("2026-Q4").next().code == "2027-Q1"
    assert Period.parse("2026-Q1").previous().code == "2025-Q4"
    assert Period.parse("2026-03").shift(-15).code == "2024-12"
    assert Period.parse("2026-H1").same_period_last_year().code == "2025-H1"


def test_labels_in_both_languages() -> None:
    labels = {
        code: (Period.parse(code).label("zh-hans"), Period.parse(code).label("en"))
        for code in ("2026", "2026-H2", "2026-Q1", "2026-S1", "2026-03")
    }
    assert labels == {
        "2026": ("2026年", "2026"),
        "2026-H2": ("2026年下半年", "H2 2026"),
        "2026-Q1": ("2026年第一季度", "Q1 2026"),
        "2026-S1": ("2026年春季", "Spring 2026"),
        "2026-03": ("2026年3月", "March 2026"),
    }


def test_order_is_by_first_day_then_length() -> None:
    codes = ["2026-03", "2026-Q2", "2026", "2026-Q1", "2025-12", "2026-01", "2026-H1", "2026-S1"]
    assert sorted(codes, key=Period.parse) == [
        "2025-12",
        "2026-01",
        "2026-Q1",
        "2026-S1",
        "2026-H1",
        "2026",
        "2026-03",
        "2026-Q2",
    ]
    with pytest.raises(TypeError):
        _ = Period.parse("2026") < "2027"  # type: ignore[operator]


def test_contains_days_and_shorter_periods() -> None:
    year, quarter = Period.parse("2026"), Period.parse("2026-Q2")
    assert year.contains(quarter)
    assert not quarter.contains(year)
    assert quarter.contains(date(2026, 6, 30))
    assert not quarter.contains(date(2026, 7, 1))


def test_ranges_and_divisions() -> None:
    assert [p.code for p in period_range(Period.parse("2025-Q3"), Period.parse("2026-Q2"))] == [
        "2025-Q3",
        "2025-Q4",
        "2026-Q1",
        "2026-Q2",
    ]
    assert list(period_range(Period.parse("2026"), Period.parse("2025"))) == []
    assert [p.code for p in Period.parse("2026-H2").divide(Kind.MONTH)] == [f"2026-{m:02d}" for m in range(7, 13)]
    with pytest.raises(PeriodError, match="of kind month"):
        list(period_range(Period.parse("2026"), Period.parse("2026-03")))
    with pytest.raises(PeriodError, match="cannot be divided"):
        Period.parse("2026-Q1").divide(Kind.YEAR)


@given(periods)
def test_the_code_reads_back(period: Period) -> None:
    assert Period.parse(period.code) == period
    assert Period.parse(period.label("zh")) == period


@given(periods, st.integers(-40, 40))
def test_shifting_there_and_back_is_the_same_period(period: Period, count: int) -> None:
    try:
        there = period.shift(count)
    except PeriodError:
        return
    assert there.shift(-count) == period
    assert (there > period) == (count > 0)


@given(periods)
def test_neighbours_leave_no_gap_and_no_overlap(period: Period) -> None:
    assert (period.next().start - period.end).days == 1
    assert period.days == (period.next().start - period.start).days


@given(days, kinds)
def test_a_day_lies_in_its_period(day: date, kind: Kind) -> None:
    assert Period.containing(day, kind).contains(day)
