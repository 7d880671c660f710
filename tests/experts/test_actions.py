"""A panel from draft to proposal, and what is refused on the way."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.experts.conftest import CONSISTENT, CONTRADICTING, make_panel, seat_of

from kanjian.experts import actions
from kanjian.experts.models import Expert, Panel
from kanjian.experts.states import PanelError
from kanjian.ledger.models import Event
from kanjian.scoring import Scheme

pytestmark = pytest.mark.django_db


def answer(panel: Panel, user, answers=CONSISTENT, **more):
    return actions.save_answer(seat_of(panel, user), answers, by=user, submit=True, **more)


def refused(code: str, action, *args, **kwargs) -> None:
    with pytest.raises(PanelError) as error:
        action(*args, **kwargs)
    assert error.value.code == code


def test_from_draft_to_a_version_of_the_method(weighing, methodologist) -> None:
    panel = make_panel(weighing, methodologist)
    for expert in weighing.experts[:3]:
        answer(panel, expert)
    panel = actions.close_panel(panel, by=methodologist)
    assert panel.result["counted"] == 3
    assert panel.result["weights"] == pytest.approx({"income": 4 / 7, "party": 2 / 7, "service": 1 / 7})
    panel = actions.propose_version(panel, label="2", valid_from="2026-Q3", by=methodologist)
    weights = {node.code: node.weight for node in Scheme.load(panel.proposed.text).tree.children}
    assert weights == {"income": 57.14, "party": 28.57, "service": 14.29, "extra": 1}
    assert weighing.version.hash == weighing.board.versions.get(version="1").hash
    verbs = list(Event.objects.filter(subject=f"panel:{panel.pk}").values_list("verb", flat=True))
    assert verbs == [
        "experts.create_panel",
        "experts.invite",
        "experts.open_panel",
        *["experts.submit_answer"] * 3,
        "experts.close_panel",
        "experts.propose_version",
    ]


def test_the_ledger_keeps_no_single_judgement(weighing, methodologist) -> None:
    panel = make_panel(weighing, methodologist)
    answer(panel, weighing.experts[0])
    assert Event.objects.get(verb="experts.submit_answer").data == {}


def test_fewer_than_three_experts_are_no_panel(weighing, methodologist) -> None:
    closes = timezone.localdate()
    panel = actions.create_panel(
        weighing.version, node="index", method="ahp", title="t", closes_on=closes, by=methodologist
    )
    actions.invite(panel, dict.fromkeys(weighing.experts[:2], 1.0), by=methodologist)
    refused("few_experts", actions.open_panel, panel, by=methodologist)


def test_fewer_than_three_answers_are_no_result(weighing, methodologist) -> None:
    panel = make_panel(weighing, methodologist)
    for expert in weighing.experts[:2]:
        answer(panel, expert)
    answer(panel, weighing.experts[2], CONTRADICTING, note="我坚持")
    refused("few_answers", actions.close_panel, panel, by=methodologist)


def test_a_contradiction_needs_a_reason(weighing, methodologist) -> None:
    panel = make_panel(weighing, methodologist)
    refused("inconsistent", answer, panel, weighing.experts[0], CONTRADICTING)
    assert answer(panel, weighing.experts[0], CONTRADICTING, note="服务最要紧").submitted_at is not None


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"income|party": 3.0}, "incomplete"),
        ({"income|nothing": 3.0}, "unknown_part"),
        ({"income|party": 3.7}, "bad_answer"),
        ({"income|party": float("nan")}, "bad_answer"),
        ({"income|party": 0.0}, "bad_answer"),
    ],
)
def test_answers_off_the_scale(weighing, methodologist, answers, code) -> None:
    panel = make_panel(weighing, methodologist)
    refused(code, answer, panel, weighing.experts[0], answers)
    assert seat_of(panel, weighing.experts[0]).answers == {}


def test_a_budget_must_be_used_up(weighing, methodologist) -> None:
    panel = make_panel(weighing, methodologist, "budget")
    refused("incomplete", answer, panel, weighing.experts[0], {"income": 50, "party": 30, "service": 19})
    refused("bad_answer", answer, panel, weighing.experts[0], {"income": 101})
    assert answer(panel, weighing.experts[0], {"income": 70, "party": 30, "service": 0}).submitted_at


def test_an_answer_is_the_experts_own_and_final(weighing, methodologist) -> None:
    panel = make_panel(weighing, methodologist)
    first, second = weighing.experts[:2]
    with pytest.raises(PermissionDenied):
        actions.save_answer(seat_of(panel, first), CONSISTENT, by=second)
    with pytest.raises(PermissionDenied):
        actions.save_answer(seat_of(panel, first), CONSISTENT, by=methodologist)
    answer(panel, first)
    refused("handed_in", answer, panel, first)
    refused("has_answered", actions.invite, panel, dict.fromkeys(weighing.experts[1:], 1.0), by=methodologist)
    refused("has_answered", actions.invite, panel, {**dict.fromkeys(weighing.experts, 1.0), first: 5}, by=methodologist)


def test_after_the_last_day_nothing_is_taken(weighing, methodologist) -> None:
    panel = make_panel(weighing, methodologist)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        refused("not_open", answer, panel, weighing.experts[0])


def test_only_methodologists_of_the_board_run_panels(weighing, reviewer, administrator, methodologist) -> None:
    for person in (reviewer, administrator, weighing.experts[0]):
        with pytest.raises(PermissionDenied):
            make_panel(weighing, person)
    panel = make_panel(weighing, methodologist)
    for verb in (actions.open_panel, actions.close_panel):
        with pytest.raises(PermissionDenied):
            verb(panel, by=reviewer)


def test_steps_come_in_their_order(weighing, methodologist) -> None:
    panel = make_panel(weighing, methodologist)
    refused("illegal_transition", actions.open_panel, panel, by=methodologist)
    refused("illegal_transition", actions.propose_version, panel, label="2", valid_from="2026", by=methodologist)


def test_a_taken_label_is_refused_and_nothing_is_written(weighing, methodologist) -> None:
    panel = make_panel(weighing, methodologist)
    for expert in weighing.experts[:3]:
        answer(panel, expert)
    actions.close_panel(panel, by=methodologist)
    refused("label_taken", actions.propose_version, panel, label="1", valid_from="2026-Q3", by=methodologist)
    assert Panel.objects.get().state == Panel.State.CLOSED
    assert weighing.board.versions.count() == 1


def test_the_database_keeps_seats_apart(weighing, methodologist) -> None:
    panel = make_panel(weighing, methodologist)
    with pytest.raises(IntegrityError), transaction.atomic():
        Expert.objects.create(panel=panel, user=weighing.experts[0])
