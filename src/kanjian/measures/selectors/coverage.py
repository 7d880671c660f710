"""How complete the values are 覆盖情况."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from kanjian.calendars.periods import Period
from kanjian.measures.models import Indicator, Value
from kanjian.orgs.models import Unit


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the cells of one indicator and period say; ``units`` is how many units it is expected from.

    Expected are the units that have a cell of this indicator in any period and existed in this one.
    """

    indicator: str
    period: str
    present: int
    missing: int
    not_applicable: int
    units: int

    @property
    def silent(self) -> int:
        """Units without any cell."""
        return max(self.units - self.present - self.missing - self.not_applicable, 0)

    @property
    def share(self) -> float | None:
        """Present values among the units to which the indicator applies, 0..1; None when it applies to none."""
        applicable = self.units - self.not_applicable
        return self.present / applicable if applicable > 0 else None


@dataclass(frozen=True, slots=True)
class Counts:
    """Cells by what they say."""

    present: int = 0
    missing: int = 0
    not_applicable: int = 0


def coverage(indicator: Indicator, periods: Iterable[str] | None = None) -> list[Coverage]:
    """One entry per period that has cells of the indicator (or per period asked for), latest first."""
    every = _periods_of(indicator)
    wanted = every if periods is None else list(periods)
    counted = _counted(Value.objects.filter(indicator=indicator, period__in=wanted), "period")
    asked = Value.objects.filter(indicator=indicator, period__in=every).values("unit")
    lives = list(Unit.objects.filter(pk__in=asked).values_list("valid_from", "valid_to"))
    result = []
    for period in sorted(map(Period.parse, wanted), reverse=True):
        expected = sum(
            (start is None or start <= period.end) and (end is None or end > period.start) for start, end in lives
        )
        counts = counted.get(period.code, Counts())
        result.append(
            Coverage(
                indicator=indicator.code,
                period=period.code,
                present=counts.present,
                missing=counts.missing,
                not_applicable=counts.not_applicable,
                units=expected,
            )
        )
    return result


def coverage_by_indicator(period: str) -> dict[str, Counts]:
    """Indicator code → its cells in the period; indicators without any are absent."""
    return _counted(Value.objects.filter(period=period), "indicator__code")


def latest_period() -> str | None:
    """The latest period that has any value and has begun to be filled; None for an empty database."""
    codes = known_periods()
    return codes[0] if codes else None


def known_periods() -> list[str]:
    """All periods that have values, latest first; of equal starts the shorter one first."""
    codes = _distinct_periods()
    return sorted(codes, key=Period.parse, reverse=True)


def _distinct_periods() -> list[str]:
    """The distinct periods by a walk along the index: one probe per period instead of a scan of millions of rows."""
    found: list[str] = []
    following = Value.objects.order_by("period").values_list("period", flat=True)
    code = following.first()
    while code is not None:
        found.append(code)
        code = following.filter(period__gt=code).first()
    return found


def _periods_of(indicator: Indicator) -> list[str]:
    return [code for code in _distinct_periods() if Value.objects.filter(period=code, indicator=indicator).exists()]


def _counted(values: QuerySet[Value], key: str) -> dict[str, Counts]:
    """Cells per key and status, counted by the database."""
    number = {f"of_{status}": Count("pk", filter=Q(status=status)) for status in Value.Status.values}
    rows = values.order_by().values_list(key).annotate(**number)
    return {code: Counts(present, missing, other) for code, present, missing, other in rows}
