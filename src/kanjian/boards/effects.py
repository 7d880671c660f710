"""If it were upheld 若成立: what a change does to scores and places, from an edition's own release and scheme.

Exact: the same engine computes the release with the change in place, and the result is set beside the edition as it
stands. No database; files of the store in, records out.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from kanjian.boards.changes import Changes, applied
from kanjian.boards.computing import standings
from kanjian.boards.inputs import indicator_of
from kanjian.boards.store.editions import open_edition
from kanjian.boards.store.hashing import canonical_json
from kanjian.boards.store.releases import read_release
from kanjian.scoring import Scheme

COLUMNS = ("unit", "name", "name_en", "track", "track_rank", "track_size", "score", "band", "reason")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one unit stands in its track; ``track_rank`` None with a ``reason`` when it is not ranked."""

    unit: str
    name: str
    name_en: str
    track: str | None
    track_rank: float | None
    track_size: int | None
    score: float | None
    band: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """One unit before and after."""

    before: Standing
    after: Standing

    @property
    def gain(self) -> float | None:
        """Points won or lost; None where one side has no score."""
        if self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score

    @property
    def places(self) -> float | None:
        """Places won (+) or lost (−); None where track or rank do not compare."""
        if self.before.track != self.after.track or None in (self.before.track_rank, self.after.track_rank):
            return None
        return (self.before.track_rank or 0.0) - (self.after.track_rank or 0.0)


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes: the units concerned, and the others whose place or band changes with them, by track and place."""

    concerned: list[Moved]
    others: list[Moved]

    @property
    def is_nothing(self) -> bool:
        """Whether no score, no place and no band differs."""
        return not self.others and all(each.before == each.after for each in self.concerned)


def effect(home: Path, edition: str, changes: Changes) -> Effect:
    """Compute what the changes would do to an edition. Raises ``StoreError`` when its files are not there."""
    return _effect(home, edition, canonical_json(changes.as_json()))


@lru_cache(maxsize=128)
def _effect(home: Path, edition: str, changes: bytes) -> Effect:
    wanted = Changes.from_json(json.loads(changes))
    files = open_edition(home, edition)
    release = read_release(home, str(files.manifest.identity["release"]))
    after = standings(files.scheme, applied(wanted, release, noted_by(files.scheme)))
    return compared(files.scores().select(COLUMNS).collect(), after.select(COLUMNS), wanted.units())


def noted_by(scheme: Scheme) -> set[str]:
    """Indicators whose remark the scheme reads."""
    return {indicator_of(column) for column in scheme.text_columns()}


def compared(before: pl.DataFrame, after: pl.DataFrame, concerned: list[str]) -> Effect:
    """The units concerned, and the others that stand otherwise afterwards."""
    pairs = after.join(before, on="unit", how="inner", suffix="_before", maintain_order="left")
    is_concerned = pl.col("unit").is_in(concerned)
    differs = pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in ("track", "track_rank", "band", "reason")
    )
    others = pairs.filter(~is_concerned & differs).sort("track", "track_rank", "unit", nulls_last=True)
    return Effect(
        [_moved(row) for row in pairs.filter(is_concerned).sort("unit").iter_rows(named=True)],
        [_moved(row) for row in others.iter_rows(named=True)],
    )


def _moved(row: dict[str, Any]) -> Moved:
    return Moved(_standing(row, "_before"), _standing(row, ""))


def _standing(row: dict[str, Any], side: str) -> Standing:
    return Standing(row["unit"], *(row[f"{name}{side}"] for name in COLUMNS[1:]))
