"""Collections from draft to open window: what must stand before anybody may be asked."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from kanjian.collecting import actions, gates
from kanjian.collecting.models import Collection, Entry, Sheet
from kanjian.collecting.states import CollectingError
from kanjian.ledger.models import Event
from kanjian.measures.actions.record_values import CELLS, record_values


def test_a_draft_says_who_reports_what(draft, small_city, indicators) -> None:
    made = draft(chain=["office", "township"])
    assert (made.state, made.chain) == ("draft", ["township", "office"])  # in the order of the levels
    assert [f.indicator.code for f in made.fields.all()] == ["A1", "A2"]
    assert Event.objects.filter(verb="collecting.create_collection", subject="collection:villages").count() == 1


def test_only_managers_of_the_whole_set_up(
    draft, small_city, village_clerk, county_administrator, methodologist
) -> None:
    for person in (village_clerk, county_administrator):
        with pytest.raises(PermissionDenied):
            actions.create_collection("x", root=small_city.city, by=person)
        with pytest.raises(PermissionDenied):
            actions.activate_collection(draft(f"for-{person.pk}"), by=person)
    assert actions.activate_collection(draft(), by=methodologist).state == "active"


def test_a_department_that_reports_must_be_one(draft, small_city) -> None:
    with pytest.raises(ValidationError):
        draft(owner=small_city.township, reporter_kind="department")


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ({"document": " "}, "批准文号"),
        ({"plan_year": None}, "年度计划"),
        ({"ends_on": None}, "截止日期"),
        ({"ends_on": timezone.localdate() - timedelta(days=1)}, "已过"),
    ],
)
def test_without_its_ground_it_does_not_open(draft, columns, word) -> None:
    with pytest.raises(CollectingError, match=word) as refused:
        actions.activate_collection(draft(**columns), by=None)
    assert refused.value.code == "blocked"
    assert Collection.objects.get().state == "draft"


def test_a_registered_gate_can_block(draft, monkeypatch) -> None:
    monkeypatch.setattr(gates, "_gates", [lambda _collection: [gates.Block("ceiling", "超过减负上限")]])
    with pytest.raises(CollectingError, match="超过减负上限"):
        actions.activate_collection(draft(), by=None)


def test_what_the_platform_knows_is_not_asked(draft, indicators) -> None:
    collection = draft()
    indicators["A3"].source = "computed"
    with pytest.raises(CollectingError) as refused:
        actions.set_fields(collection, [actions.FieldSpec(indicators["A3"])], by=None)
    assert refused.value.code == "not_askable"
    for specs, code in (
        ([actions.FieldSpec(indicators["A1"])] * 2, "repeated"),
        ([actions.FieldSpec(indicators["A1"], minutes=0)], "bad_minutes"),
    ):
        with pytest.raises(CollectingError) as refused:
            actions.set_fields(collection, specs, by=None)
        assert refused.value.code == code


def test_what_was_approved_is_not_changed(ground, indicators) -> None:
    with pytest.raises(CollectingError) as refused:
        actions.set_fields(ground.collection, [actions.FieldSpec(indicators["A3"])], by=None)
    assert refused.value.code == "not_draft"
    with pytest.raises(CollectingError):
        actions.change_collection(ground.collection, by=None, document="other")


def test_a_draft_can_be_changed(draft) -> None:
    changed = actions.change_collection(draft(), by=None, name="村情半年报", frequency="half")
    assert (changed.name, changed.frequency) == ("村情半年报", "half")
    event = Event.objects.get(verb="collecting.change_collection")
    assert event.data["changes"] == {"frequency": ["quarter", "half"], "name": ["村情季报", "村情半年报"]}


def test_a_window_makes_a_sheet_for_every_unit_that_exists(ground, small_city) -> None:
    assert sorted(Sheet.objects.values_list("reporter__code", flat=True)) == ["C10101", "C10102", "C10201"]
    event = Event.objects.get(verb="collecting.open_window")
    assert (event.data["sheets"], event.data["prefilled"]) == (3, 0)


def test_a_closed_village_gets_no_sheet(draft, indicators, small_city) -> None:
    from tests.collecting.conftest import opened

    small_city.far_village.valid_to = timezone.datetime(2026, 8, 1).date()
    small_city.far_village.save()
    opened(draft(), indicators)
    assert sorted(Sheet.objects.values_list("reporter__code", flat=True)) == ["C10101", "C10102"]


def test_a_department_gets_one_sheet(department_ground) -> None:
    assert list(Sheet.objects.values_list("reporter__code", flat=True)) == ["C-NY"]


@pytest.mark.parametrize(
    ("period", "days", "code"),
    [
        ("2026", (0, 1, 2), "wrong_kind"),
        ("2026-13", (0, 1, 2), "bad_period"),
        ("2026-Q3", (0, 1, 2), "exists"),
        ("2026-Q4", (2, 1, 3), "bad_dates"),
        ("2026-Q4", (-3, -2, -1), "bad_dates"),
        ("2026-Q4", (0, 1, 500), "after_end"),
        ("1949-Q4", (0, 1, 2), "no_reporters"),
    ],
)
def test_a_window_is_refused(ground, small_city, period, days, code) -> None:
    type(small_city.city).objects.update(valid_from=timezone.datetime(2000, 1, 1).date())
    today = timezone.localdate()
    opens_on, due_on, closes_on = (today + timedelta(days=each) for each in days)
    with pytest.raises(CollectingError) as refused:
        actions.open_window(ground.collection, period, opens_on=opens_on, due_on=due_on, closes_on=closes_on, by=None)
    assert refused.value.code == code


def test_an_ended_collection_opens_nothing(ground) -> None:
    ended = actions.end_collection(ground.collection, by=None)
    today = timezone.localdate()
    with pytest.raises(CollectingError) as refused:
        actions.open_window(ended, "2026-Q4", opens_on=today, due_on=today, closes_on=today, by=None)
    assert refused.value.code == "not_active"


def test_held_values_are_prefilled(draft, indicators, small_city) -> None:
    import polars as pl
    from tests.collecting.conftest import PERIOD, opened

    rows = [(small_city.village.pk, indicators["A1"].pk, PERIOD, 12.5, "present", "")]
    record_values(pl.DataFrame(rows, schema=CELLS, orient="row"), source="系统", by=None)
    for code, keys in (("villages", {}), ("dept", {"reporter_kind": "department"})):
        opened(draft(code, **keys), indicators)
        entry = Entry.objects.get(sheet__window__collection__code=code)
        assert (entry.value, entry.origin, entry.entered_by) == (12.5, "prefilled", None)
