"""Reads of units, tracks and posts. Frames are Polars, one row per unit; a day of None means today."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

import polars as pl
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from kanjian.orgs.models import Membership, Placement, Unit, UnitQuerySet, valid_on
from kanjian.orgs.tree import has_moves_since, ids_above, ids_below

Kind = Unit.Kind
# Functional areas 功能区 stand beside counties, communities 社区 beside villages.
LEVELS: dict[str, tuple[str, ...]] = {
    "city": (Kind.CITY,),
    "county": (Kind.COUNTY, Kind.AREA),
    "township": (Kind.TOWNSHIP,),
}
GEOGRAPHY_SCHEMA = {
    "unit": pl.String,
    "id": pl.Int64,
    "name": pl.String,
    "name_en": pl.String,
    "kind": pl.String,
    **{f"{level}{part}": pl.String for level in LEVELS for part in ("", "_name", "_name_en")},
}
# SQLite allows 32,766 parameters in one statement, PostgreSQL 65,535.
CHUNK = 10_000


def today() -> date:
    """The day in the time zone of the installation."""
    return timezone.localdate()


def units_at(day: date | None = None) -> UnitQuerySet:
    """Units that exist on the day."""
    return Unit.objects.on(day or timezone.localdate())


def descendants(unit: Unit, day: date | None = None, *, include_self: bool = False) -> UnitQuerySet:
    """Units below the unit as the tree stood on the day, and that existed then."""
    below = units_at(day).filter(id__in=ids_below([unit.pk], day))
    return below if include_self else below.exclude(pk=unit.pk)


def ancestors(unit: Unit, day: date | None = None) -> list[Unit]:
    """The chain from the root down to the unit's parent on the day."""
    found = {above.pk: above for above in Unit.objects.filter(id__in=ids_above([unit.pk], day))}
    moved = _moved_parents(day, [unit.pk, *found])
    chain: list[Unit] = []
    parent_id = moved.get(unit.pk, unit.parent_id)
    while parent_id is not None and parent_id in found:
        above = found.pop(parent_id)
        chain.append(above)
        parent_id = moved.get(above.pk, above.parent_id)
    return chain[::-1]


def search(text: str, units: QuerySet[Unit] | None = None) -> QuerySet[Unit]:
    """Units whose code, spelling or initials begin with the text or whose name holds it; exact hits first.

    `text` may be Chinese, pinyin with or without spaces, or initials (``zlz`` finds 织里镇). Without text: none.
    """
    wanted = text.strip()
    base = Unit.objects.all() if units is None else units
    if not wanted:
        return base.none()
    condition = Q(code__startswith=wanted) | Q(name__contains=wanted)
    spelled = wanted.replace(" ", "").replace("'", "").lower()
    if spelled.isascii():
        condition |= Q(initials__startswith=spelled) | Q(pinyin__startswith=spelled) | Q(name_en__icontains=wanted)
    nearness = Case(
        When(Q(code=wanted) | Q(name=wanted), then=Value(0)),
        When(Q(initials=spelled) | Q(pinyin=spelled), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return base.filter(condition).annotate(nearness=nearness).order_by("nearness", "code")


def track_of(units: Iterable[Unit] | QuerySet[Unit], day: date | None = None) -> dict[str, str]:
    """Unit code → code of its track on the day; units without a track are absent."""
    held = Membership.objects.filter(valid_on(day or timezone.localdate()))
    pairs: Iterable[tuple[str, str]]
    if isinstance(units, QuerySet):
        inside = units.order_by().values_list("pk", flat=True)
        pairs = held.filter(unit_id__in=inside).values_list("unit__code", "track__code").iterator()
    else:
        ids = [unit.pk for unit in units]
        pairs = (
            pair
            for chunk in _chunks(ids)
            for pair in held.filter(unit_id__in=chunk).values_list("unit__code", "track__code")
        )
    return dict(pairs)


def geography(units: Iterable[Unit] | QuerySet[Unit], day: date | None = None) -> pl.DataFrame:
    """Where each unit lies: one row per unit in the order given, with its city, county and township.

    Columns: ``unit`` (code), ``id``, ``name``, ``name_en``, ``kind``, and for each level ``city``, ``county`` (county
    or area) and ``township``: code, ``<level>_name``, ``<level>_name_en``; a unit counts as its own level; null where
    there is none. Costs one query per level of the tree, not one per unit.
    """
    rows = _rows(units)
    known = {row[0]: row for row in rows}
    moved = _moved_parents(day, known)
    missing = _parents(rows, moved) - known.keys()
    while missing:
        above = _fetch(missing)
        moved |= _moved_parents(day, [row[0] for row in above])
        known |= {row[0]: row for row in above}
        missing = _parents(above, moved) - known.keys()
    places: dict[int | None, tuple[str | None, ...]] = {None: (None,) * (3 * len(LEVELS))}
    records = [(row[2], row[0], *row[3:], *_place(row[0], known, moved, places)) for row in rows]
    return pl.DataFrame(records, schema=GEOGRAPHY_SCHEMA, orient="row")


Row = tuple[int, int | None, str, str, str, str]  # id, parent, code, name, English name, kind
_COLUMNS = ("id", "parent_id", "code", "name", "name_en", "kind")


def _rows(units: Iterable[Unit] | QuerySet[Unit]) -> list[Row]:
    if isinstance(units, QuerySet):
        return list(units.values_list(*_COLUMNS).iterator(chunk_size=CHUNK))
    return [(unit.pk, unit.parent_id, unit.code, unit.name, unit.name_en, unit.kind) for unit in units]


def _fetch(ids: Iterable[int]) -> list[Row]:
    return [row for chunk in _chunks(ids) for row in Unit.objects.filter(pk__in=chunk).values_list(*_COLUMNS)]


def _parents(rows: Iterable[Row], moved: dict[int, int | None]) -> set[int]:
    found = (moved.get(row[0], row[1]) for row in rows)
    return {parent for parent in found if parent is not None}


def _place(
    unit: int | None,
    known: dict[int, Row],
    moved: dict[int, int | None],
    places: dict[int | None, tuple[str | None, ...]],
) -> tuple[str | None, ...]:
    """The columns of every level for one unit; its parents' are computed once and kept in `places`."""
    if unit in places or unit is None:
        return places[unit]
    id_, parent, code, name, name_en, kind = known[unit]
    above = list(_place(moved.get(id_, parent), known, moved, places))
    for position, kinds in enumerate(LEVELS.values()):
        if kind in kinds:
            above[3 * position : 3 * position + 3] = [code, name, name_en]
    places[unit] = tuple(above)
    return places[unit]


def _moved_parents(day: date | None, ids: Iterable[int]) -> dict[int, int | None]:
    """Id → parent on that day, for those of the units that were moved since."""
    if day is None or day >= timezone.localdate() or not has_moves_since(day):
        return {}
    wanted = set(ids)
    placed = Placement.objects.filter(valid_on(day)).values_list("unit_id", "parent_id")
    return {unit: parent for unit, parent in placed.iterator() if unit in wanted}


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    iterator = iter(ids)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
