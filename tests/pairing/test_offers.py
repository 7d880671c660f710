"""The help list and the demo lead to pairs."""

import pytest

from kanjian.boards.helping import offers_for
from kanjian.demo.pairing import load_pairing
from kanjian.pairing.models import Pair, Round

pytestmark = pytest.mark.django_db


def test_a_unit_on_a_help_list_is_led_to_its_pair(running, world, leader, xiaowang) -> None:
    pair = running.pairs.select_related("mentee", "mentor").first()
    offer = offers_for(world.board, "2026-Q2", pair.mentee.code, leader)[0]
    assert offer.label == f"结对：{pair.mentor.name}"
    assert offer.url == f"/pairing/{running.pk}/pairs/{pair.pk}/"
    assert offers_for(world.board, "2026-Q2", pair.mentee.code, xiaowang) == []
    Pair.objects.update(state="closed")
    assert offers_for(world.board, "2026-Q2", pair.mentee.code, leader) == []


def test_a_report_leads_to_the_pair_for_those_in_charge_only(running, world, client_of, willows, xiaowang) -> None:
    world.board.is_public = True
    world.board.save()
    pair = next(pair for pair in running.pairs.all() if pair.mentee.parent == world.township)
    address = f"/boards/pairs/2026-Q2/units/{pair.mentee.code}/"
    link = f"/pairing/{running.pk}/pairs/{pair.pk}/"
    assert link in client_of(willows).get(address).content.decode()
    for outsider in (None, xiaowang):
        assert link not in client_of(outsider).get(address).content.decode()


def test_the_demo_makes_its_rounds_once(world, monkeypatch) -> None:
    from kanjian.demo import pairing as demo

    monkeypatch.setattr(demo, "EARLIER", "2025-Q4")
    monkeypatch.setattr(demo, "NEWEST", "2026-Q2")
    load_pairing(world.board)  # without the department that leads, nothing
    assert not Round.objects.exists()
    world.organiser.code = demo.code_of("D01")
    world.organiser.save()
    load_pairing(world.board)
    earlier, newest = Round.objects.order_by("pk")
    assert (earlier.state, newest.state) == ("running", "proposed")
    planned = Pair.objects.exclude(plan="")
    assert planned.count() > 0
    assert all(pair.milestones.exists() and pair.visits.exists() for pair in planned)
    load_pairing(world.board)
    assert Round.objects.count() == 2
    assert all(pair.visits.count() == 2 for pair in planned)
