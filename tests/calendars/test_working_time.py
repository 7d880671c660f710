from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kanjian.calendars.working_time import (
    DutyHours,
    OutsideCalendarError,
    WorkCalendar,
    YearStatus,
    add_workdays,
    add_working_time,
    is_workday,
    workdays_between,
    working_time_between,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = DutyHours()
covered_days = st.dates(min_value=date(2004, 1, 1), max_value=date(2026, 12, 31))
moments = st.datetimes(
    min_value=datetime(2005, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(2026, 6, 1),  # noqa: DTZ001
    timezones=st.just(SHANGHAI),
)


def every_day(first: int, last: int) -> list[date]:
    start = date(first, 1, 1)
    return [start + timedelta(days=offset) for offset in range((date(last, 12, 31) - start).days + 1)]


def test_every_day_from_2004_to_2026_agrees_with_the_foreign_calendar(calendar: WorkCalendar) -> None:
    different = [day for day in every_day(2004, 2026) if is_workday(calendar, day) != chinese_calendar.is_workday(day)]
    assert different == []


@pytest.mark.parametrize(
    "day",
    [
        "2025-01-26",
        "2025-02-08",
        "2025-04-27",
        "2025-09-28",
        "2025-10-11",
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ],
)
def test_make_up_days_are_worked(calendar: WorkCalendar, day: str) -> None:
    assert date.fromisoformat(day).weekday() >= 5
    assert is_workday(calendar, date.fromisoformat(day))


@pytest.mark.parametrize(("year", "made_up"), [(2024, 8), (2025, 5), (2026, 6)])
def test_number_of_make_up_days(calendar: WorkCalendar, year: int, made_up: int) -> None:
    assert sum(is_workday(calendar, day) and day.weekday() >= 5 for day in every_day(year, year)) == made_up


@pytest.mark.parametrize(("year", "number"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(calendar: WorkCalendar, year: int, number: int) -> None:
    assert workdays_between(calendar, date(year - 1, 12, 31), date(year, 12, 31)).days == number


def test_five_working_days_after_18_september_2026(calendar: WorkCalendar) -> None:
    due = add_workdays(calendar, date(2026, 9, 18), 5)
    assert due.day == date(2026, 9, 24)
    assert not due.provisional


def test_a_deadline_that_reaches_2027_says_that_it_is_provisional(calendar: WorkCalendar) -> None:
    due = add_workdays(calendar, date(2026, 12, 25), 10)
    assert due.provisional
    assert due.provisional_years == (2027,)


def test_a_notice_rules_the_last_days_of_the_year_before(calendar: WorkCalendar) -> None:
    # The notice of 2019 made Saturday 2018-12-29 a working day and Monday 2018-12-31 a holiday.
    assert is_workday(calendar, date(2018, 12, 29))
    assert not is_workday(calendar, date(2018, 12, 31))
    assert not add_workdays(calendar, date(2026, 12, 25), 1).provisional
    assert add_workdays(calendar, date(2026, 12, 28), 1).provisional_years == (2027,)
    without_next = WorkCalendar({2026: YearStatus.OFFICIAL})
    assert add_workdays(without_next, date(2026, 12, 28), 1).provisional_years == (2027,)


def test_no_earlier_day_of_december_was_ever_ruled_by_the_next_notice() -> None:
    ruled = [d for d in chinese_calendar.constants.holidays | chinese_calendar.constants.workdays if d.month == 12]
    assert ruled
    assert min(d.day for d in ruled) == 29


def test_outside_of_all_data_nothing_is_promised(calendar: WorkCalendar) -> None:
    with pytest.raises(OutsideCalendarError, match=r"no year 2028 \(it covers 2004–2027\).*notice for 2028"):
        add_workdays(calendar, date(2027, 12, 30), 5)
    with pytest.raises(OutsideCalendarError):
        is_workday(calendar, date(2003, 12, 31))
    with pytest.raises(OutsideCalendarError, match="it is empty"):
        is_workday(WorkCalendar({}), date(2026, 1, 1))


def test_zero_days_is_the_day_itself_or_the_next_working_day(calendar: WorkCalendar) -> None:
    assert add_workdays(calendar, date(2026, 9, 20), 0).day == date(2026, 9, 20)
    assert add_workdays(calendar, date(2026, 10, 1), 0).day == date(2026, 10, 8)


@given(covered_days, st.integers(1, 300))
def test_counting_undoes_adding(calendar: WorkCalendar, start: date, days: int) -> None:
    assume(start.year < 2026)
    due = add_workdays(calendar, start, days)
    assert is_workday(calendar, due.day)
    assert workdays_between(calendar, start, due.day).days == days
    assert workdays_between(calendar, due.day, start).days == -days


@given(covered_days, st.integers(1, 300))
def test_going_back_undoes_going_forward(calendar: WorkCalendar, start: date, days: int) -> None:
    assume(2005 < start.year < 2026)
    assume(is_workday(calendar, start))
    assert add_workdays(calendar, add_workdays(calendar, start, days).day, -days).day == start


@given(covered_days, covered_days, covered_days)
def test_counts_add_up(calendar: WorkCalendar, a: date, b: date, c: date) -> None:
    first, middle, last = sorted([a, b, c])
    assert (
        workdays_between(calendar, first, middle).days + workdays_between(calendar, middle, last).days
        == workdays_between(calendar, first, last).days
    )


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-09-18 16:30", 60, "2026-09-18 17:30"),  # to the closing bell, not to the next morning
        ("2026-09-18 16:30", 61, "2026-09-20 08:31"),  # Sunday 09-20 is worked
        ("2026-09-18 11:00", 120, "2026-09-18 14:30"),  # over lunch
        ("2026-09-18 12:15", 30, "2026-09-18 14:00"),
        ("2026-09-18 12:00", 0, "2026-09-18 13:30"),
        ("2026-09-30 18:00", 120, "2026-10-08 10:30"),  # after the National Day holiday
        ("2026-09-18 03:00", 450, "2026-09-18 17:30"),
    ],
)
def test_working_time_within_duty_hours(calendar: WorkCalendar, start: str, minutes: int, due: str) -> None:
    begin = datetime.fromisoformat(start).replace(tzinfo=SHANGHAI)
    moment = add_working_time(calendar, HOURS, begin, timedelta(minutes=minutes))
    assert moment.at == datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)
    assert not moment.provisional


@given(moments, st.integers(0, 60 * 24 * 20))
def test_measuring_undoes_adding_working_time(calendar: WorkCalendar, start: datetime, minutes: int) -> None:
    moment = add_working_time(calendar, HOURS, start, timedelta(minutes=minutes))
    assert working_time_between(calendar, HOURS, start, moment.at).duration == timedelta(minutes=minutes)


def test_working_time_without_lunch_and_its_errors(calendar: WorkCalendar) -> None:
    straight = DutyHours(time(9), time(9), time(9), time(17))
    start = datetime(2026, 9, 18, 9, tzinfo=UTC)
    assert add_working_time(calendar, straight, start, timedelta(hours=8)).at == datetime(2026, 9, 18, 17, tzinfo=UTC)
    with pytest.raises(ValueError, match="cannot be negative"):
        add_working_time(calendar, straight, start, timedelta(minutes=-1))
    with pytest.raises(ValueError, match="before the start"):
        working_time_between(calendar, straight, start, start - timedelta(minutes=1))
    with pytest.raises(ValueError, match="run forwards"):
        DutyHours(time(17), time(12), time(13), time(9))
    with pytest.raises(ValueError, match="whole working day"):
        DutyHours(time(9), time(9), time(17), time(17))


def test_a_year_in_2027_counts_but_says_so(calendar: WorkCalendar) -> None:
    count = workdays_between(calendar, date(2026, 12, 31), date(2027, 12, 31))
    assert count.provisional_years == (2027,)
    # 261 weekdays less the statutory days that fall on weekdays: 01-01, 02-05, 02-08, 04-05, 06-09, 09-15, 10-01.
    assert count.days == 254
