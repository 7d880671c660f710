"""A small table and its scheme on disk, and a way to call the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kanjian.cli.app import app

VALUES = """unit,track,income,growth,solved,redone
A,x,100,5,95,1
B,x,80,7,90,2
C,x,60,,80,3
D,y,120,9,99,0
E,y,40,-2,70,9
"""


@pytest.fixture
def call() -> Callable[..., Result]:
    """Calls ``kanjian`` with words; wide terminal, so that no line is broken."""
    runner = CliRunner(env={"COLUMNS": "200", "LANG": "en_US.UTF-8"})

    def run(*words: object) -> Result:
        return runner.invoke(app, [str(word) for word in words])

    return run


@pytest.fixture
def scheme(call: Callable[..., Result], tmp_path: Path) -> Path:
    """The scheme that ``kanjian scheme new`` writes."""
    path = tmp_path / "scheme.yaml"
    assert call("scheme", "new", path).exit_code == 0
    return path


@pytest.fixture
def values(tmp_path: Path) -> Path:
    """Five units in two tracks; C has no growth."""
    path = tmp_path / "values.csv"
    path.write_text(VALUES, encoding="utf-8")
    return path
