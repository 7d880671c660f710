"""F3: places gained in the track, as the published edition before says, through the ordinary way in."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from kanjian.boards.derived import RANK_GAIN, rank_gain
from kanjian.boards.models import Board
from kanjian.boards.store.editions import open_edition
from kanjian.measures.actions import compute_indicators, define_indicator
from kanjian.measures.models import Value
from kanjian.orgs.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def gain(season):
    return define_indicator("F3", by=None, name="进位", source="computed", derived_by=f"{RANK_GAIN}:villages")


def test_gains_are_the_movements_of_the_edition_before(gain, season, settings) -> None:
    compute_indicators("2026-Q1", by=None, only=["F3"])
    last = season[-1]
    moved = dict(
        open_edition(settings.HOME, last.hash).scores().select("unit", "movement").collect().drop_nulls().rows()
    )
    cells = Value.objects.filter(indicator=gain, period="2026-Q1")
    assert dict(cells.filter(status="present").values_list("unit__code", "value")) == moved
    assert moved
    rest = cells.exclude(status="present")
    assert set(rest.values_list("status", "note")) == {("not_applicable", "无可比前期")}
    assert cells.count() == 30


def test_without_an_edition_before_nothing_is_comparable(season) -> None:
    frame = rank_gain(Unit.objects.all(), "2025-Q1", "villages")
    assert set(frame["status"]) == {"not_applicable"}
    assert set(frame["basis"]) == {""}


def test_an_unknown_board_is_named(gain) -> None:
    define_indicator("F3", by=None, derived_by=f"{RANK_GAIN}:nowhere")
    with pytest.raises(ValidationError, match="没有榜单“nowhere”"):
        compute_indicators("2026-Q1", by=None)


def test_the_evidence_links_to_both_editions_where_the_reader_may_see_them(
    gain, season, client_of, methodologist, village_clerk
) -> None:
    compute_indicators("2026-Q1", by=None)
    here = reverse("measures:cell", args=["V004", "F3", "2026-Q1"])
    page = client_of(methodologist).get(here).content.decode()
    assert reverse("boards:report", args=["villages", "2025-Q4", "V004"]) in page
    assert reverse("boards:report", args=["villages", "2025-Q3", "V004"]) in page
    assert season[-1].hash in page  # in the line that was kept
    Board.objects.update(is_public=False)
    assert client_of(village_clerk).get(here).status_code == 404
