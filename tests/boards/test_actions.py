"""The verbs: who may, in which order, what the ledger says, and that nothing is done twice or by halves."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from kanjian.boards.actions import (
    add_scheme_version,
    compute_edition,
    create_board,
    freeze_release,
    open_objection,
    propose_publication,
    propose_supersession,
    publish,
    sign_off,
    supersede,
    withdraw_proposal,
)
from kanjian.boards.models import Board, Edition, Release, SchemeVersion
from kanjian.boards.states import NEXT, BoardError
from kanjian.boards.store import editions as edition_store
from kanjian.boards.store import releases as release_store
from kanjian.calendars.periods import PeriodError
from kanjian.ledger.models import Event
from kanjian.measures.models import Value
from kanjian.scoring import SchemeError
from kanjian.steps import may_step

from .conftest import scheme_text

pytestmark = pytest.mark.django_db
State = Edition.State


def last_event() -> Event:
    return Event.objects.order_by("-sequence").first()


def test_a_board_is_made_once_by_an_administrator(
    small_city, administrator, methodologist, county_administrator
) -> None:
    board = create_board(code="b", name="榜", unit_kind="village", root=small_city.city, by=administrator)
    assert last_event().verb == "boards.create_board"
    assert last_event().actor == administrator.username
    assert Board.objects.get() == board
    with pytest.raises(BoardError) as caught:
        create_board(code="b", name="榜二", unit_kind="village", root=small_city.city, by=administrator)
    assert caught.value.code == "board_exists"
    for stranger in (methodologist, county_administrator):
        with pytest.raises(PermissionDenied):
            create_board(code="c", name="榜", unit_kind="village", root=small_city.city, by=stranger)
    assert Board.objects.count() == 1


def test_a_scheme_is_checked_as_a_whole_before_it_is_stored(villages) -> None:
    broken = scheme_text("9").replace("target: 92", "target: -1").replace("per: 20", "per: 0")
    with pytest.raises(SchemeError) as caught:
        add_scheme_version(villages.board, broken, valid_from="2025-Q1", by=None)
    assert len(caught.value.problems) >= 2
    with pytest.raises(PeriodError):
        add_scheme_version(villages.board, scheme_text("9"), valid_from="2025-Q9", by=None)
    assert SchemeVersion.objects.count() == 1


def test_a_version_can_be_mended_until_an_edition_stands_on_it(villages, computed, methodologist) -> None:
    same = add_scheme_version(villages.board, scheme_text() + "\n# a remark\n", valid_from="2025-Q1", by=methodologist)
    assert same == villages.version
    assert same.text == villages.version.text
    mended = add_scheme_version(villages.board, scheme_text(weight=50), valid_from="2025-Q1", by=methodologist)
    assert mended.pk == villages.version.pk
    assert last_event().verb == "boards.replace_scheme_text"
    assert last_event().data["replaces"] == villages.version.hash
    computed(version=mended)
    with pytest.raises(BoardError) as caught:
        add_scheme_version(villages.board, scheme_text(weight=60), valid_from="2025-Q1", by=methodologist)
    assert caught.value.code == "version_used"
    mended.refresh_from_db()
    mended.text = "something else"
    with pytest.raises(TypeError, match="cannot be changed"):
        mended.save()


def test_methods_are_the_methodologists_business(villages, administrator, reviewer, xiaowang) -> None:
    for stranger in (administrator, reviewer, xiaowang):
        with pytest.raises(PermissionDenied):
            add_scheme_version(villages.board, scheme_text("9"), valid_from="2025-Q1", by=stranger)
        with pytest.raises(PermissionDenied):
            freeze_release(villages.board, "2025-Q4", by=stranger)
    assert SchemeVersion.objects.count() == 1
    assert not Release.objects.exists()


def test_a_release_freezes_the_period_and_the_year_before_it(villages, methodologist, home) -> None:
    release = freeze_release(villages.board, "2025-Q4", by=methodologist)
    tables = release_store.read_release(home, release.hash)
    assert set(tables.values["period"].unique()) == {"2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"}
    assert tables.units.height == release.units == 30
    assert release.rows == tables.values.filter(period="2025-Q4").height
    assert set(tables.values["indicator"].unique()) == {"A1", "A2", "B1", "B3", "F", "V"}
    assert tables.values.drop_nulls("note").select("unit", "indicator", "note").rows() == [
        ("V003", "V", "湖纪〔2025〕3号")
    ]
    assert tables.units.filter(unit="V004")["county"].to_list() == ["C1"]
    assert last_event().verb == "boards.freeze_release"
    again = freeze_release(villages.board, "2025-Q4", by=methodologist)
    assert again == release
    assert Release.objects.count() == 1


def test_a_release_does_not_change_with_the_working_copy(villages, home) -> None:
    release = freeze_release(villages.board, "2025-Q4", by=None)
    before = release_store.read_release(home, release.hash).values
    Value.objects.filter(unit=villages.units[0], indicator__code="A1", period="2025-Q4").update(value=1.0)
    assert release_store.read_release(home, release.hash).values.equals(before)
    corrected = freeze_release(villages.board, "2025-Q4", by=None)
    assert corrected.hash != release.hash


def test_there_must_be_something_to_freeze(villages, small_city) -> None:
    empty = create_board(code="none", name="空榜", unit_kind="village", root=small_city.city, by=None)
    with pytest.raises(BoardError) as caught:
        freeze_release(empty, "2025-Q4", by=None)
    assert caught.value.code == "no_scheme"
    with pytest.raises(BoardError) as caught:
        freeze_release(villages.board, "2031-Q1", by=None)
    assert caught.value.code == "no_values"
    nobody = create_board(code="nobody", name="空榜", unit_kind="task_force", root=small_city.city, by=None)
    add_scheme_version(nobody, scheme_text(), valid_from="2025-Q1", by=None)
    with pytest.raises(BoardError) as caught:
        freeze_release(nobody, "2025-Q4", by=None)
    assert caught.value.code == "no_units"


def test_computing_makes_a_draft_and_only_once(villages, methodologist, administrator) -> None:
    release = freeze_release(villages.board, "2025-Q4", by=methodologist)
    edition = compute_edition(villages.version, release, by=methodologist)
    assert (edition.state, edition.created_by, edition.units) == (State.DRAFT, methodologist, 30)
    assert last_event().verb == "boards.compute_edition"
    assert last_event().data["hash"] == edition.hash
    events = Event.objects.count()
    assert compute_edition(villages.version, release, by=methodologist) == edition
    assert Event.objects.count() == events
    with pytest.raises(PermissionDenied):
        compute_edition(villages.version, release, by=administrator)


def test_a_method_is_not_used_before_its_time_or_on_another_board(villages, small_city) -> None:
    release = freeze_release(villages.board, "2025-Q4", by=None)
    later = add_scheme_version(villages.board, scheme_text("2026.1"), valid_from="2026-Q1", by=None)
    with pytest.raises(BoardError) as caught:
        compute_edition(later, release, by=None)
    assert caught.value.code == "scheme_not_valid"
    other = create_board(code="other", name="他榜", unit_kind="village", root=small_city.city, by=None)
    foreign = add_scheme_version(other, scheme_text(), valid_from="2025-Q1", by=None)
    with pytest.raises(BoardError) as caught:
        compute_edition(foreign, release, by=None)
    assert caught.value.code == "other_board"


def refused(code: str, act) -> None:
    with pytest.raises(BoardError) as caught:
        act()
    assert caught.value.code == code


def test_the_way_of_an_edition_with_its_people(villages, office, xiaowang, reviewer) -> None:
    """Computed by one, signed off by another, proposed by one and confirmed by another."""
    release = freeze_release(villages.board, "2025-Q4", by=office.methodologist)
    edition = compute_edition(villages.version, release, by=office.methodologist)
    for stranger in (xiaowang, office.methodologist, reviewer):
        with pytest.raises(PermissionDenied):
            sign_off(edition, by=stranger, note="看过")
        with pytest.raises(PermissionDenied):
            open_objection(edition, by=stranger)
    refused("window_too_short", lambda: open_objection(edition, by=office.kezhang, days=0))
    refused("not_signed_off", lambda: open_objection(edition, by=office.kezhang))
    refused("text_missing", lambda: sign_off(edition, by=office.kezhang, note=" "))
    sign_off(edition, by=office.kezhang, note="最大的三处变动已核实")
    assert last_event().data["note"] == "最大的三处变动已核实"
    with time_machine.travel("2026-01-05 09:00 +0800", tick=False):
        edition = open_objection(edition, by=office.kezhang)
        assert edition.objection_until.isoformat() == "2026-01-12"  # five working days after Monday the 5th
    with time_machine.travel("2026-01-12 23:59 +0800", tick=False):
        refused("window_open", lambda: propose_publication(edition, by=office.kezhang))
    with time_machine.travel("2026-01-13 00:01 +0800", tick=False):
        for stranger in (xiaowang, office.methodologist):
            with pytest.raises(PermissionDenied):
                propose_publication(edition, by=stranger)
            with pytest.raises(PermissionDenied):
                publish(edition, by=stranger)
        refused("needs_proposal", lambda: publish(edition, by=office.administrator))
        proposal = propose_publication(edition, by=office.kezhang)
        assert propose_publication(edition, by=office.administrator) == proposal
        refused("same_person", lambda: publish(edition, by=office.kezhang))
        edition = publish(edition, by=office.administrator)
    assert (edition.state, edition.published_by) == (State.PUBLISHED, office.administrator)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == ("confirmed", office.administrator)
    data = last_event().data
    assert (last_event().verb, last_event().actor) == ("boards.publish", office.administrator.username)
    assert (data["computed_by"], data["proposed_by"]) == (office.methodologist.username, office.kezhang.username)


def test_nobody_signs_off_what_he_computed(villages, office, small_city) -> None:
    from kanjian.orgs.models import Post

    Post.objects.create(user=office.methodologist, unit=small_city.city, role="reviewer")
    release = freeze_release(villages.board, "2025-Q4", by=office.methodologist)
    edition = compute_edition(villages.version, release, by=office.methodologist)
    refused("own_work", lambda: sign_off(edition, by=office.methodologist, note="好"))


def test_who_computed_may_propose_and_never_confirm_the_own_proposal(villages, office, small_city) -> None:
    from kanjian.orgs.models import Post

    Post.objects.create(user=office.methodologist, unit=small_city.city, role="reviewer")
    edition = compute_edition(
        villages.version, freeze_release(villages.board, "2025-Q4", by=None), by=office.methodologist
    )
    edition = open_objection(edition, by=None, days=0)
    propose_publication(edition, by=office.methodologist)
    refused("same_person", lambda: publish(edition, by=office.methodologist))
    assert publish(edition, by=office.kezhang).state == State.PUBLISHED


def test_a_proposal_is_taken_back_with_a_reason(computed, office, xiaowang) -> None:
    edition = open_objection(computed(), by=None, days=0)
    proposal = propose_publication(edition, by=office.kezhang)
    with pytest.raises(PermissionDenied):
        withdraw_proposal(proposal, by=xiaowang, comment="不")
    refused("text_missing", lambda: withdraw_proposal(proposal, by=office.administrator, comment=" "))
    withdraw_proposal(proposal, by=office.administrator, comment="先查 V003")
    refused("not_open", lambda: withdraw_proposal(proposal, by=office.administrator, comment="再"))
    refused("needs_proposal", lambda: publish(edition, by=office.administrator))
    again = propose_publication(edition, by=office.administrator)
    assert again.pk != proposal.pk
    assert publish(edition, by=office.kezhang).state == State.PUBLISHED


def test_a_window_counts_working_days_with_the_holidays_that_are_known(computed, office) -> None:
    """From Wednesday 31 December 2025, with 1 and 2 January off, the fifth working day is Friday the 9th."""
    from kanjian.calendars.models import CalendarDay, CalendarYear

    year = CalendarYear.objects.get(year=2026)
    for day in ("2026-01-01", "2026-01-02"):
        CalendarDay.objects.create(day=day, year=year, is_workday=False, name="元旦")
    CalendarYear.objects.filter(year=2026).update(status="provisional")
    with time_machine.travel("2025-12-31 09:00 +0800", tick=False):
        edition = open_objection(computed(), by=None)
    assert edition.objection_until.isoformat() == "2026-01-09"
    assert edition.objection_provisional == "2026"


def test_without_a_calendar_the_window_says_what_to_do(computed) -> None:
    refused("no_calendar", lambda: open_objection(computed(), by=None))


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("verb", ["open_objection", "publish", "supersede"])
def test_every_step_that_the_table_does_not_allow_is_refused(computed, state: str, verb: str) -> None:
    edition = computed()
    Edition.objects.filter(pk=edition.pk).update(state=state, objection_until="2020-01-01")
    act = {
        "open_objection": lambda: open_objection(edition, by=None, days=0),
        "publish": lambda: publish(edition, by=None),
        "supersede": lambda: supersede(edition, by=None, reason="错"),
    }[verb]
    target = {"open_objection": State.OBJECTION, "publish": State.PUBLISHED, "supersede": State.SUPERSEDED}[verb]
    events = Event.objects.count()
    if may_step(NEXT, state, target):
        assert act().state == target
        assert Event.objects.count() == events + 1
        return
    with pytest.raises(BoardError) as caught:
        act()
    assert caught.value.code == "illegal_transition"
    assert Event.objects.count() == events
    edition.refresh_from_db()
    assert edition.state == state


def test_a_new_edition_of_a_period_supersedes_the_old_one_in_one_step(villages, published) -> None:
    first = published()
    Value.objects.filter(unit=villages.units[0], indicator__code="A1", period="2025-Q4").update(value=99.0)
    second = published()
    first.refresh_from_db()
    assert (first.state, second.state) == (State.SUPERSEDED, State.PUBLISHED)
    verbs = [(event.verb, event.data) for event in Event.objects.order_by("-sequence")[:2]]
    assert [verb for verb, _ in verbs] == ["boards.publish", "boards.supersede"]
    assert verbs[0][1]["replaces"] == [first.pk]
    assert verbs[1][1]["successor"] == second.pk


def test_the_database_itself_refuses_two_published_editions_of_a_period(published) -> None:
    edition = published()
    edition.pk = None
    edition._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        edition.save()


def test_withdrawing_needs_a_reason_and_two_people(published, office) -> None:
    edition = published()
    refused("reason_missing", lambda: supersede(edition, by=None, reason="  "))
    refused("needs_proposal", lambda: supersede(edition, by=office.administrator, reason="数据有误"))
    refused("reason_missing", lambda: propose_supersession(edition, by=office.kezhang, reason=" "))
    propose_supersession(edition, by=office.kezhang, reason="数据有误")
    refused("same_person", lambda: supersede(edition, by=office.kezhang))
    assert supersede(edition, by=office.administrator).state == State.SUPERSEDED
    assert last_event().data["reason"] == "数据有误"


def test_damaged_files_are_never_published(computed, home) -> None:
    edition = open_objection(computed(), by=None, days=0)
    with (edition_store.folder_of(home) / edition.hash / "scores.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(BoardError) as caught:
        publish(edition, by=None)
    assert caught.value.code == "files_damaged"
    edition.refresh_from_db()
    assert edition.state == State.OBJECTION
