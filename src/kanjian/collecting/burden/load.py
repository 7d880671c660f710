"""Who is asked for how long in a year 各单位负担: from collections, windows and entries.

A collection weighs on a year while it is active (its planned periods) and by the windows that were opened in it, also
when it is over. Pre-filled cells were not asked: the minutes of their fields are what was spared.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import F, Q, Sum
from django.utils import timezone

from kanjian.collecting.burden.arithmetic import MINUTES_PER_HOUR, TIMES, Estimate, minutes_of_round, periods_of_year
from kanjian.collecting.models import Ceiling, Collection, Entry, Window
from kanjian.collecting.subjects import kinds, reporters_of
from kanjian.orgs.models import Unit
from kanjian.orgs.selectors import descendants
from kanjian.orgs.tree import ids_above

State = Collection.State


@dataclass(frozen=True)
class Asked:
    """One collection in one year: which periods, how many minutes a round takes each reporter."""

    collection: Collection
    year: int
    periods: list[str]
    minutes: float  # of one round for one unit
    fields: int
    subjects: Mapping[int, int]  # reporter → units it answers for

    def minutes_of(self, unit: int) -> float:
        """Minutes of one reporter in the year; 0 for a unit that is not asked."""
        count = self.subjects.get(unit, 0)
        as_table = self.collection.reporter_kind == Unit.Kind.DEPARTMENT
        return minutes_of_round([self.minutes], count, as_table=as_table) * len(self.periods) if count else 0.0

    @cached_property
    def hours(self) -> float:
        """Hours of all reporters in the year."""
        return sum(self.minutes_of(unit) for unit in self.subjects) / MINUTES_PER_HOUR

    @cached_property
    def most_hours(self) -> float:
        """Hours of the reporter that has the most to do."""
        return max((self.minutes_of(unit) for unit in self.subjects), default=0.0) / MINUTES_PER_HOUR


@dataclass
class Year:
    """Everything asked in one year below one root (None: everywhere)."""

    year: int
    asked: list[Asked]
    spared: dict[int, float] = field(default_factory=dict)  # reporter → minutes that pre-filling spared

    def hours_by_unit(self) -> dict[int, float]:
        """Reporter → hours, before pre-filling is taken off."""
        found: dict[int, float] = defaultdict(float)
        for each in self.asked:
            for unit in each.subjects:
                found[unit] += each.minutes_of(unit) / MINUTES_PER_HOUR
        return dict(found)


def year_of(year: int, collections: Iterable[Collection] | None = None) -> Year:
    """What all collections (or these) ask in the year. About three queries per collection and two more."""
    found = _weighing(year) if collections is None else list(collections)
    windows = _windows(found, year)
    asked = [each for each in (asked_in(one, year, windows.get(one.pk, [])) for one in found) if each.periods]
    return Year(year, asked, _spared(year, [each.collection.pk for each in asked]))


def asked_in(collection: Collection, year: int, opened: list[str] | None = None) -> Asked:
    """One collection in one year; a draft counts as if it were active, so that its burden is seen before it asks."""
    if opened is None:
        opened = _windows([collection], year).get(collection.pk, [])
    periods = _periods(collection, year, opened)
    minutes = [row.minutes for row in collection.fields.all()]
    subjects = _subjects(collection, year) if periods else {}
    return Asked(collection, year, periods, sum(minutes), len(minutes), subjects)


def estimate(collection: Collection, year: int) -> Estimate:
    """A full year of the collection, whether it has begun or not: fields × units × times × minutes."""
    minutes = [row.minutes for row in collection.fields.all()]
    subjects = _subjects(collection, year)
    as_table = collection.reporter_kind == Unit.Kind.DEPARTMENT
    most = max(subjects.values(), default=0)
    return Estimate(
        fields=len(minutes),
        reporters=len(subjects),
        cells_per_round=len(minutes) * sum(subjects.values()),
        times=TIMES[collection.frequency],
        minutes_per_round=minutes_of_round(minutes, most, as_table=as_table) if subjects else 0.0,
    )


def ceilings_for(unit: Unit, year: int) -> list[Ceiling]:
    """Ceilings that hold for a unit: of its kind, at it or above it; the strictest first."""
    rows = Ceiling.objects.filter(year=year, unit_kind=unit.kind, root__in=ids_above([unit.pk]))
    return list(rows.select_related("root").order_by("hours"))


def collections_asking(unit: Unit) -> list[Collection]:
    """Collections, drafts aside, that may ask the unit: of its kind below their root, or owned by it."""
    below = Q(root__in=ids_above([unit.pk]), reporter_kind__in=_kinds_of(unit.kind))
    own = Q(owner=unit, reporter_kind=Unit.Kind.DEPARTMENT)
    rows = Collection.objects.exclude(state=State.DRAFT).filter(below & ~Q(reporter_kind="department") | own)
    return list(rows.select_related("owner", "root").prefetch_related("fields"))


def _kinds_of(kind: str) -> list[str]:
    """Reporter kinds that mean this kind of unit: an area stands beside counties."""
    return [each for each in Unit.Kind.values if kind in kinds(each)]


def _weighing(year: int) -> list[Collection]:
    rows = Collection.objects.filter(Q(state=State.ACTIVE) | Q(windows__period__startswith=str(year))).distinct()
    return list(rows.exclude(state=State.DRAFT).select_related("owner", "root").prefetch_related("fields"))


def _windows(collections: Iterable[Collection], year: int) -> dict[int, list[str]]:
    rows = Window.objects.filter(collection__in=[each.pk for each in collections], period__startswith=str(year))
    found: dict[int, list[str]] = defaultdict(list)
    for collection, period in rows.order_by("period").values_list("collection_id", "period"):
        found[collection].append(period)
    return found


def _periods(collection: Collection, year: int, opened: list[str]) -> list[str]:
    if collection.state == State.ENDED:
        return sorted(opened)
    begins = timezone.localdate(collection.created_at)
    return periods_of_year(collection.frequency, year, begins=begins, ends=collection.ends_on, opened=opened)


def _subjects(collection: Collection, year: int) -> dict[int, int]:
    """Reporter → units it answers for, at the end of the year. Where units report themselves, one each."""
    reporters = list(reporters_of(collection, str(year)).values_list("pk", flat=True))
    if collection.reporter_kind == collection.subject_kind:
        return dict.fromkeys(reporters, 1)
    if collection.reporter_kind == Unit.Kind.DEPARTMENT:
        below = descendants(collection.root, include_self=True).filter(kind__in=kinds(collection.subject_kind))
        return dict.fromkeys(reporters, below.count())
    return _below(reporters, collection)


def _below(reporters: list[int], collection: Collection) -> dict[int, int]:
    """Units of the subject's kind below each reporter, level by level; no query per reporter."""
    wanted = set(kinds(collection.subject_kind))
    found: dict[int, int] = dict.fromkeys(reporters, 0)
    answers = {pk: pk for pk in reporters}
    while answers:
        rows = Unit.objects.filter(parent__in=list(answers), valid_to=None).values_list("pk", "parent_id", "kind")
        lower: dict[int, int] = {}
        for pk, parent, kind in rows:
            top = answers[parent]
            if kind in wanted:
                found[top] += 1
            lower[pk] = top
        answers = lower
    return {pk: count for pk, count in found.items() if count}


def _spared(year: int, collections: list[int]) -> dict[int, float]:
    """Reporter → minutes of the fields that were pre-filled and not typed over."""
    rows = (
        Entry.objects.filter(
            origin=Entry.Origin.PREFILLED,
            sheet__window__collection__in=collections,
            sheet__window__period__startswith=str(year),
            indicator__fields__collection=F("sheet__window__collection"),
        )
        .order_by()
        .values_list("sheet__reporter")
        .annotate(minutes=Sum("indicator__fields__minutes"))
    )
    return dict(rows)


def prefilled_cells(collection: Collection) -> int:
    """Cells of all its windows that were pre-filled instead of asked."""
    return Entry.objects.filter(origin=Entry.Origin.PREFILLED, sheet__window__collection=collection).count()
