"""What the pages of the burden meter show 减负看板: rows and figures, ready for templates and files."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from kanjian.collecting.burden.arithmetic import MINUTES_PER_HOUR, Estimate, share_of_ceiling
from kanjian.collecting.burden.duplicates import held_elsewhere
from kanjian.collecting.burden.linting import lint_collection, subject_of_collection
from kanjian.collecting.burden.load import (
    Asked,
    Year,
    asked_in,
    ceilings_for,
    collections_asking,
    estimate,
    prefilled_cells,
    year_of,
)
from kanjian.collecting.models import Ceiling, Collection, Field, Window
from kanjian.measures.exceptions import valid_exceptions
from kanjian.measures.selectors.redlines import LintPage, lint_page, say
from kanjian.orgs.models import Unit

TREND = 3


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of unit in one year: how many are asked, mean and most hours, the ceiling, how many are above it."""

    kind: str
    label: str
    units: int
    total: float
    mean: float
    most: float
    ceiling: float | None
    over: int

    @property
    def share(self) -> float | None:
        """Most hours as a part of the ceiling."""
        return share_of_ceiling(self.most, self.ceiling)


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """What one department asks: collections, fields, hours of all who answer, the year before."""

    owner: Unit
    collections: int
    fields: int
    hours: float
    before: float

    @property
    def change(self) -> float:
        """Hours more (+) or less (−) than the year before."""
        return self.hours - self.before


@dataclass(frozen=True, slots=True)
class YearRow:
    """One year of the trend: hours by the forms, hours spared by pre-filling, what was left to type."""

    year: int
    hours: float
    spared: float

    @property
    def left(self) -> float:
        """Hours left to type."""
        return self.hours - self.spared


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole in one year; no persons in it, so everybody may see it."""

    year: int
    years: list[int]
    kinds: list[KindRow]
    owners: list[OwnerRow]
    trend: list[YearRow]
    ceilings: list[Ceiling]

    @property
    def now(self) -> YearRow:
        """The year itself."""
        return self.trend[-1]

    @property
    def before(self) -> YearRow:
        """The year before."""
        return self.trend[-2]


@dataclass(frozen=True, slots=True)
class PartRow:
    """What one collection asks of one unit in the year."""

    collection: Collection
    fields: int
    subjects: int
    times: int
    hours: float


@dataclass(frozen=True, slots=True)
class UnitPage:
    """One unit's load."""

    unit: Unit
    year: int
    years: list[int]
    parts: list[PartRow]
    hours: float
    spared: float
    ceiling: Ceiling | None
    trend: list[YearRow]

    @property
    def share(self) -> float | None:
        """Of the ceiling."""
        return share_of_ceiling(self.hours, self.ceiling.hours if self.ceiling else None)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit in the list."""

    unit: Unit
    hours: float
    spared: float
    ceiling: float | None

    @property
    def share(self) -> float | None:
        """Of the ceiling."""
        return share_of_ceiling(self.hours, self.ceiling)


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field with where its datum is held already."""

    field: Field
    hours: float
    held: list[str]


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """A collection's burden before it asks and while it does."""

    collection: Collection
    estimate: Estimate
    fields: list[FieldRow]
    lint: LintPage
    prefilled: int
    effects: list[tuple[str, int, float, float, float | None]]  # kind, year, most hours without, with, ceiling

    @property
    def duplicates(self) -> int:
        """Fields that are held elsewhere."""
        return sum(bool(row.held) for row in self.fields)


def years() -> list[int]:
    """From the first window to next year, newest first."""
    today = timezone.localdate().year
    first = Window.objects.order_by("period").values_list("period", flat=True).first()
    return list(range(today + 1, (int(first[:4]) if first else today) - 1, -1))


def overview(year: int) -> Overview:
    """The whole: by kind of unit, by asking department, over the years."""
    spans = [year_of(each) for each in range(year - TREND + 1, year + 1)]
    ceilings = list(Ceiling.objects.filter(year=year).select_related("root"))
    return Overview(
        year=year,
        years=years(),
        kinds=_kind_rows(spans[-1], ceilings),
        owners=_owner_rows(spans[-1], spans[-2]),
        trend=[_year_row(each) for each in spans],
        ceilings=ceilings,
    )


def unit_page(unit: Unit, year: int) -> UnitPage:
    """One unit: which collections ask how much, against the strictest ceiling, over the years."""
    collections = collections_asking(unit)
    spans = [year_of(each, collections) for each in range(year - TREND + 1, year + 1)]
    asked = [each for each in spans[-1].asked if unit.pk in each.subjects]
    ceilings = ceilings_for(unit, year)
    return UnitPage(
        unit=unit,
        year=year,
        years=years(),
        parts=[_part(each, unit) for each in sorted(asked, key=lambda each: -each.minutes_of(unit.pk))],
        hours=sum(each.minutes_of(unit.pk) for each in asked) / MINUTES_PER_HOUR,
        spared=spans[-1].spared.get(unit.pk, 0.0) / MINUTES_PER_HOUR,
        ceiling=ceilings[0] if ceilings else None,
        trend=[_year_row(each, unit.pk) for each in spans],
    )


def unit_rows(year: int, units: Iterable[Unit]) -> list[UnitRow]:
    """Units that are asked, most burdened first. ``units``: those the reader may see."""
    span = year_of(year)
    hours = span.hours_by_unit()
    limits = _limits(list(Ceiling.objects.filter(year=year).select_related("root")))
    rows = [
        UnitRow(unit, hours[unit.pk], span.spared.get(unit.pk, 0.0) / MINUTES_PER_HOUR, limits.get(unit.kind))
        for unit in units
        if unit.pk in hours
    ]
    return sorted(rows, key=lambda row: (-row.hours, row.unit.code))


def collection_page(collection: Collection) -> CollectionPage:
    """Fields, duplicates, red lines, and what it adds to the reporter with most to do."""
    year = timezone.localdate().year
    found = estimate(collection, collection.plan_year or year)
    held = held_elsewhere(collection)
    rows = [
        FieldRow(row, _field_hours(row, found), [_place(place) for place in held[row.pk]])
        for row in collection.fields.select_related("indicator")
    ]
    exceptions = valid_exceptions(subject_of_collection(collection))
    return CollectionPage(
        collection=collection,
        estimate=found,
        fields=rows,
        lint=lint_page(lint_collection(collection), exceptions),
        prefilled=prefilled_cells(collection),
        effects=[_effect(collection, each) for each in sorted({year, collection.plan_year or year})],
    )


def _field_hours(row: Field, found: Estimate) -> float:
    """Hours that one field takes all reporters in a full year: its part of the whole."""
    reporters = 1 if row.collection.reporter_kind == Unit.Kind.DEPARTMENT else found.cells_per_round / found.fields
    return row.minutes * reporters * found.times / MINUTES_PER_HOUR


def _place(place: object) -> str:
    code, name, where = place.code, place.name, place.where  # type: ignore[attr-defined]
    return f"{code} {name} — {say(where)}"


def _effect(collection: Collection, year: int) -> tuple[str, int, float, float, float | None]:
    own = asked_in(collection, year)
    hours = year_of(year).hours_by_unit()
    added = {unit: own.minutes_of(unit) / MINUTES_PER_HOUR for unit in own.subjects}
    counted = collection.state != Collection.State.DRAFT
    without = {unit: hours.get(unit, 0.0) - (extra if counted else 0.0) for unit, extra in added.items()}
    most_without = max(without.values(), default=0.0)
    most_with = max((without[unit] + extra for unit, extra in added.items()), default=0.0)
    limits = _limits(list(Ceiling.objects.filter(year=year).select_related("root")))
    label = str(collection.get_reporter_kind_display())
    return label, year, most_without, most_with, limits.get(collection.reporter_kind)


def _limits(ceilings: list[Ceiling]) -> dict[str, float]:
    """Kind → the strictest ceiling published for it."""
    found: dict[str, float] = {}
    for each in ceilings:
        found[each.unit_kind] = min(each.hours, found.get(each.unit_kind, each.hours))
    return found


def _kind_rows(span: Year, ceilings: list[Ceiling]) -> list[KindRow]:
    hours = span.hours_by_unit()
    kinds = dict(Unit.objects.filter(pk__in=list(hours)).values_list("pk", "kind"))
    by_kind: dict[str, list[float]] = defaultdict(list)
    for unit, value in hours.items():
        by_kind[kinds[unit]].append(value)
    limits = _limits(ceilings)
    rows = []
    for kind in Unit.Kind.values:
        values = by_kind.get(kind, [])
        limit = limits.get(kind)
        if values or limit is not None:
            over = sum(limit is not None and value > limit * (1 + 1e-9) for value in values)
            mean = sum(values) / len(values) if values else 0.0
            label = str(Unit.Kind(kind).label)
            rows.append(KindRow(kind, label, len(values), sum(values), mean, max(values, default=0.0), limit, over))
    return rows


def _owner_rows(span: Year, before: Year) -> list[OwnerRow]:
    now, then = _by_owner(span.asked), _by_owner(before.asked)
    owners = {each.collection.owner.pk: each.collection.owner for each in (*before.asked, *span.asked)}
    rows = [
        OwnerRow(
            owner,
            collections=len(now[pk]),
            fields=sum(each.fields for each in now[pk]),
            hours=sum(each.hours for each in now[pk]),
            before=sum(each.hours for each in then[pk]),
        )
        for pk, owner in owners.items()
    ]
    return sorted(rows, key=lambda row: (-row.hours, row.owner.code))


def _by_owner(asked: list[Asked]) -> dict[int, list[Asked]]:
    found: dict[int, list[Asked]] = defaultdict(list)
    for each in asked:
        found[each.collection.owner_id].append(each)
    return found


def _part(each: Asked, unit: Unit) -> PartRow:
    hours = each.minutes_of(unit.pk) / MINUTES_PER_HOUR
    return PartRow(each.collection, each.fields, each.subjects[unit.pk], len(each.periods), hours)


def _year_row(span: Year, unit: int | None = None) -> YearRow:
    if unit is None:
        hours = sum(each.hours for each in span.asked)
        return YearRow(span.year, hours, sum(span.spared.values()) / MINUTES_PER_HOUR)
    hours = sum(each.minutes_of(unit) for each in span.asked) / MINUTES_PER_HOUR
    return YearRow(span.year, hours, span.spared.get(unit, 0.0) / MINUTES_PER_HOUR)
