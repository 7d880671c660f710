"""An edition at a glance 概览: figures, distribution, map, movers — from the small tables beside the scores."""

from dataclasses import replace
from functools import lru_cache

import polars as pl

from kanjian.boards.models import Edition
from kanjian.boards.selectors.editions import files_of, head
from kanjian.boards.selectors.shapes import Area, BoardMap, EditionSummary, Histogram, Movers, Place
from kanjian.boards.selectors.table import NO_TRACK, bands, facets, marked_rows, whole
from kanjian.boards.sight import EVERYTHING, Sight
from kanjian.boards.store.editions import EditionFiles
from kanjian.boards.store.keeping import kept

MOST_PLACES = 2000
MOST_HISTOGRAMS = 12


def summary(edition: Edition) -> EditionSummary:
    """Counts, spread, coverage, bands, and what the computation had to say; distributions of a dozen tracks at most."""
    files = files_of(edition)
    found = files.summary
    ladder = bands(files)
    return EditionSummary(
        edition=head(edition),
        units=found["units"],
        ranked=found["ranked"],
        tracks=facets(files).tracks,
        bands=[(ladder[band["code"]], band["count"]) for band in found["bands"]],
        mean=found["mean"],
        median=found["median"],
        coverage=found["coverage"] or 0.0,
        imputed_cells=found["imputed_cells"],
        histograms=_histograms(files),
        warnings=[warning["message"] for warning in found["warnings"]],
    )


@kept(1)
def _histograms(files: EditionFiles) -> list[Histogram]:
    edges: list[float] = files.summary["edges"]
    whole = Histogram(None, edges, [int(count) for count in files.summary["histogram"]])
    if not 2 <= files.tracks.height <= MOST_HISTOGRAMS:
        return [whole]
    rows = files.tracks.select("track", "histogram").iter_rows()
    return [whole, *(Histogram(track or NO_TRACK, edges, [int(count) for count in counts]) for track, counts in rows)]


def movers(edition: Edition, count: int = 5, sight: Sight = EVERYTHING) -> Movers:
    """The units that won and lost most places since the edition before; who lost is for those who may help."""
    files = files_of(edition)
    found = files.summary["movers"]
    lost = found["down"][:count] if sight.is_whole else []
    up, down = (marked_rows(edition, files.rows(each), sight) for each in (found["up"][:count], lost))
    return Movers(up, down, None if up or down else files.summary["movement_reason"])


def board_map(edition: Edition, *, county: str = "", sight: Sight = EVERYTHING) -> BoardMap:
    """Areas with their figures, and single units where there are at most ``MOST_PLACES`` of them.

    With a county: its townships, and its units under the same limit. A whole nation is shown by county first.
    """
    return _map(files_of(edition), county, sight)


@lru_cache(maxsize=32)  # over all editions; for each reader only who is shown without a place differs
def _map(files: EditionFiles, county: str, sight: Sight) -> BoardMap:
    areas = files.areas.filter(pl.col("parent") == county) if county else files.areas
    if areas.height > MOST_PLACES:
        areas = areas.filter(level="county")
    codes = [band["code"] for band in files.summary["bands"]]
    found = [_area(row, codes) for row in areas.iter_rows(named=True)]
    return BoardMap(
        counties=[area for area in found if area.parent is None],
        townships=[area for area in found if area.parent is not None],
        places=_places(files, county, sight),
    )


def _area(row: dict[str, object], codes: list[str]) -> Area:
    plain = "code name name_en parent longitude latitude units ranked mean median best worst"
    values = {name: row[name] for name in plain.split()}
    counts: list[float] = row["bands"]  # type: ignore[assignment]
    tally = {code: int(count) for code, count in zip(codes, counts, strict=True)}
    return Area(**values, bands=tally)  # type: ignore[arg-type]


def _places(files: EditionFiles, county: str, sight: Sight) -> list[Place]:
    found = _units(files, county)
    if sight.is_whole:
        return [place for place, _ in found]
    return [
        replace(place, track_rank=None)
        if sight.hides({"unit": place.unit, "track_rank": place.track_rank, "track_size": size})
        else place
        for place, size in found
    ]


@lru_cache(maxsize=16)  # over all editions: half a MB each
def _units(files: EditionFiles, county: str) -> list[tuple[Place, int | None]]:
    """The single units of the map, each with the number of places in its track; none where there are too many."""
    units = files.scores()
    if county:
        units = units.filter(pl.col("county") == county)
    elif files.summary["units"] > MOST_PLACES:
        return []
    columns = ("unit", "name", "name_en", "longitude", "latitude", "score", "band", "track", "track_rank")
    wanted = units.filter(pl.col("longitude").is_not_null()).select(*columns, "track_size")
    frame = wanted.head(MOST_PLACES + 1).collect()
    if frame.height > MOST_PLACES:
        return []
    rows = zip(frame.select(columns).iter_rows(named=True), frame["track_size"], strict=True)
    return [(Place(**row | {"track_rank": whole(row["track_rank"])}), size) for row, size in rows]
