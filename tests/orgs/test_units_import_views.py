"""Units through the pages: preview by row and column, acceptance of exactly what was shown, boundaries."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kanjian.jobs.models import Job
from kanjian.orgs.maps import has_map
from kanjian.orgs.models import Membership, Post, Unit, User

pytestmark = pytest.mark.django_db
IMPORT, ACCEPT, MAP = (reverse(f"orgs:{name}") for name in ("units_import", "units_accept", "boundaries"))
NEW = "代码,名称,类别,上级代码\nC10301,新塘村,村,C101\nC10101,荷塘新村,,\n"


@pytest.fixture(autouse=True)
def _storage(home, settings) -> None:
    storages = dict(settings.STORAGES)
    storages["default"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(home / "files")},
    }
    settings.STORAGES = storages


def file(text: str, name: str = "单位.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def preview(client: Client, text: str = NEW, **more: str):
    return client.post(IMPORT, {"file": file(text), **more})


def text_of(response) -> str:
    assert response.status_code == 200, response.status_code
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())


def test_preview_writes_nothing_and_acceptance_writes_what_was_shown(client_of, administrator) -> None:
    client = client_of(administrator)
    answer = preview(client)
    page = text_of(answer)
    assert "新塘村" in page
    assert [(line.row, line.kind, line.code) for line in answer.context["lines"]] == [
        (2, "created", "C10301"),
        (3, "changed", "C10101"),
    ]
    assert not Unit.objects.filter(code="C10301").exists()
    done = client.post(ACCEPT, {"token": answer.context["token"]}, follow=True)
    assert "单位已导入" in text_of(done)
    assert Unit.objects.get(code="C10301").parent.code == "C101"
    assert Unit.objects.get(code="C10101").name == "荷塘新村"


def test_problems_are_told_by_row_and_column_and_cannot_be_accepted(client_of, administrator) -> None:
    answer = preview(client_of(administrator), "代码,名称,类别,上级代码\nX1,甲村,村,nowhere\nX2,,星球,C101\n")
    found = {(problem.row, problem.column) for problem in answer.context["problems"]}
    assert {(2, "parent"), (3, "name"), (3, "kind")} <= found
    assert "token" not in answer.context
    assert "怎么改" in text_of(answer)


@pytest.mark.parametrize("text", ["", "什么,都,不是\n1,2,3\n"])
def test_a_file_that_is_no_table_of_units(client_of, administrator, text) -> None:
    answer = preview(client_of(administrator), text)
    assert answer.status_code == 200
    assert "token" not in answer.context


def test_a_file_of_another_kind_is_refused_in_the_form(client_of, administrator) -> None:
    answer = client_of(administrator).post(IMPORT, {"file": file("x", "units.pdf")})
    assert "请选择" in text_of(answer)


def test_what_changed_after_the_preview_is_not_written_over(client_of, administrator) -> None:
    client = client_of(administrator)
    token = preview(client).context["token"]
    Unit.objects.filter(code="C10101").update(name="别人改的名")
    client.post(ACCEPT, {"token": token})
    assert Job.objects.get().state == "failed"
    assert Unit.objects.get(code="C10101").name == "别人改的名"
    assert not Unit.objects.filter(code="C10301").exists()


def test_accepting_twice_changes_nothing_more(client_of, administrator) -> None:
    client = client_of(administrator)
    token = preview(client).context["token"]
    for _twice in range(2):
        client.post(ACCEPT, {"token": token})
    assert Unit.objects.filter(code="C10301").count() == 1


def test_a_token_is_of_its_maker_and_not_of_somebody_else(client_of, administrator, small_city) -> None:
    token = preview(client_of(administrator)).context["token"]
    other = User.objects.create_user(username="second", password="password-of-second")
    Post.objects.create(user=other, unit=small_city.city, role="administrator")
    assert client_of(other).post(ACCEPT, {"token": token}).status_code == 403
    assert "已失效" in text_of(client_of(administrator).post(ACCEPT, {"token": token[:-2] + "xx"}, follow=True))
    assert "已失效" in text_of(client_of(administrator).post(ACCEPT, follow=True))
    assert not Unit.objects.filter(code="C10301").exists()


def test_tracks_need_a_methodologist_too(client_of, administrator, small_city) -> None:
    tracked = "代码,赛道\nC10101,plain\n"
    answer = preview(client_of(administrator), tracked)
    assert "需要全域的方法管理岗位" in text_of(answer)
    assert "token" not in answer.context
    Post.objects.create(user=administrator, unit=small_city.city, role="methodologist")
    client_of(administrator).post(ACCEPT, {"token": preview(client_of(administrator), tracked).context["token"]})
    assert Membership.objects.get().track.code == "plain"


@pytest.mark.parametrize("name", ["xiaowang", "ligong", "village_clerk", "reviewer", "methodologist"])
def test_only_administrators_come_in(request, client_of, name) -> None:
    client = client_of(request.getfixturevalue(name))
    assert [client.get(IMPORT).status_code, client.post(ACCEPT).status_code, client.get(MAP).status_code] == [403] * 3


def test_units_are_for_administrators_of_the_whole_boundaries_for_those_of_the_part(
    client_of, county_administrator
) -> None:
    client = client_of(county_administrator)
    assert (client.get(IMPORT).status_code, client.get(MAP).status_code) == (403, 200)
    assert Client().get(IMPORT)["Location"].startswith("/accounts/login/")
    assert client.get(ACCEPT).status_code in {403, 405}


def boundary(code: str) -> str:
    square = [[[120, 30], [121, 30], [121, 31], [120, 31], [120, 30]]]
    geometry = {"type": "Polygon", "coordinates": square}
    feature = {"type": "Feature", "properties": {"code": code}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


def test_boundaries_of_the_own_part(client_of, county_administrator) -> None:
    client = client_of(county_administrator)
    for unit, text, fits in (
        ("C", boundary("C101"), False),
        ("C1", boundary("unknown"), False),
        ("C1", "{}", False),
        ("C1", boundary("C101"), True),
    ):
        answer = client.post(MAP, {"unit": unit, "file": file(text, "map.geojson")})
        assert (answer.status_code == 302) is fits, (unit, text)
        assert has_map("C1") is fits
