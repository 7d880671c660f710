"""Objections and corrections in a real browser: sound on a phone and a desk, in both languages."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.boards.conftest import *  # noqa: F403 - the board of thirty villages and its people
from tests.boards.objecting import decided

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def today_open(shown) -> None:
    """The window is open whatever day it is."""
    from kanjian.boards.models import Edition

    Edition.objects.filter(pk=shown.pk).update(objection_until=date.today() + timedelta(days=5))  # noqa: DTZ011


@pytest.mark.parametrize(("width", "language"), [("phone", "zh-hans"), ("desk", "en")])
def test_an_objection_from_the_clerk_to_the_staged_set(
    visit, home: Path, shown, today_open, filed, office, villages, width, language
) -> None:
    from kanjian.boards.actions.staging import compute_staged, open_staged

    clerk = visit(width=width, language=language, person=office.clerk)
    base = "/boards/villages/"
    for place in ("2025-Q4/objections/", "2025-Q4/units/V004/object/", "2025-Q4/units/V004/object/?kind=value&node=A1",
                  f"objections/{filed.pk}/"):  # fmt: skip
        clerk.open(base + place)
        assert clerk.violations() == [], place
        assert clerk.overflow() == "", place
    found = decided(filed)
    staged = compute_staged(open_staged(villages.board, "2025-Q4", by=None), by=None)
    boss = visit(width=width, language=language, person=office.administrator)
    for place in (f"objections/{found.pk}/", f"manage/staged/{staged.pk}/", f"manage/{shown.pk}/"):
        boss.open(base + place)
        assert boss.violations() == [], place
        assert boss.overflow() == "", place
