"""What waits for a reviewer 审核队列: sheets with what is unusual in them first; and what a sheet went through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import polars as pl
from django.db.models import Count
from django.utils import timezone

from kanjian.calendars.periods import Period
from kanjian.collecting.models import Collection, Entry, Sheet, Step, Window
from kanjian.collecting.next_steps import NextStep, steps_from
from kanjian.collecting.policies import waiting_for
from kanjian.collecting.rules import facts_of
from kanjian.collecting.selectors.sheets import get_sheets
from kanjian.measures.models import Indicator, Value
from kanjian.measures.store.fetching import fetch
from kanjian.orgs.models import Unit, User

TOP = 3
_NOW = pl.Schema({"sheet": pl.Int64, "unit": pl.Int64, "indicator": pl.Int64, "value": pl.Float64, "note": pl.String})
_BEFORE = pl.Schema({"unit": pl.Int64, "indicator": pl.Int64, "before": pl.Float64})


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell beside the period before; ``change`` in per cent."""

    unit: Unit
    indicator: Indicator
    now: float
    before: float
    change: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """One sheet in the queue."""

    sheet: Sheet
    steps: tuple[NextStep, ...]
    notes: int
    gaps: int
    differences: tuple[Difference, ...]

    @property
    def days(self) -> int:
        """Whole days since it came to this level."""
        arrived = self.sheet.arrived_at or timezone.now()
        return (timezone.now() - arrived).days

    @property
    def verb(self) -> str:
        """What passes it on here."""
        return "accept" if self.sheet.level == Collection.Level.OFFICE else "approve"

    @property
    def refusal(self) -> str:
        """Why this person may not pass it on; empty: they may."""
        return next((step.why_not for step in self.steps if step.do == self.verb), "")


@dataclass(frozen=True, slots=True)
class Pile:
    """Sheets of one window that wait at one level."""

    window: Window
    level: str
    level_label: str
    count: int


def piles(user: User) -> list[Pile]:
    """How many sheets wait for the person, by window and level."""
    counted = (
        waiting_for(user).order_by().values("window", "level").annotate(count=Count("pk")).order_by("window", "level")
    )
    windows = Window.objects.select_related("collection").in_bulk([row["window"] for row in counted])
    return [
        Pile(windows[row["window"]], row["level"], str(Collection.Level(row["level"]).label), row["count"])
        for row in counted
    ]


def queue(user: User, window: Window, level: str) -> list[Waiting]:
    """The sheets of a pile: with notes first, then by the largest change. A fixed number of queries."""
    sheets = list(get_sheets().filter(pk__in=waiting_for(user).order_by().values("pk"), window=window, level=level))
    if not sheets:
        return []
    facts = facts_of(user, sheets)
    cells = _cells(sheets, window.period)
    notes = dict(cells.filter(pl.col("note") != "").group_by("sheet").len().iter_rows())
    gaps = dict(cells.filter(pl.col("value").is_null()).group_by("sheet").len().iter_rows())
    differences = _differences(cells)
    found = [
        Waiting(
            sheet,
            steps_from(sheet, facts[sheet.pk]),
            notes.get(sheet.pk, 0),
            gaps.get(sheet.pk, 0),
            differences.get(sheet.pk, ()),
        )
        for sheet in sheets
    ]
    return sorted(found, key=_weight)


def _weight(item: Waiting) -> tuple[int, float, int]:
    largest = max((abs(each.change) for each in item.differences), default=0.0)
    return -item.notes, -largest, item.sheet.pk


def _cells(sheets: Sequence[Sheet], period: str) -> pl.DataFrame:
    """Entries of the sheets beside the values of the period before."""
    ids = [sheet.pk for sheet in sheets]
    entries = Entry.objects.filter(sheet__in=ids).order_by()
    now = fetch(entries.values_list("sheet_id", "unit_id", "indicator_id", "value", "note"), _NOW)
    previous = Value.objects.filter(
        period=Period.parse(period).previous().code,
        indicator__in=now["indicator"].unique().to_list(),
        value__isnull=False,
    )
    before = fetch(previous.order_by().values_list("unit_id", "indicator_id", "value"), _BEFORE)
    change = 100 * (pl.col("value") / pl.col("before") - 1)
    return now.join(before, on=["unit", "indicator"], how="left").with_columns(
        change=pl.when(pl.col("before") != 0).then(change)
    )


def _differences(cells: pl.DataFrame) -> dict[int, tuple[Difference, ...]]:
    """The largest changes of each sheet."""
    largest = (
        cells.filter(pl.col("change").abs() > 0)
        .sort(pl.col("change").abs(), descending=True)
        .group_by("sheet", maintain_order=True)
        .head(TOP)
    )
    indicators = Indicator.objects.in_bulk(largest["indicator"].unique().to_list())
    units = Unit.objects.in_bulk(largest["unit"].unique().to_list())
    found: dict[int, list[Difference]] = {}
    for row in largest.iter_rows(named=True):
        difference = Difference(
            units[row["unit"]], indicators[row["indicator"]], row["value"], row["before"], row["change"]
        )
        found.setdefault(row["sheet"], []).append(difference)
    return {sheet: tuple(rows) for sheet, rows in found.items()}


@dataclass(frozen=True, slots=True)
class Stay:
    """One step of a sheet and how long it lay at that level before it."""

    step: Step
    took: timedelta | None


def stays(sheet: Sheet) -> list[Stay]:
    """Every step with the time spent at its level, oldest first."""
    steps = sheet.steps.select_related("by").order_by("id")
    return [Stay(step, step.at - step.arrived_at if step.arrived_at else None) for step in steps]


def last_return(sheet: Sheet) -> Step | None:
    """Why a returned or reopened sheet came back; a correction says so until it is accepted, also to its reviewers."""
    if sheet.state == Sheet.State.RETURNED:
        given_back = [Step.Verb.RETURN, Step.Verb.REOPEN]
    elif sheet.correct_until is not None:
        given_back = [Step.Verb.REOPEN]
    else:
        return None
    return sheet.steps.filter(verb__in=given_back).select_related("by").order_by("-id").first()
