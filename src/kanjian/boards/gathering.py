"""What a release holds, read from the rooms below 取数: units and places as of the period, values with source."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db.models import QuerySet

from kanjian.boards.inputs import indicator_of
from kanjian.boards.models import Board
from kanjian.boards.store.hashing import canonical_json
from kanjian.boards.store.releases import GROUPS, UNITS, VALUES, ReleaseTables
from kanjian.calendars.periods import Period
from kanjian.measures.models import Value
from kanjian.measures.selectors import values_long
from kanjian.orgs import selectors as orgs
from kanjian.orgs.models import Lineage, Track, Unit, UnitQuerySet
from kanjian.orgs.spelling import spelling
from kanjian.scoring import Scheme

LEAST_HISTORY = 4
CHUNK = 10_000


def ranked_units(board: Board, day: date) -> UnitQuerySet:
    """The units that a board ranks, as the tree stood on the day."""
    inside = orgs.descendants(board.root, day) if board.root else orgs.units_at(day)
    return inside.filter(kind=board.unit_kind).order_by("code")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The indicators that a board's methods read; of ``noted`` also the remark of the cell."""

    indicators: list[str]
    noted: list[str]


def wanted(board: Board) -> Wanted:
    """What all the board's scheme versions read together: a release holds this and nothing else."""
    schemes = [Scheme.load(text) for text in board.versions.values_list("text", flat=True)]
    numbers = {indicator_of(column) for scheme in schemes for column in scheme.inputs()}
    noted = {indicator_of(column) for scheme in schemes for column in scheme.text_columns()}
    return Wanted(sorted(numbers | noted), sorted(noted))


def earlier_periods(period: Period) -> list[Period]:
    """The periods that growth rules and histories read: one year back, four periods at least; oldest first."""
    return [period.shift(-back) for back in range(max(LEAST_HISTORY, period.per_year), 0, -1)]


def gather(board: Board, period: Period, what: Wanted) -> ReleaseTables:
    """Read everything that a release of this board and period holds; three tables, not yet sorted."""
    day = period.end
    units = ranked_units(board, day)
    former = former_names(day)
    frame = _units(units, orgs.geography(units, day), orgs.track_of(units, day), former)
    periods = [each.code for each in (*earlier_periods(period), period)]
    values = values_long(units, what.indicators, periods)
    return ReleaseTables(period.code, _with_notes(values, units, what.noted, periods), frame, _groups(frame, former))


def former_names(day: date) -> dict[str, str]:
    """Code → what the unit was called on the day, for those renamed since."""
    later = Lineage.objects.filter(kind=Lineage.Kind.RENAMED, day__gt=day).exclude(former_name="")
    # The earliest renaming after the day comes last and stays: its former name is the one of the day.
    return dict(later.order_by("-day", "-id").values_list("successor__code", "former_name"))


def _units(units: QuerySet[Unit], places: pl.DataFrame, tracks: dict[str, str], former: dict[str, str]) -> pl.DataFrame:
    columns = ("code", "name", "name_en", "pinyin", "initials", "kind", "longitude", "latitude", "attributes")
    rows = []
    for code, *now, kind, longitude, latitude, attributes in units.values_list(*columns).iterator(chunk_size=CHUNK):
        names = [former[code], "", *spelling(former[code])] if code in former else now
        rows.append((code, *names, kind, longitude, latitude, canonical_json(attributes).decode()))
    own = [name for name in UNITS.names() if name not in {"track", "county", "township"}]
    frame = pl.DataFrame(rows, schema={name: UNITS[name] for name in own}, orient="row")
    track = pl.col("unit").replace_strict(tracks, default=None, return_dtype=pl.String).alias("track")
    return frame.join(places.select("unit", "county", "township"), on="unit", how="left").with_columns(track)


def _groups(units: pl.DataFrame, former: dict[str, str]) -> pl.DataFrame:
    """Names and places of the tracks, counties and townships that the units name."""
    rows: list[tuple[object, ...]] = [
        ("track", track.code, track.name, track.name_en, None, None, None, track.order)
        for track in Track.objects.filter(code__in=units["track"].drop_nulls().unique().to_list())
    ]
    parents = units.filter(pl.col("township").is_not_null()).group_by("township").agg(pl.col("county").first())
    above = dict(parents.iter_rows())
    for level in ("county", "township"):
        codes = units[level].drop_nulls().unique().to_list()
        rows += [
            (level, area.code, *_called(area, former), above.get(area.code), area.longitude, area.latitude, 0)
            for chunk in _chunks(codes)
            for area in Unit.objects.filter(code__in=chunk)
        ]
    return pl.DataFrame(rows, schema=GROUPS, orient="row")


def _called(area: Unit, former: dict[str, str]) -> tuple[str, str]:
    """Chinese and English name; the English one of a former name is not known."""
    return (former[area.code], "") if area.code in former else (area.name, area.name_en)


def _with_notes(values: pl.DataFrame, units: QuerySet[Unit], noted: list[str], periods: list[str]) -> pl.DataFrame:
    """The cells with their remarks, where a method reads these; remarks nobody reads stay where they are."""
    keys = ("unit", "indicator", "period")
    cells = Value.objects.filter(unit__in=units.order_by().values("pk"), period__in=periods).exclude(note="")
    rows = cells.filter(indicator__code__in=noted).values_list("unit__code", "indicator__code", "period", "note")
    notes = pl.DataFrame(list(rows), schema={name: pl.String() for name in (*keys, "note")}, orient="row")
    return values.join(notes, on=keys, how="left").select(VALUES.names())


def _chunks(items: list[str], size: int = CHUNK) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
