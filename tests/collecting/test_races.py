"""Two people at once, and a process that dies while it accepts: one outcome, whole data."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from tests.collecting.conftest import holder

from kanjian.collecting import actions
from kanjian.collecting.cells import Cell
from kanjian.collecting.models import Entry, PastEntry
from kanjian.collecting.states import CollectingError
from kanjian.ledger.models import Event
from kanjian.ledger.selectors import verify_chain
from kanjian.measures.models import Batch, Value

V = "C10101"
WORKER = Path(__file__).with_name("crash_worker.py")
PATH = os.pathsep.join(part for part in (str(WORKER.parents[2]), os.environ.get("PYTHONPATH", "")) if part)
ALL = {"values": 80, "batches": 1, "accepted": 40, "at_office": 0, "steps": 40, "entries": 80, "ledger": True}
NONE = {"values": 0, "batches": 0, "accepted": 0, "at_office": 40, "steps": 0, "entries": 80, "ledger": True}


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all in threads of their own that start together; what each returned or raised."""
    gate, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            found[place] = work()
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.fixture
def many_connections(transactional_db) -> None:
    """Only PostgreSQL: the tests' SQLite lives in memory of one connection."""
    if connection.vendor != "postgresql":
        pytest.skip("the tests' SQLite lives in memory of one connection; PostgreSQL runs this")


def test_two_people_save_the_same_cell(many_connections, ground, cast) -> None:
    def save(person, value: float) -> object:
        return actions.record_entries(
            ground.sheet(), [Cell(V, "A1", value)], by=person, origin="web", expected_version=0
        )

    found = at_once(lambda: save(cast.clerk, 1), lambda: save(cast.colleague, 2))
    assert sorted(type(each).__name__ for each in found) == ["Recorded", "StaleEntriesError"]
    assert (Entry.objects.count(), PastEntry.objects.count()) == (1, 0)
    assert ground.sheet().version == 1


def test_two_people_save_different_cells(many_connections, ground, cast) -> None:
    def save(person, code: str) -> object:
        return actions.record_entries(ground.sheet(), [Cell(V, code, 5)], by=person, origin="web", expected_version=0)

    found = at_once(lambda: save(cast.clerk, "A1"), lambda: save(cast.colleague, "A2"))
    assert [type(each).__name__ for each in found] == ["Recorded", "Recorded"]
    assert (Entry.objects.count(), ground.sheet().version) == (2, 2)
    assert verify_chain().is_whole


def test_two_people_accept_at_once(many_connections, ground, cast, small_city) -> None:
    second = holder("fuzhuren", "考评办副主任", "reviewer", small_city.city)
    for code in (V, "C10102"):
        actions.record_entries(ground.sheet(code), [Cell(code, "A1", 5)], by=None, origin="web")
        actions.submit(ground.sheet(code), by=None)
        actions.approve([ground.sheet(code)], by=cast.township)
        actions.approve([ground.sheet(code)], by=cast.department)
    there, back = [ground.sheet(V), ground.sheet("C10102")], [ground.sheet("C10102"), ground.sheet(V)]
    found = at_once(lambda: actions.accept(there, by=cast.office), lambda: actions.accept(back, by=second))
    assert sorted(type(each).__name__ for each in found) == ["Batch", "CollectingError"]
    assert (Batch.objects.count(), Value.objects.count()) == (1, 2)
    assert Event.objects.filter(verb="collecting.accept").count() == 1
    assert verify_chain().is_whole


def test_returned_while_it_is_approved(many_connections, ground, cast, small_city) -> None:
    second = holder("fushen", "副审核员", "reviewer", small_city.township)
    actions.record_entries(ground.sheet(), [Cell(V, "A1", 5)], by=cast.clerk, origin="web")
    sheet = actions.submit(ground.sheet(), by=cast.clerk)
    found = at_once(
        lambda: actions.approve([sheet], by=cast.township),
        lambda: actions.return_sheet(sheet, by=second, reason="other", comment="改"),
    )
    kinds = sorted(type(each).__name__ for each in found)
    assert kinds in (["CollectingError", "Sheet"], ["PermissionDenied", "list"])
    assert ground.sheet().steps.count() == 2


def test_the_second_one_is_told(ground, cast) -> None:
    actions.record_entries(ground.sheet(), [Cell(V, "A1", 5)], by=cast.clerk, origin="web")
    sheet = actions.submit(ground.sheet(), by=cast.clerk)
    actions.return_sheet(sheet, by=cast.township, reason="other", comment="改")
    with pytest.raises(CollectingError) as refused:  # the object is older than what the first one did
        actions.approve([sheet], by=cast.township)
    assert refused.value.code == "not_submitted"


@pytest.fixture
def database(tmp_path: Path, is_postgres: bool) -> Iterator[str]:
    """A database of this test alone, of the kind the run uses."""
    if not is_postgres:
        yield f"sqlite:///{tmp_path / 'crash.sqlite3'}"
        return
    import psycopg

    base = os.environ["KANJIAN_TEST_DATABASE_URL"]
    server, name = base.rpartition("/")[0], f"kanjian_collecting_crash_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as server_connection:
        server_connection.execute(f'CREATE DATABASE "{name}"')
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as server_connection:
        server_connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def step(database: str, tmp_path: Path) -> Callable[..., int]:
    """Run one step of the worker; its exit code."""
    environment = {
        **os.environ,
        "KANJIAN_DATABASE_URL": database,
        "PYTHONPATH": PATH,
        "KANJIAN_HOME": str(tmp_path / "home"),
    }

    def run(*arguments: str) -> int:
        command = [sys.executable, str(WORKER), *arguments]
        return subprocess.run(command, env=environment, timeout=120, check=False).returncode

    return run


def test_killed_while_a_workbook_is_written_leaves_nothing_half_done(step: Callable[..., int], tmp_path: Path) -> None:
    def state() -> dict[str, object]:
        assert step("count-workbook", str(tmp_path / "state.json")) == 0
        return json.loads((tmp_path / "state.json").read_text(encoding="utf-8"))

    assert step("prepare") == 0
    assert step("stage") == 0
    before = {"entries": 1, "past": 0, "version": 1, "upload": "staged", "ledger": True}
    assert state() == before
    assert step("crash-workbook") == -signal.SIGKILL
    assert state() == before
    assert step("finish-workbook") == 0
    assert state() == {"entries": 80, "past": 1, "version": 2, "upload": "accepted", "ledger": True}


def test_killed_while_accepting_leaves_nothing_half_done(step: Callable[..., int], tmp_path: Path) -> None:
    def state() -> dict[str, object]:
        assert step("count", str(tmp_path / "state.json")) == 0
        return json.loads((tmp_path / "state.json").read_text(encoding="utf-8"))

    assert step("prepare") == 0
    assert state() == NONE
    assert step("crash") == -signal.SIGKILL
    assert state() == NONE
    # And nothing is left locked: the same goes through.
    assert step("finish") == 0
    assert state() == ALL
