"""The table of a board page 榜单表: filters, search, order, pages — read by slice.

In the usual order a page of everything or of one track is one slice of ``scores.parquet``. Otherwise the columns that
the filter and the order name are scanned for the positions of the rows, and only the page's rows are read whole.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl

from kanjian.boards.models import Edition
from kanjian.boards.selectors import noise, veiled
from kanjian.boards.selectors.editions import files_of, head
from kanjian.boards.selectors.samples import small_samples
from kanjian.boards.selectors.shapes import SORTS, Band, BoardPage, BoardQuery, BoardRow, Facet, Facets, reads_english
from kanjian.boards.sight import EVERYTHING, Sight
from kanjian.boards.store.editions import ORDERS, EditionFiles
from kanjian.boards.store.keeping import kept

SIZES = (20, 50, 100, 200)
NO_TRACK = "-"
FRAME_ROWS = 16_384

_PLAIN = [
    *("unit", "name", "name_en", "track", "county", "township", "score", "track_size", "rank_low", "rank_high"),
    *("movement", "movement_reason", "coverage", "imputed", "reason"),
]
_INTERNAL = ["position", "pinyin", "initials", "kind", "longitude", "latitude", "sparkline", "keys"]
_INTERNAL += [f"{name}_order" for name in ORDERS]


def board_page(edition: Edition, query: BoardQuery, sight: Sight = EVERYTHING) -> BoardPage:
    """One page of the table. A page number beyond the last shows the last, an unknown order the usual one.

    Where ``sight`` withholds places, withheld rows stand together in the order of their codes, and nothing is offered
    worst first.
    """
    files = files_of(edition)
    query = _tidy(query, sight)
    if not sight.is_whole:
        positions = _veiled_positions(files, query, sight)
        total = positions.len()
        query = _within(query, total)
        found = files.rows(positions.slice((query.page - 1) * query.size, query.size).to_list())
    elif _is_slice(query):
        offset, total = _stretch(files, query.track)
        query = _within(query, total)
        first = offset + (query.page - 1) * query.size
        found = files.rows(range(first, min(first + query.size, offset + total)))
    elif _is_filtered(query):
        positions = _positions(files, query)
        total = positions.len()
        query = _within(query, total)
        found = files.rows(positions.slice((query.page - 1) * query.size, query.size).to_list())
    else:
        total = int(files.summary["units"])
        query = _within(query, total)
        found = files.rows(_page_positions(files, query).to_list())
    rows = marked_rows(edition, found, sight)
    return BoardPage(head(edition), query, rows, total, _pages(query, total), facets(files, query.county))


def frames(edition: Edition, query: BoardQuery, sight: Sight = EVERYTHING) -> Iterator[pl.DataFrame]:
    """All matching rows, in the order asked for, a few thousand at a time: what a download streams."""
    files = files_of(edition)
    query = _tidy(query, sight)
    if sight.is_whole and _is_slice(query):
        offset, total = _stretch(files, query.track)
        for start in range(0, total, FRAME_ROWS):
            yield files.scores().slice(offset + start, min(FRAME_ROWS, total - start)).collect()
        return
    positions = _positions(files, query) if sight.is_whole else _veiled_positions(files, query, sight)
    for part in positions.to_frame("position").iter_slices(FRAME_ROWS):
        yield part.lazy().join(files.scores(), on="position", how="left", maintain_order="left").collect()


def download_frame(edition: Edition, query: BoardQuery, sight: Sight = EVERYTHING) -> pl.DataFrame:
    """All matching rows as one table for a spreadsheet, marked (``beyond_noise``); without what only the page needs
    and what is withheld.
    """
    empty = files_of(edition).scores().head(0).collect()
    found = pl.concat([empty, *(frame.select(empty.columns) for frame in frames(edition, query, sight))])
    return sight.blanked(noise.with_marks(edition, found)).drop(_INTERNAL)


def marked_rows(edition: Edition, rows: list[dict[str, Any]], sight: Sight) -> list[BoardRow]:
    """Rows of ``scores`` as records, those marked that moved beyond noise."""
    files, marks = files_of(edition), noise.marks(edition)
    return [board_row(files, row, sight, marks) for row in rows]


def whole(place: float | None) -> float | None:
    """A place as a whole number where it is one, so that it is shown as 3, not 3.0."""
    return int(place) if place is not None and place.is_integer() else place


def board_row(
    files: EditionFiles, row: dict[str, Any], sight: Sight = EVERYTHING, marks: noise.Marks = None
) -> BoardRow:
    """One row of ``scores`` (or ``details``) as a record."""
    if sight.hides(row):
        row = veiled.row(row)
    track, county, township = _called(files, row)
    return BoardRow(
        **{name: row[name] for name in _PLAIN},
        rank=whole(row["rank"]),
        track_rank=whole(row["track_rank"]),
        band=bands(files).get(row["band"]),
        veil=(row.get("veil") and sight.percent) or 0,
        is_beyond_noise=noise.beyond(marks, row["position"], row["movement"], row["rank_low"]),
        small=small_samples(files, row["position"]),
        sparkline=row["sparkline"] or [],
        place=" ".join(each for each in (county, township) if each),
        track_name=track,
    )


def _called(files: EditionFiles, row: dict[str, Any]) -> list[str]:
    """Track, county and township by name, in the reader's language."""
    names, english = files.names, reads_english()
    found = []
    for level in ("track", "county", "township"):
        code = row[level]
        name, name_en = names.get((level, code), ("", ""))
        found.append((name_en if english and name_en else name) or code or "")
    return found


@kept(1)
def bands(files: EditionFiles) -> dict[str, Band]:
    """The status ladder by code, highest first; empty when the scheme has none."""
    ladder = files.summary["bands"]
    return {
        band["code"]: Band(band["code"], band["name"], band["name_en"], band["at_least"], position, len(ladder))
        for position, band in enumerate(ladder)
    }


@kept(8)
def facets(files: EditionFiles, county: str = "") -> Facets:
    """All choices of the filters with their counts; townships only of the chosen county."""
    areas = files.areas
    townships = areas.filter((pl.col("level") == "township") & (pl.col("parent") == county))
    return Facets(
        tracks=[
            Facet(row["track"] or NO_TRACK, row["name"], row["name_en"], row["count"])
            for row in files.tracks.iter_rows(named=True)
        ],
        counties=_facets(areas.filter(pl.col("level") == "county")),
        townships=_facets(townships) if county else [],
        bands=[Facet(b["code"], b["name"], b["name_en"], b["count"]) for b in files.summary["bands"]],
    )


def _facets(areas: pl.DataFrame) -> list[Facet]:
    return [Facet(*row) for row in areas.select("code", "name", "name_en", "units").iter_rows()]


def _tidy(query: BoardQuery, sight: Sight) -> BoardQuery:
    sort = query.sort if query.sort in SORTS else "rank"
    return replace(
        query,
        sort=sort,
        descending=query.descending and (sight.is_whole or sort not in veiled.WORST_FIRST),
        page=max(1, query.page),
        size=min(max(1, query.size), max(SIZES)),
        search=query.search.strip(),
    )


def _pages(query: BoardQuery, total: int) -> int:
    return max(1, -(-total // query.size))


def _within(query: BoardQuery, total: int) -> BoardQuery:
    """The same query with a page that exists."""
    return replace(query, page=min(query.page, _pages(query, total)))


def _is_slice(query: BoardQuery) -> bool:
    """Whether the page lies in one piece in ``scores``: the usual order of everything, or of one track."""
    return _is_usual(query) and not _is_filtered(replace(query, track=""))


def _stretch(files: EditionFiles, track: str) -> tuple[int, int]:
    """Where a track's rows begin in ``scores`` and how many there are; all rows without a track."""
    if not track:
        return 0, int(files.summary["units"])
    return files.stretch(None if track == NO_TRACK else track)


def _positions(files: EditionFiles, query: BoardQuery) -> pl.Series:
    """Positions of all matching rows in the order asked for."""
    key = _key(files, query)
    found = files.scores().filter(_condition(query)).select("position", key.alias("key")).collect()
    return found["position"] if _is_usual(query) else found.sort("key")["position"]


def _page_positions(files: EditionFiles, query: BoardQuery) -> pl.Series:
    """Positions of one page of the whole table in another order: found by their places, nothing is sorted."""
    first = (query.page - 1) * query.size
    key = _key(files, query)
    found = files.scores().filter(key.is_between(first, first + query.size - 1)).select("position", key.alias("key"))
    return found.collect().sort("key")["position"]


def _key(files: EditionFiles, query: BoardQuery) -> pl.Expr:
    return veiled.key(files, query.sort, descending=query.descending)


def _veiled_positions(files: EditionFiles, query: BoardQuery, sight: Sight) -> pl.Series:
    if _is_slice(query):  # withheld rows stay within their track
        offset, total = _stretch(files, query.track)
        return veiled.positions(files, query.sort, sight, None).slice(offset, total)
    condition = _condition(query) if _is_filtered(query) else None
    return veiled.positions(files, query.sort, sight, condition, descending=query.descending)


def _is_filtered(query: BoardQuery) -> bool:
    return bool(query.track or query.county or query.township or query.band or query.search)


def _is_usual(query: BoardQuery) -> bool:
    return query.sort == "rank" and not query.descending


def _condition(query: BoardQuery) -> pl.Expr:
    condition = pl.lit(value=True)
    if query.track:
        condition &= pl.col("track").is_null() if query.track == NO_TRACK else pl.col("track") == query.track
    for name in ("county", "township", "band"):
        if wanted := getattr(query, name):
            condition &= pl.col(name) == wanted
    return condition & _found(query.search) if query.search else condition


def _found(text: str) -> pl.Expr:
    """Chinese is looked for within names, Latin letters where a code, a spelling or an English word begins.

    ``荷``, ``ht``, ``hetang``, ``he tang`` and ``lotus`` all find 荷塘村 Lotus Pond.
    """
    if not text.isascii():
        return pl.col("name").str.contains(text, literal=True)
    plain = text.lower()
    spelled = plain.replace(" ", "").replace("'", "")
    keys = pl.col("keys")
    found = keys.str.contains(f"\n{plain}", literal=True)
    return found if spelled == plain else found | keys.str.contains(f"\n{spelled}", literal=True)
