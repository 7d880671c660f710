"""The burden meter: worked example, properties, duplicates, ceilings, the gate, exceptions, pages."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from kanjian.collecting import actions
from kanjian.collecting.actions import FieldSpec
from kanjian.collecting.burden import pages
from kanjian.collecting.burden.arithmetic import TIMES, minutes_of_round, periods_of_year, share_of_ceiling
from kanjian.collecting.burden.duplicates import held_elsewhere
from kanjian.collecting.burden.linting import lint_collection, red_line_blocks
from kanjian.collecting.burden.load import estimate, year_of
from kanjian.collecting.gates import blocks_of
from kanjian.collecting.models import Ceiling, Collection
from kanjian.collecting.states import CollectingError
from kanjian.ledger.models import Event
from kanjian.measures.actions import ask_exception, decide_exception
from kanjian.measures.models import Batch, Indicator, Value

YEAR = timezone.localdate().year
NEXT = YEAR + 1


def yearly(draft, indicators, code: str = "villages", **columns) -> Collection:
    """A draft whose whole next year is asked: 30 + 15 minutes, three villages, four quarters."""
    columns.setdefault("ends_on", date(NEXT + 1, 6, 30))
    columns.setdefault("plan_year", NEXT)
    collection = draft(code, **columns)
    specs = [FieldSpec(indicators["A1"], minutes=30), FieldSpec(indicators["A2"], is_required=False, minutes=15)]
    actions.set_fields(collection, specs, by=None)
    return collection


# Arithmetic


def test_the_worked_example(draft, indicators) -> None:
    """2 fields × 3 villages × 4 quarters = 24 cells; (30 + 15) min × 4 = 180 min = 3 h for each village, 9 h in all."""
    found = estimate(yearly(draft, indicators), NEXT)
    assert (found.fields, found.reporters, found.cells_per_round, found.times, found.cells) == (2, 3, 6, 4, 24)
    assert found.hours_per_reporter == 3.0


@given(
    st.lists(st.floats(0.1, 600), max_size=12),
    st.integers(1, 1000),
    st.floats(0.1, 600),
)
def test_more_fields_and_more_units_never_weigh_less(minutes, subjects, extra) -> None:
    whole = minutes_of_round(minutes, subjects, as_table=False)
    assert minutes_of_round([*minutes, extra], subjects, as_table=False) >= whole
    assert minutes_of_round(minutes, subjects + 1, as_table=False) >= whole
    assert minutes_of_round(minutes, subjects, as_table=True) <= whole + 1e-9


@given(st.sampled_from(sorted(TIMES)), st.integers(2020, 2030), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_a_year_holds_as_many_periods_as_the_frequency_says_and_an_end_never_adds(frequency, year, ends) -> None:
    every = periods_of_year(frequency, year, begins=None, ends=None)
    assert len(every) == TIMES[frequency]
    assert set(periods_of_year(frequency, year, begins=None, ends=ends)) <= set(every)


def test_a_window_counts_although_the_collection_has_ended() -> None:
    asked = periods_of_year("quarter", 2026, begins=None, ends=date(2026, 6, 30), opened=["2026-Q4", "2025-Q4"])
    assert asked == ["2026-Q1", "2026-Q2", "2026-Q4"]


def test_without_a_ceiling_there_is_no_share() -> None:
    assert share_of_ceiling(12, None) is None
    assert share_of_ceiling(6, 12) == 0.5


def test_a_township_that_answers_for_its_villages_needs_as_many_times_more(draft, indicators, small_city) -> None:
    collection = yearly(draft, indicators, reporter_kind="township", chain=["county", "office"])
    span = year_of(NEXT, [collection])
    hours = span.hours_by_unit()
    assert hours == {small_city.township.pk: 6.0, small_city.other_township.pk: 3.0}


def test_a_department_hands_in_one_table(draft, indicators, small_city) -> None:
    collection = yearly(draft, indicators, reporter_kind="department", chain=["department", "office"])
    assert year_of(NEXT, [collection]).hours_by_unit() == {small_city.department.pk: 3.0}


# Duplicates


def test_a_duplicate_alerts_before_activation_and_blocks_it(draft, indicators, small_city) -> None:
    actions.activate_collection(yearly(draft, indicators), by=None)
    twin = Indicator.objects.create(code="X1", name="村级收入", source="entered", semantic_code="village-income")
    Indicator.objects.filter(pk=indicators["A1"].pk).update(semantic_code="village-income")
    other = draft("other")
    actions.set_fields(other, [FieldSpec(indicators["A3"])], by=None)
    assert blocks_of(other) == []
    actions.set_fields(other, [FieldSpec(indicators["A3"]), FieldSpec(twin)], by=None)
    (block,) = blocks_of(other)
    assert block.code == "R04"
    assert "村级收入" in block.text
    with pytest.raises(CollectingError, match="R04"):
        actions.activate_collection(other, by=None)
    other.refresh_from_db()
    assert other.state == Collection.State.DRAFT


@pytest.mark.parametrize(("source", "found"), [("imported", 1), ("computed", 1), ("reference", 1), ("entered", 0)])
def test_a_datum_held_under_another_code_is_reused(draft, indicators, source, found) -> None:
    Indicator.objects.filter(pk=indicators["A1"].pk).update(semantic_code="income")
    Indicator.objects.create(code="Z9", name="三资平台收入", source=source, semantic_code="income")
    collection = draft()
    first, second = collection.fields.all()
    held = held_elsewhere(collection)
    assert (len(held[first.pk]), held[second.pk]) == (found, [])


def test_what_a_departments_file_fills_is_not_asked_of_villages(draft, indicators, small_city) -> None:
    Indicator.objects.filter(pk=indicators["A1"].pk).update(source="imported")
    collection = draft()
    assert not list(red_line_blocks(collection))
    batch = Batch.objects.create(source="三资.xlsx")
    Value.objects.create(unit=small_city.village, indicator=indicators["A1"], period="2025-Q4", value=1.0, batch=batch)
    assert [block.code for block in red_line_blocks(collection)] == ["R04"]


# Red lines of a collection


@pytest.mark.parametrize(
    ("name", "codes"),
    [("平台登录次数", {"R01"}), ("会议次数", set()), ("信访件数", set()), ("走访照片", {"R03"})],
)
def test_what_may_not_even_be_asked(draft, name, codes) -> None:
    collection = draft(description="")
    asked = Indicator.objects.create(code="Q1", name=name, source="entered")
    actions.set_fields(collection, [FieldSpec(asked)], by=None)
    assert {block.code for block in red_line_blocks(collection)} == codes


def test_nobody_confirms_the_own_sheet(draft) -> None:
    collection = draft(reporter_kind="village", chain=["township", "office"])
    assert not [each for each in lint_collection(collection) if each.finding.code == "R09"]
    Collection.objects.filter(pk=collection.pk).update(chain=[])
    collection.refresh_from_db()
    assert "R09" in {block.code for block in red_line_blocks(collection)}


def test_an_exception_opens_the_gate_until_it_ends(draft, indicators, small_city, methodologist, administrator) -> None:
    actions.activate_collection(draft(), by=None)
    other = draft("other")
    actions.set_fields(other, [FieldSpec(indicators["A1"])], by=None)
    exception = ask_exception(
        "R04",
        "collection:other",
        by=methodologist,
        document="演示〔2026〕3号",
        signer="王某（虚构）",
        reason="普查核对",
        expires_on=timezone.localdate() + timedelta(days=10),
    )
    assert [block.code for block in blocks_of(other)] == ["R04"]
    decide_exception(exception, by=administrator, grant=True)
    assert blocks_of(other) == []
    type(exception).objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert [block.code for block in blocks_of(other)] == ["R04"]


# Ceilings


def ceiling(city, hours: float, year: int = NEXT, kind: str = "village") -> Ceiling:
    return actions.set_ceiling(city, kind, year, hours=hours, document="演示减负〔2026〕1号", by=None)


def test_what_exceeds_the_ceiling_does_not_start(draft, indicators, small_city) -> None:
    collection = yearly(draft, indicators)
    ceiling(small_city.city, 3.0)
    assert blocks_of(collection) == []
    ceiling(small_city.city, 2.9)
    (block,) = blocks_of(collection)
    assert block.code == "R05"
    assert "3.0" in block.text


def test_the_ceiling_counts_everything_together(draft, indicators, small_city) -> None:
    actions.activate_collection(yearly(draft, indicators), by=None)
    ceiling(small_city.city, 3.5)
    other = draft("other", plan_year=NEXT, ends_on=date(NEXT + 1, 6, 30))
    actions.set_fields(other, [FieldSpec(indicators["A3"], minutes=15)], by=None)
    assert [block.code for block in blocks_of(other)] == ["R05"]


def test_setting_a_ceiling_leaves_a_trace(small_city, administrator) -> None:
    actions.set_ceiling(small_city.city, "village", NEXT, hours=20, document="1号", by=administrator)
    actions.set_ceiling(small_city.city, "village", NEXT, hours=15, document="2号", by=administrator)
    assert Ceiling.objects.get().hours == 15
    assert Event.objects.filter(verb="collecting.set_ceiling").count() == 2


@pytest.mark.parametrize(
    ("kind", "year", "hours", "document", "code"),
    [
        ("planet", NEXT, 5, "1号", "bad_kind"),
        ("village", 1900, 5, "1号", "bad_year"),
        ("village", NEXT, 0, "1号", "bad_hours"),
        ("village", NEXT, float("nan"), "1号", "bad_hours"),
        ("village", NEXT, 5, " ", "no_document"),
    ],
)
def test_a_wrong_ceiling_is_refused(small_city, kind, year, hours, document, code) -> None:
    with pytest.raises(CollectingError) as caught:
        actions.set_ceiling(small_city.city, kind, year, hours=hours, document=document, by=None)
    assert caught.value.code == code
    assert not Ceiling.objects.exists()


def test_only_administrators_of_the_whole_publish_ceilings(small_city, methodologist, county_administrator) -> None:
    for person in (methodologist, county_administrator):
        with pytest.raises(PermissionDenied):
            actions.set_ceiling(small_city.city, "village", NEXT, hours=5, document="1号", by=person)


# Figures


def test_prefilled_cells_are_spared(ground, small_city) -> None:
    from kanjian.collecting.models import Entry

    sheet = ground.sheet()
    Entry.objects.create(
        sheet=sheet,
        unit=small_city.village,
        indicator=ground.indicators["A1"],
        value=1.0,
        origin="prefilled",
        entered_at=timezone.now(),
    )
    page = pages.unit_page(small_city.village, int(ground.window.period[:4]))
    assert page.spared == pytest.approx(2 / 60)
    assert page.hours >= page.spared
    assert pages.collection_page(ground.collection).prefilled == 1


def test_the_whole_is_the_sum_of_departments_and_of_kinds(draft, indicators, small_city) -> None:
    actions.activate_collection(yearly(draft, indicators), by=None)
    ceiling(small_city.city, 4.0)
    page = pages.overview(NEXT)
    (village,) = page.kinds
    assert (village.units, village.total, village.mean, village.most, village.ceiling, village.over) == (
        3,
        9,
        3,
        3,
        4,
        0,
    )
    assert village.share == 0.75
    assert sum(row.hours for row in page.owners) == page.now.hours == 9.0


# Pages


def test_everybody_sees_the_whole_and_no_persons(client_of, draft, indicators, administrator) -> None:
    actions.activate_collection(yearly(draft, indicators), by=None)
    page = client_of(None).get(f"/collecting/burden/?year={NEXT}")
    assert page.status_code == 200
    words = page.content.decode()
    assert "农业农村局" in words
    assert administrator.display_name not in words
    assert client_of(None).get("/collecting/burden/?year=12").status_code == 404


@pytest.mark.parametrize("wanted", ["csv", "xlsx"])
def test_tables_come_as_files(client_of, draft, indicators, administrator, wanted) -> None:
    actions.activate_collection(yearly(draft, indicators), by=None)
    client = client_of(administrator)
    for address in ("", "units/", "units/C10101/", "collections/villages/"):
        answer = client.get(f"/collecting/burden/{address}?year={NEXT}&format={wanted}")
        assert answer["Content-Disposition"].endswith(f'.{wanted}"')
        assert len(answer.content) > 50


def test_a_village_sees_its_own_load_and_no_other(client_of, village_clerk, draft, indicators) -> None:
    actions.activate_collection(yearly(draft, indicators), by=None)
    client = client_of(village_clerk)
    own = client.get(f"/collecting/burden/units/C10101/?year={NEXT}")
    assert "村情季报" in own.content.decode()
    assert client.get("/collecting/burden/units/C10102/").status_code == 404
    listed = client.get(f"/collecting/burden/units/?year={NEXT}").content.decode()
    assert "荷塘村" in listed
    assert "石桥村" not in listed


def test_strangers_see_no_unit_no_draft_and_no_form(client_of, xiaowang, village_clerk, draft) -> None:
    draft()
    for address in ("units/", "units/C10101/", "collections/villages/", "ceilings/"):
        assert client_of(None).get(f"/collecting/burden/{address}").status_code == 302
        assert client_of(xiaowang).get(f"/collecting/burden/{address}").status_code in {403, 404}
    assert client_of(village_clerk).get("/collecting/burden/collections/villages/").status_code == 404
    assert client_of(village_clerk).get("/collecting/burden/ceilings/").status_code == 403


def test_the_preview_shows_duplicates_and_red_lines_before_it_asks(client_of, methodologist, draft, indicators) -> None:
    actions.activate_collection(draft(), by=None)
    other = draft("other")
    actions.set_fields(other, [FieldSpec(indicators["A1"])], by=None)
    words = client_of(methodologist).get("/collecting/burden/collections/other/").content.decode()
    for text in ("R04", "重复", "申请例外", "有 1 个填报项是已有数据"):
        assert text in words


def test_an_administrator_publishes_a_ceiling_on_the_page(client_of, administrator, small_city) -> None:
    client = client_of(administrator)
    given = {"root": small_city.city.pk, "unit_kind": "village", "year": NEXT, "hours": "12", "document": "演示1号"}
    assert client.post("/collecting/burden/ceilings/", given).status_code == 302
    assert "演示1号" in client.get(f"/collecting/burden/?year={NEXT}").content.decode()
    assert client.post("/collecting/burden/ceilings/", {**given, "hours": "0"}).status_code == 200
    assert Ceiling.objects.get().hours == 12
