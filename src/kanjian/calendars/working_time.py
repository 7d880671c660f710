"""Working time 工作时间: working days with make-up days 调休, duty hours, deadlines.

Pure functions over a frozen table; the table comes from ``calendars.selectors.work_calendar``. Three kinds of years:

* *official* 正式: the State Council's holiday notice is in the table; answers are certain;
* *provisional* 暂定: only weekends and the statutory days are known; every answer that looked at such a year says so;
* absent: the function refuses with ``OutsideCalendarError``; nothing is guessed.

A year's notice also rules the last three days of the year before (New Year's Day 2019 made Saturday 2018-12-29 a
working day and Monday 2018-12-31 a holiday), so 29–31 December stay provisional until the next notice is in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

ONE_DAY = timedelta(days=1)
# The earliest day of December that a following year's notice has changed (2018-12-29; also 2007-12-29).
RULED_BY_NEXT_NOTICE = 29


class YearStatus(StrEnum):
    """Whether the year's holiday notice is loaded."""

    OFFICIAL = "official"
    PROVISIONAL = "provisional"


class OutsideCalendarError(LookupError):
    """A day in a year of which the calendar knows nothing."""

    def __init__(self, year: int, known: Iterable[int]) -> None:
        self.year = year
        years = sorted(known)
        span = f"it covers {years[0]}–{years[-1]}" if years else "it is empty"
        super().__init__(
            f"the working-day calendar has no year {year} ({span}): load the State Council's notice for {year}"
        )


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The frozen table: status per year, and the days on which work differs from Monday–Friday.

    ``exceptions`` maps a day to True (make-up working day) or False (holiday); holidays on a weekend may be listed.
    """

    years: Mapping[int, YearStatus]
    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Freeze both tables."""
        object.__setattr__(self, "years", MappingProxyType(dict(self.years)))
        object.__setattr__(self, "exceptions", MappingProxyType(dict(self.exceptions)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What every result says about itself: the years whose notices, not loaded yet, could still change it."""

    provisional_years: tuple[int, ...] = ()

    @property
    def provisional(self) -> bool:
        """Whether a notice that is not loaded yet could change the answer 暂定."""
        return bool(self.provisional_years)


@dataclass(frozen=True, slots=True)
class Deadline(Answer):
    """A day on which something is due 期限."""

    day: date


@dataclass(frozen=True, slots=True)
class Moment(Answer):
    """A point in working time; ``at`` carries the time zone of the moment it was computed from."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Count(Answer):
    """A number of working days."""

    days: int


@dataclass(frozen=True, slots=True)
class Span(Answer):
    """An amount of working time."""

    duration: timedelta


@dataclass(frozen=True, slots=True)
class DutyHours:
    """A working day's window with its lunch break 上下班时间; equal lunch times mean no break."""

    opens: time = time(8, 30)
    lunch_from: time = time(12, 0)
    lunch_to: time = time(13, 30)
    closes: time = time(17, 30)

    def __post_init__(self) -> None:
        """Refuse hours that run backwards."""
        if not self.opens <= self.lunch_from <= self.lunch_to <= self.closes or self.opens == self.closes:
            raise ValueError(
                f"duty hours must run forwards: {self.opens:%H:%M} – {self.lunch_from:%H:%M}, "
                f"{self.lunch_to:%H:%M} – {self.closes:%H:%M}"
            )
        if self.opens == self.lunch_from and self.lunch_to == self.closes:
            raise ValueError("lunch covers the whole working day")

    def windows(self, day: date, like: datetime) -> list[tuple[datetime, datetime]]:
        """The stretches of duty on a day, in the time zone of ``like``."""
        bounds = [(self.opens, self.lunch_from), (self.lunch_to, self.closes)]
        if self.lunch_from == self.lunch_to:
            bounds = [(self.opens, self.closes)]
        return [
            (datetime.combine(day, start, like.tzinfo), datetime.combine(day, end, like.tzinfo))
            for start, end in bounds
            if start < end
        ]


def is_workday(calendar: WorkCalendar, day: date) -> bool:
    """Whether people work on the day; ``OutsideCalendarError`` when the calendar has nothing on its year."""
    if day.year not in calendar.years:
        raise OutsideCalendarError(day.year, calendar.years)
    return calendar.exceptions.get(day, day.weekday() < 5)


def unsettled_year(calendar: WorkCalendar, day: date) -> int | None:
    """The year whose missing notice could still change this day, or None when the day is certain."""
    if calendar.years.get(day.year) is not YearStatus.OFFICIAL:
        return day.year
    tail = day.month == 12 and day.day >= RULED_BY_NEXT_NOTICE
    if tail and calendar.years.get(day.year + 1) is not YearStatus.OFFICIAL:
        return day.year + 1
    return None


def unsettled_years(calendar: WorkCalendar, first: date, last: date) -> tuple[int, ...]:
    """The years whose missing notices could change a day in ``first`` … ``last``, both included."""
    found: set[int] = set()
    for year in range(first.year, last.year + 1):
        for day in (max(first, date(year, 1, 1)), min(last, date(year, 12, 31))):
            unsettled = unsettled_year(calendar, day)
            if unsettled is not None:
                found.add(unsettled)
    return tuple(sorted(found))


def add_workdays(calendar: WorkCalendar, start: date, days: int) -> Deadline:
    """The ``days``-th working day after ``start``, which itself is not counted 第 N 个工作日.

    Negative: the working day that many before. Zero: ``start`` when it is a working day, else the next one.
    """
    step = -ONE_DAY if days < 0 else ONE_DAY
    day, left = start, abs(days)
    if days == 0:
        while not is_workday(calendar, day):
            day += ONE_DAY
    while left:
        day += step
        left -= is_workday(calendar, day)
    return Deadline(day, provisional_years=unsettled_years(calendar, min(start, day), max(start, day)))


def workdays_between(calendar: WorkCalendar, start: date, end: date) -> Count:
    """Working days after ``start`` up to and including ``end``; negative when ``end`` is earlier.

    The inverse of ``add_workdays``: ``workdays_between(c, s, add_workdays(c, s, n).day).days == n`` for n ≥ 1.
    """
    if end < start:
        back = workdays_between(calendar, end, start)
        return Count(-back.days, provisional_years=back.provisional_years)
    days = sum(is_workday(calendar, start + timedelta(days=offset)) for offset in range(1, (end - start).days + 1))
    return Count(days, provisional_years=unsettled_years(calendar, start + ONE_DAY, end) if end > start else ())


def add_working_time(calendar: WorkCalendar, hours: DutyHours, start: datetime, amount: timedelta) -> Moment:
    """The moment at which ``amount`` of duty time has passed since ``start``.

    Zero amount: ``start`` itself when on duty, else the next opening. Raises ``ValueError`` for negative amounts.
    """
    if amount < timedelta():
        raise ValueError("an amount of working time cannot be negative")
    day, left = start.date(), amount
    while True:
        if is_workday(calendar, day):
            for opens, closes in hours.windows(day, start):
                begin = max(opens, start)
                # A closing moment belongs to the stretch that ends there only when time was due in it.
                if begin < closes and left <= closes - begin:
                    return Moment(begin + left, provisional_years=unsettled_years(calendar, start.date(), day))
                left -= max(closes - begin, timedelta())
        day += ONE_DAY


def working_time_between(calendar: WorkCalendar, hours: DutyHours, start: datetime, end: datetime) -> Span:
    """Duty time between two moments; ``ValueError`` when ``end`` is earlier."""
    if end < start:
        raise ValueError(f"the end {end} is before the start {start}")
    total = timedelta()
    for offset in range((end.date() - start.date()).days + 1):
        day = start.date() + timedelta(days=offset)
        if is_workday(calendar, day):
            for opens, closes in hours.windows(day, start):
                total += max(min(closes, end) - max(opens, start), timedelta())
    return Span(total, provisional_years=unsettled_years(calendar, start.date(), end.date()))
