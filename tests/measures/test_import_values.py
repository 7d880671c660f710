import hashlib
from datetime import date

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from kanjian.ledger.models import Event
from kanjian.measures.actions import StaleError, import_values, preview_values
from kanjian.measures.intake import IntakeError, Options, Source
from kanjian.measures.models import Batch, Revision, Value
from kanjian.measures.preview import Preview
from kanjian.orgs.models import Lineage, Unit

pytestmark = pytest.mark.django_db
Q1 = Options(period="2026-Q1")
FIRST = "unit,A1,A2,A3\nC10101,10,50,0\nC10102,20,不适用,\nC10201,30,未采集,3\n"
SECOND = "unit,A1,A2,A3\nC10101,11,50,0\nC10102,20,不适用,7\nC10201,未采集,60,3\n"


def source(text: str = FIRST, name: str = "一季度.csv") -> Source:
    return Source(name, text.encode())


def stored() -> dict[tuple[str, str], tuple[float | None, str]]:
    rows = Value.objects.values_list("unit__code", "indicator__code", "value", "status")
    return {(unit, indicator): (value, status) for unit, indicator, value, status in rows}


class Watcher:
    def __init__(self) -> None:
        self.steps: list[tuple[int, str]] = []
        self.done = 0

    def start(self, total: int, message: str = "") -> None:
        self.steps.append((total, message))

    def advance(self, done: int = 1, message: str | None = None) -> None:  # noqa: ARG002
        self.done += done


def test_a_preview_counts_and_writes_nothing(indicators) -> None:
    preview = preview_values(source(), Q1, by=None)
    assert (preview.new, preview.changed, preview.unchanged, preview.blank) == (8, 0, 0, 1)
    assert (preview.rows, preview.units, preview.indicators, preview.periods) == (3, 3, 3, ("2026-Q1",))
    assert preview.may_apply
    assert not Value.objects.exists()
    assert not Batch.objects.exists()
    assert not Event.objects.exists()


def test_an_import_writes_values_with_their_source_and_an_event(indicators, storage, administrator) -> None:
    watcher = Watcher()
    done = import_values(source(), Q1, by=administrator, note="镇统计站", reporter=watcher)
    assert stored() == {
        ("C10101", "A1"): (10.0, "present"),
        ("C10101", "A2"): (50.0, "present"),
        ("C10101", "A3"): (0.0, "present"),
        ("C10102", "A1"): (20.0, "present"),
        ("C10102", "A2"): (None, "not_applicable"),
        ("C10201", "A1"): (30.0, "present"),
        ("C10201", "A2"): (None, "missing"),
        ("C10201", "A3"): (3.0, "present"),
    }
    batch = done.batch
    assert batch is not None
    assert (batch.source, batch.rows, batch.new, batch.changed) == ("一季度.csv", 3, 8, 0)
    assert batch.created_by == administrator
    assert (storage / batch.file).read_bytes() == FIRST.encode()
    assert Value.objects.get(unit__code="C10201", indicator__code="A3").row == 4
    event = Event.objects.get(verb="measures.import_values")
    assert (event.actor, event.subject) == ("guanliyuan", f"batch:{batch.pk}")
    assert event.data["sha256"] == hashlib.sha256(FIRST.encode()).hexdigest()
    assert watcher.done == 9 + 8
    assert watcher.steps[-1][0] == 8


def test_replaced_values_leave_a_trace(indicators, bring_in) -> None:
    first = bring_in(FIRST)
    preview = preview_values(source(SECOND), Q1, by=None)
    assert (preview.new, preview.changed, preview.unchanged) == (1, 3, 5)
    assert preview.differences.select("unit", "indicator", "old", "old_status", "new", "new_status").rows() == [
        ("C10101", "A1", 10.0, "present", 11.0, "present"),
        ("C10201", "A1", 30.0, "present", None, "missing"),
        ("C10201", "A2", None, "missing", 60.0, "present"),
    ]
    second = bring_in(SECOND)
    assert (second.new, second.changed) == (1, 3)
    assert stored()["C10201", "A1"] == (None, "missing")
    revisions = Revision.objects.order_by("unit__code", "indicator__code")
    assert [(r.unit.code, r.indicator.code, r.value, r.status, r.row) for r in revisions] == [
        ("C10101", "A1", 10.0, "present", 2),
        ("C10201", "A1", 30.0, "present", 4),
        ("C10201", "A2", None, "missing", 4),
    ]
    assert {(r.batch_id, r.replaced_by_id) for r in revisions} == {(first.pk, second.pk)}
    # What did not change keeps its first source.
    assert Value.objects.get(unit__code="C10101", indicator__code="A2").batch == first


def test_a_remark_is_data_and_a_blank_one_says_nothing(bring_in) -> None:
    head = "unit,period,indicator,value,note\n"
    bring_in(head + "C10101,2026-Q1,A1,10,\n")
    named = bring_in(head + "C10101,2026-Q1,A1,10,镇发〔2026〕3号\n")
    assert (named.new, named.changed) == (0, 1)
    assert Value.objects.get().note == "镇发〔2026〕3号"
    for silent in (head + "C10101,2026-Q1,A1,10,\n", "unit,A1\nC10101,10\n"):
        assert import_values(source(silent), Q1, by=None).batch is None
    # Another value is another statement: the old remark was about the old value.
    bring_in("unit,A1\nC10101,11\n")
    assert Value.objects.get().note == ""
    assert list(Revision.objects.values_list("value", "note")) == [(10.0, "镇发〔2026〕3号"), (10.0, "")]


def test_the_same_file_again_is_no_batch(bring_in) -> None:
    bring_in(FIRST)
    again = import_values(source(), Q1, by=None)
    assert again.batch is None
    assert again.preview.unchanged == 8
    assert Batch.objects.count() == 1


def test_one_wrong_cell_stops_the_whole_file(bring_in) -> None:
    bring_in(FIRST)
    before = stored()
    with pytest.raises(IntakeError) as caught:
        import_values(source(SECOND.replace("11,50", "11,500")), Q1, by=None)
    assert [(p.code, p.row, p.column) for p in caught.value.findings.items] == [("above_maximum", 2, "A2")]
    assert stored() == before
    assert (Batch.objects.count(), Revision.objects.count()) == (1, 0)


def test_an_accepted_preview_that_no_longer_holds_is_refused(bring_in) -> None:
    bring_in(FIRST)
    seen = preview_values(source(SECOND), Q1, by=None)
    bring_in("unit,A1\nC10101,99\n")
    with pytest.raises(StaleError):
        import_values(source(SECOND), Q1, by=None, expected=seen.fingerprint)
    assert stored()["C10101", "A1"] == (99.0, "present")
    fresh = preview_values(source(SECOND), Q1, by=None)
    import_values(source(SECOND), Q1, by=None, expected=fresh.fingerprint)
    assert stored()["C10101", "A1"] == (11.0, "present")


def test_a_preview_can_be_kept_and_read_back(bring_in) -> None:
    bring_in(FIRST)
    for text in (SECOND, SECOND.replace("11,50", "11,500") + "X,1,1,1\n"):
        preview = preview_values(source(text), Q1, by=None)
        back = Preview.from_json(preview.to_json())
        assert back.to_json() == preview.to_json()
        assert back.findings == preview.findings
        assert back.differences.equals(preview.differences)


def test_a_reporter_enters_the_own_units_only(indicators, storage, village_clerk) -> None:
    with pytest.raises(IntakeError) as caught:
        import_values(source(), Q1, by=village_clerk)
    assert {(p.code, p.value) for p in caught.value.findings.items} == {
        ("outside_scope", "C10102"),
        ("outside_scope", "C10201"),
    }
    import_values(source("unit,A1\nC10101,5\n"), Q1, by=village_clerk)
    assert stored() == {("C10101", "A1"): (5.0, "present")}


def test_an_administrator_of_a_county_enters_that_county(indicators, storage, county_administrator) -> None:
    preview = preview_values(source("unit,A1\nC10101,5\nC2,1\n"), Q1, by=county_administrator)
    assert [(p.code, p.value) for p in preview.findings.items] == [("outside_scope", "C2")]


@pytest.mark.parametrize("person", ["xiaowang", "ligong", "reviewer", "methodologist"])
def test_nobody_else_may_even_preview(indicators, request, person: str) -> None:
    somebody = request.getfixturevalue(person)
    for action in (preview_values, import_values):
        with pytest.raises(PermissionDenied):
            action(source(), Q1, by=somebody)


def test_a_merged_village_is_refused_with_its_successor(indicators, small_city) -> None:
    old = Unit.objects.create(
        code="C10199", name="旧塘村", kind="village", parent=small_city.township, valid_to=date(2025, 7, 1)
    )
    Lineage.objects.create(
        predecessor=old, successor=small_city.village, kind="merged", day=date(2025, 7, 1), document="民发〔2025〕1号"
    )
    preview = preview_values(source("unit,A1\nC10199,5\n"), Q1, by=None)
    problem = preview.findings.items[0]
    assert problem.code == "unit_closed"
    assert "荷塘村（C10101）" in problem.remedy
    assert preview_values(source("unit,A1\nC10199,5\n"), Options(period="2025-Q2"), by=None).may_apply


def test_the_database_itself_keeps_missing_apart_from_numbers(indicators, small_city) -> None:
    batch = Batch.objects.create(source="x")
    cell = {"unit": small_city.village, "indicator": indicators["A1"], "period": "2026-Q1", "batch": batch}
    with pytest.raises(IntegrityError), transaction.atomic():
        Value.objects.create(**cell, value=0, status="missing")
    with pytest.raises(IntegrityError), transaction.atomic():
        Value.objects.create(**cell, value=None, status="present")


def test_many_chunks_and_odd_texts_arrive_unchanged(indicators, storage, monkeypatch) -> None:
    monkeypatch.setattr("kanjian.measures.store.writing.CHUNK", 2)
    notes = ['逗号,引号"换行\n', "", "'; DROP TABLE x; --", "100%", "\\N", None]
    units = ["C10101", "C10102", "C10201", "C101", "C102", "C2"]
    numbers = [0.1 + 0.2, -0.0, 1e-300, 1.7976931348623157e308, 123456789.123456789, 5e-324]
    frame = pl.DataFrame(
        {"unit": units, "period": "2026-Q1", "indicator": "A3", "value": numbers, "note": notes},
    )
    for _ in range(2):  # the second time as replacements
        import_values(Source.of_frame(frame, "odd"), by=None)
        values = {v.unit.code: v for v in Value.objects.select_related("unit")}
        assert [values[unit].value for unit in units] == frame["value"].to_list()
        assert [values[unit].note for unit in units] == [(note or "").strip() for note in notes]
        frame = frame.with_columns(value=pl.col("value") / 2 + 1)
    assert sorted(Revision.objects.values_list("value", flat=True)) == sorted(numbers)
