"""Killed at any moment, a side has said yes or has not; the pair and the ledger always say the same."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("crashing.py")
BEFORE = {"pair": "proposed", "round": "proposed", "said": 2, "events": 2}
AFTER = {"pair": "agreed", "round": "agreed", "said": 3, "events": 3}


@pytest.fixture
def database(tmp_path: Path, is_postgres: bool) -> Iterator[str]:
    """An empty database that the killed processes may have for themselves."""
    if not is_postgres:
        yield f"sqlite:///{tmp_path / 'db.sqlite3'}"
        return
    import psycopg

    server, _, _ = os.environ["KANJIAN_TEST_DATABASE_URL"].rpartition("/")
    name = f"kanjian_crash_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_killed_anywhere_agreeing_has_happened_whole_or_not_at_all(database: str, tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KANJIAN_")},
        "DJANGO_SETTINGS_MODULE": "kanjian.settings",
        "KANJIAN_SECRET_KEY": "only-for-tests",
        "KANJIAN_HOME": str(tmp_path / "home"),
        "KANJIAN_DATABASE_URL": database,
        "KANJIAN_LOG_LEVEL": "ERROR",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(SCRIPT), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)

    prepared = run("prepare")
    assert prepared.returncode == 0, prepared.stderr
    for moment in ("yes", "agreed", "event"):
        killed = run("agree", moment)
        assert killed.returncode == 9, killed.stderr
        assert json.loads(killed.stdout) == BEFORE
    finished = run("agree")
    assert [json.loads(line) for line in finished.stdout.splitlines()] == [BEFORE, AFTER]
