"""Open data: one command, given nothing but the zip, makes the same scores bit for bit."""

import csv
import io
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from kanjian.boards.export import COMMAND, export_open_data
from kanjian.boards.selectors import files
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.store.hashing import file_hash
from kanjian.scoring import Scheme, read_values, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def unpacked(season, tmp_path: Path) -> Path:
    folder = tmp_path / "unpacked"
    with files.open_data(season[-1]) as archive, zipfile.ZipFile(archive) as pack:
        pack.extractall(folder)
    return folder


def test_the_archive_holds_everything_with_its_hashes(season, unpacked: Path) -> None:
    manifest = json.loads((unpacked / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["edition"] == season[-1].hash
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == names - {"manifest.json"}
    for name, facts in manifest["files"].items():
        assert file_hash(unpacked / name) == facts["sha256"]
    assert {"README.md", "scheme.yaml", "values.csv", "scores.csv", "scores.json", "release/values.csv"} <= names
    assert COMMAND in (unpacked / "README.md").read_text(encoding="utf-8")


def test_the_values_and_the_scheme_alone_give_the_same_scores_bit_for_bit(season, unpacked: Path) -> None:
    scheme = Scheme.load(unpacked / "scheme.yaml")
    frame = pl.read_csv(unpacked / "values.csv", infer_schema=False)
    again = score(scheme, read_values(frame, scheme)).scores.sort("unit")
    published = files_of(season[-1]).table("scores").sort("unit")
    for column in ("score", "rank", "track_rank", "coverage", "band", "reason"):
        assert again[column].to_list() == published[column].to_list(), column
    assert scheme.hash == season[-1].scheme.hash


def test_the_one_command_does_it(season, unpacked: Path, monkeypatch) -> None:
    from typer.testing import CliRunner

    from kanjian.cli.app import app

    monkeypatch.chdir(unpacked)
    done = CliRunner().invoke(app, COMMAND.split()[1:])
    assert done.exit_code == 0, done.output
    again = pl.read_csv(unpacked / "recomputed.csv").sort("unit")
    published = pl.read_csv(unpacked / "scores.csv").sort("unit")
    assert again["score"].to_list() == published["score"].to_list()
    assert again["rank"].to_list() == published["rank"].to_list()


def test_spreadsheets_read_the_csv_and_missing_stays_missing(unpacked: Path) -> None:
    raw = (unpacked / "values.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = {row["unit"]: row for row in csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))}
    assert rows["V028"]["A1"] == ""
    assert rows["V010"]["A2"] == "不适用"
    assert rows["V003"]["V@note"] == "湖纪〔2025〕3号"
    scores = {row["unit"]: row for row in json.loads((unpacked / "scores.json").read_text(encoding="utf-8"))}
    assert scores["V028"]["score"] is None
    assert len(scores) == 30


def test_an_archive_is_written_once_and_equal_editions_give_equal_ones(season, home: Path, tmp_path: Path) -> None:
    first = export_open_data(home, files_of(season[-1]))
    before = first.stat().st_mtime_ns, file_hash(first)
    assert export_open_data(home, files_of(season[-1])).stat().st_mtime_ns == before[0]
    first.unlink()
    assert file_hash(export_open_data(home, files_of(season[-1]))) == before[1]
    assert [path.name for path in first.parent.iterdir()] == [first.name]


def test_only_files_of_the_edition_are_given_out(season) -> None:
    assert files.file_path(season[-1], "scores.parquet").is_file()
    assert files.file_path(season[-1], "manifest.json").is_file()
    assert files.release_file_path(season[-1], "values.parquet").is_file()
    for name in ("../../kanjian.sqlite3", "nothing", "", "..", "/etc/passwd"):
        assert files.file_path(season[-1], name) is None
        assert files.release_file_path(season[-1], name) is None


def test_the_data_page_names_files_and_hashes(season) -> None:
    page = files.data_page(season[-1])
    assert page.hash == season[-1].hash
    assert page.release_hash == season[-1].release.hash
    assert page.scheme_hash == season[-1].scheme.hash
    assert {file.name for file in page.release_files} == {"values.parquet", "units.parquet", "groups.parquet"}
    scores = next(file for file in page.files if file.name == "scores.parquet")
    assert scores.rows == 30
    assert scores.sha256 == file_hash(files.file_path(season[-1], "scores.parquet"))
