"""``kanjian board`` and the guide: the commands as they are printed there, and all that may be called wrongly."""

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from django.utils import translation
from typer.testing import Result

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guides" / "first-board.md"
BLOCK = re.compile(r"^```(?P<kind>\w+)(?: (?P<name>\S+))?\n(?P<body>.*?)^```", re.DOTALL | re.MULTILINE)
TIME = 600  # seconds; a dozen starts of Python and Django, on a busy machine
Call = Callable[..., Result]


def blocks() -> list[tuple[str, str, str]]:
    """Kind, file name and text of every block of the guide."""
    text = GUIDE.read_text(encoding="utf-8")
    return [(found["kind"], found["name"] or "", found["body"]) for found in BLOCK.finditer(text)]


@pytest.fixture
def guide(tmp_path: Path) -> Path:
    """A folder with the guide's files."""
    for _kind, name, body in blocks():
        if name:
            (tmp_path / name).write_text(body, encoding="utf-8")
    return tmp_path


def shell(words: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run a shell text in the folder, with a data folder of its own and the commands of this environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KANJIAN_", "DJANGO_"))}
    environment = kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "KANJIAN_HOME": str(folder / "home"),
        "KANJIAN_SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
        "LANG": "en_US.UTF-8",
        "COLUMNS": "200",
    }
    environment.pop("LC_ALL", None)
    command = ["bash", "-euo", "pipefail", "-c", words, *more]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=TIME, check=False
    )


def test_the_guide_leads_from_files_to_a_published_board(guide: Path) -> None:
    script = next(body for kind, _name, body in blocks() if kind == "sh")
    done = shell(script, guide)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "first 2026-Q1 is published: 8 of 8 units ranked" in done.stderr
    scores = next((guide / "home" / "editions").glob("*/summary.json"))
    assert json.loads(scores.read_text(encoding="utf-8"))["ranked"] == 8
    # What the guide says in words: (142 − 30) / 120 → 97.33; solved above its target; redone 10 / 11 of the way.
    assert f"{0.5 * (60 + 40 * 112 / 120) + 30 + 20 * 10 / 11:.4f}" == "96.8485"
    assert re.search(r"plain.*1.*HC0101.*96\.8485", done.stdout)
    assert "96.85" in GUIDE.read_text(encoding="utf-8")
    assert re.search(r"hill.*1.*HC0106.*82\.6190", done.stdout)


def test_the_guides_table_is_whole() -> None:
    files = {name: body for _kind, name, body in blocks() if name}
    units = {row["code"] for row in csv.DictReader(files["units.csv"].splitlines())}
    rows = list(csv.DictReader(files["values.csv"].splitlines()))
    assert len(rows) == 8
    assert {row["unit"] for row in rows} <= units


@pytest.fixture
def kanjian(call: Call, home, db, monkeypatch) -> Iterator[Call]:
    """Calls the command line in this process, on the test's database."""
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    with translation.override("en"):
        yield call


def said(result: Result) -> str:
    return result.output + result.stderr


@pytest.fixture
def ready(kanjian: Call, guide: Path) -> Call:
    """Units, board, method and values of the guide are there."""
    for words in (
        ("import", "units", guide / "units.csv"),
        ("board", "create", "first", "--name", "小榜", "--root", "HC", "--public"),
        ("board", "version", "first", guide / "scheme.yaml", "--from", "2026-Q1", "--register"),
        ("import", "values", guide / "values.csv", "--period", "2026-Q1"),
    ):
        result = kanjian(*words)
        assert result.exit_code == 0, said(result)
    return kanjian


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("create", "first", "--name", "x"), 1, "first"),
        (("create", "other", "--name", "x", "--root", "nowhere"), 2, "no unit 'nowhere'"),
        (("create", "other", "--name", "x", "--kind", "planet"), 2, "one of city"),
        (("create", "not a slug", "--name", "x"), 2, "not a slug"),
        (("compute", "second", "2026-Q1"), 2, "boards: first"),
        (("compute", "first", "soon"), 1, "soon"),
        (("compute", "first", "2025-Q1"), 2, "from 2026-Q1"),
        (("compute", "first", "2026-Q1", "--version", "9"), 2, "2026.1"),
        (("compute", "first", "2026-Q2"), 1, "2026-Q2"),
        (("objection", "first", "2026-Q1"), 1, "kanjian board compute"),
        (("objection", "first", "2026-Q1", "--days", "7", "--working-days", "5"), 2, "not both"),
        (("publish", "first", "2026-Q1"), 1, "kanjian board compute"),
        (("list", "second"), 2, "boards: first"),
    ],
)
def test_what_is_called_wrongly_is_told_with_the_remedy(ready: Call, words, code, message) -> None:
    from kanjian.boards.models import Board, Edition

    result = ready("board", *words)
    assert result.exit_code == code, said(result)
    assert message in said(result)
    assert (Board.objects.count(), Edition.objects.count()) == (1, 0)


def test_steps_out_of_order_are_refused(ready: Call) -> None:
    from kanjian.boards.models import Edition
    from kanjian.calendars.actions import seed_years

    seed_years()
    assert ready("board", "compute", "first", "2026-Q1").exit_code == 0
    assert ready("board", "publish", "first", "2026-Q1").exit_code == 1
    assert ready("board", "objection", "first", "2026-Q1").exit_code == 0
    assert ready("board", "objection", "first", "2026-Q1").exit_code == 1
    assert ready("board", "publish", "first", "2026-Q1").exit_code == 1  # five working days are not over
    assert Edition.objects.get().state == "objection"


@pytest.mark.parametrize(
    ("words", "until"),
    [
        # Monday 28 September 2026: the National Day holiday lies between, Saturday 10 October is made up for it.
        ([], "2026-10-10"),
        (["--working-days", "6"], "2026-10-12"),
        (["--days", "7"], "2026-10-04"),
        (["--days", "0"], "2026-09-27"),
    ],
)
def test_the_window_is_counted_in_working_days(ready: Call, words: list[str], until: str) -> None:
    from kanjian.boards.models import Edition
    from kanjian.calendars.actions import seed_years

    seed_years()
    assert ready("board", "compute", "first", "2026-Q1").exit_code == 0
    with time_machine.travel("2026-09-28T03:00:00Z", tick=False):
        result = ready("board", "objection", "first", "2026-Q1", *words)
    assert result.exit_code == 0, said(result)
    assert str(Edition.objects.get().objection_until) == until
    assert ("no window" in said(result)) == (words == ["--days", "0"])


def test_without_a_calendar_the_window_says_what_to_do(ready: Call) -> None:
    from kanjian.boards.models import Edition
    from kanjian.calendars.models import CalendarYear

    CalendarYear.objects.all().delete()
    assert ready("board", "compute", "first", "2026-Q1").exit_code == 0
    result = ready("board", "objection", "first", "2026-Q1")
    assert (result.exit_code, "kanjian prepare" in said(result)) == (1, True), said(result)
    assert Edition.objects.get().state == "draft"


def test_computing_twice_answers_the_same_draft(ready: Call) -> None:
    from kanjian.boards.models import Edition

    for _twice in range(2):
        assert ready("board", "compute", "first", "2026-Q1").exit_code == 0
    assert Edition.objects.count() == 1


def test_a_replay_is_no_draft(ready: Call) -> None:
    from kanjian.boards.models import Edition, Replay

    for _twice in range(2):
        result = ready("board", "replay", "first", "2026-Q1", "--version", "2026.1")
        assert result.exit_code == 0, said(result)
    assert (Replay.objects.count(), Edition.objects.count()) == (1, 0)
    assert Replay.objects.get().hash in said(result)
    assert ready("board", "publish", "first", "2026-Q1").exit_code == 1
    assert ready("board", "replay", "first", "2026-Q1", "--version", "9").exit_code == 2
    assert ready("board", "replay", "first", "soon", "--version", "2026.1").exit_code == 1


def test_a_broken_scheme_says_everything_and_writes_nothing(ready: Call, guide: Path) -> None:
    from kanjian.boards.models import SchemeVersion

    text = (guide / "scheme.yaml").read_text(encoding="utf-8")
    (guide / "scheme.yaml").write_text(text.replace("method: minmax", "method: magic").replace("30}", "x}"))
    result = ready("board", "version", "first", guide / "scheme.yaml", "--from", "2026-Q2")
    assert result.exit_code == 1
    assert "tree.redone.rule.method" in said(result)
    assert "tree.income.rule.bad" in said(result)
    assert SchemeVersion.objects.count() == 1


def test_a_new_version_says_what_differs_and_a_used_one_is_kept(ready: Call, guide: Path) -> None:
    assert ready("board", "compute", "first", "2026-Q1").exit_code == 0
    text = (guide / "scheme.yaml").read_text(encoding="utf-8").replace("weight: 50", "weight: 60")
    (guide / "scheme.yaml").write_text(text, encoding="utf-8")
    used = ready("board", "version", "first", guide / "scheme.yaml", "--from", "2026-Q1")
    assert used.exit_code == 1
    (guide / "scheme.yaml").write_text(text.replace("2026.1", "2026.2"), encoding="utf-8")
    fresh = ready("board", "version", "first", guide / "scheme.yaml", "--from", "2026-Q2")
    assert fresh.exit_code == 0
    assert "tree.income.weight" in said(fresh)


def test_indicators_come_from_a_scheme_or_a_file(kanjian: Call, guide: Path) -> None:
    from kanjian.measures.models import Indicator

    assert kanjian("import", "units", guide / "units.csv").exit_code == 0
    dry = kanjian("import", "indicators", "--from-scheme", guide / "scheme.yaml", "--dry-run")
    assert dry.exit_code == 0
    assert not Indicator.objects.exists()
    assert kanjian("import", "indicators", "--from-scheme", guide / "scheme.yaml").exit_code == 0
    income = Indicator.objects.get(code="income")
    assert (income.unit_of_measure, income.department.code, income.higher_is_better) == ("万元", "HC-NY", True)

    table = guide / "indicators.csv"
    table.write_text(
        "编码,名称,计量单位,方向,责任部门\nincome,经营性收入,万元,越高越好,农业农村局\nforest,森林覆盖率,%,up,林业局\n"
    )
    result = kanjian("import", "indicators", table)
    assert "1 registered, 1 changed" in said(result)
    assert Indicator.objects.get(code="income").name == "经营性收入"
    assert "林业局" in Indicator.objects.get(code="forest").description


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("code,unit\na,个\n", "name"),
        ("code,name\na,\n", "2"),
        ("code,name,direction\na,甲,sideways\n", "direction"),
        ("code,name\na,甲\na,乙\n", "3"),
        ("code,name,minimum\na,甲,few\n", "minimum"),
        ("code,name,decimals\na,甲,12\n", "decimals"),
    ],
)
def test_a_wrong_table_of_indicators_registers_none(kanjian: Call, tmp_path: Path, text: str, where: str) -> None:
    from kanjian.measures.models import Indicator

    table = tmp_path / "indicators.csv"
    table.write_text(text, encoding="utf-8")
    result = kanjian("import", "indicators", table)
    assert result.exit_code == 1
    assert where in said(result)
    assert not Indicator.objects.exists()


def test_indicators_need_one_source(kanjian: Call, guide: Path) -> None:
    assert kanjian("import", "indicators").exit_code == 2
    assert kanjian("import", "indicators", guide / "units.csv", "--from-scheme", guide / "scheme.yaml").exit_code == 2
