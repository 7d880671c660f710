"""Scores over mergers and splits: as they were, and carried back to today's unit by a stated rule."""

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from kanjian.boards import pictures
from kanjian.boards.selectors.lineages import series
from kanjian.measures.models import Value
from kanjian.orgs.models import Lineage, Membership, Track, Unit

from .conftest import PERIODS

if TYPE_CHECKING:
    from kanjian.boards.models import Edition

pytestmark = pytest.mark.django_db
DAY = date(2025, 7, 1)


def born(villages, code: str, parent: Unit, values_of: str) -> Unit:
    """A village that begins on the day, in the farther track, with the values of another one."""
    unit = Unit.objects.create(
        code=code, name=f"新村{code}", name_en=f"New {code}", kind="village", parent=parent, valid_from=DAY,
        attributes={"population": 500},
    )  # fmt: skip
    Membership.objects.create(unit=unit, track=Track.objects.get(code="far"), valid_from=DAY)
    cells = Value.objects.filter(unit__code=values_of, period__in=PERIODS[2:])
    Value.objects.bulk_create(
        Value(unit=unit, indicator_id=cell.indicator_id, period=cell.period, value=cell.value, batch=cell.batch, row=1)
        for cell in cells
    )
    return unit


def link(kind: str, before: Unit, after: Unit) -> None:
    Lineage.objects.create(kind=kind, predecessor=before, successor=after, day=DAY, document="民〔2025〕8号")


@pytest.fixture
def merged(villages, small_city, request) -> Unit:
    """V004 (1004 people) and V006 (1006) become M1 in the third quarter; V008 is split into S1 and itself."""
    units = {unit.code: unit for unit in villages.units}
    heir = born(villages, "M1", small_city.other_township, "V004")
    for code in ("V004", "V006"):
        link("merged", units[code], heir)
        Unit.objects.filter(code=code).update(valid_to=DAY)
    link("split", units["V008"], born(villages, "S1", small_city.other_township, "V008"))
    return heir


@pytest.fixture
def course(merged, season) -> "list[Edition]":
    return season


def test_as_it_was_each_on_its_own(course) -> None:
    found = series(course, "M1")
    lines = {line.code: line.scores for line in found.as_was}
    assert set(lines) == {"M1", "V004", "V006"}
    assert [score is None for score in lines["M1"]] == [True, True, False, False]
    assert [score is None for score in lines["V004"]] == [False, False, True, True]
    assert [(change.index, change.kind, change.document) for change in found.changes] == [(2, "合并", "民〔2025〕8号")]
    assert set(found.changes[0].others) == {"村04", "村06"}


def test_as_it_is_weighs_by_population(course) -> None:
    """(1004 · a + 1006 · b) / 2010, marked; from the merger on what was published."""
    found = series(course, "M1")
    lines = {line.code: line.scores for line in found.as_was}
    for number, point in enumerate(found.as_is):
        a, b, own = lines["V004"][number], lines["V006"][number], lines["M1"][number]
        if number < 2:
            assert point.is_reconstructed
            assert point.score == pytest.approx((1004 * a + 1006 * b) / 2010)
            assert [part.weight for part in point.portions] == pytest.approx([1004 / 2010, 1006 / 2010])
        else:
            assert (point.is_reconstructed, point.score, point.portions) == (False, own, [])
    assert found.is_weighted


def test_before_a_split_stands_the_unit_it_came_out_of(course) -> None:
    found = series(course, "S1")
    parent = {line.code: line.scores for line in found.as_was}["V008"]
    assert [point.score for point in found.as_is[:2]] == parent[:2]
    assert [point.is_reconstructed for point in found.as_is] == [True, True, False, False]
    assert found.as_is[0].portions[0].weight == 1
    assert series(course, "V008") is None  # what lives on is told as it stood
    assert series(course, "V010") is None


def test_without_people_on_record_all_count_alike(merged, published) -> None:
    Unit.objects.filter(code="V006").update(attributes={})
    editions = [published(period) for period in PERIODS]
    found = series(editions, "M1")
    first = {line.code: line.scores[0] for line in found.as_was}
    assert found.as_is[0].score == pytest.approx((first["V004"] + first["V006"]) / 2)
    assert not found.is_weighted


def test_half_a_unit_is_not_the_unit(merged, published) -> None:
    """One predecessor without a score: nothing is reconstructed, nothing is filled in."""
    Value.objects.filter(unit__code="V006", period="2025-Q1").delete()
    editions = [published(period) for period in PERIODS]
    found = series(editions, "M1")
    assert (found.as_is[0].score, found.as_is[0].portions) == (None, [])
    assert found.as_is[1].score is not None


def test_before_the_merger_nothing_is_told_of_it(course) -> None:
    assert series(course[:2], "M1") is None


def test_the_picture_breaks_where_the_unit_changed(course) -> None:
    found = series(course, "M1")
    was, now = pictures.lineage(found, "as_was"), pictures.lineage(found, "as_is")
    assert was.changes == now.changes == [2]
    assert [line.role for line in now.lines] == ["unit", "reconstructed"]
    assert now.lines[0].values[:2] == [None, None]
    assert now.lines[1].values[2:] == [None, None]


def test_report_and_comparison_show_it_with_a_switch(course, client_of) -> None:
    client = client_of(None)
    report = reverse("boards:report", args=["villages", PERIODS[-1], "M1"])
    plain = client.get(report).content.decode()
    assert "合并与拆分前后" in plain
    assert "村04" in plain
    assert "推算规则" not in plain
    carried = client.get(report + "?series=as_is").content.decode()
    assert "推算规则" in carried
    assert "49.9" in carried or "50.0" in carried
    compared = reverse("boards:compare", args=["villages", PERIODS[-1]]) + "?left=M1&right=S1&series=as_is"
    page = client.get(compared).content.decode()
    assert page.count("合并与拆分前后") >= 2
    assert "left=M1&amp;right=S1&amp;series=as_was" in page
    assert "合并与拆分前后" not in client.get(report.replace("M1", "V010")).content.decode()
