"""The sample city as files for the ordinary imports 导入表: what an office would hand in."""

import io
import json

import polars as pl

from kanjian.demo import places
from kanjian.demo.city import City
from kanjian.demo.geography import geojson

CITY, DEPARTMENTS = "3305", "3305D"
ATTRIBUTES = (
    *(
        "terrain",
        "population",
        "households",
        "area_km2",
        "cropland_mu",
        "forest_mu",
        "grids",
        "distance_km",
        "industry",
    ),
)


def units_file(city: City) -> bytes:
    """All units as a Parquet file for ``import_units``: city, counties, townships, villages, departments.

    The predecessors of the merged village are still open in it: it is the merger that closes them.
    """
    frames = [_above(), _departments(), _villages(city)]
    buffer = io.BytesIO()
    pl.concat(frames, how="diagonal").write_parquet(buffer)
    return buffer.getvalue()


def _above() -> pl.DataFrame:
    rows = [{"code": CITY, "name": "湖州市（样例）", "name_en": "Huzhou (sample)", "kind": "city", "parent": None}]
    rows += [
        {
            "code": area.code,
            "name": area.name,
            "name_en": area.name_en,
            "kind": area.kind,
            "parent": CITY,
            "longitude": str(area.longitude),
            "latitude": str(area.latitude),
        }
        for area in places.counties()
    ]
    rows += [
        {
            "code": seat.code,
            "name": seat.name,
            "name_en": seat.name_en,
            "kind": "township",
            "parent": seat.county,
            "longitude": str(seat.longitude),
            "latitude": str(seat.latitude),
        }
        for seat in places.townships()
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _departments() -> pl.DataFrame:
    """City departments stand directly below the city."""
    rows = [
        {"code": code_of(department.code), "name": department.name, "name_en": department.name_en}
        for department in places.departments()
    ]
    return pl.DataFrame(rows).with_columns(pl.lit("department").alias("kind"), pl.lit(CITY).alias("parent"))


def code_of(department: str) -> str:
    """``D18`` of the data files → the department's unit code."""
    return f"{DEPARTMENTS}{department.removeprefix('D')}"


def _villages(city: City) -> pl.DataFrame:
    return city.villages.select(
        *("code", "name", "name_en", "track"),
        pl.lit("village").alias("kind"),
        pl.col("township").alias("parent"),
        *(pl.col(name).cast(pl.String) for name in ("valid_from", "longitude", "latitude")),
        *(pl.col(name).cast(pl.String).alias(f"attribute:{name}") for name in ATTRIBUTES),
    )


def map_file(city: City) -> str:
    """The map as GeoJSON text."""
    return json.dumps(geojson(city.geography, places.counties(), places.townships()), ensure_ascii=False)


def values_of(city: City, period: str) -> pl.DataFrame:
    """One quarter's table for ``import_values``: ``unit, period, indicator, value, status, note``; F3 is computed."""
    columns = ("unit", "period", "indicator", "value", "status", "note")
    cells = city.values.filter(pl.col("period") == period).with_columns(pl.col("status").cast(pl.String))
    return cells.select(columns)
