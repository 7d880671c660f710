"""Killed at any moment, a verb has happened or has not: no row without files, no event without its change."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("crashing.py")
Run = Callable[..., subprocess.CompletedProcess[str]]


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


@pytest.fixture
def run(database: str, tmp_path: Path) -> Run:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KANJIAN_")},
        "DJANGO_SETTINGS_MODULE": "kanjian.settings",
        "KANJIAN_SECRET_KEY": "only-for-tests",
        "KANJIAN_HOME": str(tmp_path / "home"),
        "KANJIAN_DATABASE_URL": database,
        "KANJIAN_LOG_LEVEL": "ERROR",
    }

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(SCRIPT), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)

    prepared = call("prepare")
    assert prepared.returncode == 0, prepared.stderr
    return call


@pytest.mark.parametrize(
    ("verb", "moment", "orphans"),
    [
        ("freeze", "manifest", 1),
        ("freeze", "rename", 1),
        ("freeze", "after-release-files", 0),
        ("freeze", "release-row", 0),
        ("compute", "after-files", 0),
        ("compute", "row", 0),
        ("compute", "compute-event", 0),
        ("publish", "event", 0),
    ],
)
def test_killed_anywhere_the_next_run_ends_as_if_nothing_had_happened(
    run: Run, tmp_path: Path, verb: str, moment: str, orphans: int
) -> None:
    """``orphans``: half-written folders that stay behind, which nothing reads and the check names."""
    killed = run(verb, moment)
    assert killed.returncode == 9, killed.stderr
    finished = run("finish")
    assert finished.returncode == 0, finished.stderr
    found = json.loads(finished.stdout)
    assert (found["editions"], found["releases"]) == (1, 1)
    assert found["verbs"] == [
        "boards.create_board",
        "boards.add_scheme_version",
        "boards.freeze_release",
        "boards.compute_edition",
        "boards.open_objection",
        "boards.publish",
    ]
    home = tmp_path / "home"
    left = [path.name for folder in ("editions", "releases") for path in (home / folder).iterdir()]
    assert sum(name.startswith(".part-") for name in left) == orphans
    assert len([name for name in left if not name.startswith(".part-")]) == 2
    assert (home / "editions" / found["hash"] / "manifest.json").is_file()


@pytest.mark.parametrize("moment", ["values-written", "apply-event"])
def test_killed_while_applying_a_staged_set_nothing_has_happened(run: Run, moment: str) -> None:
    """Values, revisions, editions, the set and the ledger are as before; the next run applies the whole."""
    before = json.loads(run("staged").stdout)
    assert (before["staged"], [state for state, _ in before["editions"]]) == (["computed"], ["published"])
    killed = run("apply", moment)
    assert killed.returncode == 9, killed.stderr
    assert json.loads(run("state").stdout) == before
    finished = run("apply")
    assert finished.returncode == 0, finished.stderr
    after = json.loads(finished.stdout)
    assert after["staged"] == ["applied"]
    assert [state for state, _ in after["editions"]] == ["superseded", "published"]
    assert (after["value"], after["revisions"], after["releases"], after["whole"]) == (99.0, 1, 2, True)
