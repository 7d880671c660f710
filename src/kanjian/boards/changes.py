"""What would hold instead 更正内容: other cells, another track, as data; and a release with them in place.

The same record is what an objection asks for, what a staged set collects, and what the preview and the candidate are
computed from: one way from a correction to its effect. Pure: frames in, frames out.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import polars as pl

from kanjian.boards.store.releases import VALUES, ReleaseTables

KEYS = ("unit", "indicator", "period")


@dataclass(frozen=True, slots=True, order=True)
class CellChange:
    """One cell as it should read: a number exactly when ``status`` is present."""

    unit: str
    indicator: str
    period: str
    value: float | None
    status: str = "present"
    note: str = ""


@dataclass(frozen=True, slots=True, order=True)
class TrackChange:
    """The track a unit should stand in."""

    unit: str
    track: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Cells and tracks that should be otherwise; a cell and a unit occur once each."""

    cells: tuple[CellChange, ...] = ()
    tracks: tuple[TrackChange, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to compute."""
        return bool(self.cells or self.tracks)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "Changes":
        """Read what ``as_json`` wrote; nothing gives no changes."""
        found = data or {}
        cells = tuple(CellChange(**each) for each in found.get("cells", ()))
        return cls(cells, tuple(TrackChange(**each) for each in found.get("tracks", ())))

    def as_json(self) -> dict[str, Any]:
        """The record as JSON, in a fixed order, so that equal changes are equal text."""
        return {
            "cells": [asdict(each) for each in sorted(self.cells, key=cell_key)],
            "tracks": [asdict(each) for each in sorted(self.tracks)],
        }

    def units(self) -> list[str]:
        """Codes of the units concerned."""
        return sorted({cell.unit for cell in self.cells} | {track.unit for track in self.tracks})


def cell_key(cell: CellChange) -> tuple[str, str, str]:
    """Unit, indicator, period."""
    return cell.unit, cell.indicator, cell.period


def merged(parts: Iterable[Changes]) -> tuple[Changes, list[str]]:
    """All changes together, and where two of them contradict each other (``unit/indicator/period`` or ``unit``)."""
    cells: dict[tuple[str, str, str], CellChange] = {}
    tracks: dict[str, TrackChange] = {}
    clashes: list[str] = []
    for part in parts:
        for cell in part.cells:
            held = cells.setdefault(cell_key(cell), cell)
            if replace(held, note="") != replace(cell, note=""):
                clashes.append("/".join(cell_key(cell)))
        clashes += [track.unit for track in part.tracks if tracks.setdefault(track.unit, track) != track]
    return Changes(tuple(cells.values()), tuple(tracks.values())), clashes


def applied(changes: Changes, tables: ReleaseTables, noted: Collection[str]) -> ReleaseTables:
    """The release as it would be; only remarks of the indicators in ``noted`` are kept, as freezing keeps them.

    Changed cells name no batch: what they came from is written when they take effect. Units that the release does not
    hold are left out.
    """
    return replace(tables, values=_values(changes, tables, noted), units=_units(changes, tables.units))


def _values(changes: Changes, tables: ReleaseTables, noted: Collection[str]) -> pl.DataFrame:
    if not changes.cells:
        return tables.values
    rows = [
        (
            cell.unit,
            cell.indicator,
            cell.period,
            cell.value,
            cell.status,
            (cell.note or None) if cell.indicator in noted else None,
            None,
            None,
        )
        for cell in changes.cells
    ]
    fresh = pl.DataFrame(rows, schema=VALUES, orient="row").join(tables.units.select("unit"), on="unit", how="semi")
    kept = tables.values.select(VALUES.names()).join(fresh.select(KEYS), on=KEYS, how="anti")
    return pl.concat([kept.cast(VALUES), fresh])


def _units(changes: Changes, units: pl.DataFrame) -> pl.DataFrame:
    if not changes.tracks:
        return units
    moved = pl.DataFrame([(each.unit, each.track) for each in changes.tracks], schema=["unit", "moved"], orient="row")
    joined = units.join(moved, on="unit", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("moved", "track").alias("track")).drop("moved")
