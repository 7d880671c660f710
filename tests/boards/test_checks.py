"""The health checks: silent on a sound installation, loud and precise on every harm."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kanjian import health
from kanjian.boards.models import SchemeVersion
from kanjian.boards.store.folders import PARTIAL

pytestmark = pytest.mark.django_db
CODES = ("boards.editions", "boards.orphans", "boards.releases", "boards.schemes")


def found(only: tuple[str, ...] = CODES) -> list[health.Problem]:
    return health.run(only)


def test_the_room_registers_its_checks() -> None:
    assert set(CODES) <= set(health.codes())


def test_a_sound_installation_has_no_problems(season) -> None:
    assert found() == []


def test_nothing_at_all_has_no_problems(home: Path, db) -> None:
    assert found() == []


def damage_edition(home: Path, season) -> None:
    (home / "editions" / season[-1].hash / "rows-scores.bin").write_bytes(b"")


def lose_edition(home: Path, season) -> None:
    shutil.rmtree(home / "editions" / season[0].hash)


def damage_release(home: Path, season) -> None:
    path = home / "releases" / season[0].release.hash / "units.parquet"
    path.write_bytes(path.read_bytes()[:-1])


def lose_release(home: Path, season) -> None:
    shutil.rmtree(home / "releases" / season[0].release.hash)


def change_scheme(home: Path, season) -> None:
    text = season[0].scheme.text
    SchemeVersion.objects.update(text=text.replace("target: 92", "target: 91"))


def break_scheme(home: Path, season) -> None:
    SchemeVersion.objects.update(text="format: kanjian/scheme/1")


def leave_folders(home: Path, season) -> None:
    (home / "editions" / ("0" * 64)).mkdir()
    (home / "releases" / f"{PARTIAL}abc").mkdir()


@pytest.mark.parametrize(
    ("harm", "code", "severity", "count"),
    [
        (damage_edition, "boards.editions", health.Severity.ERROR, 1),
        (lose_edition, "boards.editions", health.Severity.ERROR, 1),
        (damage_release, "boards.releases", health.Severity.ERROR, 1),
        (lose_release, "boards.releases", health.Severity.ERROR, 1),
        (change_scheme, "boards.schemes", health.Severity.ERROR, 1),
        (break_scheme, "boards.schemes", health.Severity.ERROR, 1),
        (leave_folders, "boards.orphans", health.Severity.WARNING, 2),
    ],
)
def test_every_harm_is_named_once(home: Path, season, harm: Callable, code: str, severity: str, count: int) -> None:
    harm(home, season)
    problems = found()
    assert [(problem.code, problem.severity) for problem in problems] == [(code, severity)] * count
    assert all(problem.message and problem.remedy for problem in problems)
