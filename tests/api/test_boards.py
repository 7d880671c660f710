"""The API: the pages' data under the pages' permissions, errors as problems, one description that is checked in."""

import json
import os
from pathlib import Path

import pytest
from django.test import Client

from kanjian.api.urls import api
from kanjian.boards.models import Board, Edition
from kanjian.boards.selectors import table, units
from kanjian.boards.selectors.shapes import BoardQuery

pytestmark = pytest.mark.django_db
SNAPSHOT = Path(__file__).with_name("openapi.json")
ROOT = "/api/v1"


def described() -> dict[str, object]:
    return json.loads(json.dumps(api.get_openapi_schema(path_prefix=f"{ROOT}/")))


def addresses(edition: Edition) -> list[str]:
    return [
        f"{ROOT}/boards/villages",
        f"{ROOT}/boards/villages/editions",
        f"{ROOT}/editions/{edition.pk}",
        f"{ROOT}/editions/{edition.pk}/scores",
        f"{ROOT}/editions/{edition.pk}/units/V001",
        f"{ROOT}/editions/{edition.pk}/scheme",
        f"{ROOT}/editions/{edition.pk}/files",
    ]


def test_the_description_is_the_one_checked_in() -> None:
    """A change of the API is a change somebody decided on.

    To accept it: ``KANJIAN_WRITE_BASELINE=1 pytest tests/api/test_boards.py``, read the difference, commit it.
    """
    if os.environ.get("KANJIAN_WRITE_BASELINE"):
        SNAPSHOT.write_text(
            json.dumps(described(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
    assert described() == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_the_description_is_served_and_no_page_loads_from_elsewhere(client: Client) -> None:
    response = client.get(f"{ROOT}/openapi.json")
    assert response.status_code == 200
    assert response.json()["paths"] == described()["paths"]
    assert client.get(f"{ROOT}/docs").status_code == 404


def test_scores_are_those_of_the_page(client: Client, season) -> None:
    edition = season[-1]
    found = client.get(
        f"{ROOT}/editions/{edition.pk}/scores", {"track": "far", "sort": "score", "size": 5, "page": 2}
    ).json()
    page = table.board_page(edition, BoardQuery(track="far", sort="score", size=5, page=2))
    assert (found["total"], found["pages"], found["query"]["page"]) == (12, 3, 2)
    assert [row["unit"] for row in found["rows"]] == [row.unit for row in page.rows]
    assert [row["score"] for row in found["rows"]] == [row.score for row in page.rows]
    assert found["edition"]["hash"] == edition.hash


def test_a_report_is_that_of_the_page(client: Client, season) -> None:
    found = client.get(f"{ROOT}/editions/{season[-1].pk}/units/V004").json()
    report = units.unit_report(season[-1], "V004")
    assert found["standing"]["score"] == report.standing.score
    assert [row["would_add"] for row in found["indicators"]] == [row.would_add for row in report.indicators]
    assert sum(share["points"] for share in found["movement"]["causes"]) == pytest.approx(report.standing.movement)


def test_lists_and_documents(client: Client, season) -> None:
    assert [board["board"]["code"] for board in client.get(f"{ROOT}/boards").json()] == ["villages"]
    editions = client.get(f"{ROOT}/boards/villages/editions").json()
    assert [edition["period"] for edition in editions] == ["2025-Q4", "2025-Q3", "2025-Q2", "2025-Q1"]
    assert client.get(f"{ROOT}/editions/{season[-1].pk}/scheme").json()["scheme"]["hash"] == season[-1].scheme.hash
    assert client.get(f"{ROOT}/editions/{season[-1].pk}/files").json()["hash"] == season[-1].hash
    assert client.get(f"{ROOT}/editions/{season[-1].pk}").json()["ranked"] == 28


def test_words_follow_the_readers_language(client: Client, season) -> None:
    address = f"{ROOT}/editions/{season[-1].pk}/units/V004"
    chinese = client.get(address, headers={"accept-language": "zh-hans"}).json()["indicators"][0]["rule"]
    english = client.get(address, headers={"accept-language": "en"}).json()["indicators"][0]["rule"]
    assert chinese.startswith("达到目标")
    assert english.startswith("The target")


def test_what_a_stranger_may_not_see_does_not_exist(
    client_of, season, computed, xiaowang, reviewer, ligong, administrator
) -> None:
    Board.objects.update(is_public=False)
    draft = computed("2025-Q4")
    Edition.objects.filter(pk=draft.pk).update(state="draft")
    for stranger in (None, xiaowang, reviewer, ligong):
        client = client_of(stranger)
        assert client.get(f"{ROOT}/boards").json() == []
        for address in (*addresses(season[0]), *addresses(draft)):
            response = client.get(address)
            assert response.status_code == 404, address
            assert response["Content-Type"] == "application/problem+json"
            assert response.json()["status"] == 404
    for address in (*addresses(season[0]), *addresses(draft)):
        assert client_of(administrator).get(address).status_code == 200, address


def test_a_draft_of_a_public_board_is_not_public(client_of, computed, methodologist, xiaowang) -> None:
    draft = computed()
    for stranger in (None, xiaowang):
        assert client_of(stranger).get(f"{ROOT}/editions/{draft.pk}").status_code == 404
        assert client_of(stranger).get(f"{ROOT}/boards/villages/editions").json() == []
    assert client_of(methodologist).get(f"{ROOT}/editions/{draft.pk}").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=x", "size=201", "sort=nonsense", "descending=perhaps", f"search={'村' * 61}", "track=%00"],
)
def test_wrong_parameters_are_problems_that_name_them(client: Client, season, query: str) -> None:
    response = client.get(f"{ROOT}/editions/{season[-1].pk}/scores?{query}")
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert query.split("=", maxsplit=1)[0] in problem["errors"][0]["place"]


def test_nothing_can_be_written(client: Client, season) -> None:
    for address in addresses(season[-1]):
        for verb in (client.post, client.put, client.patch, client.delete):
            assert verb(address).status_code == 405


def test_lost_files_are_a_problem_not_a_crash(client: Client, season, home) -> None:
    from kanjian.boards.store import editions as store

    store._open.cache_clear()
    (home / "editions" / season[-1].hash / "scores.parquet").unlink()
    (home / "editions" / season[-1].hash).rename(home / "editions" / "elsewhere")
    response = client.get(f"{ROOT}/editions/{season[-1].pk}/scores")
    assert response.status_code == 503
    assert response.json()["title"] == "Data not available"


def test_objections_are_told_once_they_are_decided_and_without_names(client: Client, filed, shown) -> None:
    from tests.boards.objecting import decided

    address = f"{ROOT}/editions/{shown.pk}/objections"
    assert client.get(address).json() == []
    decided(filed, "reject", "value_right")
    (found,) = client.get(address).json()
    assert (found["number"], found["unit"]["code"], found["kind"]) == (filed.pk, "V004", "value")
    assert (found["state"], found["reason"], found["late"]) == ("rejected", "value_right", False)
    assert found["answer"]
    assert "漏计一笔" not in str(found)
    assert set(found) == {
        "number", "period", "unit", "kind", "node", "state", "second_review", "filed_on", "due_on", "provisional",
        "decided_on", "late", "reason", "answer",
    }  # fmt: skip
