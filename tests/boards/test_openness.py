"""A public board opens the cells it stands on, and no others; indicators name the methods that read them."""

import pytest
from django.urls import reverse

from kanjian.boards.openness import methods_that_read
from kanjian.measures.models import Indicator

pytestmark = pytest.mark.django_db


def cell(unit: str, indicator: str = "B1", period: str = "2025-Q4") -> str:
    return reverse("measures:cell", args=[unit, indicator, period])


def test_cells_open_with_the_edition_and_close_with_the_board(villages, computed, client_of, xiaowang) -> None:
    from kanjian.boards.actions import open_objection

    stranger = client_of(None)
    assert stranger.get(cell("V003")).status_code == 302
    draft = computed()
    assert stranger.get(cell("V003")).status_code == 302
    open_objection(draft, by=None, days=3)
    answer = stranger.get(cell("V003"))
    assert answer.status_code == 200
    assert "season.xlsx" in answer.content.decode()
    type(villages.board).objects.update(is_public=False)
    assert stranger.get(cell("V003")).status_code == 302
    assert client_of(xiaowang).get(cell("V003")).status_code == 404


def test_what_the_board_does_not_read_stays_closed(published, client_of, small_city, villages) -> None:
    from kanjian.measures.models import Batch, Value

    secret = Indicator.objects.create(code="S1", name="未公开")
    batch = Batch.objects.create(source="other.xlsx")
    for period in ("2025-Q4", "2026-Q1"):
        Value.objects.create(unit=villages.units[3], indicator=secret, period=period, value=1, batch=batch)
    published()
    stranger = client_of(None)
    assert stranger.get(cell("V003")).status_code == 200
    assert stranger.get(cell("V003", "S1")).status_code == 302
    assert stranger.get(cell("V003", "B1", "2026-Q1")).status_code == 302
    assert stranger.get(cell("C101")).status_code == 302


def test_the_evidence_page_leads_to_the_cell(published, client_of) -> None:
    published()
    page = client_of(None).get(reverse("boards:evidence", args=["villages", "2025-Q4", "V003", "B1"])).content.decode()
    assert cell("V003") in page


def test_an_indicator_names_the_methods_that_read_it(villages, administrator, xiaowang) -> None:
    from django.contrib.auth.models import AnonymousUser

    for code in ("B1", "V"):
        (usage,) = methods_that_read(Indicator.objects.get(code=code), AnonymousUser())
        assert usage.label == "村榜 2025.1"
        assert usage.url == reverse("boards:method", args=["villages"])
    assert not list(methods_that_read(Indicator.objects.create(code="S1", name="未公开"), administrator))
    type(villages.board).objects.update(is_public=False)
    assert not list(methods_that_read(Indicator.objects.get(code="B1"), xiaowang))
