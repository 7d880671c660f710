"""The table of a board: every filter, order and page says the same as the plain table read whole."""

import random
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from kanjian.boards.selectors import overview, table
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.selectors.shapes import SORTS, BoardQuery
from kanjian.boards.store.editions import ORDERS

pytestmark = pytest.mark.django_db


def plainly(scores: pl.DataFrame, query: BoardQuery) -> list[str]:
    """The units in the order asked for, from the whole table, without any of the selector's short cuts."""
    rows = scores.to_dicts()
    for name in ("track", "county", "township", "band"):
        wanted = getattr(query, name)
        if wanted:
            rows = [row for row in rows if (row[name] or table.NO_TRACK) == wanted]
    if query.search:
        rows = [row for row in rows if is_found(row, query.search)]
    if query.sort == "rank":
        return [row["unit"] for row in (reversed(rows) if query.descending else rows)]
    keys, largest_first = ORDERS[query.sort]
    down = largest_first != query.descending
    present = [row for row in rows if row[keys[0]] is not None]
    absent = [row for row in rows if row[keys[0]] is None]
    # Equal rows keep the usual order; turned round, it is turned round as well.
    ordered = sorted(present, key=lambda row: tuple(row[key] for key in keys), reverse=largest_first)
    if down != largest_first:
        ordered.reverse()
    return [row["unit"] for row in (*ordered, *absent)]


def is_found(row: dict[str, Any], text: str) -> bool:
    """Chinese within the name; Latin letters at the beginning of a code, a spelling, an English name or word."""
    if not text.isascii():
        return text in row["name"]
    plain = text.lower()
    english = row["name_en"].lower()
    spelled = plain.replace(" ", "")
    beginnings = (row["unit"].lower(), row["initials"], row["pinyin"], english, *english.split())
    return any(word.startswith((plain, spelled)) for word in beginnings)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("descending", [False, True])
def test_every_order_over_all_pages(season, sort: str, descending: bool) -> None:
    edition = season[-1]
    scores = files_of(edition).table("scores")
    query = BoardQuery(sort=sort, descending=descending, size=7)
    found = [row.unit for page in range(1, 6) for row in table.board_page(edition, replace(query, page=page)).rows]
    assert found == plainly(scores, query)


def test_filters_together_in_every_order(season) -> None:
    edition = season[-1]
    scores = files_of(edition).table("scores")
    draw = random.Random(3)
    choices = {
        "track": ["", "", "near", "far", "none"],
        "county": ["", "C1", "C2"],
        "township": ["", "", "C101", "C102"],
        "band": ["", "", "A", "B", "C"],
        "search": ["", "", "", "村0", "V01", "c1", "cun2", "cun 1", "village 2", "lage", "没有"],
        "sort": list(SORTS),
        "descending": [False, True],
    }
    met = 0
    for _ in range(250):
        query = BoardQuery(**{name: draw.choice(options) for name, options in choices.items()}, size=200)
        page = table.board_page(edition, query)
        expected = plainly(scores, query)
        assert [row.unit for row in page.rows] == expected, query
        assert page.total == len(expected)
        met += bool(expected)
        frames = [frame for frame in table.frames(edition, query) if frame.height]
        assert (pl.concat(frames)["unit"].to_list() if frames else []) == expected
    assert met > 80


def test_pages_end_where_the_rows_end(season) -> None:
    edition = season[-1]
    page = table.board_page(edition, BoardQuery(page=99, size=8))
    assert (page.query.page, page.pages, page.total) == (4, 4, 30)
    assert (page.first, page.last) == (25, 30)
    empty = table.board_page(edition, BoardQuery(search="没有"))
    assert (empty.rows, empty.total, empty.pages, empty.first, empty.last) == ([], 0, 1, 0, 0)
    odd = table.board_page(edition, BoardQuery(sort="nonsense", size=0, page=-3))
    assert (odd.query.sort, odd.query.size, odd.query.page) == ("rank", 1, 1)


def test_a_row_carries_names_in_the_readers_language(season) -> None:
    from django.utils.translation import override

    edition = season[-1]
    row = table.board_page(edition, BoardQuery(search="V004")).rows[0]
    assert (row.label, row.place, row.track_name) == ("村04", "东县 松镇", "近郊")
    assert isinstance(row.track_rank, int)
    with override("en"):
        row = table.board_page(edition, BoardQuery(search="V004")).rows[0]
        assert (row.label, row.track_name) == ("Village 4", "Suburban")


def test_facets_count_what_the_edition_holds(season) -> None:
    facets = table.board_page(season[-1], BoardQuery(county="C1")).facets
    assert [(facet.code, facet.count) for facet in facets.tracks] == [("near", 18), ("far", 12)]
    assert [(facet.code, facet.count) for facet in facets.counties] == [("C1", 30)]
    assert [(facet.code, facet.count) for facet in facets.townships] == [("C101", 15), ("C102", 15)]
    assert table.board_page(season[-1], BoardQuery()).facets.townships == []
    assert [facet.code for facet in facets.bands] == ["A", "B", "C"]


def test_a_page_reads_no_more_of_the_database_than_the_edition(season, django_assert_num_queries) -> None:
    edition = season[-1]
    table.board_page(edition, BoardQuery())
    with django_assert_num_queries(0):
        table.board_page(edition, BoardQuery(search="村", sort="score"))
        overview.summary(edition)
        overview.movers(edition)
        overview.board_map(edition)


@pytest.mark.parametrize("query", [BoardQuery(), BoardQuery(sort="name"), BoardQuery(track="far", search="村")])
def test_downloads_mark_what_the_page_marks(season, query: BoardQuery) -> None:
    for edition in (season[0], season[-1]):
        rows = table.board_page(edition, query).rows
        marks = table.download_frame(edition, query)["beyond_noise"]
        assert marks.dtype == pl.Boolean
        assert marks.to_list() == [row.is_beyond_noise for row in rows]
    assert {True, False} <= set(table.download_frame(season[-1], BoardQuery())["beyond_noise"])
    assert table.download_frame(season[-1], BoardQuery(search="没有"))["beyond_noise"].dtype == pl.Boolean


def test_downloads_hold_what_people_read(season) -> None:
    frame = table.download_frame(season[-1], BoardQuery(track="far", sort="score"))
    assert frame.height == 12
    assert {"unit", "name", "score", "track_rank", "rank_low", "band", "reason"} <= set(frame.columns)
    assert not [name for name in frame.columns if name.endswith("_order") or name in {"position", "pinyin"}]
    assert table.download_frame(season[-1], BoardQuery(search="没有")).height == 0


def test_the_summary_is_the_edition_at_a_glance(season) -> None:
    found = overview.summary(season[-1])
    scores = files_of(season[-1]).table("scores")
    assert (found.units, found.ranked) == (30, 28)
    assert found.median == pytest.approx(scores["score"].median())
    assert [histogram.track for histogram in found.histograms] == [None, "near", "far"]
    assert all(len(histogram.edges) == len(histogram.counts) + 1 for histogram in found.histograms)
    assert sum(count for _, count in found.bands) == scores["band"].count()


def test_movers_moved_most(season) -> None:
    found = overview.movers(season[-1], 3)
    scores = files_of(season[-1]).table("scores")
    moves = sorted(scores["movement"].drop_nulls().to_list())
    assert [row.movement for row in found.up] == moves[::-1][:3]
    assert [row.movement for row in found.down] == moves[:3]
    assert found.reason is None
    first = overview.movers(season[0])
    assert (first.up, first.down, first.reason) == ([], [], "first")
    assert first.reason_words == "第一期，没有可比的上一期"


def test_the_map_shows_areas_and_few_units(season, monkeypatch) -> None:
    found = overview.board_map(season[-1])
    assert [area.code for area in found.counties] == ["C1"]
    assert {area.code for area in found.townships} == {"C101", "C102"}
    assert len(found.places) == 30
    assert sum(found.counties[0].bands.values()) == files_of(season[-1]).table("scores")["band"].count()
    monkeypatch.setattr(overview, "MOST_PLACES", 2)
    for name in ("_map", "_units"):  # without what was kept
        monkeypatch.setattr(overview, name, getattr(overview, name).__wrapped__)
    coarse = overview.board_map(season[-1])
    assert (len(coarse.counties), coarse.townships, coarse.places) == (1, [], [])
