"""Load a year's holiday notice: the year becomes official 正式."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.calendars.models import CalendarDay, CalendarYear
from kanjian.calendars.notice import NoticeError, NoticeProblem, parse_notice
from kanjian.calendars.policies import require_change_calendar
from kanjian.calendars.seed import NoticeDay
from kanjian.ledger.actions import append_event


@dataclass(frozen=True, slots=True)
class NoticeLoaded:
    """What loading changed: the days on which work differs from what the calendar said before."""

    year: int
    days: int
    changed: tuple[date, ...]


@transaction.atomic
def load_notice(year: int, content: bytes, *, source: str, by: AbstractBaseUser | None) -> NoticeLoaded:
    """Replace what the calendar knows of a year by its notice; all of it or nothing.

    ``content`` is the file (CSV or JSON, see ``calendars.notice``), ``source`` the notice's title or number. Raises
    ``NoticeError`` with every wrong line, ``PermissionDenied``.
    """
    require_change_calendar(by)
    days = parse_notice(content, year)
    _refuse_days_of_other_notices(days, year)
    before = {day.day: day.is_workday for day in CalendarDay.objects.filter(year=year)}
    after = {day.day: day.is_workday for day in days}
    status = CalendarYear.Status.OFFICIAL
    CalendarYear.objects.update_or_create(year=year, defaults={"status": status, "source": source})
    store_days(year, days)
    changed = tuple(sorted(day for day in before | after if _works(before, day) != _works(after, day)))
    append_event(
        "calendars.load_notice",
        f"calendar_year:{year}",
        by=by,
        data={
            "source": source,
            "sha256": hashlib.sha256(content).hexdigest(),
            "days": len(days),
            "changed": [day.isoformat() for day in changed],
        },
    )
    return NoticeLoaded(year, len(days), changed)


def store_days(year: int, days: list[NoticeDay]) -> None:
    """Put a year's days in the place of those stored; part of the caller's transaction."""
    CalendarDay.objects.filter(year=year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day.day, year_id=year, is_workday=day.is_workday, name=day.name) for day in days
    )


def _refuse_days_of_other_notices(days: list[NoticeDay], year: int) -> None:
    taken = CalendarDay.objects.filter(day__in=[day.day for day in days]).exclude(year=year)
    problems = [
        NoticeProblem(
            0,
            "date",
            _("%(day)s 已由 %(year)s 年的通知规定") % {"day": day.day, "year": day.year_id},
            _("核对两份通知，只在一份中保留该日"),
        )
        for day in taken
    ]
    if problems:
        raise NoticeError(problems)


def _works(table: dict[date, bool], day: date) -> bool:
    return table.get(day, day.weekday() < 5)
