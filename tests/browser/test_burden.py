"""The burden meter, red lines and their exceptions in a real browser."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def burdened(small_city):
    from datetime import timedelta

    from django.utils import timezone

    from kanjian.collecting import actions
    from kanjian.measures.models import Indicator

    today = timezone.localdate()
    actions.set_ceiling(small_city.city, "village", today.year + 1, hours=12, document="演示减负1号", by=None)
    columns = {"subject_kind": "village", "reporter_kind": "village", "frequency": "quarter", "description": "用于演示"}
    ground = {"document": "演示1号", "plan_year": today.year, "ends_on": today + timedelta(days=700)}
    asked = Indicator.objects.create(code="A1", name="集体收入", source="entered", nature="result")
    for code in ("first", "second"):
        made = actions.create_collection(
            code,
            root=small_city.city,
            owner=small_city.department,
            name=f"季报{code}",
            chain=["township", "office"],
            by=None,
            **columns,
            **ground,
        )
        actions.set_fields(made, [actions.FieldSpec(asked, minutes=30)], by=None)
        if code == "first":
            actions.activate_collection(made, by=None)
    return today.year + 1


@pytest.mark.parametrize(("width", "language"), [("desk", "zh-hans"), ("phone", "en")])
def test_pages_of_burden_and_red_lines_are_sound(visit, burdened, administrator, width, language) -> None:
    visitor = visit(width=width, language=language, person=administrator)
    addresses = ("", "units/", "units/C10101/", "collections/second/", "ceilings/")
    for address in (
        *(f"/collecting/burden/{each}?year={burdened}" for each in addresses),
        *("/measures/red-lines/", "/measures/exceptions/", "/measures/exceptions/new/"),
    ):
        visitor.open(address)
        visitor.settle()
        assert (address, visitor.violations()) == (address, [])
        assert (address, visitor.overflow()) == (address, "")
