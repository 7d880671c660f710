"""Help list, versions side by side, course over a merger, advice: in a real browser, on three screens."""

from datetime import date

import pytest
from tests.boards.conftest import PERIODS, computed, published, scheme_text, season, villages

__all__ = ["computed", "published", "season", "villages"]  # fixtures: thirty villages, four quarters
pytestmark = pytest.mark.django_db(transaction=True)
AT = f"/boards/villages/{PERIODS[-1]}/"


def sound(visitor) -> None:
    visitor.settle()
    assert visitor.violations() == []
    assert visitor.overflow() == ""


@pytest.fixture
def pages(season, villages) -> dict[str, str]:
    """A merger told after the fact, a draft of a second version with its overlap."""
    from kanjian.boards.actions import add_scheme_version, compute_edition, record_overlap
    from kanjian.orgs.models import Lineage, Unit

    units = {unit.code: unit for unit in Unit.objects.filter(code__in=["V004", "V005"])}
    terms = {"kind": "merged", "day": date(2025, 7, 1), "document": "民〔2025〕8号"}
    Lineage.objects.create(predecessor=units["V005"], successor=units["V004"], **terms)
    version = add_scheme_version(villages.board, scheme_text("2025.2", 70), valid_from=PERIODS[-1], by=None)
    draft = compute_edition(version, season[-1].release, by=None)
    overlap = record_overlap(draft, by=None)
    manage = "/boards/villages/manage/"
    return {
        "board": AT,
        "report": f"{AT}units/V004/?series=as_is",
        "help": f"{AT}help/",
        "replays": f"{manage}replays/",
        "beside": f"{manage}beside/?a=r{overlap.replay_id}&b=e{draft.pk}",
        "advice": f"{manage}{draft.pk}/advice/",
        "bottom": f"{manage}bottom/",
    }


@pytest.mark.parametrize(("width", "language"), [("phone", "zh-hans"), ("desk", "en"), ("wall", "zh-hans")])
def test_every_page_is_sound(visit, pages, administrator, width: str, language: str) -> None:
    visitor = visit(width=width, language=language, person=administrator)
    for address in pages.values():
        visitor.open(address)
        sound(visitor)


def test_the_public_sees_the_band_and_helpers_the_places(visit, pages, administrator) -> None:
    public = visit(width="phone")
    public.open(AT)
    sound(public)
    assert public.page.locator(".kj-rank-veiled").count() == 2  # a tenth of 18 and of 12
    helper = visit(person=administrator)
    helper.open(AT)
    assert helper.page.locator(".kj-rank-veiled").count() == 0
    helper.page.get_by_role("link", name="帮扶名单").first.click()
    helper.settle()
    assert helper.page.locator(".kj-help-list section").count() >= 2
