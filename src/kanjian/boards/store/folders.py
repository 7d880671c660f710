"""Folders that are there whole or not at all 文件夹的原子写入."""

import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kanjian import __version__
from kanjian.boards.store.hashing import canonical_json, file_hash

MANIFEST = "manifest.json"
PARTIAL = ".part-"
ROWS_PER_GROUP = 16_384


class StoreError(Exception):
    """A file of the store is missing or not what its name says; ``code`` is stable, the message names the file."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The list of a folder's files with their sizes and hashes, and what identifies the folder 清单."""

    hash: str
    identity: dict[str, object]  # what the hash is taken of
    files: dict[str, dict[str, object]]  # name → sha256, size, rows
    engine: str

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read ``manifest.json``; ``StoreError`` when the folder or the file is missing or unreadable."""
        try:
            raw = json.loads((folder / MANIFEST).read_bytes())
            return cls(raw["hash"], raw["identity"], raw["files"], raw["engine"])
        except FileNotFoundError as error:
            raise StoreError("missing", f"{folder.name}: no {MANIFEST}") from error
        except (ValueError, KeyError) as error:
            raise StoreError("unreadable", f"{folder.name}: {MANIFEST} cannot be read ({error})") from error


def write_folder(parent: Path, name: str, identity: dict[str, object], fill: Callable[[Path], dict[str, int]]) -> Path:
    """Write ``parent/name`` as a whole: ``fill`` writes the files and answers their rows (files without rows left out).

    A folder of that name is left as it is: equal names mean equal content. Safe against a crash at any moment and
    against two writers at once.
    """
    target = parent / name
    if target.exists():
        return target
    parent.mkdir(parents=True, exist_ok=True)
    partial = parent / f"{PARTIAL}{uuid.uuid4().hex}"
    partial.mkdir()
    try:
        rows = fill(partial)
        _write_manifest(partial, name, identity, rows)
        _sync(partial)
        _rename(partial, target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return target


def _rename(partial: Path, target: Path) -> None:
    """Put the folder in its place; when another writer was first, its equal folder stays."""
    try:
        partial.rename(target)
    except OSError:
        if not target.is_dir():
            raise
        shutil.rmtree(partial)
        return
    _sync_directory(target.parent)


def _write_manifest(folder: Path, name: str, identity: dict[str, object], rows: dict[str, int]) -> None:
    files = {
        path.name: {"sha256": file_hash(path), "size": path.stat().st_size, "rows": rows.get(path.name)}
        for path in sorted(folder.iterdir())
    }
    manifest = {"hash": name, "identity": identity, "files": files, "engine": f"kanjian {__version__}"}
    (folder / MANIFEST).write_bytes(canonical_json(manifest))


def _sync(folder: Path) -> None:
    """Make sure the bytes are on the disk before the name says so."""
    for path in folder.iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    _sync_directory(folder)


def _sync_directory(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_table(frame: pl.DataFrame, path: Path, rows_per_group: int = ROWS_PER_GROUP) -> int:
    """One Parquet file with statistics, so that readers can skip row groups; answers the number of rows."""
    frame.write_parquet(path, compression="zstd", compression_level=3, statistics=True, row_group_size=rows_per_group)
    return frame.height


def damage(folder: Path, name: str) -> Iterator[str]:
    """What is wrong with a folder, in words, one item per file; nothing when it is whole."""
    try:
        manifest = Manifest.read(folder)
    except StoreError as error:
        yield str(error)
        return
    if manifest.hash != name:
        yield f"{name}: the manifest says {manifest.hash}"
    for file, facts in manifest.files.items():
        path = folder / file
        if not path.is_file():
            yield f"{name}: {file} is missing"
        elif file_hash(path) != facts["sha256"]:
            yield f"{name}: {file} was changed after it was written"


def leftovers(parent: Path) -> list[Path]:
    """Half-written folders that a crash left behind; safe to remove when nothing is being computed."""
    return sorted(path for path in parent.glob(f"{PARTIAL}*") if path.is_dir()) if parent.is_dir() else []


def stored(parent: Path) -> list[str]:
    """Names of the whole folders."""
    if not parent.is_dir():
        return []
    return sorted(path.name for path in parent.iterdir() if path.is_dir() and not path.name.startswith(PARTIAL))
