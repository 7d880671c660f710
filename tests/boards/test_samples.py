"""Rates of too few cases on the pages: flagged, with their number, and nobody's strength or weakness."""

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from kanjian.boards.actions import add_scheme_version, compute_edition, freeze_release
from kanjian.boards.recomputing import verify
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.selectors.shapes import BoardQuery
from kanjian.boards.selectors.table import board_page
from kanjian.boards.selectors.units import unit_report

from .conftest import scheme_text

if TYPE_CHECKING:
    from kanjian.boards.models import Edition

pytestmark = pytest.mark.django_db
SMALL = {"V000": 4.0, "V002": 3.0, "V001": None}


@pytest.fixture
def sampled(villages, settings) -> "Edition":
    """A draft whose attendance counts from ten meetings on: V000 and V002 have a few, V001 says nothing."""
    from kanjian.measures.models import Batch, Indicator, Value

    number = Indicator.objects.create(code="N", name="样本数", name_en="Cases")
    batch = Batch.objects.create(source="cases.xlsx", rows=1)
    cases = {unit.code: SMALL.get(unit.code, 20.0) for unit in villages.units}
    Value.objects.bulk_create(
        Value(unit=unit, indicator=number, period="2025-Q4", value=cases[unit.code], batch=batch, row=2)
        for unit in villages.units
        if cases[unit.code] is not None
    )
    guard = "min_sample: {input: N, at_least: 10, pool: [township, county]}"
    text = scheme_text("2025.2").replace("weight: 2\n", f"weight: 2\n          {guard}\n")
    version = add_scheme_version(villages.board, text, valid_from="2025-Q4", by=None)
    return compute_edition(version, freeze_release(villages.board, "2025-Q4", by=None), by=None)


def test_the_report_says_how_many_and_whose_rate_it_is(sampled) -> None:
    rows = {row.code: row for row in unit_report(sampled, "V000").indicators}
    attendance, files = rows["A1"], files_of(sampled)
    assert (attendance.cases, attendance.is_small, attendance.pooled_from) == (4, True, "松镇")
    township = files.details().filter(township="C102").select("input.A1", "input.N").drop_nulls().collect()
    total = township["input.N"].sum()
    assert attendance.pooled_cases == total
    assert attendance.value == pytest.approx((township["input.A1"] * township["input.N"]).sum() / total)
    assert "样本不足，不排名" in attendance.flags
    assert (rows["A2"].cases, rows["A2"].is_small) == (None, False)
    assert verify(files.folder.parent.parent, sampled.hash).holds


def test_a_large_sample_keeps_its_own_rate(sampled) -> None:
    row = next(row for row in unit_report(sampled, "V004").indicators if row.code == "A1")
    assert (row.cases, row.is_small, row.pooled_from) == (20, False, "")
    assert row.value == files_of(sampled).detail("V004")["input.A1"]


def test_nobody_is_strong_or_weak_by_a_small_sample(sampled) -> None:
    for unit in SMALL:
        report = unit_report(sampled, unit)
        assert "A1" not in {row.code for row in (*report.strengths, *report.weaknesses)}
    listed = {code for unit in ("V004", "V006", "V008") for code in _extremes(sampled, unit)}
    assert "A1" in listed


def _extremes(edition: "Edition", unit: str) -> set[str]:
    report = unit_report(edition, unit)
    return {row.code for row in (*report.strengths, *report.weaknesses)}


def test_the_board_counts_them(sampled, published) -> None:
    rows = {row.unit: row.small for row in board_page(sampled, BoardQuery()).rows}
    assert {unit for unit, count in rows.items() if count} == set(SMALL)
    assert {row.small for row in board_page(published("2025-Q3"), BoardQuery()).rows} == {0}


def test_the_pages_show_them(sampled, client_of, administrator) -> None:
    client, at = client_of(administrator), ["villages", "2025-Q4"]
    board = client.get(reverse("boards:board", args=at)).content.decode()
    assert "样本不足 1 项" in board
    report = client.get(reverse("boards:report", args=[*at, "V000"])).content.decode()
    assert "n=4" in report
    assert "按松镇合并" in report
    evidence = client.get(reverse("boards:evidence", args=[*at, "V000", "A1"])).content.decode()
    assert "松镇全部" in evidence
    assert "样本不足，不排名" in evidence
    compared = client.get(reverse("boards:compare", args=at) + "?left=V000&right=V004").content.decode()
    assert "n=20" in compared
