"""An edition at a glance 概览: figures, distribution, map, movers — from the small tables beside the scores."""

import polars as pl

from kanjian.boards.models import Edition
from kanjian.boards.selectors import noise
from kanjian.boards.selectors.editions import files_of, head
from kanjian.boards.selectors.shapes import Area, BoardMap, EditionSummary, Histogram, Movers, Place
from kanjian.boards.selectors.table import NO_TRACK, bands, facets, rows_at, whole
from kanjian.boards.sight import EVERYTHING, Sight
from kanjian.boards.store.editions import EditionFiles

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
    up, down = (noise.marked(edition, rows_at(files, each, sight)) for each in (found["up"][:count], lost))
    return Movers(up, down, None if up or down else files.summary["movement_reason"])


def board_map(edition: Edition, *, county: str = "", sight: Sight = EVERYTHING) -> BoardMap:
    """Areas with their figures, and single units where there are at most ``MOST_PLACES`` of them.

    With a county: its townships, and its units under the same limit. A whole nation is shown by county first.
    """
    files = files_of(edition)
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
    units = files.scores()
    if county:
        units = units.filter(pl.col("county") == county)
    elif files.summary["units"] > MOST_PLACES:
        return []
    columns = ("unit", "name", "name_en", "longitude", "latitude", "score", "band", "track")
    place = pl.when(~sight.hidden()).then(pl.col("track_rank")).alias("track_rank")
    frame = units.filter(pl.col("longitude").is_not_null()).select(*columns, place).head(MOST_PLACES + 1).collect()
    if frame.height > MOST_PLACES:
        return []
    return [Place(**row | {"track_rank": whole(row["track_rank"])}) for row in frame.iter_rows(named=True)]
