"""Fields × units × times × minutes 负担算法: pure functions.

Minutes are estimates that stand at each field; nobody's time at the screen is ever recorded (red line R01).
A department that answers for many units hands in one table, so its minutes count once per field and period.
"""

from collections.abc import Collection as Many
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kanjian.calendars.periods import Kind, Period

TIMES = {"month": 12, "quarter": 4, "half": 2, "year": 1}
KIND_OF = {"month": Kind.MONTH, "quarter": Kind.QUARTER, "half": Kind.HALF, "year": Kind.YEAR}
MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a collection asks of all its reporters in a full year."""

    fields: int
    reporters: int
    cells_per_round: int
    times: int
    minutes_per_round: float  # of one reporter that answers for the most units

    @property
    def cells(self) -> int:
        """Cells in a year, all reporters."""
        return self.cells_per_round * self.times

    @property
    def hours_per_reporter(self) -> float:
        """Of the reporter that has the most to do."""
        return self.minutes_per_round * self.times / MINUTES_PER_HOUR


def minutes_of_round(minutes: Iterable[float], subjects: int, *, as_table: bool) -> float:
    """One reporter's minutes for one period: every field for every unit it answers for; a table counts once."""
    return sum(minutes) * (1 if as_table else subjects)


def periods_of_year(
    frequency: str, year: int, *, begins: date | None, ends: date | None, opened: Many[str] = ()
) -> list[str]:
    """Periods of the year that are asked: those that end while the collection runs, and those with a window."""
    every = Period.parse(str(year)).divide(KIND_OF[frequency])
    asked = [
        period.code
        for period in every
        if (begins is None or period.end >= begins) and (ends is None or period.end <= ends)
    ]
    return sorted({*asked, *(code for code in opened if code in {period.code for period in every})})


def share_of_ceiling(hours: float, ceiling: float | None) -> float | None:
    """Hours as a part of the ceiling; None where none is published."""
    return None if not ceiling else hours / ceiling
