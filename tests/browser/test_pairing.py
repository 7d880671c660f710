"""Pairing in a real browser: the map with its lines and the page of a pair, in both languages, without a complaint."""

import pytest
from tests.pairing.conftest import (  # noqa: F401 - fixtures
    holder,
    home,
    kept,
    leader,
    parameters,
    running,
    small_city,
    world,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_map_and_a_pair(visit, running, leader, language: str) -> None:  # noqa: F811
    visitor = visit(language=language, person=leader)
    page = visitor.open(f"/pairing/{running.pk}/")
    assert page.locator("[data-chart=map] svg path").count() > running.pairs.count()
    assert visitor.violations() == []
    assert visitor.overflow() == ""
    phone = visit(width="phone", language=language, person=leader)
    page = phone.open(f"/pairing/{running.pk}/pairs/{running.pairs.first().pk}/")
    assert page.locator("[data-chart=history] svg").count() == len(running.pairs.first().reasons["weak"])
    assert phone.violations() == []
    assert phone.overflow() == ""
    for path in ("", "effect/", "rules/", f"change/{running.pairs.first().mentee.code}/"):
        phone.open(f"/pairing/{running.pk}/{path}")
        assert phone.violations() == []
        assert phone.overflow() == ""
