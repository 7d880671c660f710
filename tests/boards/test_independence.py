"""Who had a part in what is objected to does not review it, and the refusal says which part it was."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kanjian.boards.actions.objections import accept_objection, assign_objection, file_objection
from kanjian.boards.independence import parts
from kanjian.boards.states import BoardError

from .objecting import PERIOD, income, refused

pytestmark = pytest.mark.django_db


def test_nobody_reviews_the_own_work(shown, villages, office, small_city) -> None:
    from kanjian.measures.models import Batch
    from kanjian.orgs.models import Post

    Batch.objects.update(created_by=office.administrator)
    Post.objects.create(user=office.fuhe, unit=small_city.other_township, role="reporter")
    Post.objects.create(user=office.methodologist, unit=small_city.city, role="reviewer")
    objection = file_objection(
        shown, villages.units[4], "value", by=office.clerk, grounds="漏计", node="B1", cells=[income("V004", 250.0)]
    )
    why = {
        person.username: {part.code for part in parts(person, objection)}
        for person in (office.administrator, office.fuhe, office.methodologist, office.clerk, office.kezhang)
    }
    assert why["guanliyuan"] == {"imported"}
    assert why["fuheyuan"] == {"belongs"}
    assert why["fangfayuan"] == {"computed", "froze"}
    assert why["wenshu"] == {"filed", "belongs"}
    assert why["kezhang"] == set()
    assert objection.assignee == office.kezhang
    with pytest.raises(BoardError, match="导入过有关数值") as caught:
        assign_objection(objection, office.administrator, by=office.kezhang)
    assert caught.value.code == "not_independent"


def test_who_entered_or_checked_the_sheet_is_out(shown, villages, office) -> None:
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
    objection = file_objection(
        shown, unit, "value", by=office.clerk, grounds="漏计", node="B1", cells=[income("V004", 250.0)]
    )
    assert {part.code for part in parts(office.fuhe, objection)} == {"entered"}
    assert {part.code for part in parts(office.administrator, objection)} == {"checked"}
    assert objection.assignee == office.kezhang


def test_with_nobody_left_it_waits_and_says_so(shown, villages, office) -> None:
    from kanjian.measures.models import Batch
    from kanjian.orgs.models import Post

    Batch.objects.update(created_by=office.kezhang)
    Post.objects.filter(user__in=[office.administrator, office.fuhe]).update(valid_to=date(2020, 1, 1))
    objection = file_objection(
        shown, villages.units[4], "value", by=office.clerk, grounds="漏计", node="B1", cells=[income("V004", 250.0)]
    )
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
