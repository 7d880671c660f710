"""Sheets and values for machines: what a person may do, a token of theirs may do, once however often it is asked."""

import threading

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.collecting.test_chain import at_office

from kanjian.api.models import Answer
from kanjian.collecting import actions
from kanjian.collecting.cells import Cell
from kanjian.collecting.models import Entry, Step
from kanjian.measures.models import Batch, Indicator, Value
from kanjian.orgs.actions import create_token

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
V = "C10101"


@pytest.fixture(autouse=True)
def _own(settings, tmp_path):
    caches["limits"].clear()
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}


class Machine:
    """A program with somebody's token."""

    def __init__(self, person, scope: str = "write") -> None:
        self.client = Client()
        self.secret = create_token(person, name="测试", by=person, scope=scope)[1]

    def send(self, method: str, path: str, body=None, key: str = "", **more):
        headers = {"authorization": f"Bearer {self.secret}"}
        if key:
            headers["idempotency-key"] = key
        call = getattr(self.client, method)
        if body is None and method == "get":
            return call(f"{ROOT}{path}", headers=headers, **more)
        return call(f"{ROOT}{path}", body or {}, content_type="application/json", headers=headers, **more)


def cells(value: float | None = 12.5, indicator: str = "A1", unit: str = V, **more) -> dict[str, object]:
    return {"cells": [{"unit": unit, "indicator": indicator, "value": value, **more}]}


def path_of(ground, code: str = V, rest: str = "") -> str:
    return f"/sheets/{ground.sheet(code).pk}{rest}"


def allowed(sheet: dict) -> set[str]:
    return {step["do"] for step in sheet["next_steps"] if step["is_allowed"]}


def test_a_quarter_by_machine(ground, cast, small_city) -> None:
    clerk, township = Machine(cast.clerk), Machine(cast.township)
    department, office = Machine(cast.department), Machine(cast.office)
    found = clerk.send("get", "/collections").json()
    assert [row["code"] for row in found] == ["villages"]
    assert [(f["indicator"], f["is_required"], f["maximum"]) for f in found[0]["fields"]] == [
        ("A1", True, None),
        ("A2", False, 100.0),
    ]
    window = clerk.send("get", "/collections/villages/windows").json()[0]
    page = clerk.send("get", f"/windows/{window['number']}/sheets").json()
    assert [(row["reporter"], row["state"]) for row in page["sheets"]] == [(V, "open")]
    assert allowed(page["sheets"][0]) == {"fill", "submit", "ask_extension"}
    sheet = path_of(ground)
    refused = clerk.send("post", f"{sheet}/submit")
    assert (refused.status_code, refused.json()["errors"][0]["place"]) == (422, [V, "A1"])
    written = clerk.send("put", f"{sheet}/entries", cells()).json()
    assert (written["version"], written["written"], written["findings"]) == (1, 1, [])
    assert clerk.send("put", f"{sheet}/entries", cells()).json()["unchanged"] == 1
    entries = clerk.send("get", f"{sheet}/entries").json()
    assert [(e["value"], e["origin"], e["version"]) for e in entries["entries"]] == [(12.5, "api", 1)]
    submitted = clerk.send("post", f"{sheet}/submit").json()
    assert (submitted["state"], submitted["level"], allowed(submitted)) == ("submitted", "township", {"withdraw"})
    assert clerk.send("post", f"{sheet}/withdraw").json()["state"] == "open"
    assert clerk.send("post", f"{sheet}/submit").json()["state"] == "submitted"
    back = township.send("post", f"{sheet}/return", {"reason": "implausible", "comment": "请核对"}).json()
    assert back["state"] == "returned"
    assert clerk.send("put", f"{sheet}/entries", cells(13)).json()["written"] == 1
    clerk.send("post", f"{sheet}/submit")
    assert township.send("post", f"{sheet}/approve", {"comment": "属实"}).json()["level"] == "department"
    assert allowed(department.send("get", sheet).json()) == {"approve", "return"}
    assert department.send("post", f"{sheet}/approve", {}).json()["level"] == "office"
    assert office.send("post", f"{sheet}/accept").json()["state"] == "accepted"
    assert Value.objects.get(unit=small_city.village, indicator__code="A1").value == 13.0


def test_a_correction_by_machine(ground, cast) -> None:
    actions.accept([at_office(ground, cast)], by=cast.office)
    clerk, office, sheet = Machine(cast.clerk), Machine(cast.office), path_of(ground)
    assert allowed(office.send("get", sheet).json()) == {"reopen"}
    said = {"reason": "other", "comment": "多报", "until": timezone.localdate().isoformat()}
    wrong = office.send("post", f"{sheet}/reopen", {**said, "until": "2020-01-01"})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (409, "bad_day")
    assert office.send("post", f"{sheet}/reopen", {**said, "until": "明天"}).status_code == 422
    assert office.send("post", f"{sheet}/reopen", said).json()["state"] == "returned"
    assert clerk.send("put", f"{sheet}/entries", cells(11)).json()["written"] == 1
    assert Value.objects.get(indicator__code="A1").value == 12.5


@pytest.mark.parametrize(
    ("body", "status", "place"),
    [
        (cells(-1), 422, [V, "A1"]),
        (cells(400, "A2"), 422, [V, "A2"]),
        (cells(1, "A3"), 422, [V, "A3"]),
        (cells(1, unit="C10102"), 422, ["C10102", "A1"]),
        (cells(1, status="missing"), 422, [V, "A1"]),
        ({"cells": [*cells()["cells"], *cells(4)["cells"]]}, 422, [V, "A1"]),
        ({"cells": []}, 422, ["body", "body", "cells"]),
        (cells("12"), 200, None),
        (cells("viel"), 422, ["body", "body", "cells", 0, "value"]),
        (cells(1, colour="red"), 422, ["body", "body", "cells", 0, "colour"]),
        (cells(1, note="x" * 301), 422, ["body", "body", "cells", 0, "note"]),
    ],
)
def test_wrong_cells_are_named_and_nothing_is_written(ground, cast, body, status: int, place) -> None:
    answer = Machine(cast.clerk).send("put", path_of(ground, rest="/entries"), body)
    assert answer.status_code == status
    if status != 200:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["errors"][0]["place"] == place
        assert not Entry.objects.exists()


def test_what_the_sheet_refuses_now_is_a_conflict(ground, cast, close_window) -> None:
    clerk, sheet = Machine(cast.clerk), path_of(ground)
    version = clerk.send("put", f"{sheet}/entries", cells()).json()["version"]
    actions.record_entries(ground.sheet(), [Cell(V, "A1", 5)], by=cast.colleague, origin="web")
    stale = clerk.send("put", f"{sheet}/entries", {**cells(7), "version": version})
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (409, "stale")
    assert clerk.send("post", f"{sheet}/withdraw").status_code == 409
    close_window(ground)
    closed = clerk.send("put", f"{sheet}/entries", cells(8))
    assert (closed.status_code, closed.json()["errors"][0]["code"]) == (409, "closed")
    assert Entry.objects.get().value == 5.0


def test_the_same_key_gets_the_same_answer(ground, cast) -> None:
    clerk, place = Machine(cast.clerk), path_of(ground, rest="/entries")
    first = clerk.send("put", place, cells(), key="run-1")
    actions.record_entries(ground.sheet(), [Cell(V, "A1", 5)], by=cast.colleague, origin="web")
    again = clerk.send("put", place, cells(), key="run-1")
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Entry.objects.get().value == 5.0  # the work was not done a second time
    other = clerk.send("put", place, cells(9), key="run-1")
    assert (other.status_code, other["Content-Type"]) == (422, "application/problem+json")
    assert clerk.send("post", path_of(ground, rest="/submit"), key="run-1").status_code == 422
    # Another person's key of the same name is another key; a failed request leaves none.
    colleague = Machine(cast.colleague)
    assert colleague.send("put", place, cells(6), key="run-1").json()["written"] == 1
    assert colleague.send("put", place, cells(-6), key="run-2").status_code == 422
    assert colleague.send("put", place, cells(7), key="run-2").json()["written"] == 1
    assert Answer.objects.count() == 3
    assert clerk.send("put", place, cells(), key="含中文").status_code == 422


def test_old_answers_are_forgotten(ground, cast) -> None:
    from datetime import timedelta

    from django.utils import timezone

    clerk, place = Machine(cast.clerk), path_of(ground, rest="/entries")
    clerk.send("put", place, cells(), key="old")
    Answer.objects.update(created_at=timezone.now() - timedelta(days=31))
    clerk.send("put", place, cells(3), key="new")
    assert list(Answer.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_works_and_both_get_its_answer(ground, cast, is_postgres) -> None:
    if not is_postgres:
        pytest.skip("a memory database has one connection; SQLite has one writer at a time anyway")
    clerk, place = Machine(cast.clerk), path_of(ground, rest="/entries")
    gate, answers = threading.Barrier(4), []

    def ask() -> None:
        machine = Machine.__new__(Machine)
        machine.client, machine.secret = Client(), clerk.secret
        gate.wait()
        try:
            answers.append(machine.send("put", place, cells(), key="race"))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 3
    assert ground.sheet().version == 1


READS = ("", "/entries")
WRITES = {
    "/entries": ("put", cells()),
    "/submit": ("post", {}),
    "/withdraw": ("post", {}),
    "/approve": ("post", {}),
    "/return": ("post", {"reason": "other", "comment": "x"}),
    "/accept": ("post", {}),
    "/reopen": ("post", {"reason": "other", "comment": "x", "until": "2030-01-01"}),
}


def test_strangers_find_nothing_and_readers_change_nothing(ground, cast, xiaowang, ligong) -> None:
    sheet, window = path_of(ground), ground.window.pk
    stranger, reader, nobody = Machine(xiaowang), Machine(ligong), Client()
    assert stranger.send("get", "/collections").json() == []
    assert nobody.get(f"{ROOT}/collections").json() == []
    for path in ("/collections/villages", "/collections/villages/windows", f"/windows/{window}/sheets"):
        assert stranger.send("get", path).status_code == 404
        assert nobody.get(f"{ROOT}{path}").status_code == 404
        assert reader.send("get", path).status_code == 200
    for rest in READS:
        assert stranger.send("get", sheet + rest).status_code == 404
        assert nobody.get(f"{ROOT}{sheet}{rest}").status_code == 404
        assert reader.send("get", sheet + rest).status_code == 200
    for rest, (method, body) in WRITES.items():
        assert stranger.send(method, sheet + rest, body).status_code == 404, rest
        assert reader.send(method, sheet + rest, body).status_code == 403, rest
        anonymous = getattr(nobody, method)(f"{ROOT}{sheet}{rest}", body, content_type="application/json")
        assert anonymous.status_code == 401, rest
    assert Machine(cast.clerk, scope="read").send("put", f"{sheet}/entries", cells()).status_code == 403
    assert Machine(cast.colleague).send("get", path_of(ground, "C10102")).status_code == 404
    assert not Entry.objects.exists()
    assert not Step.objects.exists()


def test_nobody_approves_the_own_entries_through_the_api(ground, cast, small_city) -> None:
    from kanjian.orgs.models import Post

    Post.objects.create(user=cast.clerk, unit=small_city.township, role="reviewer")
    clerk, sheet = Machine(cast.clerk), path_of(ground)
    clerk.send("put", f"{sheet}/entries", cells())
    answer = clerk.send("post", f"{sheet}/submit").json()
    step = next(step for step in answer["next_steps"] if step["do"] == "approve")
    assert (step["is_allowed"], step["code"]) == (False, "own_entries")
    assert clerk.send("post", f"{sheet}/approve", {}).status_code == 403


def test_lists_cost_a_fixed_number_of_queries(ground, cast, django_assert_max_num_queries) -> None:
    machine, window = Machine(cast.office), ground.window.pk
    with django_assert_max_num_queries(20):
        page = machine.send("get", f"/windows/{window}/sheets", {"size": 2}).json()
    assert (page["total"], page["pages"], len(page["sheets"])) == (3, 2, 2)
    assert machine.send("get", f"/windows/{window}/sheets", {"reporter": "C10201"}).json()["total"] == 1
    assert machine.send("get", f"/windows/{window}/sheets", {"state": "accepted"}).json()["total"] == 0


@pytest.fixture
def officer(small_city):
    """农业科员, reporter of the department."""
    from tests.collecting.conftest import holder

    return holder("keyuan", "农业科员", "reporter", small_city.department)


@pytest.fixture
def imported(indicators):
    Indicator.objects.update(source="imported")
    return indicators


def values(*rows: tuple[str, str, float | None], **more) -> dict[str, object]:
    listed = [{"unit": unit, "indicator": code, "value": value} for unit, code, value in rows]
    return {"values": listed, "period": "2026-Q3", **more}


def test_a_departments_system_brings_its_indicators_for_all_villages(imported, officer) -> None:
    machine = Machine(officer)
    body = values((V, "A1", 3), ("C10201", "A1", None), ("C10201", "A2", 40))
    first = machine.send("post", "/values", body, key="q3")
    assert first.json() == {"batch": Batch.objects.get().pk, "new": 3, "changed": 0, "unchanged": 0}
    assert machine.send("post", "/values", body, key="q3").json() == first.json()
    assert machine.send("post", "/values", body).json() == {"batch": None, "new": 0, "changed": 0, "unchanged": 3}
    assert machine.send("post", "/values", values((V, "A1", 4))).json()["changed"] == 1
    assert Value.objects.get(unit__code="C10201", indicator__code="A1").status == "missing"
    batch = Batch.objects.first()
    assert batch.source.startswith("api-农业科员-")
    assert batch.file


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([(V, "A1", 3), ("nowhere", "A1", 4)], (["values", 1, "unit"], "unknown_unit")),
        ([(V, "B9", 3)], (["values", 0, "indicator"], "unknown_indicator")),
        ([(V, "A1", 3), (V, "A1", 4)], (["values", 1, "value"], "duplicate_cell")),
        ([(V, "A2", 101)], (["values", 0, "value"], "above_maximum")),
    ],
)
def test_wrong_values_are_named_by_their_place(imported, officer, rows, found) -> None:
    answer = Machine(officer).send("post", "/values", values(*rows))
    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert (error["place"], error["code"]) == found
    assert error["remedy"]
    assert not Value.objects.exists()


def test_each_kind_of_indicator_has_its_own_way_in(imported, officer, small_city, cast) -> None:
    machine = Machine(officer)

    def code(**more) -> str:
        answer = machine.send("post", "/values", values((V, "A1", 3), **more))
        return "" if answer.status_code == 200 else answer.json()["errors"][0]["code"]

    Indicator.objects.filter(code="A1").update(source="entered", reporter_kind="village")
    assert code() == "entered_indicator"
    Indicator.objects.filter(code="A1").update(source="computed")
    assert code() == "computed_indicator"
    Indicator.objects.filter(code="A1").update(source="reference")
    assert code() == "no_release_note"
    assert code(note="统计公报，2026-10-20") == ""
    Indicator.objects.filter(code="A1").update(source="imported", department=small_city.county)
    assert code() == "other_department"
    assert code(period="") == "blank_period"
    # A village's own reporter delivers for the village alone; readers deliver nothing.
    Indicator.objects.update(department=small_city.department)
    assert Machine(cast.clerk).send("post", "/values", values((V, "A1", 5))).status_code == 200
    assert Machine(cast.clerk).send("post", "/values", values(("C10102", "A1", 5))).status_code == 422
    assert Machine(cast.township).send("post", "/values", values((V, "A1", 5))).status_code == 403
    assert Client().post(f"{ROOT}/values", values((V, "A1", 5)), content_type="application/json").status_code == 401
