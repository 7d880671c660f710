"""Values into a sheet: all or nothing, findings by cell, two people at one sheet, nothing lost."""

import pytest
from django.core.exceptions import PermissionDenied

from kanjian.collecting import actions
from kanjian.collecting.cells import Cell
from kanjian.collecting.models import Entry, PastEntry
from kanjian.collecting.states import CollectingError
from kanjian.ledger.models import Event

V = "C10101"


def put(ground, person, *cells: Cell, version: int | None = None, code: str = V):
    return actions.record_entries(
        ground.sheet(code), cells, by=person, origin=Entry.Origin.WEB, expected_version=version
    )


@pytest.mark.parametrize(
    ("value", "status", "found"),
    [
        ("12.5", "", (12.5, "present")),
        (" １２．５ ", "", (12.5, "present")),
        ("1,234.5", "", (1234.5, "present")),
        (7, "", (7.0, "present")),
        ("不适用", "", (None, "not_applicable")),
        ("", "not_applicable", (None, "not_applicable")),
        ("未采集", "", (None, "missing")),
    ],
)
def test_what_is_said_is_understood(ground, cast, value, status, found) -> None:
    done = put(ground, cast.clerk, Cell(V, "A1", value, status, note="说明"))
    entry = Entry.objects.get()
    assert (done.written, done.sheet.version) == (1, 1)
    assert (entry.value, entry.status, entry.note, entry.entered_by) == (*found, "说明", cast.clerk)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (Cell(V, "A1", "很多"), "not_number"),
        (Cell(V, "A1", "-"), "unclear_blank"),
        (Cell(V, "A2", "95%"), "percent"),
        (Cell(V, "A2", 101), "above_maximum"),
        (Cell(V, "A1", -1), "below_minimum"),
        (Cell(V, "A1", float("nan")), "not_finite"),
        (Cell(V, "A1", "1e999"), "not_finite"),
        (Cell(V, "A1", True), "not_number"),
        (Cell(V, "A1", 5, "missing"), "status_conflict"),
        (Cell(V, "A1", "", "present"), "status_conflict"),
        (Cell(V, "A1", 5, "strange"), "bad_status"),
        (Cell(V, "A1", 5, note="x" * 301), "note_too_long"),
        (Cell(V, "A3", 5), "not_a_field"),
        (Cell("C10102", "A1", 5), "not_a_subject"),
        (Cell("nowhere", "A1", 5), "not_a_subject"),
    ],
)
def test_one_wrong_cell_and_nothing_is_written(ground, cast, cell, code) -> None:
    right = Cell(V, "A2" if cell.indicator == "A1" else "A1", 50)
    with pytest.raises(CollectingError) as refused:
        put(ground, cast.clerk, right, cell)
    assert refused.value.code == "refused"
    assert [(f.code, f.unit, f.indicator) for f in refused.value.findings] == [(code, cell.unit, cell.indicator)]
    assert not Entry.objects.exists()
    assert ground.sheet().version == 0


def test_a_cell_written_twice_is_refused_with_its_line(ground, cast) -> None:
    with pytest.raises(CollectingError) as refused:
        put(ground, cast.clerk, Cell(V, "A1", 1, row=2), Cell(V, "A1", 2, row=9))
    assert [(f.code, f.row) for f in refused.value.findings] == [("repeated", 9)]


def test_what_a_cell_said_stays(ground, cast) -> None:
    put(ground, cast.clerk, Cell(V, "A1", 1, note="第一次"))
    put(ground, cast.colleague, Cell(V, "A1", 2))
    entry, past = Entry.objects.get(), PastEntry.objects.get()
    assert (entry.value, entry.note, entry.entered_by) == (2, "第一次", cast.colleague)  # a note not said stays
    assert (past.value, past.entered_by, past.version) == (1, cast.clerk, 1)


def test_the_same_again_writes_nothing(ground, cast) -> None:
    put(ground, cast.clerk, Cell(V, "A1", 1))
    done = put(ground, cast.clerk, Cell(V, "A1", "1.0"), Cell(V, "A2", ""))
    assert (done.written, done.unchanged, done.sheet.version) == (0, 2, 1)
    assert Event.objects.filter(verb="collecting.record_entries").count() == 1


def test_clearing_keeps_a_trace(ground, cast) -> None:
    put(ground, cast.clerk, Cell(V, "A1", 1))
    put(ground, cast.clerk, Cell(V, "A1", ""))
    assert Entry.objects.get().is_blank
    assert PastEntry.objects.get().value == 1


def test_somebody_else_saved_meanwhile(ground, cast) -> None:
    put(ground, cast.clerk, Cell(V, "A1", 1), version=0)
    # Another cell is no conflict; the same one is, and it names who and what.
    put(ground, cast.colleague, Cell(V, "A2", 50), version=0)
    with pytest.raises(actions.StaleEntriesError) as stale:
        put(ground, cast.colleague, Cell(V, "A1", 9), version=0)
    assert stale.value.code == "stale"
    assert "村文书" in str(stale.value)
    assert [(entry.value, entry.entered_by) for entry in stale.value.theirs] == [(1, cast.clerk)]
    assert Entry.objects.get(indicator__code="A1").value == 1
    # The own earlier input is no conflict, and having seen the other's it may be typed over.
    put(ground, cast.clerk, Cell(V, "A1", 3), version=0)
    put(ground, cast.colleague, Cell(V, "A1", 9), version=ground.sheet().version)
    assert Entry.objects.get(indicator__code="A1").value == 9


def test_only_reporters_of_the_unit_write(ground, cast, ligong, methodologist, administrator, small_city) -> None:
    for person in (ligong, methodologist, administrator, cast.township, cast.office):
        with pytest.raises(PermissionDenied):
            put(ground, person, Cell(V, "A1", 1))
    with pytest.raises(PermissionDenied):
        put(ground, cast.clerk, Cell("C10102", "A1", 1), code="C10102")


def test_a_department_reports_for_all_villages(department_ground, small_city) -> None:
    from tests.collecting.conftest import holder

    officer = holder("officer", "农业专员", "reporter", small_city.department)
    cells = [Cell(code, "A1", number) for number, code in enumerate(("C10101", "C10102", "C10201"))]
    assert put(department_ground, officer, *cells, code="C-NY").written == 3
