import json
from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from kanjian import health
from kanjian.calendars.actions import load_notice, seed_years
from kanjian.calendars.models import CalendarDay, CalendarYear
from kanjian.calendars.notice import NoticeError
from kanjian.calendars.selectors import work_calendar, year_status
from kanjian.calendars.working_time import WorkCalendar, YearStatus, add_workdays, is_workday
from kanjian.ledger.models import Event

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
# Not the real notice of 2027, which is not out; enough to be a whole one.
NOTICE = """date,kind,name
2026-12-31,off,元旦
2027-01-01,off,元旦
2027-01-02,work,元旦调休上班
2027-02-05,off,春节
2027-05-01,off,劳动节
2027-10-01,off,国庆节
"""


def load(text: str, year: int = 2027, encoding: str = "utf-8") -> None:
    load_notice(year, text.encode(encoding), source="测试通知", by=None)


def test_the_seed_is_the_calendar_the_pure_functions_were_tested_with(calendar: WorkCalendar) -> None:
    seeded = seed_years(today=TODAY)
    assert (seeded.official[0], seeded.official[-1], seeded.provisional) == (2004, 2026, (2027, 2028))
    stored = work_calendar()
    assert {day: works for day, works in stored.exceptions.items() if day.year < 2027} == {
        day: works for day, works in calendar.exceptions.items() if day.year < 2027
    }
    assert add_workdays(stored, date(2026, 9, 18), 5).day == date(2026, 9, 24)


def test_seeding_twice_changes_nothing() -> None:
    seed_years(today=TODAY)
    days, events = CalendarDay.objects.count(), Event.objects.count()
    again = seed_years(today=TODAY)
    assert (again.official, again.provisional) == ((), ())
    assert (CalendarDay.objects.count(), Event.objects.count()) == (days, events) == (days, 1)


def test_provisional_years_know_the_statutory_days_and_no_make_up_days() -> None:
    seed_years(today=TODAY)
    days = dict(CalendarDay.objects.filter(year=2027).values_list("day", "is_workday"))
    assert not any(days.values())
    assert date(2027, 2, 5) in days  # the eve of Spring Festival
    assert date(2027, 2, 9) not in days  # a day in lieu is for the notice to give
    assert year_status(2027) is YearStatus.PROVISIONAL
    assert year_status(2029) is None


def test_a_notice_makes_its_year_official_and_is_recorded() -> None:
    seed_years(today=TODAY)
    assert add_workdays(work_calendar(), date(2026, 12, 30), 2).provisional_years == (2027,)
    load(NOTICE)
    due = add_workdays(work_calendar(), date(2026, 12, 30), 2)
    assert (due.day, due.provisional) == (date(2027, 1, 4), False)  # 2027-01-02 worked, the 3rd is a Sunday
    event = Event.objects.get(verb="calendars.load_notice")
    assert event.subject == "calendar_year:2027"
    assert "2026-12-31" in event.data["changed"]
    assert "2027-02-08" in event.data["changed"]  # statutory so far, not in this notice


def test_a_loaded_notice_survives_the_next_seeding() -> None:
    seed_years(today=TODAY)
    load(NOTICE)
    seed_years(today=TODAY)
    assert CalendarYear.objects.get(year=2027).source == "测试通知"
    assert is_workday(work_calendar(), date(2027, 1, 2))


def test_json_and_gb18030_are_read() -> None:
    rows = [dict(zip(("日期", "kind", "name"), line.split(","), strict=True)) for line in NOTICE.splitlines()[1:]]
    load(json.dumps(rows, ensure_ascii=False))
    load(
        NOTICE.replace("date,kind,name", "日期,类型,名称").replace("off", "休").replace("work", "班"),
        encoding="gb18030",
    )
    assert CalendarDay.objects.filter(year=2027).count() == 6
    assert CalendarDay.objects.get(day="2027-10-01").name == "国庆节"


def test_every_wrong_line_is_named_and_nothing_is_written() -> None:
    seed_years(today=TODAY)
    bad = (
        NOTICE
        + "2027-02-30,off,春节\n2027-10-01,off,国庆节\n2027-03-01,work,\n2028-01-01,off,元旦\n2027-04-05,maybe,\n"
    )
    with pytest.raises(NoticeError) as caught:
        load(bad.replace("2027-05-01,off,劳动节\n", ""))
    assert [(problem.row, problem.column) for problem in caught.value.problems] == [
        (7, "date"),
        (8, "date"),
        (9, "kind"),
        (10, "date"),
        (11, "kind"),
        (0, "date"),
    ]
    assert all(problem.remedy for problem in caught.value.problems)
    assert year_status(2027) is YearStatus.PROVISIONAL


@pytest.mark.parametrize("text", ["[{]", '{"date": 1}', "day,what\n2027-01-01,off\n", "", "\udcff"])
def test_files_of_another_shape_are_refused(text: str) -> None:
    with pytest.raises(NoticeError):
        load_notice(2027, text.encode("utf-8", "surrogateescape"), source="x", by=None)


def test_a_day_cannot_be_ruled_by_two_notices() -> None:
    load("date,kind,name\n" + "".join(f"2026-{day},off,\n" for day in ("01-01", "05-01", "10-01", "12-31")), year=2026)
    with pytest.raises(NoticeError, match="2026-12-31"):
        load(NOTICE)


def test_only_those_with_the_right_may_change_the_calendar(django_user_model) -> None:
    stranger = django_user_model.objects.create_user(username="stranger")
    with pytest.raises(PermissionDenied):
        seed_years(by=stranger)
    with pytest.raises(PermissionDenied):
        load_notice(2027, NOTICE.encode(), source="x", by=stranger)
    chief = django_user_model.objects.create_superuser(username="chief")
    seed_years(by=chief, today=TODAY)
    assert Event.objects.get().actor == "chief"


@time_machine.travel("2026-11-22 10:00+08:00")
def test_health_says_which_year_is_provisional_or_missing() -> None:
    found = health.run(["calendars.provisional"])
    assert [problem.severity for problem in found] == [health.Severity.ERROR] * 2
    seed_years()
    found = health.run(["calendars.provisional"])
    assert [(problem.severity, "2027" in problem.message) for problem in found] == [(health.Severity.WARNING, True)]
    load(NOTICE)
    assert health.run(["calendars.provisional"]) == []
