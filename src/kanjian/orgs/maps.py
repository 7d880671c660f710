"""Boundaries for maps 边界: GeoJSON files, one per unit whose inner areas are shown.

They are drawn, not computed with, so they live as files in the data folder (``maps/<unit code>.geojson``) and not in
the database. Coordinates are WGS84 degrees. Each feature says which unit it is in ``properties.code``.
"""

import json
import math
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

GEOMETRIES = {"Polygon": 2, "MultiPolygon": 3}  # and how deep its positions lie in lists
MOST_FEATURES = 20_000
RING = 4  # positions of the smallest ring: a triangle, closed


class MapError(ValueError):
    """The GeoJSON cannot be taken; the text says which feature and why."""


def map_path(root_code: str) -> Path:
    """Where the map of a unit's inner areas lies; ``MapError`` for a code that cannot be a file's name."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", root_code):
        raise MapError(_("单位代码不能作为文件名：%(code)s") % {"code": root_code})
    return Path(settings.HOME) / "maps" / f"{root_code}.geojson"


def has_map(root_code: str) -> bool:
    """Whether boundaries were loaded for this unit; never for a code that cannot be a file's name."""
    try:
        return map_path(root_code).is_file()
    except MapError:
        return False


def checked_map(text: str) -> dict[str, Any]:
    """Parse and check a FeatureCollection of areas; raises ``MapError`` naming the first feature that is wrong."""
    try:
        collection = json.loads(text)
    except json.JSONDecodeError as error:
        raise MapError(_("第 %(line)d 行不是 JSON：%(why)s") % {"line": error.lineno, "why": error.msg}) from error
    except RecursionError as error:
        raise MapError(_("JSON 嵌套太深")) from error
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or collection.get("type") != "FeatureCollection" or not features:
        raise MapError(_("需要一个 GeoJSON FeatureCollection，且至少有一个 feature"))
    if len(features) > MOST_FEATURES:
        raise MapError(_("边界太多：%(n)d 个，最多 %(most)d 个") % {"n": len(features), "most": MOST_FEATURES})
    seen: set[str] = set()
    for number, feature in enumerate(features, start=1):
        seen.add(_checked_feature(number, feature, seen))
    return {"type": "FeatureCollection", "features": features}


def _checked_feature(number: int, feature: Any, seen: set[str]) -> str:
    code = _part(_part(feature, "properties"), "code")
    geometry = _part(feature, "geometry")
    if not isinstance(code, str) or not code:
        raise MapError(_("第 %(n)d 个 feature 缺少 properties.code（单位代码）") % {"n": number})
    if code in seen:
        raise MapError(_("第 %(n)d 个 feature 的单位代码重复：%(code)s") % {"n": number, "code": code})
    kind = _part(geometry, "type")
    depth = GEOMETRIES.get(kind) if isinstance(kind, str) else None
    if depth is None:
        raise MapError(_("第 %(n)d 个 feature（%(code)s）不是 Polygon 或 MultiPolygon") % {"n": number, "code": code})
    if not _are_rings(_part(geometry, "coordinates"), depth):
        raise MapError(_("第 %(n)d 个 feature（%(code)s）的坐标不是经纬度（WGS84）") % {"n": number, "code": code})
    return code


def _part(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else None


def _are_rings(coordinates: Any, depth: int) -> bool:
    """Whether lists of lists, ``depth`` deep, hold closed rings of positions in degrees."""
    if not isinstance(coordinates, list) or not coordinates:
        return False
    if depth > 1:
        return all(_are_rings(part, depth - 1) for part in coordinates)
    is_closed = len(coordinates) >= RING and coordinates[0] == coordinates[-1]
    return is_closed and all(_in_degrees(position) for position in coordinates)


def _in_degrees(position: Any) -> bool:
    if not isinstance(position, list) or len(position) < 2:
        return False
    east, north = position[:2]
    are_numbers = all(isinstance(part, int | float) and not isinstance(part, bool) for part in (east, north))
    return are_numbers and math.isfinite(east + north) and -180 <= east <= 180 and -90 <= north <= 90
