"""Periods 期: years, half-years, quarters, seasons and months as values that can be ordered, stepped and labelled.

Pure: no database, no settings. The code of a period (``Period.code``) is what values, releases and editions store.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import total_ordering
from typing import Self

FIRST_YEAR, LAST_YEAR = 1900, 2199


class Kind(StrEnum):
    """How long a period is. A season 四季 is a quarter by its campaign name: spring plan … winter transformation."""

    YEAR = "year"
    HALF = "half"
    QUARTER = "quarter"
    SEASON = "season"
    MONTH = "month"


MONTHS = {Kind.YEAR: 12, Kind.HALF: 6, Kind.QUARTER: 3, Kind.SEASON: 3, Kind.MONTH: 1}
_LETTER = {Kind.HALF: "H", Kind.QUARTER: "Q", Kind.SEASON: "S"}
_SEASONS_ZH = "春夏秋冬"
_SEASONS_EN = ("spring", "summer", "autumn", "winter")
_DIGITS_ZH = "一二三四"
_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_CODE = re.compile(r"(?P<year>\d{4})(?:-(?:(?P<letter>[HQS])(?P<part>\d)|(?P<month>\d{2})))?")
_CHINESE = re.compile(
    r"(?P<year>\d{4})年?(?:(?P<half>[上下])半年|第?(?P<quarter>[1-4一二三四])季度|(?P<season>[春夏秋冬])季?|(?P<month>1[0-2]|0?[1-9])月)"
)
_YEAR_ZH = re.compile(r"(?P<year>\d{4})年(?:度|全年)?")


class PeriodError(ValueError):
    """A text that is not a period; the message says what is accepted."""

    def __init__(self, text: str, reason: str = "") -> None:
        self.text = text
        detail = f" ({reason})" if reason else ""
        super().__init__(
            f"{text!r} is not a period{detail}: "
            "write 2026, 2026-H1, 2026-Q1, 2026-S1 or 2026-03 (2026年第一季度 is read too)"
        )


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of the civil calendar 统计期: ``index`` counts from 1 within the year.

    Periods are ordered by their first day, shorter ones first; equal spans of different kinds (quarter and season)
    are ordered by kind so that the order is total.
    """

    kind: Kind
    year: int
    index: int = 1

    def __post_init__(self) -> None:
        """Refuse what does not exist, such as a fifth quarter."""
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise PeriodError(str(self.year), f"the year must lie in {FIRST_YEAR}–{LAST_YEAR}")
        if not 1 <= self.index <= self.per_year:
            raise PeriodError(
                f"{self.year}-{self.index}", f"a year has {self.per_year} periods of kind {self.kind.value}"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2026``, ``2026-H1``, ``2026-Q1``, ``2026-S1``, ``2026-03`` or the Chinese forms.

        Raises ``PeriodError`` for anything else; nothing is guessed (``2026-3`` and ``2026-13`` are refused).
        """
        cleaned = unicodedata.normalize("NFKC", text).strip().upper()  # full-width digits and dashes are read too
        if match := _CODE.fullmatch(cleaned):
            return cls._from_code(text, match)
        compact = re.sub(r"\s+", "", cleaned)
        if match := _YEAR_ZH.fullmatch(compact):
            return cls(Kind.YEAR, int(match["year"]))
        if match := _CHINESE.fullmatch(compact):
            return cls._from_chinese(match)
        raise PeriodError(text)

    @classmethod
    def _from_code(cls, text: str, match: re.Match[str]) -> Self:
        year = int(match["year"])
        if match["letter"]:
            kind = next(kind for kind, letter in _LETTER.items() if letter == match["letter"])
            index = int(match["part"])
        elif match["month"]:
            kind, index = Kind.MONTH, int(match["month"])
        else:
            kind, index = Kind.YEAR, 1
        try:
            return cls(kind, year, index)
        except PeriodError as error:
            raise PeriodError(text, f"no {kind.value} {index} in {year}") from error

    @classmethod
    def _from_chinese(cls, match: re.Match[str]) -> Self:
        year = int(match["year"])
        if match["half"]:
            return cls(Kind.HALF, year, 1 if match["half"] == "上" else 2)
        if quarter := match["quarter"]:
            return cls(Kind.QUARTER, year, int(quarter) if quarter.isascii() else _DIGITS_ZH.index(quarter) + 1)
        if match["season"]:
            return cls(Kind.SEASON, year, _SEASONS_ZH.index(match["season"]) + 1)
        return cls(Kind.MONTH, year, int(match["month"]))

    @classmethod
    def containing(cls, day: date, kind: Kind) -> Self:
        """The period of that kind in which the day lies."""
        return cls(kind, day.year, (day.month - 1) // MONTHS[kind] + 1)

    @property
    def per_year(self) -> int:
        """How many periods of this kind a year has."""
        return 12 // MONTHS[self.kind]

    @property
    def start(self) -> date:
        """First day."""
        return date(self.year, (self.index - 1) * MONTHS[self.kind] + 1, 1)

    @property
    def end(self) -> date:
        """Last day, inclusive."""
        month = self.index * MONTHS[self.kind]
        following = date(self.year + 1, 1, 1) if month == 12 else date(self.year, month + 1, 1)
        return following - timedelta(days=1)

    @property
    def days(self) -> int:
        """Calendar days in the period."""
        return (self.end - self.start).days + 1

    @property
    def code(self) -> str:
        """The stored form, at most 7 characters; ``Period.parse(period.code) == period``."""
        match self.kind:
            case Kind.YEAR:
                return f"{self.year}"
            case Kind.MONTH:
                return f"{self.year}-{self.index:02d}"
            case kind:
                return f"{self.year}-{_LETTER[kind]}{self.index}"

    def shift(self, count: int) -> Self:
        """The period ``count`` steps later (earlier when negative)."""
        serial = self.year * self.per_year + self.index - 1 + count
        return type(self)(self.kind, serial // self.per_year, serial % self.per_year + 1)

    def next(self) -> Self:
        """The following period of the same kind."""
        return self.shift(1)

    def previous(self) -> Self:
        """The preceding period of the same kind (环比 compares with it)."""
        return self.shift(-1)

    def same_period_last_year(self) -> Self:
        """The same period one year before (同比 compares with it)."""
        return type(self)(self.kind, self.year - 1, self.index)

    def contains(self, other: "date | Period") -> bool:
        """Whether the day, or the whole of the other period, lies within this one."""
        if isinstance(other, Period):
            return self.start <= other.start and other.end <= self.end
        return self.start <= other <= self.end

    def divide(self, kind: Kind) -> "list[Period]":
        """The periods of a shorter kind that make up this one; ``PeriodError`` when they do not fit."""
        if MONTHS[self.kind] % MONTHS[kind]:
            raise PeriodError(self.code, f"cannot be divided into periods of kind {kind.value}")
        first = Period.containing(self.start, kind)
        return [first.shift(step) for step in range(MONTHS[self.kind] // MONTHS[kind])]

    def label(self, language: str = "zh") -> str:
        """How people write it: ``2026年第一季度`` / ``Q1 2026``; any language but Chinese gets English."""
        return self._label_zh() if language.lower().startswith("zh") else self._label_en()

    def _label_zh(self) -> str:
        match self.kind:
            case Kind.YEAR:
                return f"{self.year}年"
            case Kind.HALF:
                return f"{self.year}年{'上下'[self.index - 1]}半年"
            case Kind.QUARTER:
                return f"{self.year}年第{_DIGITS_ZH[self.index - 1]}季度"
            case Kind.SEASON:
                return f"{self.year}年{_SEASONS_ZH[self.index - 1]}季"
            case Kind.MONTH:
                return f"{self.year}年{self.index}月"

    def _label_en(self) -> str:
        match self.kind:
            case Kind.YEAR:
                return str(self.year)
            case Kind.SEASON:
                return f"{_SEASONS_EN[self.index - 1]} {self.year}".capitalize()
            case Kind.MONTH:
                return f"{_MONTHS_EN[self.index - 1]} {self.year}"
            case kind:
                return f"{_LETTER[kind]}{self.index} {self.year}"

    def _order(self) -> tuple[date, date, str]:
        return self.start, self.end, self.kind.value

    def __lt__(self, other: object) -> bool:
        """Earlier first, then shorter first."""
        if not isinstance(other, Period):
            return NotImplemented
        return self._order() < other._order()

    def __str__(self) -> str:
        return self.code


def period_range(first: Period, last: Period) -> Iterator[Period]:
    """All periods from ``first`` to ``last``, both included, in order; empty when ``last`` is earlier.

    Raises ``PeriodError`` when the two are of different kinds.
    """
    if first.kind is not last.kind:
        raise PeriodError(last.code, f"is of kind {last.kind.value}, the first one of kind {first.kind.value}")
    current = first
    while current <= last:
        yield current
        current = current.next()
