"""Check an edition from its open-data zip alone 核验: nothing but the file, no database, no settings, no network.

The zip's own manifest says which edition it is (its hash) and what that hash is taken of. Everything is recomputed from
the release and the method in the zip and compared: what is left to trust is the edition's hash, which the platform
shows on every page and keeps in its ledger.
"""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from kanjian.boards.computing import Past, compute
from kanjian.boards.export import published_scores, values_table
from kanjian.boards.store.editions import EditionTables
from kanjian.boards.store.folders import MANIFEST
from kanjian.boards.store.hashing import file_hash, json_hash, table_hash
from kanjian.boards.store.releases import ReleaseTables
from kanjian.boards.store.releases import identity as release_identity
from kanjian.scoring import Scheme, SchemeError, ValuesError

PAST_COLUMNS = ("unit", "track", "track_rank", "score")
CELLS = 5  # differing cells that are named one by one
LARGEST = 8 * 1024**3  # bytes unpacked


class BundleError(Exception):
    """The file is no open-data zip of an edition; ``code`` is stable."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be: a stable code, the file or table, and what."""

    code: str
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What came of checking a zip: which edition it says it is, and everything that speaks against it."""

    edition: str
    release: str
    scheme: str
    version: str
    period: str
    units: int
    findings: list[Finding]

    @property
    def holds(self) -> bool:
        """Whether everything is as published, bit for bit."""
        return not self.findings


def verify_bundle(path: Path, expected: str = "") -> Report:
    """Check a zip; ``expected``: the hash that the edition should have, as its page shows it.

    Raises ``BundleError`` (unreadable, no_manifest, too_large) for a file that is no such zip at all.
    """
    with tempfile.TemporaryDirectory(prefix="kanjian-verify-") as folder:
        place = Path(folder)
        _unpack(path, place)
        return _Check(place, _manifest(place)).report(expected)


def _unpack(path: Path, place: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise BundleError("too_large", f"{path.name} unpacks to more than {LARGEST >> 30} GB")
            archive.extractall(place)  # names are brought below the folder by the standard library
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise BundleError("unreadable", f"{path.name} is not a whole zip file: {error}") from error


def _manifest(place: Path) -> dict[str, Any]:
    try:
        found = json.loads((place / MANIFEST).read_bytes())
        identity = found["identity"]
        str(found["edition"]), dict(found["files"]), dict(identity["tables"]), list(identity["history"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"no readable {MANIFEST}: this is not the open data of an edition, or of an older layout"
        raise BundleError("no_manifest", message) from error
    return dict(found)


class _Check:
    """One check of an unpacked zip; collects what it finds."""

    def __init__(self, place: Path, manifest: dict[str, Any]) -> None:
        self.place, self.manifest, self.identity = place, manifest, dict(manifest["identity"])
        self.findings: list[Finding] = []

    def report(self, expected: str) -> Report:
        """Everything in order: the files, what identifies them, what they give when they are computed again."""
        self._files()
        if json_hash(self.identity) != self.manifest["edition"]:
            self._say("identity", MANIFEST, "the edition's hash is not the hash of what it says it consists of")
        if expected and expected != self.manifest["edition"]:
            self._say("other_edition", MANIFEST, f"this is edition {self.manifest['edition']}, not {expected}")
        scheme, release, pasts = self._scheme(), self._release(), self._pasts()
        if scheme is not None and release is not None and pasts is not None:
            self._recompute(scheme, release, pasts)
        return Report(
            edition=str(self.manifest["edition"]),
            release=str(self.identity["release"]),
            scheme=str(self.identity["scheme"]),
            version=scheme.version if scheme else "",
            period=release.period if release else "",
            units=release.units.height if release else 0,
            findings=self.findings,
        )

    def _say(self, code: str, where: str, message: str) -> None:
        self.findings.append(Finding(code, where, message))

    def _files(self) -> None:
        """Every file that the manifest lists is there and unchanged, and no other."""
        listed: dict[str, dict[str, Any]] = self.manifest["files"]
        for name, facts in listed.items():
            path = self.place / name
            if not path.is_file():
                self._say("missing", name, "the file is missing")
            elif file_hash(path) != facts.get("sha256"):
                self._say("changed", name, "the file was changed after it was written")
        there = {path.relative_to(self.place).as_posix() for path in self.place.rglob("*") if path.is_file()}
        for name in sorted(there - listed.keys() - {MANIFEST}):
            self._say("extra", name, "the manifest does not list this file")

    def _read(self, name: str) -> pl.DataFrame | None:
        """A Parquet file; None with a finding when it cannot be read."""
        try:
            return pl.read_parquet(self.place / name)
        except (OSError, pl.exceptions.PolarsError) as error:
            if not any(each.where == name for each in self.findings):
                self._say("unreadable", name, " ".join(str(error).split())[:120])
            return None

    def _json(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads((self.place / name).read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _scheme(self) -> Scheme | None:
        try:
            scheme = Scheme.load(self.place / "scheme.yaml")
        except (SchemeError, OSError) as error:
            self._say("scheme", "scheme.yaml", " ".join(str(error).split())[:200])
            return None
        if scheme.hash != self.identity["scheme"]:
            self._say("scheme", "scheme.yaml", f"another method: {scheme.hash}, published by {self.identity['scheme']}")
        return scheme

    def _release(self) -> ReleaseTables | None:
        values, units, groups = (self._read(f"release/{name}.parquet") for name in ("values", "units", "groups"))
        if values is None or units is None or groups is None:
            return None
        period = str(self._json("summary.json").get("period", ""))
        release = ReleaseTables(period, values, units, groups)
        try:
            found = json_hash(release_identity(release))
        except (TypeError, ValueError) as error:
            self._say("release", "release/", f"not the tables of a release: {error}")
            return None
        if found != self.identity["release"]:
            self._say("release", "release/", f"other data: {found}, published from {self.identity['release']}")
        return release

    def _pasts(self) -> list[Past] | None:
        names = [str(name) for name in self.identity["history"]]
        found = [self._past(name, is_last=name == names[-1]) for name in names]
        return None if None in found else [past for past in found if past is not None]

    def _past(self, name: str, *, is_last: bool) -> Past | None:
        """An edition before, checked against its own hash."""
        place = f"history/{name}"
        identity, summary = self._json(f"{place}/identity.json"), self._json(f"{place}/summary.json")
        scores = self._read(f"{place}/scores.parquet")
        details = self._read(f"{place}/details.parquet") if is_last else None
        if scores is None or (is_last and details is None):
            return None
        tables = identity.get("tables", {})
        same = json_hash(identity) == name and json_hash(summary) == identity.get("summary")
        same = same and table_hash(scores) == tables.get("scores")
        if not same or (details is not None and table_hash(details) != tables.get("details")):
            self._say("history", place, "this is not the edition that movement was counted from")
        inputs = (
            details.select("unit", pl.col("^input\\..*$").name.map(_without_prefix)) if details is not None else None
        )
        return Past(name, str(identity.get("scheme")), scores.select(PAST_COLUMNS), str(summary.get("period")), inputs)

    def _recompute(self, scheme: Scheme, release: ReleaseTables, pasts: list[Past]) -> None:
        try:
            again = compute(scheme, str(self.identity["release"]), release, pasts)
        except ValuesError as error:
            self._say("recomputed", "release/", f"the method cannot read these values: {error}")
            return
        found: dict[str, Any] = again.identity()
        tables: dict[str, Any] = self.identity["tables"]
        for name in sorted(tables):
            if found["tables"].get(name) != tables[name]:
                self._say("recomputed", name, "recomputed, this table comes out otherwise than it was published")
        if found["summary"] != self.identity["summary"]:
            self._say("recomputed", "summary", "recomputed, the summary comes out otherwise than it was published")
        self._published(again, release)

    def _published(self, again: EditionTables, release: ReleaseTables) -> None:
        """What the zip shows readers is what was recomputed."""
        scores = published_scores(again.tables["scores"])
        for name, table in (
            ("scores.parquet", scores),
            ("details.parquet", again.tables["details"]),
            ("parameters.parquet", again.tables["parameters"]),
            ("supports.parquet", again.tables["supports"]),
        ):
            stored = self._read(name) if (self.place / name).is_file() else None
            if stored is not None:
                self._compare(name, stored, table)
        for name, table in (
            ("scores.csv", scores.drop("sparkline")),
            ("values.csv", values_table(again.scheme, release)),
        ):
            stored = _csv(self.place / name, table)
            if stored is not None:
                self._compare(name, stored, table)

    def _compare(self, name: str, stored: pl.DataFrame, table: pl.DataFrame) -> None:
        if stored.columns != table.columns or stored.height != table.height:
            self._say("differs", name, f"{stored.height} rows, {stored.width} columns; recomputed {table.shape}")
            return
        lines = list(_cells(stored, table))
        for line in lines[:CELLS]:
            self._say("differs", name, line)
        if len(lines) > CELLS:
            self._say("differs", name, f"and {len(lines) - CELLS} more cells")


def _without_prefix(name: str) -> str:
    return name.removeprefix("input.")


def _csv(path: Path, table: pl.DataFrame) -> pl.DataFrame | None:
    """A table for people as the types of the recomputed one; None when it is not there (said already)."""
    if not path.is_file():
        return None
    try:
        return pl.read_csv(path, infer_schema=False).cast(table.schema, strict=False)
    except pl.exceptions.PolarsError:
        return pl.DataFrame()


def _cells(stored: pl.DataFrame, table: pl.DataFrame) -> Iterator[str]:
    """Cells that differ, in words: the row's unit (else its number), the column, published and recomputed."""
    for column in table.columns:
        one, two = stored[column], table[column]
        if one.dtype != two.dtype:
            yield f"{column}: {one.dtype} instead of {two.dtype}"
            continue
        # A text without letters and no text are the same in a table for people.
        pair = [part.replace("", None) if part.dtype == pl.String else part for part in (one, two)]
        for place in pair[0].ne_missing(pair[1]).arg_true().to_list():
            key = stored["unit"][place] if "unit" in stored.columns else f"row {place + 1}"
            yield f"{key} {column}: {one[place]!r}, recomputed {two[place]!r}"
