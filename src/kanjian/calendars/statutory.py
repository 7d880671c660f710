"""The statutory days off of a year whose notice is not out yet 法定节假日.

From the State Council's rules on days off at festivals and memorial days (全国年节及纪念日放假办法, decree 795, in
force since 2025): New Year 1 day, Spring Festival 4 (the eve and three days), Tomb-sweeping 1, Labour Day 2,
Dragon Boat 1, Mid-autumn 1, National Day 3. Which neighbouring days are off or worked instead is decided by each
year's notice and therefore *not* part of this. The lunar dates are a table (``data/festivals.csv``), checked against
two independent lunar calendars; a year outside it has only the fixed days.
"""

import csv
from datetime import date, timedelta
from functools import cache
from pathlib import Path

FESTIVALS = Path(__file__).parent / "data" / "festivals.csv"
_FIXED = (("元旦", 1, 1), ("劳动节", 5, 1), ("劳动节", 5, 2), ("国庆节", 10, 1), ("国庆节", 10, 2), ("国庆节", 10, 3))


@cache
def _festivals() -> dict[int, dict[str, date]]:
    with FESTIVALS.open(encoding="utf-8", newline="") as file:
        return {
            int(row["year"]): {name: date.fromisoformat(day) for name, day in row.items() if name != "year"}
            for row in csv.DictReader(file)
        }


def statutory_days(year: int) -> dict[date, str]:
    """The year's statutory days off with their Chinese names, as far as they are known."""
    days = {date(year, month, day): name for name, month, day in _FIXED}
    festivals = _festivals().get(year)
    if festivals:
        spring = festivals["spring_festival"]
        days |= {spring + timedelta(days=offset): "春节" for offset in range(-1, 3)}
        days |= {
            festivals["tomb_sweeping_day"]: "清明节",
            festivals["dragon_boat_festival"]: "端午节",
            # Mid-autumn may fall on National Day; the longer holiday keeps its name.
            **({} if festivals["mid_autumn_festival"] in days else {festivals["mid_autumn_festival"]: "中秋节"}),
        }
    return days


def lunar_days_known(year: int) -> bool:
    """Whether the table has the year's lunar festivals."""
    return year in _festivals()
