import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from kanjian.ledger.models import Event
from kanjian.measures.actions import define_indicator
from kanjian.measures.models import Indicator

pytestmark = pytest.mark.django_db


def test_a_definition_and_its_changes_are_recorded(small_city, methodologist) -> None:
    define_indicator("A1", by=methodologist, name="集体经济收入", minimum=0.0, department=small_city.department)
    define_indicator("A1", by=methodologist, maximum=9e5)
    define_indicator("A1", by=methodologist, maximum=9e5)
    indicator = Indicator.objects.get()
    assert (indicator.name, indicator.minimum, indicator.maximum) == ("集体经济收入", 0.0, 9e5)
    first, second = Event.objects.all()
    assert first.data["changes"]["department"] == [None, "C-NY"]
    assert second.data["changes"] == {"maximum": [None, 9e5]}
    assert (second.actor, second.subject) == ("fangfayuan", "indicator:A1")


def test_wrong_definitions_are_refused(small_city) -> None:
    with pytest.raises(ValidationError):
        define_indicator("A1", by=None, name="")
    with pytest.raises(ValidationError, match="下限"):
        define_indicator("A1", by=None, name="x", minimum=2.0, maximum=1.0)
    with pytest.raises(TypeError, match="weight"):
        define_indicator("A1", by=None, name="x", weight=3)
    assert not Indicator.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("person", ["xiaowang", "ligong", "village_clerk", "reviewer", "county_administrator"])
def test_only_the_whole_citys_people_define_indicators(request, person: str) -> None:
    with pytest.raises(PermissionDenied):
        define_indicator("A1", by=request.getfixturevalue(person), name="x")
