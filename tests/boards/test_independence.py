"""Who had a part in what is objected to does not review it, and the refusal says which part it was."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from kanjian.boards.actions.objections import (
    accept_objection,
    appeal_objection,
    assign_objection,
    file_objection,
)
from kanjian.boards.independence import parts
from kanjian.boards.models import SignOff
from kanjian.boards.states import BoardError

from .objecting import PERIOD, decided, income, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def fresh(office, small_city):
    """Another reviewer of the city, who had no part in anything."""
    from kanjian.orgs.models import Post, User

    made = User.objects.create_user(username="xinren", password="password-of-xinren", display_name="新任科长")
    Post.objects.create(user=made, unit=small_city.city, role="reviewer")
    return made


def object_to(edition, villages, office, value: float = 250.0):
    """The clerk of V004 says what its income was."""
    cells = [income("V004", value)]
    return file_objection(edition, villages.units[4], "value", by=office.clerk, grounds="漏计", node="B1", cells=cells)


def test_nobody_reviews_the_own_work(shown, villages, office, small_city, fresh) -> None:
    from kanjian.measures.models import Batch
    from kanjian.orgs.models import Post

    Batch.objects.update(created_by=office.administrator)
    Post.objects.create(user=office.fuhe, unit=small_city.other_township, role="reporter")
    Post.objects.create(user=office.methodologist, unit=small_city.city, role="reviewer")
    objection = object_to(shown, villages, office)
    why = {
        person.username: {part.code for part in parts(person, objection)}
        for person in (office.administrator, office.fuhe, office.methodologist, office.clerk, office.kezhang, fresh)
    }
    assert why["guanliyuan"] == {"imported"}
    assert why["fuheyuan"] == {"belongs"}
    assert why["fangfayuan"] == {"computed", "froze"}
    assert why["wenshu"] == {"filed", "belongs"}
    assert why["kezhang"] == {"signed"}
    assert why["xinren"] == set()
    assert objection.assignee == fresh
    with pytest.raises(BoardError, match="导入过有关数值") as caught:
        assign_objection(objection, office.administrator, by=office.kezhang)
    assert caught.value.code == "not_independent"


def test_who_entered_or_checked_the_sheet_is_out(shown, villages, office, fresh) -> None:
    from kanjian.collecting.models import Collection, Entry, Sheet, Step, Window
    from kanjian.measures.models import Indicator

    unit = villages.units[4]
    collection = Collection.objects.create(
        code="c", name="采集", root=villages.board.root, owner=villages.board.root, subject_kind="village",
        reporter_kind="village",
    )  # fmt: skip
    day = date(2026, 1, 5)
    window = Window.objects.create(collection=collection, period=PERIOD, opens_on=day, due_on=day, closes_on=day)
    sheet = Sheet.objects.create(window=window, reporter=unit)
    b1 = Indicator.objects.get(code="B1")
    now = timezone.now()
    Entry.objects.create(sheet=sheet, unit=unit, indicator=b1, value=1.0, entered_by=office.fuhe, entered_at=now)
    Step.objects.create(sheet=sheet, verb="approve", by=office.administrator, at=now)
    objection = object_to(shown, villages, office)
    assert {part.code for part in parts(office.fuhe, objection)} == {"entered"}
    assert {part.code for part in parts(office.administrator, objection)} == {"checked"}
    assert objection.assignee == fresh


def test_with_nobody_left_it_waits_and_says_so(shown, villages, office) -> None:
    from kanjian.orgs.models import Post

    Post.objects.filter(user__in=[office.administrator, office.fuhe]).update(valid_to=date(2020, 1, 1))
    objection = object_to(shown, villages, office)
    assert objection.assignee is None
    with refused("no_reviewer"):
        assign_objection(objection, None, by=office.kezhang)
    with refused("not_a_reviewer"):
        assign_objection(objection, office.township, by=office.kezhang)


def test_only_the_assignee_handles_it_and_independence_is_asked_again(filed, office) -> None:
    from kanjian.orgs.models import Post

    others = {office.kezhang, office.fuhe, office.administrator, office.clerk} - {filed.assignee}
    for other in others:
        with pytest.raises(PermissionDenied):
            accept_objection(filed, by=other)
    Post.objects.create(user=filed.assignee, unit=filed.unit, role="reader")  # took a post there meanwhile
    with refused("not_independent"):
        accept_objection(filed, by=filed.assignee)


def test_who_answered_for_an_edition_has_a_part_in_the_corrected_one_and_the_other_way_round(
    filed, villages, office, fresh
) -> None:
    from kanjian.boards.actions import propose_application
    from kanjian.boards.actions.staging import apply_staged, compute_staged, open_staged

    upheld = decided(filed)
    staged = compute_staged(open_staged(villages.board, PERIOD, by=office.methodologist), by=office.methodologist)
    propose_application(staged, by=office.fuhe)
    corrected = apply_staged(staged, by=office.administrator)
    later = object_to(corrected, villages, office, 260.0)
    assert {part.code for part in parts(office.kezhang, later)} == {"signed"}
    # Correcting answers for what was upheld, not for the rest of the edition; the value written has its own part.
    assert parts(office.fuhe, later) == []
    assert {part.code for part in parts(office.administrator, later)} == {"imported"}
    SignOff.objects.create(edition=corrected, by=fresh, note="更正后看过")
    assert {part.code for part in parts(fresh, upheld)} >= {"signed"}


def test_who_proposed_or_confirmed_publication_is_out_of_the_second_review(filed, office, fresh) -> None:
    from kanjian.boards.actions import propose_publication, publish

    rejected = decided(filed, "reject", "value_right")
    reviewer = rejected.assignee
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        type(rejected).objects.filter(pk=rejected.pk).update(appeal_until=timezone.localdate())
        propose_publication(rejected.edition, by=office.kezhang)
        second = next(each for each in (office.administrator, office.fuhe) if each != reviewer)
        publish(rejected.edition, by=second)
        again = appeal_objection(rejected, "仍不服", by=office.clerk)
    assert {part.code for part in parts(office.kezhang, again)} == {"signed", "proposed"}
    assert {part.code for part in parts(second, again)} == {"confirmed"}
    assert {part.code for part in parts(reviewer, again)} == {"first_review"}
    assert again.assignee == fresh


def test_the_page_says_who_stands_aside_and_why_and_what_to_do_when_nobody_is_left(
    filed, office, small_city, client_of
) -> None:
    from kanjian.orgs.models import Post, User

    page = reverse("boards:objection", args=["villages", filed.pk])
    words = client_of(office.kezhang).get(page).content.decode()
    assert re.search(r"<strong>审核科长</strong>\s*<span[^>]*>签署了这一期的审核意见<", words)
    assert "没有可以复核的人" not in words
    Post.objects.filter(user__in=[office.administrator, office.fuhe]).update(role="methodologist")
    stuck = client_of(office.kezhang).get(page).content.decode()
    assert "没有可以复核的人" in stuck
    assert "用户与岗位" in stuck
    assert reverse("orgs:users") not in stuck.partition("没有可以复核的人")[2]  # only an administrator can go there
    assert reverse("boards:objection_step", args=["villages", filed.pk, "assign"]) not in stuck
    named = User.objects.create_user(username="bangshou", password="password-of-bangshou", display_name="外请帮手")
    Post.objects.create(user=named, unit=small_city.city, role="reviewer")
    assert assign_objection(filed, None, by=office.kezhang).assignee == named
