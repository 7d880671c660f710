"""Rows of a board and of a report say everything a row must say, in words, escaped, and never a zero for nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from kanjian.boards.selectors.shapes import (
    Band,
    BoardPage,
    BoardQuery,
    BoardRow,
    Dimension,
    EditionHead,
    Facet,
    Facets,
    IndicatorRow,
    Named,
)
from kanjian.portal import rows

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
UNIT = BoardRow(
    unit="V1",
    name="荷塘村",
    name_en="Lotus Pond",
    track="near",
    county="C1",
    township="T1",
    score=71.256,
    rank=3,
    track_rank=2,
    track_size=38,
    band=Band("A", "优秀", "Excellent", 75, 0, 3),
    rank_low=1,
    rank_high=4,
    movement=3,
    movement_reason=None,
    coverage=0.96,
    imputed=0,
    reason=None,
    sparkline=[61.0, None, 71.256],
    is_beyond_noise=True,
    place="柳镇 东县",
    track_name="近郊",
)
INDICATOR = IndicatorRow(
    code="A1",
    name="人均收入",
    name_en="Income",
    dimension="A",
    value=21345.5,
    unit="元",
    status="present",
    direction="up",
    rule="按同一赛道的最小值与最大值",
    points=71.26,
    full=100.0,
    weight=0.05,
    median=55.04,
    would_add=1.437,
    source="农业农村局",
    flags=[],
    inputs=["income"],
)


def board_page(row: BoardRow, *, track: str = "", bands: bool = True) -> BoardPage:
    ladder = [Facet("A", "优秀", "Excellent", 1)] if bands else []
    return BoardPage(HEAD, BoardQuery(track=track), [row], 1, 1, Facets([], [], [], ladder))


def unit_row(row: BoardRow, **asked) -> str:
    return rows.unit_rows(board_page(row, **asked))


def indicator_row(row: IndicatorRow) -> str:
    return rows.indicator_rows(HEAD, "V1", [row])


def test_a_unit_with_everything():
    html = unit_row(UNIT)
    assert '<a href="/boards/villages/2025-Q4/units/V1/">荷塘村</a><small>柳镇 东县 · 近郊</small>' in html
    assert "<b>2</b>" in html
    assert "优秀" in html
    assert ">71.26</td>" in html
    assert 'data-label="名次区间"' in html
    assert "名次区间 1–4，共 38" in html
    assert "进 3 位 超出波动" in html
    assert "<polyline" in html
    assert ">96%</td>" in html
    assert "kj-flag" not in html
    with translation.override("en"):
        assert ">Lotus Pond</a>" in unit_row(UNIT)


def test_the_track_is_named_where_there_are_several():
    assert "近郊" not in unit_row(UNIT, track="near")
    assert "<small>近郊</small>" in unit_row(replace(UNIT, place=""))
    assert "<small></small>" in unit_row(replace(UNIT, place="", track_name=""))


def test_no_column_of_bands_without_a_ladder():
    assert "kj-at-band" not in unit_row(UNIT, bands=False)


def test_a_unit_with_nothing_has_no_zero():
    bare = replace(
        UNIT,
        score=None,
        track_rank=None,
        band=None,
        rank_low=None,
        rank_high=None,
        movement=None,
        movement_reason="unranked",
        is_beyond_noise=None,
        reason="missing",
        sparkline=[],
    )
    html = unit_row(bare)
    assert html.count("未排名") == 3  # the chip, and why there is no movement: title and text
    assert "未定档" in html
    assert ">—<small" in html
    assert f'<small class="kj-reason">{bare.reason_words}</small>' in html
    assert "无名次区间" in html
    assert "0" not in html.replace("2025-Q4", "")


def test_filled_in_and_too_small_samples_are_counted():
    html = unit_row(replace(UNIT, imputed=2, small=1))
    assert '<small class="kj-flag">补值 2 项</small><small class="kj-flag">样本不足 1 项</small>' in html
    with translation.override("en"):
        assert "1 sample too small" in unit_row(replace(UNIT, small=1))
        assert "2 samples too small" in unit_row(replace(UNIT, small=2))


def test_a_withheld_place():
    html = unit_row(replace(UNIT, veil=10, track_rank=None, rank_low=None, rank_high=None))
    assert "后 10%" in html
    assert "<b>" not in html


def test_an_indicator_with_everything():
    html = indicator_row(INDICATOR)
    assert '<tr id="indicator-A1">' in html
    assert '<a href="/boards/villages/2025-Q4/units/V1/A1/">21345.5' in html
    assert "<small>元</small>" in html
    assert "<span>71.3<small>/100</small></span>" in html
    assert "kj-meter-mark" in html
    assert 'data-label="赛道中位">55.0</td>' in html
    assert 'data-label="权重">5.0%</td>' in html
    assert 'data-label="满分可再加">+1.44</td>' in html
    assert 'data-label="责任部门">农业农村局</td>' in html
    with translation.override("en"):
        assert ">21,345.5" in indicator_row(INDICATOR)
        assert "</span> Income</th>" in indicator_row(INDICATOR)


def test_an_indicator_without_a_value():
    html = indicator_row(replace(INDICATOR, value=None, status="missing", points=None, median=None, source=""))
    assert ">未采集" in html
    assert "元" not in html
    assert html.count(">—</td>") == 3  # points, median, who answers


def test_an_indicator_outside_the_weights():
    html = indicator_row(replace(INDICATOR, weight=0.0, would_add=None))
    assert 'data-label="权重">—</td>' in html
    assert 'data-label="满分可再加">—</td>' in html


def test_an_indicator_that_does_not_apply_has_no_flags():
    html = indicator_row(replace(INDICATOR, value=None, status="not_applicable", flags=["不适用"], points=None))
    assert html.count("不适用") == 1
    assert '<small class="kj-flag">缩尾</small>' in indicator_row(replace(INDICATOR, flags=["缩尾"]))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (INDICATOR, ""),
        (replace(INDICATOR, cases=12.0), ' <small class="kj-sample" title="样本数">n=12</small>'),
        (
            replace(INDICATOR, pooled_from="柳镇", pooled_cases=340.0),
            ' <small class="kj-sample">按柳镇合并，n=340</small>',
        ),
    ],
)
def test_a_rate_says_how_many_cases_are_behind_it(row, expected):
    assert rows.sample(row) == expected
    assert expected in indicator_row(row)


@pytest.mark.parametrize(("role", "expected"), [("score", "25%"), ("bonus", "加分"), ("deduction", "减分")])
def test_weights_of_dimensions_in_words(role, expected):
    assert rows.weight(Dimension("A", "产业", "", 0.25, 60.0, 55.0, 90.0, 100.0, role=role)) == expected


def test_names_in_rows_are_escaped():
    evil = "<script>alert(1)</script>"
    unit = replace(UNIT, name=evil, place=evil, track_name=evil, unit=evil, band=replace(UNIT.band, name=evil))
    words = dict.fromkeys(("name", "unit", "rule", "source", "pooled_from"), evil)
    for html in (unit_row(unit), indicator_row(replace(INDICATOR, flags=[evil], code=evil, **words))):
        assert "<script" not in html
        assert html.count("&lt;script&gt;") >= 4


def test_templates_have_rows_as_tags():
    html = Template(
        "{% load kanjian %}<tbody>{% unit_rows page %}{% indicator_rows edition 'V1' some %}</tbody>"
    ).render(Context({"page": board_page(UNIT), "edition": HEAD, "some": [INDICATOR]}))
    assert html.count("<tr") == html.count("</tr>") == 2
