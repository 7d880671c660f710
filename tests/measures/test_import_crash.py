"""A process that dies in the middle of an import leaves the database as it was, on both databases."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

WORKER = Path(__file__).with_name("crash_worker.py")


@pytest.fixture
def database(tmp_path: Path, is_postgres: bool) -> Iterator[str]:
    """A database of this test alone, of the kind the run uses."""
    if not is_postgres:
        yield f"sqlite:///{tmp_path / 'crash.sqlite3'}"
        return
    import psycopg

    base = os.environ["KANJIAN_TEST_DATABASE_URL"]
    server, name = base.rpartition("/")[0], f"kanjian_crash_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def step(database: str, tmp_path: Path) -> Callable[..., int]:
    """Run one step of the worker; its exit code."""
    environment = {**os.environ, "KANJIAN_DATABASE_URL": database, "KANJIAN_HOME": str(tmp_path / "home")}

    def run(*arguments: str) -> int:
        command = [sys.executable, str(WORKER), *arguments]
        return subprocess.run(command, env=environment, timeout=120, check=False).returncode

    return run


def test_a_killed_import_leaves_nothing_half_done(step: Callable[..., int], tmp_path: Path) -> None:
    def state() -> dict[str, object]:
        assert step("count", str(tmp_path / "state.json")) == 0
        return json.loads((tmp_path / "state.json").read_text(encoding="utf-8"))

    assert step("prepare") == 0
    before = state()
    assert before["values"] == 800
    assert step("crash") == -signal.SIGKILL
    assert state() == before
    # And the database is not left locked: the same import goes through.
    assert step("finish") == 0
    after = state()
    assert (after["values"], after["batches"], after["revisions"], after["ledger"]) == (800, 2, 799, True)
    assert after["sum"] != before["sum"]
