"""Editions 期次: the scores, ranks and reasons of one scheme × one release, as a folder of immutable tables.

- ``scores.parquet`` — one row per unit in the order of the board page: track, place in the track, code; a page is a
  slice.
- ``rows-scores.…`` — the same rows, to be read one by one, see ``store.rows``.
- ``index.bin`` — every unit's position, in the order of its code, see ``store.positions``.
- ``details-00000.parquet`` … — one row per unit in the order of ``scores``, ``ROWS_PER_PART`` rows a file: the columns
  of ``scores`` and the unit's ``attributes``; what the scheme read (``input.<column>``, ``text.<column>``,
  ``group.<column>``, ``na``: JSON list of inputs that do not apply); the value an indicator was scored by where it is
  not simply its input (``value.<leaf>``); the points of every node (``points.<node>``); and what was done to cells
  (``flags``, JSON ``{node: [flag, …]}``). A track is read from a few such files.
- ``rows-details.…`` — the columns of ``details`` that ``scores`` does not have, to be read one by one: for reports.
- ``corrections.parquet`` — cells of the edition before that were corrected since.
- ``tracks.parquet``, ``nodes.parquet``, ``areas.parquet`` — figures per track, per track × node, per area.
- ``parameters.parquet``, ``supports.parquet`` — what ``fit`` found, see ``kanjian.scoring``.
- ``summary.json`` — the edition at a glance; ``scheme.yaml`` — the method; ``manifest.json`` — all files with hashes.

The hash of an edition is taken of its scheme's hash, its release's hash, the hashes of the editions that movement and
sparklines were counted from, the content of all tables, and the summary. ``rows-…`` and ``index`` are made of the
tables and do not count; folders written before they were keep being read, a little slower.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from kanjian.boards.store.folders import Manifest, StoreError, write_folder, write_table
from kanjian.boards.store.hashing import canonical_json, json_hash, table_hash
from kanjian.boards.store.keeping import kept
from kanjian.boards.store.positions import read_position, write_positions
from kanjian.boards.store.releases import UNIT
from kanjian.boards.store.rows import Rows, read_blocks, write_rows
from kanjian.scoring import Parameters, Scheme

FORMAT = "kanjian/edition/1"
OPEN = 64  # editions held open by a process
ROWS_PER_PART = 4096
TABLES = ("scores", "details", "tracks", "nodes", "areas", "corrections", "parameters", "supports")

# Orders of the table other than its own, each stored as every row's place in it, so that no page sorts 690,000 rows:
# the columns, and whether the largest comes first. Rows without a value stand last.
ORDERS: dict[str, tuple[tuple[str, ...], bool]] = {
    "score": (("score",), True),
    "name": (("pinyin", "name", "unit"), False),
    "movement": (("movement",), True),
    "coverage": (("coverage",), False),
    "unit": (("unit",), False),
}

SCORES = pl.Schema(
    {
        "position": pl.UInt32(),
        **UNIT,
        "score": pl.Float64(),
        "rank": pl.Float64(),  # halves where equals share the average place
        "track_rank": pl.Float64(),
        "track_size": pl.UInt32(),
        "band": pl.String(),
        "rank_low": pl.UInt32(),
        "rank_high": pl.UInt32(),
        "movement": pl.Int32(),
        "movement_reason": pl.String(),
        "coverage": pl.Float64(),
        "imputed": pl.UInt32(),
        "reason": pl.String(),
        "sparkline": pl.List(pl.Float64),
        "keys": pl.String(),  # what a search in Latin letters looks at, each after a line break, in small letters
        **{f"{name}_order": pl.UInt32() for name in ORDERS},
    }
)


@dataclass(frozen=True)
class EditionTables:
    """Everything an edition consists of before it is written; see the module."""

    scheme: Scheme
    release: str
    history: list[str]  # editions that movement and sparklines were counted from, oldest first
    tables: dict[str, pl.DataFrame]  # by the names in ``TABLES``
    summary: dict[str, Any]

    def identity(self) -> dict[str, object]:
        """What the hash is taken of."""
        return {
            "format": FORMAT,
            "scheme": self.scheme.hash,
            "release": self.release,
            "history": self.history,
            "tables": {name: table_hash(self.tables[name]) for name in TABLES},
            "summary": json_hash(self.summary),
        }


def folder_of(home: Path) -> Path:
    """Where the editions of an installation lie."""
    return home / "editions"


def write_edition(home: Path, edition: EditionTables) -> str:
    """Store an edition and answer its hash; equal content answers the same hash and writes nothing."""
    identity = edition.identity()
    name = json_hash(identity)
    write_folder(folder_of(home), name, identity, lambda folder: _fill(folder, edition))
    return name


def _fill(folder: Path, edition: EditionTables) -> dict[str, int]:
    rows = {
        f"{name}.parquet": write_table(edition.tables[name], folder / f"{name}.parquet")
        for name in TABLES
        if name != "details"
    }
    details = edition.tables["details"]
    for number, part in enumerate(details.iter_slices(ROWS_PER_PART)):
        file = f"details-{number:05d}.parquet"
        rows[file] = write_table(part, folder / file)
    scores = edition.tables["scores"]
    write_positions(scores, folder)
    write_rows(scores, folder, "scores")
    write_rows(details.drop(scores.columns), folder, "details")
    (folder / "summary.json").write_bytes(canonical_json(edition.summary))
    (folder / "scheme.yaml").write_text(edition.scheme.to_yaml(), encoding="utf-8")
    return rows


class EditionFiles:
    """Reads of one edition's folder. Small files are kept in memory, since they never change.

    Of single units nothing is kept: what grows with their number are names and figures of areas (some MB for a nation's
    townships), and what functions keep in ``answers``, see ``store.keeping``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: dict[Any, Callable[..., Any]] = {}
        self._scores, self._extra = Rows(folder, "scores"), Rows(folder, "details")

    @cached_property
    def manifest(self) -> Manifest:
        """The list of files."""
        return Manifest.read(self.folder)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The edition at a glance."""
        found: dict[str, Any] = self._json("summary.json")
        return found

    @cached_property
    def scheme(self) -> Scheme:
        """The method; editions of one method share it."""
        return _scheme((self.folder / "scheme.yaml").read_text(encoding="utf-8"))

    @cached_property
    def tracks(self) -> pl.DataFrame:
        """One row per track: names, ``offset`` and ``count`` of its slice of ``scores``, and its figures."""
        return pl.read_parquet(self.folder / "tracks.parquet")

    @cached_property
    def corrections(self) -> pl.DataFrame:
        """Cells of the edition before that were corrected: ``unit``, ``input``, ``before``, ``after``."""
        return pl.read_parquet(self.folder / "corrections.parquet")

    @cached_property
    def areas(self) -> pl.DataFrame:
        """One row per county and township with names, place and figures."""
        return pl.read_parquet(self.folder / "areas.parquet")

    @cached_property
    def names(self) -> dict[tuple[str, str], tuple[str, str]]:
        """(track | county | township, code) → Chinese and English name."""
        areas = self.areas.select("level", "code", "name", "name_en").iter_rows()
        tracks = self.tracks.drop_nulls("track").select("track", "name", "name_en").iter_rows()
        found = {(level, code): (name, name_en) for level, code, name, name_en in areas}
        return found | {("track", code): (name, name_en) for code, name, name_en in tracks}

    @cached_property
    def parameters(self) -> Parameters:
        """What ``fit`` found."""
        return Parameters.from_frames(self.table("parameters"), self.table("supports"))

    @kept(256)
    def stretch(self, track: str | None) -> tuple[int, int]:
        """Where a track's rows begin in ``scores`` and how many there are; (0, 0) for a track that is not there."""
        found = self.tracks.filter(pl.col("track").eq_missing(pl.lit(track, dtype=pl.String)))
        return (int(found["offset"][0]), int(found["count"][0])) if found.height else (0, 0)

    def nodes(self, track: str | None) -> pl.DataFrame:
        """One row per node of the scheme with the median and the best of a track (None: units without a track)."""
        wanted = pl.col("track").is_null() if track is None else pl.col("track") == track
        return pl.scan_parquet(self.folder / "nodes.parquet").filter(wanted).collect()

    @kept(64)
    def node_figures(self, track: str | None) -> dict[str, tuple[float | None, float | None]]:
        """Node → median and best of a track."""
        rows = self.nodes(track).select("node", "median", "best").iter_rows()
        return {node: (median, best) for node, median, best in rows}

    def scores(self) -> pl.LazyFrame:
        """The rows of the board page, lazily."""
        return pl.scan_parquet(self.folder / "scores.parquet")

    def rows(self, positions: Iterable[int]) -> list[dict[str, Any]]:
        """Rows of ``scores`` by position, wherever they lie."""
        if self._scores.exists:
            return self._scores.read(positions)
        return read_blocks(self.folder, SCORES.names(), positions)

    def position(self, unit: str) -> int | None:
        """A unit's position in ``scores`` and ``details``, None when it is not in the edition."""
        return read_position(self.folder, unit)

    def row(self, unit: str) -> dict[str, Any] | None:
        """One unit's row of ``scores``, None when the unit is not in the edition."""
        position = self.position(unit)
        return None if position is None else self.rows([position])[0]

    def detail(self, unit: str) -> dict[str, Any] | None:
        """One unit's row of ``details``, None when the unit is not in the edition."""
        position = self.position(unit)
        if position is None:
            return None
        if self._extra.exists:
            return self.rows([position])[0] | self._extra.read([position])[0]
        return self.detail_slice(position, 1).row(0, named=True)

    def detail_slice(self, offset: int, count: int) -> pl.DataFrame:
        """Neighbouring rows of ``details``: a unit, a track, or everything; reads no more files than they lie in."""
        parts = []
        end = offset + count
        for number in range(offset // ROWS_PER_PART, -(-end // ROWS_PER_PART)):
            start = number * ROWS_PER_PART
            first, last = max(offset, start), min(end, start + ROWS_PER_PART)
            part = pl.scan_parquet(self.folder / f"details-{number:05d}.parquet")
            parts.append(part.slice(first - start, last - first))
        return pl.concat(parts).collect() if parts else pl.DataFrame(schema=self.detail_schema)

    @cached_property
    def detail_schema(self) -> pl.Schema:
        """Columns of ``details``."""
        return pl.Schema(pl.read_parquet_schema(self.folder / "details-00000.parquet"))

    def details(self) -> pl.LazyFrame:
        """All rows of ``details``, lazily, in the order of ``scores``."""
        return pl.scan_parquet(self.folder / "details-*.parquet")

    def table(self, name: str) -> pl.DataFrame:
        """A whole table by its name; for recomputation and export."""
        return self.details().collect() if name == "details" else pl.read_parquet(self.folder / f"{name}.parquet")

    def _json(self, name: str) -> Any:
        try:
            return json.loads((self.folder / name).read_bytes())
        except (FileNotFoundError, ValueError) as error:
            raise StoreError("unreadable", f"edition {self.folder.name}: {name} cannot be read ({error})") from error


@lru_cache(maxsize=32)
def _scheme(text: str) -> Scheme:
    return Scheme.load(text)


@lru_cache(maxsize=OPEN)
def _open(home: Path, name: str) -> EditionFiles:
    return EditionFiles(folder_of(home) / name)


def open_edition(home: Path, name: str) -> EditionFiles:
    """The files of an edition; ``StoreError`` (missing) when they are not there."""
    files = _open(home, name)
    if not files.folder.is_dir():
        raise StoreError("missing", f"edition {name} is not in {files.folder.parent}")
    return files
