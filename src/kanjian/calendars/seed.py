"""Where the first calendar comes from: the notices of 2004–2026 as ``chinesecalendar`` records them. Pure."""

import importlib.metadata
from dataclasses import dataclass
from datetime import date

from chinese_calendar import constants

from kanjian.calendars.statutory import statutory_days

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利七十周年纪念日",
}


@dataclass(frozen=True, slots=True, order=True)
class NoticeDay:
    """One line of a notice: a holiday, or a weekend day that is worked instead 调休."""

    day: date
    is_workday: bool
    name: str


def seed_source() -> str:
    """Which edition of the seed was read."""
    return f"chinesecalendar {importlib.metadata.version('chinesecalendar')}"


def official_notices() -> dict[int, list[NoticeDay]]:
    """Notice year → its days, in order. Days of late December around New Year belong to the following year's notice."""
    notices: dict[int, list[NoticeDay]] = {}
    for table, is_workday in ((constants.holidays, False), (constants.workdays, True)):
        for day, english in table.items():
            name = NAMES[english]
            year = day.year + (day.month == 12 and name == "元旦")
            notices.setdefault(year, []).append(NoticeDay(day, is_workday, name + ("调休上班" if is_workday else "")))
    return {year: sorted(days) for year, days in sorted(notices.items())}


def provisional_days(year: int) -> list[NoticeDay]:
    """The statutory days off of a year without a notice; bridging and make-up days are unknown and not guessed."""
    return sorted(NoticeDay(day, is_workday=False, name=name) for day, name in statutory_days(year).items())
