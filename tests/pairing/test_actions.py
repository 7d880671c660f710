"""The verbs of pairing: who may, in which order, what is refused, what the ledger says."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from kanjian.ledger.models import Event
from kanjian.pairing import actions
from kanjian.pairing.gathering import Inputs, propose
from kanjian.pairing.models import Confirmation, Pair, Round, Ruling
from kanjian.pairing.parameters import Parameters
from kanjian.pairing.states import PAIR_NEXT, ROUND_NEXT, RoundError
from kanjian.steps import may_step

from .conftest import CHOSEN, agree_all

pytestmark = pytest.mark.django_db
STEP = actions.Step("A", "跟班学习", "mentee", "村书记", date(2026, 3, 1))


def last_event() -> Event:
    return Event.objects.order_by("-sequence").first()


def refused(code: str, act) -> None:
    """The step is refused with this code and leaves neither event nor change."""
    events = Event.objects.count()
    with pytest.raises(RoundError) as caught:
        act()
    assert caught.value.code == code
    assert Event.objects.count() == events


def test_a_proposal_takes_the_last_of_each_track_and_can_be_made_again_bit_for_bit(proposed, world) -> None:
    pairs = list(proposed.pairs.select_related("mentee", "mentor"))
    assert len(pairs) == 10  # a quarter of 24 and of 16
    assert proposed.state == Round.State.PROPOSED
    assert all(pair.cost <= 1 and pair.reasons["weak"] for pair in pairs)
    again = propose(proposed.edition, Parameters.load(proposed.parameters), Inputs.load(proposed.inputs))
    assert again.hash == proposed.result_hash
    assert again.summary == proposed.summary
    stored = {(pair.mentee.code, pair.mentor.code, pair.cost) for pair in pairs}
    assert stored == set(again.pairing.pairs.select("mentee", "mentor", "cost").iter_rows())


def test_proposing_is_for_the_lead_unit_and_for_published_editions(
    world, parameters, leader, willows, xiaowang
) -> None:
    edition = world.editions[CHOSEN]
    for stranger in (willows, xiaowang):
        with pytest.raises(PermissionDenied):
            actions.propose_round(edition, parameters, organiser=world.organiser, by=stranger)
    edition.state = "objection"
    edition.save()
    refused("not_published", lambda: actions.propose_round(edition, parameters, organiser=world.organiser, by=None))
    edition.state = "published"
    edition.save()
    with pytest.raises(PermissionDenied):  # a department's post does not open a board that is not public
        actions.propose_round(edition, parameters, organiser=world.organiser, by=leader)
    world.board.is_public = True
    world.board.save()
    edition.refresh_from_db()
    assert actions.propose_round(edition, parameters, organiser=world.organiser, by=leader).created_by == leader


def test_proposing_anew_closes_the_older_proposal(proposed, world, parameters) -> None:
    new = actions.propose_round(
        world.editions[CHOSEN], parameters.model_copy(update={"capacity": 1}), organiser=world.organiser, by=None
    )
    proposed.refresh_from_db()
    assert proposed.state == Round.State.CLOSED
    assert set(proposed.pairs.values_list("state", flat=True)) == {Pair.State.LAPSED}
    assert last_event().verb == "pairing.propose_round"
    assert last_event().data["hash"] == new.result_hash
    assert last_event().data["replaces"] == [proposed.pk]
    assert new.pairs.count() == len(set(new.pairs.values_list("mentor", flat=True)))


def test_by_band_within_the_county_and_with_nobody_to_help(world, parameters) -> None:
    edition = world.editions[CHOSEN]
    by_band = parameters.model_copy(update={"band": "C", "within_county": True, "capacity": 9})
    found = actions.propose_round(edition, by_band, organiser=world.organiser, by=None)
    assert found.summary["mentees"] >= found.pairs.count() > 0
    refused(
        "no_mentees",
        lambda: actions.propose_round(
            edition, parameters.model_copy(update={"band": "nothing"}), organiser=world.organiser, by=None
        ),
    )


def test_changing_by_hand_needs_a_reason_and_keeps_the_old_pair(proposed, world) -> None:
    old = proposed.pairs.select_related("mentee", "mentor").first()
    taken = set(proposed.pairs.values_list("mentor", flat=True))
    other = next(unit for unit in world.villages if unit.pk not in taken and unit.pk != old.mentee_id)
    refused("reason_missing", lambda: actions.change_pair(proposed, old.mentee, other, reason=" ", by=None))
    refused("same_mentor", lambda: actions.change_pair(proposed, old.mentee, old.mentor, reason="r", by=None))
    new = actions.change_pair(proposed, old.mentee, other, reason="两村是姻亲村", by=None)
    old.refresh_from_db()
    assert (old.state, old.replaced_by, old.closing_note) == (Pair.State.REPLACED, new, "两村是姻亲村")
    assert (new.changed_by_hand, new.state, new.mentor) == ("两村是姻亲村", Pair.State.PROPOSED, other)
    assert new.cost == pytest.approx(new.distance + new.endowment + new.need)
    assert last_event().data | {"pair": 0} == {
        "mentee": old.mentee.code, "from": old.mentor.code, "to": other.code, "reason": "两村是姻亲村", "pair": 0,
    }  # fmt: skip
    assert actions.change_pair(proposed, old.mentee, None, reason="撤并在即", by=None) is None
    refused("no_pair", lambda: actions.change_pair(proposed, old.mentee, None, reason="r", by=None))
    assert actions.change_pair(proposed, old.mentee, other, reason="又不撤了", by=None).replaces is None


def test_the_capacity_holds_for_hand_made_pairs_too(proposed) -> None:
    pairs = list(proposed.pairs.select_related("mentee", "mentor"))
    full = pairs[0].mentor
    others = [pair for pair in pairs if pair.mentor != full]
    room = 2 - sum(pair.mentor == full for pair in pairs)
    for pair in others[:room]:
        actions.change_pair(proposed, pair.mentee, full, reason="r", by=None)
    refused("full", lambda: actions.change_pair(proposed, others[room].mentee, full, reason="r", by=None))


def test_a_unit_that_is_not_in_the_edition_cannot_be_paired(proposed, small_city) -> None:
    mentee = proposed.pairs.first().mentee
    refused("unknown_unit", lambda: actions.change_pair(proposed, mentee, small_city.village, reason="r", by=None))
    assert proposed.pairs.get(mentee=mentee).state == Pair.State.PROPOSED


def test_rulings_bind_the_next_proposal_until_they_are_lifted(proposed, world, parameters, leader, willows) -> None:
    pair = proposed.pairs.select_related("mentee", "mentor").first()
    units, board = (pair.mentee, pair.mentor), world.board
    with pytest.raises(PermissionDenied):
        actions.forbid_pair(board, *units, organiser=world.organiser, reason="r", by=willows)
    refused(
        "same_unit", lambda: actions.fix_pair(board, units[0], units[0], organiser=world.organiser, reason="r", by=None)
    )
    ruling = actions.forbid_pair(board, *units, organiser=world.organiser, reason="有林地纠纷", by=leader)
    refused("ruled", lambda: actions.fix_pair(board, *units, organiser=world.organiser, reason="r", by=None))
    far = next(u for u in world.villages if u.pk not in {each.pk for each in units})
    kept = proposed.pairs.exclude(pk=pair.pk).select_related("mentee").first().mentee
    actions.fix_pair(board, kept, far, organiser=world.organiser, reason="飞地", by=leader)
    refused(
        "fixed_twice", lambda: actions.fix_pair(board, kept, units[1], organiser=world.organiser, reason="r", by=None)
    )
    edition = world.editions[CHOSEN]
    new = actions.propose_round(edition, parameters, organiser=world.organiser, by=None)
    assert not new.pairs.filter(mentee=units[0], mentor=units[1]).exists()
    assert new.pairs.get(mentee=kept).mentor == far
    assert new.pairs.get(mentee=kept).fixed
    actions.lift_ruling(ruling, reason="已调解", by=leader)
    refused("lifted", lambda: actions.lift_ruling(ruling, reason="r", by=leader))
    assert Ruling.objects.count() == 2  # nothing is deleted
    assert actions.propose_round(edition, parameters, organiser=world.organiser, by=None).pairs.filter(
        mentee=units[0], mentor=units[1]
    )


def test_all_three_sides_agree_and_nobody_for_two(proposed, world, leader, willows, pines, holder) -> None:
    pair = next(p for p in proposed.pairs.select_related("mentee__parent", "mentor__parent")
                if p.mentee.parent == world.township and p.mentor.parent == world.other_township)  # fmt: skip
    for person, side in ((willows, "mentor"), (pines, "mentee"), (willows, "organiser"), (leader, "mentee")):
        with pytest.raises(PermissionDenied):
            actions.agree(pair, side, by=person)
    actions.agree(pair, "mentee", by=willows)
    refused("said", lambda: actions.agree(pair, "mentee", by=willows))
    holder("liuzhen", "reviewer", world.other_township)  # now a reviewer of both townships
    refused("both_sides", lambda: actions.agree(pair, "mentor", by=willows))
    refused("side", lambda: actions.agree(pair, "nobody", by=None))
    actions.agree(pair, "mentor", by=pines)
    yesterday, tomorrow = (timezone.localdate() + timedelta(days=days) for days in (-1, 1))
    refused("future", lambda: actions.agree(pair, "organiser", day=tomorrow, by=leader))
    found = actions.agree(pair, "organiser", day=yesterday, by=leader)
    assert (found.state, found.agreed_on) == (Pair.State.AGREED, yesterday)
    assert last_event().data["state"] == "agreed"
    refused("illegal_transition", lambda: actions.agree(pair, "mentee", by=None))
    other = proposed.pairs.filter(state="proposed").first()
    Confirmation.objects.create(pair=other, side="mentee", by=willows)
    with pytest.raises(IntegrityError), transaction.atomic():  # the database refuses it as well
        Confirmation.objects.create(pair=other, side="mentor", by=willows)


def test_a_changed_pair_must_be_agreed_anew(proposed, world) -> None:
    agree_all(proposed)
    proposed.refresh_from_db()
    assert proposed.state == Round.State.AGREED
    pair = proposed.pairs.select_related("mentee").first()
    taken = set(proposed.pairs.values_list("mentor", flat=True))
    other = next(u for u in world.villages if u.pk not in taken and u.pk != pair.mentee_id)
    new = actions.change_pair(proposed, pair.mentee, other, reason="r", by=None)
    proposed.refresh_from_db()
    assert (proposed.state, new.confirmations.count()) == (Round.State.PROPOSED, 0)


def test_starting_numbers_the_letters_and_lets_the_rest_lapse(proposed, leader, willows) -> None:
    refused("nothing_agreed", lambda: actions.start_round(proposed, mark="湖组帮", by=None))
    for pair in proposed.pairs.all()[:4]:
        for side in ("mentee", "mentor", "organiser"):
            actions.agree(pair, side, by=None)
    with pytest.raises(PermissionDenied):
        actions.start_round(proposed, mark="湖组帮", by=willows)
    refused("mark_missing", lambda: actions.start_round(proposed, mark=" ", by=leader))
    found = actions.start_round(proposed, mark="湖组帮", day=date(2026, 1, 1), by=leader)
    assert found.state == Round.State.RUNNING
    assert sorted(found.pairs.filter(state="running").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert found.pairs.filter(state="lapsed").count() == 6
    refused("illegal_transition", lambda: actions.start_round(found, mark="湖组帮", by=leader))
    refused("round_not_open", lambda: actions.change_pair(found, found.pairs.first().mentee, None, reason="r", by=None))


def test_running_pairs_are_left_alone_by_the_next_proposal(running, world, parameters) -> None:
    wider = parameters.model_copy(update={"mentees": 0.5})
    new = actions.propose_round(world.editions["2026-Q2"], wider, organiser=world.organiser, by=None)
    assert new.pairs.exists()
    busy = set(running.pairs.values_list("mentee", flat=True))
    assert not busy & set(new.pairs.values_list("mentee", flat=True))
    assert not busy & set(new.pairs.values_list("mentor", flat=True))
    for mentor in set(new.pairs.values_list("mentor", flat=True)):
        assert Pair.objects.filter(mentor=mentor, state__in=("running", "proposed")).count() <= 2
    again = propose(new.edition, Parameters.load(new.parameters), Inputs.load(new.inputs))
    assert again.hash == new.result_hash


def test_plan_milestones_and_visits(pair, holder, xiaowang, leader) -> None:
    clerk = holder("wenshu", "reporter", pair.mentee)
    for act in (
        lambda by: actions.write_plan(pair, "目标", by=by),
        lambda by: actions.set_milestone(pair, STEP, by=by),
        lambda by: actions.record_visit(pair, day=date(2026, 2, 1), people="书记", work="看", by=by),
    ):
        with pytest.raises(PermissionDenied):
            act(xiaowang)
    weak = pair.reasons["weak"][0]["dimension"]
    step = actions.Step(weak, "跟班学习", "mentee", "村书记", date(2026, 3, 1))
    assert actions.write_plan(pair, " 拉回中位 ", by=clerk).plan == "拉回中位"
    row = actions.set_milestone(pair, step, by=clerk)
    done = actions.Step(weak, "跟班学习", "mentor", "村书记", date(2026, 3, 1), done=date(2026, 3, 5))
    actions.set_milestone(pair, done, milestone=row, by=clerk)
    row.refresh_from_db()
    assert (row.done, row.responsible_id) == (date(2026, 3, 5), pair.mentor_id)
    assert last_event().data["before"]["done"] is None
    visit = actions.record_visit(pair, day=date(2026, 2, 1), people="两村书记", work="对短板", by=clerk)
    assert (visit.recorded_by, last_event().data["visit"]) == (clerk, visit.pk)
    assert actions.write_plan(pair, "换个目标", by=leader).plan == "换个目标"
    assert last_event().data == {"before": "拉回中位", "after": "换个目标"}


def test_what_plans_and_visits_refuse(pair) -> None:
    weak = pair.reasons["weak"][0]["dimension"]
    tomorrow = timezone.localdate() + timedelta(days=1)

    def step(**changes):
        fields = {
            "dimension": weak,
            "title": "学",
            "responsible": "mentee",
            "role": "书记",
            "planned": date(2026, 3, 1),
        }
        return lambda: actions.set_milestone(pair, actions.Step(**(fields | changes)), by=None)

    refused("dimension", step(dimension="Z"))
    refused("title_missing", step(title=" "))
    refused("role_missing", step(role=""))
    refused("responsible", step(responsible="both"))
    refused("future", step(done=tomorrow))
    row = step()()
    moved = actions.Step(weak, "学", "mentee", "书记", date(2026, 4, 1))
    refused("planned_fixed", lambda: actions.set_milestone(pair, moved, milestone=row, by=None))

    def visit(**changes):
        fields = {"day": date(2026, 2, 1), "people": "书记", "work": "看"} | changes
        return lambda: actions.record_visit(pair, **fields, by=None)

    refused("future", visit(day=tomorrow))
    refused("too_soon", visit(day=date(2025, 12, 31)))
    refused("people_missing", visit(people=""))
    refused("work_missing", visit(work=" "))
    refused("text_missing", lambda: actions.write_plan(pair, "", by=None))


def test_ending_pairs_and_rounds(running, leader, willows) -> None:
    pair = running.pairs.first()
    with pytest.raises(PermissionDenied):
        actions.close_pair(pair, "ended", note="期满", by=willows)
    refused("outcome", lambda: actions.close_pair(pair, "fun", note="r", by=leader))
    refused("reason_missing", lambda: actions.close_pair(pair, "ended", note="", by=leader))
    assert actions.close_pair(pair, "reached", note="已到中位", by=leader).outcome == "reached"
    refused("illegal_transition", lambda: actions.close_pair(pair, "ended", note="r", by=leader))
    refused("pair_not_open", lambda: actions.write_plan(pair, "x", by=leader))
    refused("reason_missing", lambda: actions.close_round(running, reason="", by=leader))
    found = actions.close_round(running, reason="区划调整", by=leader)
    assert found.state == Round.State.CLOSED
    assert set(running.pairs.values_list("outcome", flat=True)) == {"reached", "stopped"}


def test_an_evaluated_round_closes_with_its_last_pair(running, leader) -> None:
    found = actions.evaluate_round(running, by=leader)
    assert (found.state, found.effect["status"]) == (Round.State.EVALUATED, "ok")
    assert last_event().verb == "pairing.evaluate_round"
    for pair in running.pairs.all():
        actions.close_pair(pair, "ended", note="期满", by=leader)
    found.refresh_from_db()
    assert found.state == Round.State.CLOSED


def test_opening_to_the_public_is_the_lead_units_choice(running, leader, willows) -> None:
    with pytest.raises(PermissionDenied):
        actions.open_round(running, is_public=True, by=willows)
    assert actions.open_round(running, is_public=True, by=leader).is_public
    events = Event.objects.count()
    actions.open_round(running, is_public=True, by=leader)
    assert Event.objects.count() == events


@pytest.mark.parametrize("state", Round.State.values)
def test_every_step_that_the_table_of_rounds_does_not_allow_is_refused(running, state: str) -> None:
    Round.objects.filter(pk=running.pk).update(state=state)
    if state in {"proposed", "agreed"}:
        running.pairs.update(state="agreed")
    steps = {
        "running": lambda: actions.start_round(running, mark="x", by=None),
        "evaluated": lambda: actions.evaluate_round(Round.objects.get(pk=running.pk), by=None),
        "closed": lambda: actions.close_round(running, reason="r", by=None),
    }
    for target, step in steps.items():
        if not may_step(ROUND_NEXT, state, target):
            refused("illegal_transition", step)


@pytest.mark.parametrize("state", Pair.State.values)
def test_every_step_that_the_table_of_pairs_does_not_allow_is_refused(proposed, state: str) -> None:
    pair = proposed.pairs.first()
    Pair.objects.filter(pk=pair.pk).update(state=state)
    if not may_step(PAIR_NEXT, state, "agreed"):
        refused("illegal_transition", lambda: actions.agree(pair, "mentee", by=None))
    if not may_step(PAIR_NEXT, state, "closed"):
        refused("illegal_transition", lambda: actions.close_pair(pair, "ended", note="r", by=None))


def test_the_database_refuses_a_second_partner_and_a_pair_with_oneself(proposed) -> None:
    pair = proposed.pairs.first()
    copy = {
        field.name: getattr(pair, field.name) for field in Pair._meta.fields if field.name not in {"id", "replaces"}
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Pair.objects.create(**copy)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pair.objects.create(**(copy | {"state": "replaced", "mentor": pair.mentee}))
