"""Fill the empty calendar: known notices as official years, the next years as provisional ones."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from kanjian.calendars.actions.load_notice import store_days
from kanjian.calendars.models import CalendarYear
from kanjian.calendars.policies import require_change_calendar
from kanjian.calendars.seed import NoticeDay, official_notices, provisional_days, seed_source
from kanjian.calendars.statutory import lunar_days_known
from kanjian.ledger.actions import append_event

PROVISIONAL_YEARS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Seeded:
    """The years that were written; both empty when there was nothing to do."""

    official: tuple[int, ...]
    provisional: tuple[int, ...]


@transaction.atomic
def seed_years(*, by: AbstractBaseUser | None = None, today: date | None = None) -> Seeded:
    """Write the years the seed knows (2004–2026 and whatever a newer seed adds) and two provisional years ahead.

    Idempotent. An official year is never touched: a notice that somebody loaded counts more than the seed. A
    provisional year becomes official when a newer seed has its notice.
    """
    require_change_calendar(by)
    today = today or timezone.localdate()
    settled = set(
        CalendarYear.objects.filter(status=CalendarYear.Status.OFFICIAL).values_list("year", flat=True),
    )
    notices = official_notices()
    official = [year for year in notices if year not in settled]
    for year in official:
        _write(year, CalendarYear.Status.OFFICIAL, seed_source(), notices[year])
    known = set(CalendarYear.objects.values_list("year", flat=True))
    ahead = range(max(notices) + 1, max(max(notices) + 1, today.year + PROVISIONAL_YEARS_AHEAD) + 1)
    provisional = [year for year in ahead if year not in known]
    for year in provisional:
        lunar = "" if lunar_days_known(year) else "，农历节日未知"
        _write(year, CalendarYear.Status.PROVISIONAL, f"周末与法定节假日，无调休安排{lunar}", provisional_days(year))
    if official or provisional:
        data = {"official": official, "provisional": provisional, "source": seed_source()}
        append_event("calendars.seed_years", "calendar:years", by=by, data=data)
    return Seeded(tuple(official), tuple(provisional))


def _write(year: int, status: CalendarYear.Status, source: str, days: list[NoticeDay]) -> None:
    CalendarYear.objects.update_or_create(year=year, defaults={"status": status, "source": source})
    store_days(year, days)
