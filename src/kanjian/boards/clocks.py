"""Days that boards count 时限: by the official working-day calendar, and honest where it is not in yet."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kanjian.boards.states import BoardError
from kanjian.calendars.selectors import work_calendar
from kanjian.calendars.working_time import OutsideCalendarError, add_workdays, workdays_between

WINDOW_DAYS = 5
"""Working days for which objections are taken, unless somebody says otherwise."""
DECISION_DAYS = 10
"""Working days from the filing of an objection to its decision; the same again for the second review."""
APPEAL_DAYS = 5
"""Working days from a decision during which the second review may be asked for."""


@dataclass(frozen=True, slots=True)
class Due:
    """A last day; ``provisional`` names the years whose holidays were not known when it was counted, else empty."""

    day: date
    provisional: str = ""


def working_days_after(start: date, days: int) -> Due:
    """The ``days``-th working day after ``start``, which is not counted itself. ``BoardError`` (no_calendar)."""
    try:
        found = add_workdays(work_calendar(), start, days)
    except OutsideCalendarError as error:
        raise _no_calendar(error) from error
    return Due(found.day, " ".join(str(year) for year in found.provisional_years))


def working_days_since(start: date, end: date) -> int:
    """How many working days have passed after ``start``, up to and including ``end``. ``BoardError`` (no_calendar)."""
    try:
        return workdays_between(work_calendar(), start, end).days
    except OutsideCalendarError as error:
        raise _no_calendar(error) from error


def _no_calendar(error: OutsideCalendarError) -> BoardError:
    text = _("工作日历没有 %(year)s 年：请管理员运行 kanjian prepare 载入日历，或改按自然天计") % {"year": error.year}
    return BoardError("no_calendar", text)
