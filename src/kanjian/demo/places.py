"""Public places of the sample city 公开地名: counties, areas, townships and city departments, read from ``data/``."""

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

DATA = files("kanjian.demo") / "data"


@dataclass(frozen=True, slots=True)
class AreaSeat:
    """A county, district or functional area 区县、功能区 and where its seat lies (degrees, rounded)."""

    code: str
    name: str
    name_en: str
    kind: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class TownshipSeat:
    """A township or subdistrict 乡镇街道, its seat (degrees, rounded) and its number of villages in the sample."""

    code: str
    county: str
    name: str
    name_en: str
    longitude: float
    latitude: float
    villages: int

    @property
    def urban(self) -> bool:
        """Whether it is a subdistrict 街道."""
        return self.name.endswith("街道")


@dataclass(frozen=True, slots=True)
class Department:
    """A city department 市级部门 that answers for indicators."""

    code: str
    name: str
    name_en: str


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a CSV file of ``data/``."""
    return list(csv.DictReader(io.StringIO((DATA / name).read_text(encoding="utf-8"), newline="")))


@cache
def counties() -> list[AreaSeat]:
    """The seven districts, counties and areas, in the order of their codes."""
    return [
        AreaSeat(r["code"], r["name"], r["name_en"], r["kind"], float(r["longitude"]), float(r["latitude"]))
        for r in rows("counties.csv")
    ]


@cache
def townships() -> list[TownshipSeat]:
    """All townships and subdistricts."""
    return [
        TownshipSeat(
            r["code"],
            r["county"],
            r["name"],
            r["name_en"],
            float(r["longitude"]),
            float(r["latitude"]),
            int(r["villages"]),
        )
        for r in rows("townships.csv")
    ]


@cache
def departments() -> list[Department]:
    """City departments."""
    return [Department(r["code"], r["name"], r["name_en"]) for r in rows("departments.csv")]


def document(name: str) -> Any:
    """A YAML file of ``data/``."""
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
