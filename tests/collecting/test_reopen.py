"""An accepted sheet goes back for a correction: what it wrote stays in force and leads back to what was said then."""

from datetime import timedelta

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from tests.collecting.conftest import holder
from tests.collecting.test_chain import at_office

from kanjian.collecting import actions
from kanjian.collecting.cells import Cell
from kanjian.collecting.evidence import keep
from kanjian.collecting.models import Sheet, Step, Window
from kanjian.collecting.next_steps import allowed, next_steps
from kanjian.collecting.origin import story_of
from kanjian.collecting.selectors.sheets import to_fill
from kanjian.collecting.states import CollectingError
from kanjian.ledger.models import Event
from kanjian.ledger.selectors import verify_chain
from kanjian.measures.actions.record_values import CELLS, record_values
from kanjian.measures.models import Batch, Revision, Value

V = "C10101"
PDF = b"%PDF-1.4 ledger"


def today():
    return timezone.localdate()


@pytest.fixture
def accepted(ground, cast) -> Sheet:
    """A1 = 12.5, A2 = 80, accepted."""
    actions.accept([at_office(ground, cast)], by=cast.office)
    return ground.sheet()


def reopened(sheet: Sheet, cast, **more) -> Sheet:
    given = {"reason": "implausible", "comment": "收入多填了一位", "until": today() + timedelta(days=3), **more}
    return actions.reopen(sheet, by=cast.office, **given)


def enter(ground, cast, *cells: Cell) -> None:
    actions.record_entries(ground.sheet(), cells, by=cast.clerk, origin="web")


def through(ground, cast) -> Batch:
    actions.submit(ground.sheet(), by=cast.clerk)
    actions.approve([ground.sheet()], by=cast.township)
    actions.approve([ground.sheet()], by=cast.department)
    return actions.accept([ground.sheet()], by=cast.office)


def close_window(ground) -> None:
    """The window closed yesterday."""
    day = today() - timedelta(days=1)
    Window.objects.filter(pk=ground.window.pk).update(opens_on=day - timedelta(days=9), due_on=day, closes_on=day)


def value(code: str = "A1") -> Value:
    return Value.objects.get(unit__code=V, indicator__code=code)


def test_a_correction_goes_through_all_levels_and_keeps_the_old_value(ground, cast, accepted) -> None:
    sheet = reopened(accepted, cast)
    assert (sheet.state, sheet.level, sheet.on_time, sheet.batch) == ("returned", "", True, accepted.batch)
    assert value().value == 12.5
    enter(ground, cast, Cell(V, "A1", 1.25))
    assert value().value == 12.5  # nothing changes before the correction is accepted
    batch = through(ground, cast)
    sheet = ground.sheet()
    assert (sheet.state, sheet.batch, sheet.correct_until) == ("accepted", batch, None)
    assert (batch.new, batch.changed, value().value) == (0, 1, 1.25)
    old = Revision.objects.get()
    assert (old.value, old.batch, old.replaced_by) == (12.5, accepted.batch, batch)
    accepts = Step.objects.filter(verb="accept").order_by("id")
    assert [step.batch for step in accepts] == [accepted.batch, batch]
    event = Event.objects.get(verb="collecting.reopen")
    assert event.data["until"] == (today() + timedelta(days=3)).isoformat()
    assert verify_chain().is_whole


def test_what_a_correction_clears_becomes_missing(ground, cast, accepted) -> None:
    reopened(accepted, cast)
    enter(ground, cast, Cell(V, "A2", None))
    through(ground, cast)
    assert (value("A2").value, value("A2").status) == (None, "missing")
    assert value("A1").value == 12.5
    assert Revision.objects.get().value == 80


def test_a_cell_that_never_said_anything_still_writes_nothing(ground, cast) -> None:
    actions.record_entries(ground.sheet(), [Cell(V, "A1", 5)], by=cast.clerk, origin="web")
    through(ground, cast)
    reopened(ground.sheet(), cast)
    enter(ground, cast, Cell(V, "A1", 6), Cell(V, "A2", None))
    through(ground, cast)
    assert list(Value.objects.values_list("indicator__code", "value")) == [("A1", 6)]


def test_a_cell_that_was_cleared_before_it_was_ever_accepted_takes_nothing_back(
    ground, cast, small_city, indicators
) -> None:
    """A2 came from elsewhere; that somebody once typed something into the sheet is no reason to remove it."""
    actions.record_entries(ground.sheet(), [Cell(V, "A1", 5), Cell(V, "A2", 70)], by=cast.clerk, origin="web")
    actions.record_entries(ground.sheet(), [Cell(V, "A2", None)], by=cast.clerk, origin="web")
    through(ground, cast)
    rows = [(small_city.village.pk, indicators["A2"].pk, ground.window.period, 66.0, "present", "")]
    record_values(pl.DataFrame(rows, schema=CELLS, orient="row"), source="部门台账", by=None)
    reopened(ground.sheet(), cast)
    enter(ground, cast, Cell(V, "A1", 6))
    through(ground, cast)
    assert (value("A1").value, value("A2").value) == (6, 66)


def test_what_came_back_and_was_cleared_again_is_taken_back_once_more(ground, cast, accepted) -> None:
    for said, stands in ((None, None), (81, 81), (None, None)):
        reopened(ground.sheet(), cast)
        enter(ground, cast, Cell(V, "A2", said))
        through(ground, cast)
        assert value("A2").value == stands
    assert value("A1").value == 12.5


def test_only_the_office_and_only_what_is_accepted(ground, cast, accepted, small_city) -> None:
    for person in (cast.clerk, cast.township, cast.department, cast.manager):
        with pytest.raises(PermissionDenied):
            actions.reopen(accepted, by=person, reason="other", comment="x", until=today())
        assert "reopen" not in allowed(next_steps(person, accepted))
    assert allowed(next_steps(cast.office, accepted)) == {"reopen"}
    reopened(accepted, cast)
    with pytest.raises(CollectingError) as refused:
        reopened(ground.sheet(), cast)
    assert refused.value.code == "not_accepted"
    assert Step.objects.filter(verb="reopen").count() == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"reason": "why"}, "bad_reason"),
        ({"comment": "  "}, "no_comment"),
        ({"comment": "字" * 301}, "no_comment"),
        ({"until": timezone.localdate() - timedelta(days=1)}, "bad_day"),
    ],
)
def test_it_needs_a_reason_words_and_a_day(ground, cast, accepted, wrong, code) -> None:
    with pytest.raises(CollectingError) as refused:
        reopened(accepted, cast, **wrong)
    assert refused.value.code == code
    assert ground.sheet().state == "accepted"
    assert not Event.objects.filter(verb="collecting.reopen").exists()


def test_the_day_of_the_correction_counts_after_the_window_closed(ground, cast, accepted) -> None:
    close_window(ground)
    sheet = reopened(accepted, cast, until=today())
    assert "fill" in allowed(next_steps(cast.clerk, ground.sheet()))
    (due,) = [each for each in to_fill(cast.clerk) if each.sheet == sheet]
    assert (due.last_day, due.days, due.is_late) == (today(), 0, False)
    Sheet.objects.filter(pk=sheet.pk).update(correct_until=today() - timedelta(days=1))
    assert next(step.code for step in next_steps(cast.clerk, ground.sheet()) if step.do == "fill") == "closed"
    assert to_fill(cast.clerk) == []
    assert "ask_extension" in allowed(next_steps(cast.clerk, ground.sheet()))


def test_a_value_leads_to_what_was_accepted_while_the_sheet_says_something_else(
    ground, cast, client_of, storage
) -> None:
    proof = keep(SimpleUploadedFile("台账.pdf", PDF))
    said = Cell(V, "A1", 12.5, note="含土地流转", evidence=proof.place, evidence_name=proof.name)
    actions.record_entries(ground.sheet(), [said], by=cast.clerk, origin="web")
    through(ground, cast)
    reopened(ground.sheet(), cast)
    actions.record_entries(
        ground.sheet(),
        [Cell(V, "A1", 1.25, note="重算", evidence="", evidence_name="")],
        by=cast.colleague,
        origin="api",
    )
    story = story_of(value())
    assert (story.note, story.evidence_name) == ("含土地流转", "台账.pdf")
    assert (story.passages[0].what, story.passages[0].by) == ("网页填写", str(cast.clerk))
    assert [passage.what for passage in story.passages[-2:]] == ["采纳", "退回更正"]
    answer = client_of(cast.clerk).get(story.evidence_url)
    assert (answer.status_code, answer.content) == (200, PDF)
    through(ground, cast)
    now = story_of(value())
    assert (now.note, now.evidence_url, now.passages[0].by) == ("重算", "", str(cast.colleague))


def test_a_cell_that_a_correction_left_alone_keeps_its_story(ground, cast, accepted) -> None:
    reopened(accepted, cast)
    enter(ground, cast, Cell(V, "A1", 1.25))
    through(ground, cast)
    assert value("A2").batch == accepted.batch
    assert story_of(value("A2")).passages[0].by == str(cast.clerk)


def test_on_the_page(ground, cast, accepted, client_of, small_city) -> None:
    address, verb = (reverse(f"collecting:{name}", args=[accepted.pk]) for name in ("sheet", "reopen"))
    office, clerk = client_of(cast.office), client_of(cast.clerk)
    assert verb in office.get(address).content.decode()
    page = clerk.get(address).content.decode()
    assert verb not in page
    assert "有误请考评办退回更正" in page
    given = {"reason": "implausible", "comment": "收入多填了一位"}
    assert "改到哪一天" in office.post(verb, given, follow=True).content.decode()
    assert ground.sheet().state == "accepted"
    second = client_of(holder("fuzhuren", "副主任", "reviewer", small_city.township))
    assert second.post(verb, {**given, "until": today().isoformat()}, follow=True).status_code == 200
    assert ground.sheet().state == "accepted"
    told = office.post(verb, {**given, "until": today().isoformat()}, follow=True).content.decode()
    assert "已退回更正" in told
    page = clerk.get(address).content.decode()
    assert "收入多填了一位" in page
    assert f"可改到 {today().isoformat()}" in page
    assert "考评办" in page
    actions.record_entries(ground.sheet(), [Cell(V, "A1", 1.25)], by=cast.clerk, origin="web")
    actions.submit(ground.sheet(), by=cast.clerk)
    judged = client_of(cast.township).get(address).content.decode()
    assert "退回更正" in judged  # its reviewers read what the correction is about
    assert "收入多填了一位" in judged
    actions.withdraw(ground.sheet(), by=cast.clerk)
    history = clerk.get(reverse("collecting:history", args=[accepted.pk])).content.decode()
    assert "退回更正" in history
    home = clerk.get(reverse("collecting:index")).content.decode()
    assert "今天到期" in home
