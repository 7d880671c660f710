"""Editions from what they were made of 重算: the one way to compute an edition, and to compute it again to verify."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kanjian.boards.computing import Past, compute
from kanjian.boards.store.editions import TABLES, EditionTables, open_edition
from kanjian.boards.store.folders import damage
from kanjian.boards.store.hashing import json_hash
from kanjian.boards.store.releases import read_release, verify_release
from kanjian.jobs.reporter import SILENT, Reporter
from kanjian.scoring import Scheme

PAST_COLUMNS = ("unit", "track", "track_rank", "score")


def build(home: Path, scheme: Scheme, release: str, history: list[str], reporter: Reporter = SILENT) -> EditionTables:
    """Compute an edition from a scheme, the hash of a release and the hashes of the editions before it.

    Raises ``StoreError`` when one of them is not there, ``ValuesError`` when the release does not suit the scheme.
    """
    return compute(scheme, release, read_release(home, release), _pasts(home, history), reporter)


def _pasts(home: Path, history: list[str]) -> list[Past]:
    return [_past(home, name, with_inputs=number == len(history)) for number, name in enumerate(history, start=1)]


def _past(home: Path, name: str, *, with_inputs: bool) -> Past:
    files = open_edition(home, name)
    scores = files.scores().select(PAST_COLUMNS).collect()
    inputs = None
    if with_inputs:
        columns = (pl.col(f"input.{column}").alias(column) for column in files.scheme.inputs())
        inputs = files.details().select("unit", *columns).collect()
    return Past(name, str(files.manifest.identity["scheme"]), scores, files.summary["period"], inputs)


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of computing an edition again. ``differences`` names every part whose hash is not the stored one."""

    expected: str
    found: str
    differences: list[str]

    @property
    def holds(self) -> bool:
        """Whether everything is as published, bit for bit."""
        return not self.differences and self.expected == self.found


def verify(home: Path, name: str) -> Verification:
    """Check an edition's files, its release's content, then compute it again and compare hash for hash."""
    files = open_edition(home, name)
    identity = files.manifest.identity
    release, history = str(identity["release"]), [str(each) for each in _list(identity["history"])]
    verify_release(home, release)
    again = build(home, files.scheme, release, history).identity()
    found = json_hash(again)
    differences = list(damage(files.folder, name))
    differences += [key for key in ("scheme", "release", "history", "summary") if again[key] != identity[key]]
    stored, computed = _dict(identity["tables"]), _dict(again["tables"])
    differences += [table for table in TABLES if stored.get(table) != computed.get(table)]
    return Verification(name, found, differences)


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _dict(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, dict) else {}
