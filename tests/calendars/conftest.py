"""The official table as a frozen calendar, without a database."""

import pytest

from kanjian.calendars.seed import official_notices, provisional_days
from kanjian.calendars.working_time import WorkCalendar, YearStatus


def build_calendar(provisional: tuple[int, ...] = (2027,)) -> WorkCalendar:
    notices = official_notices()
    years = dict.fromkeys(notices, YearStatus.OFFICIAL) | dict.fromkeys(provisional, YearStatus.PROVISIONAL)
    exceptions = {day.day: day.is_workday for notice in notices.values() for day in notice}
    for year in provisional:
        exceptions |= {day.day: day.is_workday for day in provisional_days(year)}
    return WorkCalendar(years, exceptions)


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    return build_calendar()
