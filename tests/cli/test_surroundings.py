"""Data folders and databases that cannot be used: one line with the setting to change, never a trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

KEY = "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz"


def kanjian(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KANJIAN_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", "from kanjian.cli import main; main()", *words],
        env={**kept, "KANJIAN_SECRET_KEY": KEY, "LANG": "en_US.UTF-8", **settings},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("command", ["check", "demo --no-serve"])
def test_a_data_folder_that_cannot_be(tmp_path: Path, command: str) -> None:
    (tmp_path / "file").write_text("")
    done = kanjian(*command.split(), KANJIAN_HOME=str(tmp_path / "file"))
    assert done.returncode == 2
    assert "set KANJIAN_HOME" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "db").write_text("this is no database at all, however long one looks at it\n" * 20)
    done = kanjian("check", KANJIAN_HOME=str(tmp_path), KANJIAN_DATABASE_URL=f"sqlite:///{tmp_path / 'db'}")
    assert done.returncode == 2
    assert "check KANJIAN_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_needs_neither_and_comes_at_once() -> None:
    """Neither Polars nor Django is read for it, which is what makes it quick."""
    code = "import sys; from kanjian.cli.app import app; print(*{'polars', 'django', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == ""
