"""Pictures of the boards' pages: what they are drawn from is the records' own, and parts sum exactly."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from math import fsum

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kanjian.boards import pictures
from kanjian.boards.models import Board
from kanjian.boards.selectors.shapes import (
    Area,
    Band,
    BoardMap,
    BoardRow,
    Comparison,
    Dimension,
    EditionHead,
    EditionSummary,
    Facet,
    Histogram,
    HistoryPoint,
    Movement,
    Named,
    Place,
    Share,
    UnitHead,
    UnitReport,
)
from kanjian.orgs.maps import map_path
from kanjian.orgs.models import Unit

NOW = datetime(2026, 1, 5, tzinfo=UTC)
HEAD = EditionHead(
    id=1,
    board=Named("villages", "村榜"),
    period="2025-Q4",
    state="published",
    hash="a" * 64,
    release_hash="b" * 64,
    scheme_version="2025.1",
    scheme_hash="c" * 64,
    as_of=NOW,
    published_at=NOW,
    objection_until=None,
    units=3,
    ranked=3,
    is_public=True,
    synthetic=False,
)
LADDER = [Band(code, code, "", at_least, i, 3) for i, (code, at_least) in enumerate((("A", 75), ("B", 55), ("C", 0)))]


def row(unit: str = "V1", score: float | None = 70.0) -> BoardRow:
    names = "track county township rank track_rank track_size band rank_low rank_high movement movement_reason reason"
    places = dict.fromkeys(names.split())
    return BoardRow(unit=unit, name=unit, name_en="", score=score, coverage=1, imputed=0, sparkline=[], **places)


def dimension(code: str, score: float | None, full: float = 100.0) -> Dimension:
    return Dimension(code, code, "", 0.25, score, 60.0, 90.0, full)


def report(unit: str = "V1", score: float | None = 70.0, *, count: int = 4, period: str = "2025-Q4") -> UnitReport:
    head = UnitHead(unit, unit, "", "village", None, None, None, None, None, {})
    dimensions = [dimension(code, 50.0 + number) for number, code in enumerate("ABCDEF"[:count])]
    edition = replace(HEAD, period=period)
    return UnitReport(edition, head, row(unit, score), dimensions, [], [], [], [], [], None, None)


def shares(points: list[float]) -> list[Share]:
    return [Share(f"I{number}", f"指标{number}", "", value) for number, value in enumerate(points)]


def summary(histograms: list[Histogram]) -> EditionSummary:
    tracks = [Facet("near", "近郊", "Suburban", 18), Facet("far", "远郊", "Outer", 12)]
    ladder = [(band, 1) for band in LADDER]
    return EditionSummary(HEAD, 3, 3, tracks, ladder, 60, 60, 1, 0, histograms, [])


# ---- waterfalls ----------------------------------------------------------------------------------------------------
POINTS = st.lists(st.floats(-50, 50, allow_nan=False).map(lambda x: round(x, 6)), min_size=1, max_size=60)


@given(points=POINTS, base=st.floats(0, 100).map(lambda x: round(x, 6)))
def test_bars_of_a_gap_sum_to_it_however_many_there_are(points: list[float], base: float) -> None:
    gap = fsum(points)
    left, right = report("V1", base + gap), report("V2", base)
    drawn = pictures.gap_waterfall(Comparison(left, right, gap, shares(points), [], None))
    assert drawn is not None
    assert len(drawn.parts) <= pictures.BARS + 1
    assert fsum([drawn.start.value, *(part.value for part in drawn.parts)]) == pytest.approx(drawn.end.value, abs=1e-9)
    assert (drawn.start.label, drawn.end.label) == ("V2", "V1")


@given(points=POINTS)
def test_only_the_smallest_bars_are_put_together(points: list[float]) -> None:
    parts = pictures.largest(shares(points))
    single = parts if len(points) <= pictures.BARS else parts[:-1]
    sizes = [abs(part.value) for part in single]
    assert sizes == sorted((abs(each) for each in points), reverse=True)[: len(single)]
    exact = sum(Fraction(each) for each in points)
    assert float(sum(Fraction(part.value) for part in parts) - exact) == pytest.approx(0, abs=1e-12)


def test_the_rest_says_how_many_it_is() -> None:
    parts = pictures.largest(shares([float(n) for n in range(14)]))
    assert [part.label for part in parts[:2]] == ["指标13", "指标12"]
    assert parts[-1].label == "其余 4 项"
    assert parts[-1].value == 0 + 1 + 2 + 3
    with translation.override("en"):
        assert "4" in pictures.largest(shares([1.0] * 14))[-1].label


def movement(score_causes: list[Share], causes: list[Share], before: float | None = 60.0) -> Movement:
    after = None if before is None else before + fsum(share.points for share in score_causes)
    earlier = replace(HEAD, period="2025-Q3")
    return Movement(earlier, HEAD, before, after, 9.0, 7.0, causes, score_causes, [], comparable=True, reason=None)


def test_why_a_score_moved_in_causes() -> None:
    drawn = pictures.score_waterfall(movement(shares([1.5, -0.25, 0.0]), []))
    assert drawn is not None
    assert [part.value for part in drawn.parts] == [1.5, -0.25, 0.0]
    assert (drawn.start.value, drawn.end.value) == (60.0, 61.25)
    assert (drawn.start.label, drawn.end.label) == ("2025-Q3", "2025-Q4")


def test_parts_that_do_not_sum_are_refused_not_drawn() -> None:
    wrong = replace(movement(shares([1.5]), []), score_after=61.4)
    with pytest.raises(ValueError, match="waterfall"):
        pictures.score_waterfall(wrong)


def test_nothing_to_draw_without_scores_or_causes() -> None:
    assert pictures.score_waterfall(movement(shares([1.0]), [], before=None)) is None
    assert pictures.score_waterfall(movement([], [])) is None
    without = Comparison(report("V1", None), report("V2"), None, shares([1.0]), [], "no_score")
    assert pictures.gap_waterfall(without) is None
    assert pictures.gap_waterfall(Comparison(report("V1"), report("V2"), 0.0, [], [], None)) is None


def test_causes_of_score_and_place_stand_side_by_side() -> None:
    points = [Share("own", "自身", "", 0.1), Share("bounds", "标准", "", 0.2)]
    places = [Share("own", "自身", "", 3.0), Share("others", "其他单位", "", -1.0)]
    rows, total = pictures.causes(movement(points, places))
    assert [(each.label, each.points, each.places) for each in rows] == [
        ("自身", 0.1, 3.0),
        ("标准", 0.2, None),
        ("其他单位", None, -1.0),
    ]
    assert (total.points, total.places) == (fsum([0.1, 0.2]), 2.0)
    rows, total = pictures.causes(movement(points, []))
    assert total.places is None
    assert all(each.places is None for each in rows)


# ---- radar, history ------------------------------------------------------------------------------------------------
def test_the_radar_shows_best_median_and_the_unit_over_all() -> None:
    drawn = pictures.radar(report())
    assert drawn is not None
    assert [line.role for line in drawn.lines] == ["best", "median", "unit"]
    assert drawn.lines[2].values == [50.0, 51.0, 52.0, 53.0]
    assert [axis.full for axis in drawn.axes] == [100.0] * 4


def test_no_radar_of_two_axes_or_of_axes_without_full_points() -> None:
    assert pictures.radar(report(count=2)) is None
    flat = replace(report(count=3), dimensions=[dimension("A", 1.0), dimension("B", 1.0), dimension("C", 1.0, full=0)])
    assert pictures.radar(flat) is None
    assert pictures.comparison_radar(Comparison(flat, flat, 0.0, [], [], None)) is None


def test_two_sides_share_the_axes_that_both_have() -> None:
    found = Comparison(report("V1", count=6), report("V2", count=4), 0.0, [], [], None)
    drawn = pictures.comparison_radar(found)
    assert drawn is not None
    assert [axis.label for axis in drawn.axes] == ["A", "B", "C", "D"]
    assert [line.label for line in drawn.lines] == ["V1", "V2"]


def test_one_unit_in_two_periods_is_told_apart_by_the_periods() -> None:
    found = Comparison(report("V1"), report("V1", period="2025-Q3"), 0.0, [], [], None)
    assert pictures.side_labels(found) == ("2025-Q4", "2025-Q3")


def test_history_keeps_gaps_and_breaks_where_the_method_changed() -> None:
    points = [
        HistoryPoint(number, period, score, None, None, None, None, None, version)
        for number, (period, score, version) in enumerate(
            [("2025-Q1", 60.0, "1"), ("2025-Q2", None, "1"), ("2025-Q3", 63.0, "2"), ("2025-Q4", 64.0, "2")]
        )
    ]
    drawn = pictures.history(replace(report(), history=points))
    assert drawn is not None
    assert drawn.lines[0].values == [60.0, None, 63.0, 64.0]
    assert drawn.breaks == [2]
    assert pictures.history(replace(report(), history=points[:1])) is None


# ---- distribution --------------------------------------------------------------------------------------------------
EDGES = [float(10 * number) for number in range(11)]


def test_the_distribution_leaves_empty_ends_out_and_keeps_every_unit() -> None:
    near = Histogram("near", EDGES, [0, 0, 0, 0, 2, 5, 3, 0, 0, 0])
    far = Histogram("far", EDGES, [0, 0, 0, 0, 0, 1, 4, 2, 0, 0])
    both = Histogram(None, EDGES, [a + b for a, b in zip(near.counts, far.counts, strict=True)])
    drawn = pictures.distribution(summary([both, near, far]))
    assert drawn is not None
    assert [group.label for group in drawn.groups] == ["近郊", "远郊"]
    assert [list(group.edges) for group in drawn.groups] == [[30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0]] * 2
    assert [sum(group.counts) for group in drawn.groups] == [10, 7]
    # The lowest rung begins at 0: no threshold within what is shown.
    assert [mark.value for mark in drawn.marks] == [75, 55]


def test_bins_are_the_same_figures_as_a_table() -> None:
    drawn = pictures.distribution(summary([Histogram(None, EDGES, [0, 0, 3, 0, 4, 0, 0, 0, 0, 0])]))
    assert drawn is not None
    assert pictures.bins(drawn) == [("全部", 20.0, 30.0, 3), ("全部", 40.0, 50.0, 4)]


@given(counts=st.lists(st.integers(0, 9), min_size=10, max_size=10))
def test_no_unit_is_lost_between_the_ends(counts: list[int]) -> None:
    drawn = pictures.distribution(summary([Histogram(None, EDGES, counts)]))
    if not any(counts):
        assert drawn is None
        return
    assert drawn is not None
    (group,) = drawn.groups
    assert sum(group.counts) == sum(counts)
    assert len(group.edges) == len(group.counts) + 1


# ---- map -----------------------------------------------------------------------------------------------------------
def area(code: str, parent: str | None) -> Area:
    return Area(code, code, "", parent, 120.0, 30.0, 3, 3, 60.0, 61.0, 70.0, 50.0, {})


def places(count: int) -> BoardMap:
    points = [Place(f"V{n}", f"V{n}", "", 120.0, 30.0, 60.0, None, None, None) for n in range(count)]
    return BoardMap([area("C1", None)], [area("C1/01", "C1")], points)


@pytest.fixture
def board() -> Board:
    return Board(code="villages", name="村榜", root=Unit(code="C", name="湖城市"))


@pytest.fixture
def boundaries(home) -> None:
    path = map_path("C")
    path.parent.mkdir()
    path.write_text("{}", encoding="utf-8")


def test_areas_lead_to_filters_and_units_to_reports(board, boundaries) -> None:
    drawn = pictures.board_map(board, HEAD, places(2))
    assert drawn is not None
    assert drawn.geojson == "/boards/villages/map/C.geojson"
    here = "/boards/villages/2025-Q4/"
    assert [each.url for each in drawn.areas] == [f"{here}?county=C1", f"{here}?county=C1&township=C1%2F01"]
    assert drawn.places[1].url == f"{here}units/V1/"


def test_too_many_points_do_not_hide_the_areas(board, boundaries) -> None:
    assert len(pictures.board_map(board, HEAD, places(pictures.POINTS)).places) == pictures.POINTS
    assert pictures.board_map(board, HEAD, places(pictures.POINTS + 1)).places == []


def test_without_boundaries_points_stand_alone_and_nothing_is_no_map(board, home) -> None:
    drawn = pictures.board_map(board, HEAD, places(pictures.POINTS + 1))
    assert drawn is not None
    assert drawn.geojson == ""
    assert drawn.areas == []
    assert len(drawn.places) == pictures.POINTS + 1
    assert pictures.board_map(board, HEAD, places(0)) is None
    board.root.code = "不是文件名"
    assert pictures.board_map(board, HEAD, places(0)) is None
    board.root = None
    assert pictures.board_map(board, HEAD, places(0)) is None
