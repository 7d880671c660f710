"""Pages of panels: who may open and do what, and what they say."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.experts.conftest import CONSISTENT, make_panel, seat_of

from kanjian.experts.models import Expert, Panel

pytestmark = pytest.mark.django_db


def url(name: str, panel: Panel) -> str:
    return reverse(f"experts:{name}", args=[panel.pk])


def test_everybody_at_every_page(weighing, client_of, methodologist, reviewer, xiaowang) -> None:
    panel = make_panel(weighing, methodologist)
    people = {
        "anonymous": None,
        "stranger": xiaowang,
        "reviewer": reviewer,
        "outside": weighing.experts[3],
        "expert": weighing.experts[0],
        "runs": methodologist,
    }
    create = reverse("experts:create", args=["villages"])
    found = {
        name: [
            client_of(person).get(address).status_code
            for address in (url("panel", panel), url("answer", panel), create)
        ]
        for name, person in people.items()
    }
    assert found == {
        "anonymous": [302, 302, 302],
        "stranger": [404, 404, 404],
        "reviewer": [404, 404, 404],
        "outside": [404, 404, 404],
        "expert": [200, 200, 404],
        "runs": [200, 404, 200],
    }
    for name in ("open", "close", "propose", "experts"):
        codes = {who: client_of(person).post(url(name, panel)).status_code for who, person in people.items()}
        assert codes["expert"] == 403, name
        assert {codes[who] for who in ("stranger", "reviewer", "outside")} == {404}, name
        assert client_of(methodologist).get(url(name, panel)).status_code == 405


def test_a_panel_is_made_and_filled_through_the_pages(weighing, client_of, methodologist) -> None:
    office = client_of(methodologist)
    closes = (timezone.localdate() + timedelta(days=3)).isoformat()
    given = {"title": "2027 权重", "node": "index", "method": "ahp", "closes_on": closes, "purpose": ""}
    assert office.post(reverse("experts:create", args=["villages"]), given).status_code == 302
    panel = Panel.objects.get()
    bad = office.post(url("experts", panel), {"experts": "expert0\nnobody 1\nexpert1 x\nexpert0"})
    text = bad.content.decode()
    assert "第 2 行：没有账号“nobody”" in text
    assert "第 3 行：权重要写大于 0 的数字" in text
    assert "第 4 行：“expert0”重复" in text
    assert not panel.experts.exists()
    office.post(url("experts", panel), {"experts": "expert0\nexpert1 2\nexpert2"})
    office.post(url("open", panel))
    assert [seat.influence for seat in panel.experts.all()] == [1, 2, 1]
    for expert in weighing.experts[:3]:
        answers = {"a:income|party": "2", "a:income|service": "4", "a:party|service": "2"}
        assert client_of(expert).post(url("answer", panel), {**answers, "submit": "1"}).status_code == 302
    office.post(url("close", panel))
    page = office.get(url("panel", panel)).content.decode()
    assert "57.1%" in page
    office.post(url("propose", panel), {"label": "2", "valid_from": "2026-Q4"})
    panel.refresh_from_db()
    assert panel.state == "proposed"
    assert client_of(weighing.experts[0]).get(url("panel", panel)).content.decode().count("57.1%") == 1


def test_what_is_not_finished_is_kept(weighing, client_of, methodologist) -> None:
    panel = make_panel(weighing, methodologist)
    expert = client_of(weighing.experts[0])
    expert.post(url("answer", panel), {"a:income|party": "1/3", "a:income|service": ""})
    assert seat_of(panel, weighing.experts[0]).answers == {"income|party": pytest.approx(1 / 3)}
    answer = expert.post(url("answer", panel), {"a:income|party": "1/5", "submit": "1"}, follow=True)
    assert "还有 2 项没有回答" in answer.content.decode()
    # What was typed stays although it could not be handed in.
    assert seat_of(panel, weighing.experts[0]).answers == {"income|party": pytest.approx(1 / 5)}
    wrong = expert.post(url("answer", panel), {"a:income|party": "three"})
    assert "“three”不是数字" in wrong.content.decode()


def test_nobody_else_sees_single_judgements(weighing, client_of, methodologist) -> None:
    panel = make_panel(weighing, methodologist)
    seat = seat_of(panel, weighing.experts[0])
    Expert.objects.filter(pk=seat.pk).update(answers=CONSISTENT, submitted_at=timezone.now())
    page = client_of(methodologist).get(url("panel", panel)).content.decode()
    assert "income|party" not in page
    assert "甲专家" in page
    other = client_of(weighing.experts[1]).get(url("panel", panel)).content.decode()
    assert "甲专家" not in other


def test_the_questionnaire_waits_on_the_home_page(weighing, client_of, methodologist) -> None:
    panel = make_panel(weighing, methodologist)
    expert = client_of(weighing.experts[0])
    assert url("answer", panel) in expert.get("/").content.decode()
    Expert.objects.update(submitted_at=timezone.now())
    assert url("answer", panel) not in expert.get("/").content.decode()
