"""Folders are there whole or not at all."""

import hashlib
import json
import threading
from pathlib import Path

import polars as pl
import pytest

from kanjian.boards.store.folders import (
    MANIFEST,
    Manifest,
    StoreError,
    damage,
    leftovers,
    stored,
    write_folder,
    write_table,
)


def fill(folder: Path) -> dict[str, int]:
    (folder / "note.txt").write_text("好", encoding="utf-8")
    return {"table.parquet": write_table(pl.DataFrame({"a": [1, 2, 3]}), folder / "table.parquet")}


def test_a_folder_carries_a_manifest_of_its_files(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, "abc", {"what": "test"}, fill)
    manifest = Manifest.read(folder)
    assert manifest.hash == "abc"
    assert manifest.identity == {"what": "test"}
    assert set(manifest.files) == {"note.txt", "table.parquet"}
    assert manifest.files["table.parquet"]["rows"] == 3
    digest = hashlib.sha256("好".encode()).hexdigest()
    assert manifest.files["note.txt"] == {"rows": None, "sha256": digest, "size": 3}
    assert list(damage(folder, "abc")) == []
    assert stored(tmp_path) == ["abc"]


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> dict[str, int]:
        fill(folder)
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="full"):
        write_folder(tmp_path, "abc", {}, fail)
    assert list(tmp_path.iterdir()) == []


def test_equal_names_are_written_once(tmp_path: Path) -> None:
    write_folder(tmp_path, "abc", {}, fill)
    called = []
    write_folder(tmp_path, "abc", {}, lambda folder: called.append(folder) or {})
    assert called == []


def test_writers_at_once_make_one_whole_folder(tmp_path: Path) -> None:
    gate = threading.Barrier(8)

    def write() -> None:
        def slow(folder: Path) -> dict[str, int]:
            found = fill(folder)
            gate.wait(30)  # one that fails before it must not keep the others for ever
            return found

        write_folder(tmp_path, "abc", {}, slow)

    threads = [threading.Thread(target=write, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert stored(tmp_path) == ["abc"]
    assert leftovers(tmp_path) == []
    assert list(damage(tmp_path / "abc", "abc")) == []


@pytest.mark.parametrize("harm", ["change", "remove", "rename", "manifest"])
def test_every_harm_is_found(tmp_path: Path, harm: str) -> None:
    folder = write_folder(tmp_path, "abc", {}, fill)
    name = "abc"
    match harm:
        case "change":
            (folder / "note.txt").write_text("坏", encoding="utf-8")
        case "remove":
            (folder / "table.parquet").unlink()
        case "rename":
            folder, name = folder.rename(tmp_path / "xyz"), "xyz"
        case _:
            (folder / MANIFEST).write_text("{", encoding="utf-8")
    assert len(list(damage(folder, name))) == 1


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Manifest.read(tmp_path / "nothing")
    assert caught.value.code == "missing"


def test_a_manifest_is_json_that_anyone_can_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, "abc", {"period": "2026-Q1"}, fill)
    raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert raw["engine"].startswith("kanjian ")
    assert raw["identity"] == {"period": "2026-Q1"}
