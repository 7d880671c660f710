"""A sheet on its way: village → township → department → office → value; who may not, and when not."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kanjian.collecting import actions
from kanjian.collecting.cells import Cell
from kanjian.collecting.models import Entry, Sheet, Step
from kanjian.collecting.next_steps import allowed, next_steps
from kanjian.collecting.policies import extensions_to_decide, may_decide, waiting_for
from kanjian.collecting.states import CollectingError
from kanjian.ledger.models import Event
from kanjian.ledger.selectors import verify_chain
from kanjian.measures.models import Revision, Value
from kanjian.orgs.models import Post

V = "C10101"


def fill(ground, person, code: str = V, value: float = 12.5) -> None:
    cells = [Cell(code, "A1", value), Cell(code, "A2", 80)]
    actions.record_entries(ground.sheet(code), cells, by=person, origin=Entry.Origin.WEB)


def handed_in(ground, cast, code: str = V) -> Sheet:
    fill(ground, cast.clerk if code == V else None, code)
    return actions.submit(ground.sheet(code), by=cast.clerk if code == V else None)


def at_office(ground, cast, code: str = V) -> Sheet:
    sheet = handed_in(ground, cast, code)
    actions.approve([sheet], by=cast.township)
    return actions.approve([ground.sheet(code)], by=cast.department)[0]


def test_from_the_village_to_the_value(ground, cast, small_city) -> None:
    sheet = handed_in(ground, cast)
    assert (sheet.state, sheet.level, sheet.on_time) == ("submitted", "township", True)
    assert actions.approve([sheet], by=cast.township)[0].level == "department"
    assert actions.approve([ground.sheet()], by=cast.department)[0].level == "office"
    batch = actions.accept([ground.sheet()], by=cast.office)
    sheet = ground.sheet()
    assert (sheet.state, sheet.level, sheet.batch) == ("accepted", "", batch)
    assert {v.indicator.code: v.value for v in Value.objects.select_related("indicator")} == {"A1": 12.5, "A2": 80}
    assert (batch.rows, batch.new, batch.changed) == (1, 2, 0)
    assert [(s.verb, s.level) for s in sheet.steps.all()] == [
        ("submit", ""),
        ("approve", "township"),
        ("approve", "department"),
        ("accept", "office"),
    ]
    assert verify_chain().is_whole


def test_many_sheets_become_one_batch(ground, cast) -> None:
    for code in (V, "C10102"):
        at_office(ground, cast, code)
    batch = actions.accept(list(waiting_for(cast.office)), by=cast.office)
    assert (batch.rows, batch.new, batch.sheets.count()) == (2, 4, 2)
    assert Event.objects.filter(verb="collecting.accept").count() == 1


def test_late_is_never_zero(ground, cast) -> None:
    actions.record_entries(ground.sheet(), [Cell(V, "A1", 5)], by=cast.clerk, origin="web")
    actions.submit(ground.sheet(), by=cast.clerk)
    actions.approve([ground.sheet()], by=cast.township)
    actions.approve([ground.sheet()], by=cast.department)
    actions.accept([ground.sheet()], by=cast.office)
    assert list(Value.objects.values_list("unit__code", "indicator__code", "value")) == [(V, "A1", 5)]


def test_an_accepted_correction_keeps_the_old_value(ground, cast, small_city, indicators) -> None:
    import polars as pl

    from kanjian.measures.actions.record_values import CELLS, record_values

    at_office(ground, cast)
    rows = [(small_city.village.pk, indicators["A1"].pk, ground.window.period, 3.0, "present", "")]
    record_values(pl.DataFrame(rows, schema=CELLS, orient="row"), source="旧表", by=None)
    batch = actions.accept([ground.sheet()], by=cast.office)
    assert (batch.new, batch.changed) == (1, 1)
    assert Revision.objects.get().value == 3.0


def test_nobody_approves_what_they_entered(ground, cast, small_city) -> None:
    Post.objects.create(user=cast.colleague, unit=small_city.township, role="reviewer")
    Post.objects.create(user=cast.clerk, unit=small_city.township, role="reviewer")
    fill(ground, cast.colleague)
    fill(ground, cast.clerk, value=13)  # typed over the colleague's number
    actions.record_entries(ground.sheet(), [Cell(V, "A2", 81)], by=cast.clerk, origin="web")
    actions.submit(ground.sheet(), by=cast.clerk)
    for person in (cast.clerk, cast.colleague):
        with pytest.raises(PermissionDenied, match="自己填报或提交"):
            actions.approve([ground.sheet()], by=person)
    assert actions.approve([ground.sheet()], by=cast.township)[0].level == "department"


def test_nobody_approves_at_two_levels(ground, cast, small_city) -> None:
    Post.objects.create(user=cast.township, unit=small_city.department, role="reviewer")
    Post.objects.create(user=cast.township, unit=small_city.city, role="reviewer")
    handed_in(ground, cast)
    actions.approve([ground.sheet()], by=cast.township)
    with pytest.raises(PermissionDenied, match="另一层级"):
        actions.approve([ground.sheet()], by=cast.township)
    actions.approve([ground.sheet()], by=cast.department)
    with pytest.raises(PermissionDenied, match="另一层级"):
        actions.accept([ground.sheet()], by=cast.township)


def test_a_post_above_does_not_stand_in_for_a_level(ground, cast) -> None:
    handed_in(ground, cast)
    with pytest.raises(PermissionDenied):
        actions.approve([ground.sheet()], by=cast.office)
    with pytest.raises(PermissionDenied):
        actions.approve([ground.sheet()], by=cast.department)
    assert not waiting_for(cast.office).exists()
    assert waiting_for(cast.township).count() == 1


def test_all_of_the_chosen_or_none(ground, cast) -> None:
    first = handed_in(ground, cast)
    with pytest.raises(CollectingError):
        actions.approve([first, ground.sheet("C10102")], by=cast.township)
    assert ground.sheet().level == "township"
    assert not Step.objects.filter(verb="approve").exists()


def test_returned_with_a_reason_and_everything_in_it(ground, cast) -> None:
    handed_in(ground, cast)
    with pytest.raises(CollectingError) as refused:
        actions.return_sheet(ground.sheet(), by=cast.township, reason="why", comment="x")
    assert refused.value.code == "bad_reason"
    with pytest.raises(CollectingError) as refused:
        actions.return_sheet(ground.sheet(), by=cast.township, reason="implausible", comment=" ")
    assert refused.value.code == "no_comment"
    sheet = actions.return_sheet(ground.sheet(), by=cast.township, reason="implausible", comment="收入比上季高十倍")
    assert (sheet.state, sheet.level, sheet.entries.count(), sheet.on_time) == ("returned", "", 2, True)
    fill(ground, cast.clerk, value=1.25)
    assert actions.submit(ground.sheet(), by=cast.clerk).level == "township"
    # The same reviewer at the same level again: that is their work, not a second level.
    actions.approve([ground.sheet()], by=cast.township)


def test_withdrawn_before_anybody_approved(ground, cast) -> None:
    handed_in(ground, cast)
    assert actions.withdraw(ground.sheet(), by=cast.clerk).state == "open"
    actions.submit(ground.sheet(), by=cast.clerk)
    actions.approve([ground.sheet()], by=cast.township)
    with pytest.raises(CollectingError) as refused:
        actions.withdraw(ground.sheet(), by=cast.clerk)
    assert refused.value.code == "already_approved"


def test_an_empty_sheet_is_not_handed_in(ground, cast) -> None:
    with pytest.raises(CollectingError) as refused:
        actions.submit(ground.sheet(), by=cast.clerk)
    assert [(f.code, f.unit, f.indicator) for f in refused.value.findings] == [("empty", V, "A1")]
    # 未采集 with a reason is an answer.
    actions.record_entries(ground.sheet(), [Cell(V, "A1", "未采集", note="账目移交中")], by=cast.clerk, origin="web")
    actions.submit(ground.sheet(), by=cast.clerk)


def test_after_closing_only_with_an_extension(ground, cast, close_window) -> None:
    close_window(ground)
    with pytest.raises(CollectingError) as refused:
        fill(ground, cast.clerk)
    assert refused.value.code == "closed"
    until = timezone.localdate() + timedelta(days=3)
    asked = actions.ask_extension(ground.sheet(), by=cast.clerk, reason="台风停电三天", until=until)
    with pytest.raises(CollectingError):
        fill(ground, cast.clerk)  # asked is not granted
    with pytest.raises(PermissionDenied):
        actions.decide_extension(asked, by=cast.clerk, grant=True, decision="好")
    with pytest.raises(CollectingError):
        actions.decide_extension(asked, by=cast.office, grant=True, decision=" ")
    actions.decide_extension(asked, by=cast.office, grant=True, decision="情况属实")
    with pytest.raises(CollectingError) as refused:
        actions.decide_extension(asked, by=cast.office, grant=False, decision="再想想")
    assert refused.value.code == "decided"
    sheet = handed_in(ground, cast)
    assert sheet.on_time is False
    sheet = actions.return_sheet(sheet, by=cast.township, reason="other", comment="改")
    assert actions.submit(ground.sheet(), by=cast.clerk).on_time is False


def test_who_asked_does_not_decide(ground, cast, small_city) -> None:
    Post.objects.create(user=cast.clerk, unit=small_city.city, role="administrator")
    until = ground.window.closes_on + timedelta(days=3)
    asked = actions.ask_extension(ground.sheet(), by=cast.clerk, reason="停电", until=until)
    assert not may_decide(cast.clerk, asked)
    assert not extensions_to_decide(cast.clerk).exists()
    assert list(extensions_to_decide(cast.office)) == [asked]
    with pytest.raises(PermissionDenied):
        actions.decide_extension(asked, by=cast.clerk, grant=True, decision="同意")
    with pytest.raises(CollectingError) as refused:
        actions.ask_extension(ground.sheet(), by=cast.clerk, reason="停电", until=until)
    assert refused.value.code == "asked_already"


def test_an_extension_ends_after_the_window(ground, cast) -> None:
    with pytest.raises(CollectingError) as refused:
        actions.ask_extension(ground.sheet(), by=cast.clerk, reason="忙", until=ground.window.closes_on)
    assert refused.value.code == "bad_until"


def test_a_departments_sheet_has_no_township(department_ground, cast) -> None:
    ground = department_ground
    cells = [Cell(code, "A1", 1) for code in (V, "C10102", "C10201")]
    actions.record_entries(ground.sheet("C-NY"), cells, by=None, origin="excel")
    assert actions.submit(ground.sheet("C-NY"), by=None).level == "department"
    actions.approve([ground.sheet("C-NY")], by=cast.department)
    assert actions.accept([ground.sheet("C-NY")], by=cast.office).new == 3


def test_everybody_reads_what_they_may_do_and_why_not(ground, cast, xiaowang) -> None:
    assert allowed(next_steps(cast.clerk, ground.sheet())) == {"fill", "submit", "ask_extension"}
    assert allowed(next_steps(xiaowang, ground.sheet())) == set()
    sheet = handed_in(ground, cast)
    assert allowed(next_steps(cast.clerk, sheet)) == {"withdraw"}
    assert allowed(next_steps(cast.township, sheet)) == {"approve", "return"}
    why = {step.do: step.code for step in next_steps(cast.office, sheet)}
    assert (why["accept"], why["approve"], why["fill"]) == ("not_at_office", "other_level", "not_reporter")
