"""Whose hands a value passed: who typed it, also where another typed over it; not only who took the sheet in."""

import pytest

from kanjian.collecting import actions
from kanjian.collecting.cells import Cell
from kanjian.collecting.models import Entry
from kanjian.collecting.origin import hands_behind
from kanjian.measures.entering import people_behind
from kanjian.measures.models import Flag
from kanjian.measures.policies import may_review_flag
from kanjian.orgs.models import Post

pytestmark = pytest.mark.django_db
V = "C10101"


@pytest.fixture
def accepted(ground, cast):
    """村文书 typed 7, 代办员 typed 9 over it and the other cell; township, department and office let it through."""
    actions.record_entries(ground.sheet(), [Cell(V, "A1", 7)], by=cast.clerk, origin=Entry.Origin.WEB)
    cells = [Cell(V, "A1", 9), Cell(V, "A2", 50)]
    actions.record_entries(ground.sheet(), cells, by=cast.colleague, origin=Entry.Origin.EXCEL)
    actions.submit(ground.sheet(), by=cast.colleague)
    actions.approve([ground.sheet()], by=cast.township)
    actions.approve([ground.sheet()], by=cast.department)
    actions.accept([ground.sheet()], by=cast.office)
    return ground


def test_everybody_who_typed_is_named(accepted, cast, small_city) -> None:
    units, period = [small_city.village.pk], accepted.window.period
    first, second = (accepted.indicators[code].pk for code in ("A1", "A2"))
    assert hands_behind(units, first, period) == {cast.clerk.pk, cast.colleague.pk}
    assert hands_behind(units, second, period) == {cast.colleague.pk}
    assert hands_behind(units, None, period) == {cast.clerk.pk, cast.colleague.pk}
    assert hands_behind([small_city.sister_village.pk], None, period) == set()
    assert hands_behind(units, None, "2026-Q2") == set()


def test_who_typed_a_value_does_not_answer_for_it(accepted, cast, small_city) -> None:
    """The clerk whose number was typed over, a reviewer of the township meanwhile, is still a hand behind the value."""
    flag = Flag(unit=small_city.village, indicator=accepted.indicators["A1"], period=accepted.window.period)
    assert people_behind(flag) == {cast.clerk.pk, cast.colleague.pk, cast.office.pk}
    Post.objects.create(user=cast.clerk, unit=small_city.township, role=Post.Role.REVIEWER)
    assert not may_review_flag(cast.clerk, flag)
    assert may_review_flag(cast.township, flag)
    assert not may_review_flag(cast.office, flag)
