"""Reads of the calendar."""

from kanjian.calendars.models import CalendarDay, CalendarYear
from kanjian.calendars.working_time import WorkCalendar, YearStatus


def work_calendar() -> WorkCalendar:
    """The whole calendar, frozen, for the functions of ``calendars.working_time``: two queries, 30 rows a year."""
    years = {row.year: YearStatus(row.status) for row in CalendarYear.objects.all()}
    return WorkCalendar(years, dict(CalendarDay.objects.values_list("day", "is_workday")))


def year_status(year: int) -> YearStatus | None:
    """Official, provisional, or None when the calendar has nothing on the year."""
    status = CalendarYear.objects.filter(year=year).values_list("status", flat=True).first()
    return None if status is None else YearStatus(status)
