"""Releases 数据发布: the frozen values of a board's units, with the units and groups as they were in the period.

A release is a folder of three tables:

- ``values.parquet`` — one row per unit × indicator × period: ``unit``, ``indicator``, ``period``, ``value`` (null when
  missing or not applicable), ``status`` (present | missing | not_applicable), ``note`` (document number, remark),
  ``batch`` and ``row`` (where it came from).
  It holds the period itself and the earlier periods that growth rules and histories need.
- ``units.parquet`` — one row per unit with names, kind, track, county, township, place and attributes (JSON).
- ``groups.parquet`` — tracks, counties and townships: what the codes in ``units`` are called.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from kanjian.boards.store.folders import Manifest, StoreError, write_folder, write_table
from kanjian.boards.store.hashing import json_hash, table_hash

FORMAT = "kanjian/release/1"

VALUES = pl.Schema(
    {
        "unit": pl.String(),
        "indicator": pl.String(),
        "period": pl.String(),
        "value": pl.Float64(),
        "status": pl.String(),
        "note": pl.String(),
        "batch": pl.Int64(),
        "row": pl.Int64(),
    }
)
# Who a unit was in the period; editions say it the same way.
UNIT: Mapping[str, pl.DataType] = {
    "unit": pl.String(),
    "name": pl.String(),
    "name_en": pl.String(),
    "pinyin": pl.String(),
    "initials": pl.String(),
    "kind": pl.String(),
    "track": pl.String(),
    "county": pl.String(),
    "township": pl.String(),
    "longitude": pl.Float64(),
    "latitude": pl.Float64(),
}
UNITS = pl.Schema({**UNIT, "attributes": pl.String()})
GROUPS = pl.Schema(
    {
        "kind": pl.String(),  # track | county | township
        "code": pl.String(),
        "name": pl.String(),
        "name_en": pl.String(),
        "parent": pl.String(),
        "longitude": pl.Float64(),
        "latitude": pl.Float64(),
        "order": pl.Int64(),
    }
)


@dataclass(frozen=True)
class ReleaseTables:
    """What a release holds; see the module for the columns."""

    period: str
    values: pl.DataFrame
    units: pl.DataFrame
    groups: pl.DataFrame

    def sorted(self) -> "ReleaseTables":
        """The same tables with the columns and rows in their canonical order, so that equal content hashes equal."""
        return ReleaseTables(
            self.period,
            self.values.select(VALUES.names()).cast(VALUES).sort("unit", "indicator", "period"),
            self.units.select(UNITS.names()).cast(UNITS).sort("unit"),
            self.groups.select(GROUPS.names()).cast(GROUPS).sort("kind", "order", "code"),
        )


def folder_of(home: Path) -> Path:
    """Where the releases of an installation lie."""
    return home / "releases"


def identity(tables: ReleaseTables) -> dict[str, object]:
    """What the hash of a release is taken of: the period and the content of its (sorted) tables."""
    return {
        "format": FORMAT,
        "period": tables.period,
        "tables": {name: table_hash(getattr(tables, name)) for name in ("values", "units", "groups")},
    }


def write_release(home: Path, tables: ReleaseTables) -> str:
    """Store a release and answer its hash; storing the same content twice answers the same hash and writes nothing."""
    tables = tables.sorted()
    what = identity(tables)
    name = json_hash(what)

    def fill(folder: Path) -> dict[str, int]:
        return {
            f"{table}.parquet": write_table(getattr(tables, table), folder / f"{table}.parquet")
            for table in ("values", "units", "groups")
        }

    write_folder(folder_of(home), name, what, fill)
    return name


def release_path(home: Path, name: str) -> Path:
    """The folder of a release; ``StoreError`` (missing) when it is not there."""
    folder = folder_of(home) / name
    if not folder.is_dir():
        raise StoreError("missing", f"release {name} is not in {folder.parent}")
    return folder


def read_release(home: Path, name: str) -> ReleaseTables:
    """All tables of a release."""
    folder = release_path(home, name)
    manifest = Manifest.read(folder)
    values, units, groups = (pl.read_parquet(folder / f"{table}.parquet") for table in ("values", "units", "groups"))
    return ReleaseTables(str(manifest.identity["period"]), values, units, groups)


def values_held(folder: Path) -> set[str]:
    """The indicators of which a release holds any cell."""
    column = pl.scan_parquet(folder / "values.parquet").select(pl.col("indicator").unique()).collect()
    return set(column["indicator"].to_list())


def read_cells(home: Path, name: str, unit: str) -> pl.DataFrame:
    """The values of one unit, all indicators and periods; only the row groups that can hold it are read."""
    values = pl.scan_parquet(release_path(home, name) / "values.parquet")
    return values.filter(pl.col("unit") == unit).collect()


@lru_cache(maxsize=16)
def read_groups(home: Path, name: str) -> pl.DataFrame:
    """Names of tracks, counties and townships; cached, since a release never changes."""
    return pl.read_parquet(release_path(home, name) / "groups.parquet")


def verify_release(home: Path, name: str) -> None:
    """Recompute the content hash; ``StoreError`` (different) when the stored content is not what the name says."""
    found = json_hash(identity(read_release(home, name)))
    if found != name:
        raise StoreError("different", f"release {name}: its content hashes to {found}")
