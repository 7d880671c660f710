"""docs/cli.md: every command is there, and every example on files prints what the page says."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer
from typer.testing import CliRunner

from kanjian.cli.app import app

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
FILE = re.compile(r"^```\w+ (?P<name>\S+)\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE)
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


def commands(group: click.Command, *above: str) -> Iterator[str]:
    """Every command of the application, with the groups it stands in."""
    if not isinstance(group, click.Group | typer.core.TyperGroup):
        yield " ".join(above)
        return
    for name, command in group.commands.items():
        yield from commands(command, *above, name)


@pytest.mark.parametrize("command", sorted(commands(typer.main.get_command(app))))
def test_every_command_is_on_the_page(command: str) -> None:
    assert re.search(rf"kanjian {command}\b", PAGE)


def test_every_exit_code_is_on_the_page() -> None:
    assert [line.split("|")[1].strip() for line in PAGE.splitlines() if re.match(r"\| \d ", line)] == [
        "0",
        "1",
        "2",
        "3",
    ]


def said(words: str, runner: CliRunner) -> str:
    """What a command prints, without the blanks at the ends of lines."""
    answer = runner.invoke(app, shlex.split(words)[1:])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), words
    return "\n".join(line.rstrip() for line in answer.output.rstrip("\n").splitlines())


def test_the_examples_print_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for found in FILE.finditer(PAGE):
        (tmp_path / found["name"]).write_text(found["text"], encoding="utf-8")
    runner, checked = CliRunner(env={"COLUMNS": "100", "LANG": "en_US.UTF-8"}), 0
    for block in CONSOLE.findall(PAGE):
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            words, _, printed = example.partition("\n")
            assert said(words, runner) == printed.rstrip("\n"), words
            checked += 1
    assert checked >= 12
