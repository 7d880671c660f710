"""Objections: who may, to what, who handles them, the clock, and the table of their states."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kanjian.boards.actions import propose_publication
from kanjian.boards.actions.objections import (
    accept_objection,
    answer_objection,
    appeal_objection,
    ask_objection,
    assign_objection,
    close_objection,
    decide_objection,
    file_objection,
    review_objection,
    withdraw_objection,
)
from kanjian.boards.changes import CellChange, Changes
from kanjian.boards.models import Edition, Objection
from kanjian.boards.objection_policies import may_see, spoken_for, stands_for, visible_objections
from kanjian.boards.objection_states import BLOCKING, DECISIONS, MOVES, UNDECIDED
from kanjian.boards.states import BoardError
from kanjian.ledger.models import Event
from kanjian.tables import Source

from .objecting import PDF, PERIOD, State, accepted, decided, income, refused, reviewed

pytestmark = pytest.mark.django_db


# The table.


def test_the_table_reaches_every_state_and_every_state_leads_to_the_end() -> None:
    every = set(State.values)
    reached, edge = {State.FILED}, {State.FILED}
    while edge:
        edge = {move.target for move in MOVES.values() if set(move.sources) & edge} - reached
        reached |= edge
    assert reached == every
    ends = {State.CLOSED}
    while True:
        more = {source for move in MOVES.values() if move.target in ends for source in move.sources} - ends
        if not more:
            break
        ends |= more
    assert ends == every
    assert not any(State.CLOSED in move.sources for move in MOVES.values())


def test_what_blocks_a_publication_is_what_is_not_decided_or_not_applied() -> None:
    assert set(BLOCKING) == {*UNDECIDED, State.UPHELD, State.PARTLY}
    assert {MOVES[verb].target for verb in DECISIONS} == {
        State.INADMISSIBLE,
        State.UPHELD,
        State.PARTLY,
        State.REJECTED,
    }


@pytest.mark.parametrize("state", State.values)
def test_no_step_is_taken_that_the_table_does_not_allow(filed, office, state) -> None:
    """Every verb in every state, by the system, so that only the table decides."""
    steps = {
        "accept": lambda o: accept_objection(o, by=None),
        "ask": lambda o: ask_objection(o, "哪一笔", by=None),
        "answer": lambda o: answer_objection(o, "这一笔", by=None),
        "review": lambda o: review_objection(o, "查过", by=None),
        "withdraw": lambda o: withdraw_objection(o, by=None),
        "dismiss": lambda o: decide_objection(o, "dismiss", by=None, reason="duplicate", answer="重复"),
        "uphold": lambda o: decide_objection(o, "uphold", by=None, reason="value_wrong", answer="对"),
        "reject": lambda o: decide_objection(o, "reject", by=None, reason="no_proof", answer="不对"),
    }
    for verb, take in steps.items():
        Objection.objects.filter(pk=filed.pk).update(state=state)
        if state in MOVES[verb].sources:
            assert take(filed).state == MOVES[verb].target
            continue
        with refused("illegal_transition"):
            take(filed)
        filed.refresh_from_db()
        assert filed.state == state


# Filing.


def test_the_unit_files_in_the_window_and_a_reviewer_is_found(filed, office, shown) -> None:
    assert (filed.state, filed.filed_by, filed.round) == (State.FILED, office.clerk, 1)
    assert filed.assignee in {office.fuhe, office.administrator, office.kezhang}
    assert Changes.from_json(filed.changes).cells == (income("V004", 250.0),)
    assert [step.verb for step in filed.steps.all()] == ["file", "assign"]
    verbs = list(Event.objects.filter(subject=f"objection:{filed.pk}").values_list("verb", flat=True))
    assert sorted(verbs) == ["boards.objection_assign", "boards.objection_file"]
    assert "漏计" not in "".join(event.body for event in Event.objects.all())  # grounds may name people
    assert filed.files.get().name == "证明.pdf"


def test_the_township_may_file_for_its_village_and_strangers_may_not(shown, villages, office, request) -> None:
    unit = villages.units[4]
    given = {"grounds": "漏计", "node": "B1", "cells": [income("V004", 250.0)]}
    for name in ("xiaowang", "ligong", "reviewer", "methodologist", "administrator"):
        with pytest.raises(PermissionDenied):
            file_objection(shown, unit, "value", by=request.getfixturevalue(name), **given)
    with pytest.raises(PermissionDenied):  # the village's clerk speaks for the own village
        file_objection(shown, villages.units[6], "value", by=office.clerk, **given)
    with pytest.raises(PermissionDenied):  # the office itself is nobody's village
        file_objection(shown, unit, "value", by=office.kezhang, **given)
    assert file_objection(shown, unit, "value", by=office.township, **given).filed_by == office.township


def test_both_directions_of_speaking_for_a_unit_agree(villages, office, request, small_city) -> None:
    people = [office.clerk, office.township, office.kezhang, *map(request.getfixturevalue, ("reviewer", "ligong"))]
    for person in people:
        asked = {unit for unit in villages.units if stands_for(person, unit, villages.board)}
        assert asked == set(spoken_for(person, villages.board)) & set(villages.units), person


def test_only_in_the_window(shown, villages, office, computed) -> None:
    given = {"grounds": "漏计", "node": "B1", "cells": [income("V004", 250.0)], "by": office.clerk}
    Edition.objects.filter(pk=shown.pk).update(objection_until=timezone.localdate() - timedelta(days=1))
    shown.refresh_from_db()
    with refused("window_closed"):
        file_objection(shown, villages.units[4], "value", **given)
    with refused("window_closed"):
        file_objection(computed("2025-Q3"), villages.units[4], "value", **given)
    assert not Objection.objects.exists()


def test_an_objection_says_why_and_what_would_be_right(shown, villages, office, home) -> None:
    from kanjian.boards.store.editions import open_edition

    unit = villages.units[4]
    now = open_edition(home, shown.hash).detail("V004")["input.B1"]
    wrong = [
        ("text_missing", {"grounds": " ", "node": "B1", "cells": [income("V004", 250.0)]}),
        ("nothing_differs", {"grounds": "x", "node": "B1", "cells": []}),
        ("nothing_differs", {"grounds": "x", "node": "B1", "cells": [income("V004", now)]}),
        ("no_indicator", {"grounds": "x", "node": "Z9", "cells": [income("V004", 250.0)]}),
        ("other_cell", {"grounds": "x", "node": "B1", "cells": [income("V006", 250.0)]}),
        ("other_cell", {"grounds": "x", "node": "B1", "cells": [CellChange("V004", "A1", PERIOD, 80.0)]}),
    ]
    for code, given in wrong:
        with refused(code):
            file_objection(shown, unit, "value", by=office.clerk, **given)
    assert not Objection.objects.exists()


def test_a_matter_is_filed_once(filed, shown, villages, office) -> None:
    with refused("filed_already"):
        file_objection(
            shown, villages.units[4], "value", by=office.township, grounds="x", node="B1", cells=[income("V004", 9.0)]
        )


def test_limits_of_the_indicator_hold(shown, villages, office) -> None:
    from kanjian.measures.models import Indicator

    Indicator.objects.filter(code="B1").update(minimum=0, maximum=400)
    with refused("outside_limits"):
        file_objection(
            shown, villages.units[4], "value", by=office.clerk, grounds="x", node="B1", cells=[income("V004", 401.0)]
        )


@pytest.mark.parametrize(
    ("code", "files"),
    [
        ("bad_file", [Source("x.exe", b"MZ")]),
        ("bad_file", [Source("x.html", b"<script>")]),
        ("bad_file", [Source("x.pdf", b"<html>")]),
        ("bad_file", [Source("x.png", b"")]),
        ("bad_file", [Source("x.pdf", b"%PDF-" + b"0" * 10_000_000)]),
        ("too_many_files", [PDF] * 7),
    ],
)
def test_files_are_checked_for_kind_size_and_content(shown, villages, office, code, files) -> None:
    given = {"grounds": "x", "node": "B1", "cells": [income("V004", 250.0)], "files": files}
    with refused(code):
        file_objection(shown, villages.units[4], "value", by=office.clerk, **given)
    assert not Objection.objects.exists()


def test_a_veto_an_exclusion_a_track_and_the_method(shown, villages, office, small_city) -> None:
    """V003 has a veto, V028 no values, V029 too few; V000 stands in 近郊."""
    by = None
    veto = file_objection(shown, villages.units[3], "veto", by=by, grounds="已撤销", node="V")
    assert Changes.from_json(veto.changes).cells == (CellChange("V003", "V", PERIOD, 0.0),)
    with refused("no_veto"):
        file_objection(shown, villages.units[4], "veto", by=by, grounds="x", node="V")
    left_out = file_objection(shown, villages.units[29], "exclusion", by=by, grounds="数据已报")
    cells = Changes.from_json(left_out.changes).cells
    assert {(cell.indicator, cell.status) for cell in cells} >= {("B1", "not_applicable"), ("A2", "not_applicable")}
    with refused("is_ranked"):
        file_objection(shown, villages.units[4], "exclusion", by=by, grounds="x")
    track = file_objection(shown, villages.units[0], "track", by=by, grounds="地处远郊", track="far")
    assert Changes.from_json(track.changes).tracks[0].track == "far"
    with refused("same_track"):
        file_objection(shown, villages.units[1], "track", by=by, grounds="x", track="near")
    with refused("no_track"):
        file_objection(shown, villages.units[1], "track", by=by, grounds="x", track="mars")
    method = file_objection(shown, villages.units[5], "method", by=by, grounds="收入权重偏高", node="B1")
    assert not Changes.from_json(method.changes)


# The clock.


@time_machine.travel("2026-01-05 09:00 +0800", tick=False)
def test_a_decision_is_due_in_ten_working_days_and_lateness_stays(shown, villages, office) -> None:
    """Filed on Monday 5 January: due on Monday 19 January; decided on the 20th it is late for ever."""
    given = {"grounds": "漏计", "node": "B1", "cells": [income("V004", 250.0)]}
    objection = file_objection(shown, villages.units[4], "value", by=office.clerk, **given)
    assert objection.due_on == date(2026, 1, 19)
    with time_machine.travel("2026-01-20 09:00 +0800", tick=False):
        late = decided(objection, "reject", "value_right")
        assert late.is_late
        assert late.steps.get(verb="reject").is_late
        second = appeal_objection(late, "仍有出入", by=office.clerk)
        again = decided_second(second)
    assert again.is_late  # the second decision was in time, the first one stays late
    assert again.steps.get(verb="uphold").is_late is False


def decided_second(objection: Objection) -> Objection:
    found = review_objection(objection, "重新核对", by=objection.assignee)
    return decide_objection(found, "uphold", by=found.assignee, reason="value_wrong", answer="确有漏计")


@time_machine.travel("2026-01-05 09:00 +0800", tick=False)
def test_the_clock_stands_still_while_a_question_is_open(shown, villages, office) -> None:
    """Asked on Wednesday the 7th, answered on Monday the 12th: three working days more, due on the 22nd."""
    given = {"grounds": "漏计", "node": "B1", "cells": [income("V004", 250.0)]}
    objection = accepted(file_objection(shown, villages.units[4], "value", by=office.clerk, **given))
    with time_machine.travel("2026-01-07 09:00 +0800", tick=False):
        asked = ask_objection(objection, "请补充凭证", by=objection.assignee)
    with time_machine.travel("2026-01-12 09:00 +0800", tick=False):
        answered = answer_objection(asked, "见附件", by=office.clerk, files=[PDF])
    assert (answered.state, answered.due_on, answered.asked_on) == (State.ACCEPTED, date(2026, 1, 22), None)
    assert answered.files.count() == 1


def test_a_year_without_its_notice_says_so(shown, villages, office) -> None:
    from kanjian.calendars.models import CalendarYear

    CalendarYear.objects.update(status="provisional")
    objection = file_objection(
        shown, villages.units[4], "value", by=office.clerk, grounds="x", node="B1", cells=[income("V004", 250.0)]
    )
    assert str(objection.due_on.year) in objection.due_provisional


# Decisions.


def test_a_decision_has_a_reason_that_fits_and_an_answer(filed) -> None:
    found = reviewed(filed)
    by = found.assignee
    for code, given in (
        ("wrong_reason", {"decision": "uphold", "reason": "no_proof", "answer": "x"}),
        ("wrong_reason", {"decision": "reject", "reason": "", "answer": "x"}),
        ("text_missing", {"decision": "reject", "reason": "no_proof", "answer": " "}),
        ("no_decision", {"decision": "apply", "reason": "no_proof", "answer": "x"}),
        ("upheld_missing", {"decision": "uphold_partly", "reason": "value_wrong", "answer": "x"}),
    ):
        with refused(code):
            decide_objection(found, by=by, **given)
    partly = decide_objection(
        found,
        "uphold_partly",
        by=by,
        reason="value_wrong",
        answer="核实为 200",
        upheld=Changes((income("V004", 200.0),)),
    )
    assert partly.state == State.PARTLY
    assert Changes.from_json(partly.decided).cells == (income("V004", 200.0),)
    assert Changes.from_json(partly.changes).cells == (income("V004", 250.0),)


def test_one_second_review_by_another_person(filed, office) -> None:
    first = decided(filed, "reject", "value_right")
    with pytest.raises(PermissionDenied):
        appeal_objection(first, "不服", by=office.kezhang)
    second = appeal_objection(first, "不服", by=office.clerk)
    assert (second.round, second.state) == (2, State.ACCEPTED)
    assert second.assignee not in {None, filed.assignee}
    with refused("not_independent"):
        assign_objection(second, filed.assignee, by=office.kezhang)
    final = decide_objection(
        review_objection(second, "再查", by=second.assignee),
        "reject",
        by=second.assignee,
        reason="value_right",
        answer="同上",
    )
    with refused("second_already"):
        appeal_objection(final, "还是不服", by=office.clerk)
    assert close_objection(final, by=office.kezhang).state == State.CLOSED
    assert [step.verb for step in final.steps.all()].count("reject") == 2  # the first decision stays in the record


def test_a_second_review_is_asked_for_within_five_working_days(filed, office) -> None:
    first = decided(filed, "reject", "value_right")
    Objection.objects.filter(pk=first.pk).update(appeal_until=timezone.localdate() - timedelta(days=1))
    with refused("too_late"):
        appeal_objection(first, "不服", by=office.clerk)


def test_upheld_is_not_closed_before_it_is_applied_except_for_a_method(filed, shown, villages, office) -> None:
    with refused("not_applied"):
        close_objection(decided(filed), by=office.kezhang)
    method = file_objection(shown, villages.units[5], "method", by=None, grounds="权重偏高")
    assert close_objection(decided(method, "uphold", "method_flaw"), by=office.kezhang).state == State.CLOSED


def test_no_edition_is_published_over_an_open_objection(filed, shown, office) -> None:
    Edition.objects.filter(pk=shown.pk).update(objection_until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(BoardError, match=f"#{filed.pk}") as caught:
        propose_publication(shown, by=office.kezhang)
    assert caught.value.code == "objections_open"
    decided(filed, "reject", "value_right")
    assert propose_publication(shown, by=office.kezhang).state == "open"


# Who may know of it.


def test_the_public_sees_decided_ones_and_both_directions_agree(filed, shown, office, request) -> None:
    people = {name: request.getfixturevalue(name) for name in ("xiaowang", "ligong", "reviewer", "methodologist")}
    people |= {"clerk": office.clerk, "township": office.township, "assignee": filed.assignee}
    insiders = {"methodologist", "clerk", "township", "assignee"}
    for expected in (insiders, set(people)):
        objection = Objection.objects.select_related("edition__board__root", "unit").get()
        seeing = {name for name, person in people.items() if may_see(person, objection)}
        listed = {name for name, person in people.items() if visible_objections(person, shown).exists()}
        assert seeing == listed == expected
        if objection.state == State.FILED:
            decided(filed, "reject", "value_right")
