"""``kanjian verify``: the zip alone proves the edition, and every way of tampering with it is found and named."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from kanjian.boards.bundles import BundleError, Report, verify_bundle
from kanjian.boards.export import export_open_data
from kanjian.boards.selectors import files
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.store.hashing import canonical_json
from kanjian.cli.app import app

pytestmark = pytest.mark.django_db
Contents = dict[str, bytes]


@pytest.fixture
def contents(published, home: Path) -> Contents:
    """The zip of the second of two published quarters, file by file."""
    published("2025-Q3")
    with files.open_data(published("2025-Q4")) as archive, zipfile.ZipFile(archive) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


@pytest.fixture
def check(tmp_path: Path) -> Callable[[Contents], Report]:
    """Pack the files again and verify them."""

    def make(contents: Contents, expected: str = "") -> Report:
        path = tmp_path / "bundle.zip"
        with zipfile.ZipFile(path, "w") as pack:
            for name, content in contents.items():
                pack.writestr(name, content)
        return verify_bundle(path, expected)

    return make


def relisted(contents: Contents) -> Contents:
    """The manifest made to agree with the files, as somebody would who tampers with care."""
    import hashlib

    manifest = json.loads(contents["manifest.json"])
    manifest["files"] = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in contents.items()
        if name != "manifest.json"
    }
    return {**contents, "manifest.json": canonical_json(manifest)}


def parquet(content: bytes, change: Callable[[pl.DataFrame], pl.DataFrame]) -> bytes:
    buffer = io.BytesIO()
    change(pl.read_parquet(content)).write_parquet(buffer)
    return buffer.getvalue()


def found(report: Report) -> set[tuple[str, str]]:
    return {(each.code, each.where) for each in report.findings}


def better(frame: pl.DataFrame) -> pl.DataFrame:
    """V004 gets a hundred points."""
    return frame.with_columns(pl.when(pl.col("unit") == "V004").then(100.0).otherwise("score").alias("score"))


def richer(frame: pl.DataFrame) -> pl.DataFrame:
    """V004 gets another income."""
    is_cell = (pl.col("unit") == "V004") & (pl.col("indicator") == "B1")
    return frame.with_columns(pl.when(is_cell).then(999.0).otherwise("value").alias("value"))


def test_an_untouched_zip_holds_and_knows_its_edition(contents, check) -> None:
    report = check(contents)
    assert report.holds, report.findings
    assert (report.period, report.units, report.version) == ("2025-Q4", 30, "2025.1")
    assert check(contents, report.edition).holds
    assert found(check(contents, "0" * 64)) == {("other_edition", "manifest.json")}


def test_a_tampered_score_is_named_with_its_unit_and_both_numbers(contents, check) -> None:
    bad = {**contents, "scores.parquet": parquet(contents["scores.parquet"], better)}
    report = check(bad)
    assert found(report) == {("changed", "scores.parquet"), ("differs", "scores.parquet")}
    assert report.findings[-1].message.startswith("V004 score: 100.0, recomputed ")
    assert found(check(relisted(bad))) == {("differs", "scores.parquet")}


def test_a_tampered_table_for_people_is_found_though_the_manifest_agrees(contents, check) -> None:
    lines = contents["scores.csv"].decode("utf-8-sig").splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("V004,"))
    lines[place] = lines[place].replace("村04", "村四")
    bad = relisted({**contents, "scores.csv": ("﻿" + "\n".join(lines) + "\n").encode()})
    assert found(check(bad)) == {("differs", "scores.csv")}


def test_tampered_data_are_not_the_release(contents, check) -> None:
    bad = relisted({
        **contents,
        "release/values.parquet": parquet(contents["release/values.parquet"], richer),
    })  # fmt: skip
    report = check(bad)
    assert ("release", "release/") in found(report)
    assert {where for code, where in found(report) if code == "recomputed"} >= {"scores", "details"}


def test_another_method_is_told(contents, check) -> None:
    text = contents["scheme.yaml"].decode().replace("at_least: 75", "at_least: 70")
    text = text.replace("weight: 60", "weight: 61")
    assert text.encode() != contents["scheme.yaml"]
    assert ("scheme", "scheme.yaml") in found(check(relisted({**contents, "scheme.yaml": text.encode()})))
    broken = relisted({**contents, "scheme.yaml": b"format: other"})
    assert ("scheme", "scheme.yaml") in found(check(broken))


def test_a_missing_an_added_and_a_broken_file(contents, check) -> None:
    without = {name: content for name, content in contents.items() if name != "release/values.parquet"}
    assert ("missing", "release/values.parquet") in found(check(without))
    assert found(check({**contents, "note.txt": b"x"})) == {("extra", "note.txt")}
    broken = relisted({**contents, "release/units.parquet": b"not parquet"})
    assert ("unreadable", "release/units.parquet") in found(check(broken))


def test_another_past_is_told(contents, check) -> None:
    name = next(name for name in contents if name.startswith("history/") and name.endswith("scores.parquet"))
    bad = relisted({**contents, name: parquet(contents[name], better)})
    assert "history" in {code for code, _where in found(check(bad))}


def test_an_identity_that_was_rewritten_has_another_hash(contents, check) -> None:
    manifest = json.loads(contents["manifest.json"])
    manifest["identity"]["scheme"] = "f" * 64
    report = check({**contents, "manifest.json": canonical_json(manifest)})
    assert {("identity", "manifest.json"), ("scheme", "scheme.yaml")} <= found(report)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"text"])
def test_what_is_no_zip_is_said(tmp_path, content) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(BundleError) as caught:
        verify_bundle(path)
    assert caught.value.code == "unreadable"


def test_a_zip_of_something_else_is_said(check) -> None:
    for contents in ({}, {"a.txt": b"x"}, {"manifest.json": b"{}"}, {"manifest.json": b"["}):
        with pytest.raises(BundleError) as caught:
            check(contents)
        assert caught.value.code == "no_manifest"


def test_the_command_needs_no_settings_no_key_and_no_database(published, home, tmp_path) -> None:
    """A process of its own with an empty environment; exit code 0, then 1 for a tampered one."""
    path = export_open_data(home, files_of(published("2025-Q4")))
    source = str(Path(__file__).resolve().parents[2] / "src")
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": source, "LANG": "C.UTF-8"}

    def run(file: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kanjian", "verify", str(file)]
        return subprocess.run(command, env=bare, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)

    good = run(path)
    assert good.returncode == 0, good.stderr
    assert "equal bit for bit" in good.stderr
    assert not list(tmp_path.glob("kanjian-data"))


def test_exit_codes_of_the_command(published, home, tmp_path, monkeypatch) -> None:
    edition = published("2025-Q4")
    path = export_open_data(home, files_of(edition))
    runner = CliRunner()
    assert runner.invoke(app, ["verify", str(path), "--expect", edition.hash]).exit_code == 0
    told = runner.invoke(app, ["verify", str(path), "--expect", "0" * 64])
    assert (told.exit_code, "not 0000" in told.output) == (1, True)
    assert runner.invoke(app, ["verify", str(tmp_path / "absent.zip")]).exit_code == 2
    (tmp_path / "x.zip").write_bytes(b"x")
    assert runner.invoke(app, ["verify", str(tmp_path / "x.zip")]).exit_code == 2


def test_an_edition_here_is_verified_by_number_and_by_board_and_period(published, home, monkeypatch) -> None:
    monkeypatch.setattr("kanjian.cli.verifying.start", lambda **_options: None)
    edition, runner = published("2025-Q4"), CliRunner()
    for words in ([str(edition.pk)], ["villages", "2025-Q4"], ["villages"]):
        answer = runner.invoke(app, ["verify", *words])
        assert answer.exit_code == 0, answer.output
    with (home / "editions" / edition.hash / "scores.parquet").open("ab") as file:
        file.write(b"x")
    answer = runner.invoke(app, ["verify", "villages", "2025-Q4"])
    assert (answer.exit_code, "scores.parquet was changed" in answer.output) == (1, True)
    for words in (["999999"], ["villages", "2031-Q1"], ["nowhere"]):
        assert runner.invoke(app, ["verify", *words]).exit_code == 2
