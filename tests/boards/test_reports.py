"""Unit reports, comparisons, methods, evidence: every number agrees with the tables, every split sums exactly."""

from math import fsum

import pytest
from django.http import Http404
from django.utils.translation import override

from kanjian.boards.actions import add_scheme_version
from kanjian.boards.models import Edition
from kanjian.boards.rebuild import field_result
from kanjian.boards.selectors import comparing, evidence, methods, reasons, units
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.selectors.shapes import IndicatorRow, UnitReport
from kanjian.measures.models import Value
from kanjian.scoring import score

from .conftest import scheme_text

pytestmark = pytest.mark.django_db


def indicator(report: UnitReport, code: str) -> IndicatorRow:
    return next(row for row in report.indicators if row.code == code)


def test_a_report_agrees_with_the_edition(season) -> None:
    report = units.unit_report(season[-1], "V004")
    row = files_of(season[-1]).detail("V004")
    assert report.standing.score == row["score"]
    assert (report.unit.label, report.unit.track.label, report.unit.county.label) == ("村04", "近郊", "东县")
    assert report.unit.attributes == {"population": 1004}
    assert [dimension.code for dimension in report.dimensions] == ["A", "B", "F"]
    assert [dimension.weight for dimension in report.dimensions] == [0.4, 0.6, 0.0]
    scored = report.dimensions[:2]
    bonus = report.dimensions[2].score
    assert fsum([*(d.weight * d.score for d in scored), bonus]) == pytest.approx(row["score"])
    assert {each.code: each.dimension for each in report.indicators} == {
        "A1": "A",
        "A2": "A",
        "B1": "B",
        "B2": "B",
        "B3": "B",
        "F": "F",
    }
    assert sum(each.weight for each in report.indicators) == pytest.approx(1.0)
    assert indicator(report, "B2").inputs == ["B1", "B1@-1"]
    assert indicator(report, "A1").rule == "达到目标（92）得 100 分，按完成比例计，最高 100 分"


def test_strong_and_weak_are_told_by_the_distance_to_the_median(season) -> None:
    for code in ("V000", "V011", "V020"):
        report = units.unit_report(season[-1], code)
        gaps = {row.code: row.gap for row in report.indicators if row.gap is not None and row.weight}
        assert [row.code for row in report.strengths] == sorted(
            (c for c in gaps if gaps[c] > 0), key=lambda c: -gaps[c]
        )
        assert [row.code for row in report.weaknesses] == sorted(
            (c for c in gaps if gaps[c] < 0), key=lambda c: gaps[c]
        )


def test_what_full_marks_would_add_is_what_the_engine_adds(season) -> None:
    """Give the unit the best value and score it again with the edition's own bounds."""
    files = files_of(season[-1])
    result = field_result(files, "near")
    best = {"A1": 92.0, "A2": 5.0, "B3": 0.0, "F": 3.0}
    for code in ("V001", "V003", "V010"):
        report = units.unit_report(season[-1], code)
        for name, value in best.items():
            row = indicator(report, name)
            if row.status == "not_applicable":
                assert row.would_add is None
                continue
            mine = result.values.frame["unit"] == code
            changed = result.values.frame[name].zip_with(~mine, mine.cast(float) * value)
            again = score(files.scheme, result.values.with_columns(changed.to_frame()), parameters=files.parameters)
            after = again.scores.filter(unit=code)["score"].item()
            assert row.would_add == pytest.approx(after - report.standing.score, abs=1e-9), (code, name)


def test_cells_say_what_they_are(season) -> None:
    status = {row.code: row.status for row in units.unit_report(season[-1], "V010").indicators}
    assert status == {
        "A1": "present",
        "A2": "not_applicable",
        "B1": "present",
        "B2": "present",
        "B3": "present",
        "F": "present",
    }
    assert indicator(units.unit_report(season[-2], "V010"), "A2").status == "missing"
    empty = units.unit_report(season[-1], "V028")
    assert {row.status for row in empty.indicators} == {"missing"}
    assert (empty.standing.score, empty.movement, empty.path) == (None, None, None)
    assert empty.standing.reason_words == "数据不足，没有得分"
    assert {row.value for row in empty.indicators} == {None}


def test_neighbours_are_those_of_the_track(season) -> None:
    near = units.unit_report(season[-1], "V005").neighbours
    assert "V005" in [row.unit for row in near]
    assert {row.track for row in near} == {"near"}
    assert len(near) <= 7
    places = [row.track_rank for row in near]
    assert places == sorted(places)
    best = next(row for row in files_of(season[-1]).rows(range(1)))["unit"]
    assert units.unit_report(season[-1], best).neighbours[0].unit == best


def test_history_runs_over_the_editions_up_to_this_one(season) -> None:
    report = units.unit_report(season[2], "V006")
    assert [point.period for point in report.history] == ["2025-Q1", "2025-Q2", "2025-Q3"]
    assert [point.score for point in report.history] == report.standing.sparkline


def test_an_unknown_unit_is_not_found(season) -> None:
    for read in (units.unit_report, lambda e, c: evidence.evidence(e, c, "A1")):
        with pytest.raises(Http404):
            read(season[-1], "V999")
    with pytest.raises(Http404):
        evidence.evidence(season[-1], "V001", "Z9")


@pytest.mark.parametrize("code", [f"V{n:03d}" for n in range(0, 28, 3)])
def test_why_a_unit_moved_sums_to_the_movement(season, code: str) -> None:
    report = units.unit_report(season[-1], code)
    found = report.movement
    assert found is not None
    assert (found.before.period, found.after.period) == ("2025-Q3", "2025-Q4")
    change = found.score_after - found.score_before
    assert fsum(share.points for share in found.score_causes) == pytest.approx(change, abs=1e-9)
    assert fsum(share.points for share in found.indicators) == pytest.approx(change, abs=1e-9)
    assert found.comparable
    assert fsum(share.points for share in found.causes) == pytest.approx(report.standing.movement, abs=1e-9)
    assert {"own", "others", "bounds"} <= {share.code for share in found.causes}


def test_a_correction_is_not_blamed_on_the_unit(villages, published) -> None:
    published("2025-Q3")
    cell = Value.objects.get(unit__code="V004", indicator__code="A1", period="2025-Q3")
    Value.objects.filter(pk=cell.pk).update(value=cell.value - 20)
    report = units.unit_report(published("2025-Q4"), "V004")
    shares = {share.code: share.points for share in report.movement.score_causes}
    assert shares["correction"] < 0
    assert fsum(shares.values()) == pytest.approx(report.movement.score_after - report.movement.score_before, abs=1e-9)


def test_another_method_explains_scores_but_no_places(villages, published) -> None:
    published("2025-Q3")
    version = add_scheme_version(villages.board, scheme_text("2025.2", 70), valid_from="2025-Q4", by=None)
    report = units.unit_report(published("2025-Q4", version), "V004")
    assert not report.movement.comparable
    assert report.movement.reason_words == "口径变化，不可比"
    shares = {share.code: share.points for share in report.movement.score_causes}
    assert shares["method"] != 0
    assert fsum(shares.values()) == pytest.approx(report.movement.score_after - report.movement.score_before, abs=1e-9)


def test_of_a_large_edition_only_the_track_is_read_and_the_split_is_the_same(season, monkeypatch) -> None:
    from kanjian.boards import rebuild

    whole = units.unit_report(season[-1], "V006").movement
    monkeypatch.setattr(rebuild, "WHOLE", 5)
    part = field_result(files_of(season[-1]), "near")
    assert part.values.height == 18
    found = units.unit_report(season[-1], "V006").movement
    assert [share.points for share in found.causes] == pytest.approx([share.points for share in whole.causes])
    assert [share.points for share in found.score_causes] == pytest.approx([s.points for s in whole.score_causes])
    monkeypatch.setattr(rebuild, "RIVALS", 5)
    alone = units.unit_report(season[-1], "V006").movement
    assert alone.causes == []
    assert [share.points for share in alone.score_causes] == pytest.approx([s.points for s in whole.score_causes])


def test_the_path_leads_to_the_next_band(season) -> None:
    files = files_of(season[-1])
    reached = 0
    for row in files.rows(range(18)):
        found = units.unit_report(season[-1], row["unit"]).path
        if row["band"] == "A":
            assert found is None
            continue
        assert found.goal.code == {"B": "A", "C": "B"}[row["band"]]
        assert found.needed == pytest.approx({"A": 75, "B": 55}[found.goal.code] - row["score"], abs=1e-6)
        assert found.assumptions[0] == "其他单位保持不变"
        if found.reached and found.steps:
            reached += 1
            assert fsum(step.points for step in found.steps) >= found.needed - 1e-6
            assert all(step.points >= 0 and step.cost > 0 for step in found.steps)
    assert reached > 3


def test_two_units_side_by_side(season) -> None:
    found = comparing.compare_units(season[-1], "V001", "V022")
    assert found.gap == pytest.approx(found.left.standing.score - found.right.standing.score)
    assert fsum(share.points for share in found.shares) == pytest.approx(found.gap, abs=1e-9)
    assert [left.code for left, _ in found.indicators] == [row.code for row in found.left.indicators]
    assert found.reason is None
    silent = comparing.compare_units(season[-1], "V001", "V028")
    assert (silent.gap, silent.shares, silent.reason) == (None, [], "no_score")
    assert silent.reason_words == "有一方没有得分，无法分解"


def test_two_periods_of_one_unit(season) -> None:
    found = comparing.compare_editions(season[0], season[-1], "V007")
    assert (found.left.edition.period, found.right.edition.period) == ("2025-Q4", "2025-Q1")
    assert fsum(share.points for share in found.shares) == pytest.approx(found.gap, abs=1e-9)


def test_the_method_reads_as_a_document(villages, season) -> None:
    add_scheme_version(villages.board, scheme_text("2025.2", 50), valid_from="2026-Q1", by=None, note="调整权重")
    found = methods.method(villages.board)
    assert (found.scheme.version, found.scheme.editions, found.compared_with.version) == ("2025.2", 0, "2025.1")
    assert found.compared_with.editions == 4
    changed = {difference.path: (difference.before, difference.after) for difference in found.differences}
    assert changed["tree.A.weight"] == ("40.0", "50.0")
    assert [node.code for node in found.nodes] == ["index", "A", "A1", "A2", "B", "B1", "B2", "B3", "F"]
    leaves = [node for node in found.nodes if node.is_leaf]
    assert sum(node.share for node in leaves) == pytest.approx(1.0)
    old = methods.method(villages.board, "2025.1")
    assert (old.compared_with, old.differences) == (None, [])
    assert methods.method(villages.board, "2025.1", "2025.2").differences
    with pytest.raises(Http404):
        methods.method(villages.board, "nothing")
    with override("en"):
        rules = [node.rule for node in methods.method(villages.board, "2025.1").nodes]
        assert rules[2] == "The target (92) earns 100 points, otherwise the share that was reached, 100 at most"


def test_evidence_leads_from_the_cell_to_the_line_of_the_file(season) -> None:
    found = evidence.evidence(season[-1], "V003", "B2")
    assert [(cell.code, cell.period) for cell in found.cells] == [("B1", "2025-Q4"), ("B1", "2025-Q3")]
    assert {(cell.source, cell.row, cell.differs) for cell in found.cells} == {("season.xlsx", 5, False)}
    Value.objects.filter(unit__code="V003", indicator__code="B1", period="2025-Q3").update(value=1.0)
    cell = evidence.evidence(season[-1], "V003", "B2").cells[1]
    assert cell.differs
    assert cell.current_value == 1.0
    assert cell.value != 1.0
    missing = evidence.evidence(season[-1], "V028", "A1").cells[0]
    assert (missing.status, missing.value, missing.source, missing.differs) == ("missing", None, "", False)


def test_a_search_is_done_once_for_an_edition(season, monkeypatch) -> None:
    edition = season[-1]
    standing = units.unit_report(edition, "V002").standing
    calls = []
    original = reasons.path_to
    monkeypatch.setattr(reasons, "path_to", lambda *args, **named: calls.append(1) or original(*args, **named))
    reasons._advice.cache_clear()
    first, second = (
        reasons.path(each, standing, season[:-1]) for each in (edition, Edition.objects.get(pk=edition.pk))
    )
    assert first == second
    assert len(calls) == 1
