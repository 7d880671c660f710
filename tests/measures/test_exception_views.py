"""Pages of red lines and their exceptions: who sees, asks and decides."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kanjian.boards.actions import create_board
from kanjian.measures.models import RedLineException

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(small_city):
    return create_board(
        code="villages", name="村榜", unit_kind="village", root=small_city.city, is_public=True, by=None
    )


@pytest.fixture
def asked(board, client_of, methodologist) -> RedLineException:
    given = {
        "code": "R01",
        "subject": "scheme:villages/1",
        "item": "",
        "document": "演示应急〔2026〕1号",
        "signer": "王某（虚构）",
        "reason": "防汛值守需要",
        "expires_on": (timezone.localdate() + timedelta(days=30)).isoformat(),
    }
    answer = client_of(methodologist).post("/measures/exceptions/new/", given)
    assert answer.status_code == 302
    return RedLineException.objects.get()


def test_everybody_can_read_the_red_lines_in_both_languages(client_of) -> None:
    page = client_of(None).get("/measures/red-lines/").content.decode()
    assert "R11" in page
    assert "以投诉、信访的数量计分" in page
    english = client_of(None).get("/measures/red-lines/", headers={"accept-language": "en"}).content.decode()
    assert "The volume of complaints is scored" in english


def test_strangers_see_no_list_and_do_not_ask(client_of, xiaowang, asked) -> None:
    assert client_of(None).get("/measures/exceptions/").status_code == 302
    assert "演示应急" not in client_of(xiaowang).get("/measures/exceptions/").content.decode()
    assert client_of(xiaowang).get("/measures/exceptions/new/").status_code == 403
    assert client_of(xiaowang).post(f"/measures/exceptions/{asked.pk}/decide/", {"verb": "grant"}).status_code == 403


def test_a_county_administrator_cannot_decide_what_the_city_decides(client_of, county_administrator, asked) -> None:
    answer = client_of(county_administrator).post(f"/measures/exceptions/{asked.pk}/decide/", {"verb": "grant"})
    assert answer.status_code == 404
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_another_person_grants_and_revokes(client_of, administrator, methodologist, asked) -> None:
    client = client_of(administrator)
    assert "批准" in client.get("/measures/exceptions/").content.decode()
    client.post(f"/measures/exceptions/{asked.pk}/decide/", {"verb": "grant", "decision": "同意"})
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == ("granted", administrator)
    client.post(f"/measures/exceptions/{asked.pk}/decide/", {"verb": "revoke", "decision": ""})
    asked.refresh_from_db()
    assert asked.state == "granted"
    client.post(f"/measures/exceptions/{asked.pk}/decide/", {"verb": "revoke", "decision": "值守结束"})
    asked.refresh_from_db()
    assert asked.state == "revoked"


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(client_of, methodologist, board) -> None:
    given = {
        "code": "R01",
        "subject": "scheme:nowhere/1",
        "document": "1号",
        "signer": "王",
        "reason": "因",
        "expires_on": "",
    }
    page = client_of(methodologist).post("/measures/exceptions/new/", given)
    assert page.status_code == 200
    page = client_of(methodologist).post("/measures/exceptions/new/", {**given, "expires_on": timezone.localdate()})
    assert "没有这个方法、榜单或采集项目" in page.content.decode()
    assert not RedLineException.objects.exists()
