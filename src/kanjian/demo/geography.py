"""The map of the sample city 示意地图: invented, simplified boundaries around rounded positions of township seats.

The outline (``data/outline.csv``) is drawn by hand, counter-clockwise from the north-west, with the lake to the
north-east and only roughly the shape of the real city. Townships are the Voronoi cells of their seats with roughened
borders; counties and areas are the unions of their townships. Nothing here is an administrative boundary.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kanjian.demo import places, polygons
from kanjian.demo.places import AreaSeat, TownshipSeat
from kanjian.demo.polygons import Ring

KM_PER_DEGREE = np.array([95.6, 110.9])  # longitude at 30.8° N, latitude
STEP_KM, AMPLITUDE = 1.2, 0.14  # of roughened borders
PLANE_DIGITS, DEGREE_DIGITS = 3, 4


@dataclass(frozen=True, slots=True)
class Geography:
    """Rings in WGS84 degrees, longitude first, counter-clockwise, not closed."""

    townships: dict[str, Ring]
    counties: dict[str, list[Ring]]
    city: list[Ring]


def make_geography(townships: list[TownshipSeat], rng: np.random.Generator) -> Geography:
    """Draw the map: the same seats and generator state give the same map."""
    drawn = [[float(row["longitude"]), float(row["latitude"])] for row in places.rows("outline.csv")]
    corners = np.array(drawn) * KM_PER_DEGREE
    sides = zip(corners, np.roll(corners, -1, axis=0), strict=True)
    coast = [polygons.roughen(a, b, rng, step=STEP_KM * 2, amplitude=AMPLITUDE)[:-1] for a, b in sides]
    seats = np.array([[seat.longitude, seat.latitude] for seat in townships]) * KM_PER_DEGREE
    outline = np.round(np.concatenate(coast), PLANE_DIGITS).astype(np.float64)
    flat = polygons.cells(outline, seats, digits=PLANE_DIGITS)
    rough = polygons.rough_rings(flat, rng, step=STEP_KM, amplitude=AMPLITUDE, digits=PLANE_DIGITS)
    rings = [polygons.without_repeats(np.round(ring / KM_PER_DEGREE, DEGREE_DIGITS)) for ring in rough]
    by_county: dict[str, list[Ring]] = {}
    for seat, ring in zip(townships, rings, strict=True):
        by_county.setdefault(seat.county, []).append(ring)
    return Geography(
        townships={seat.code: ring for seat, ring in zip(townships, rings, strict=True)},
        counties={code: polygons.union(group) for code, group in by_county.items()},
        city=polygons.union(rings),
    )


def scatter(ring: Ring, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """``count`` points inside the ring, shape (count, 2), spread like settlements: apart, not on a grid."""
    low, high = ring.min(axis=0), ring.max(axis=0)
    pool = np.empty((0, 2))
    while len(pool) < 60 * count:
        drawn = np.round(rng.uniform(low, high, (120 * count, 2)), DEGREE_DIGITS + 1)
        pool = np.concatenate([pool, drawn[polygons.inside(ring, drawn)]])
    plane = pool * KM_PER_DEGREE
    centres = plane[rng.choice(len(plane), count, replace=False)]
    for _ in range(6):  # Lloyd's relaxation: centres drift apart
        nearest = ((plane[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
        centres = np.array(
            [plane[nearest == k].mean(axis=0) if (nearest == k).any() else centres[k] for k in range(count)]
        )
    spacing = np.sqrt(abs(polygons.area(ring * KM_PER_DEGREE)) / count)
    centres = centres + rng.normal(0, 0.16 * spacing, centres.shape)
    return _distinct_nearest(pool, plane, centres)


def _distinct_nearest(
    pool: NDArray[np.float64], plane: NDArray[np.float64], centres: NDArray[np.float64]
) -> NDArray[np.float64]:
    free = np.ones(len(pool), dtype=bool)
    chosen = []
    for centre in centres:
        distance = ((plane - centre) ** 2).sum(axis=1)
        distance[~free] = np.inf
        index = int(distance.argmin())
        free[index] = False
        chosen.append(pool[index])
    return np.array(chosen)


def distance_km(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Straight distance in km between points in degrees, good to 1 % at this latitude."""
    return np.asarray(np.sqrt((((a - b) * KM_PER_DEGREE) ** 2).sum(axis=-1)))


def _feature(rings: list[Ring], properties: dict[str, Any]) -> dict[str, Any]:
    outer = [ring for ring in rings if polygons.area(ring) > 0]
    holes = [ring for ring in rings if polygons.area(ring) < 0]
    shapes = [[ring, *(hole for hole in holes if polygons.inside(ring, hole[:1])[0])] for ring in outer]
    closed = [[[*ring.tolist(), ring[0].tolist()] for ring in shape] for shape in shapes]
    geometry: dict[str, Any] = {"type": "MultiPolygon", "coordinates": closed}
    if len(closed) == 1:
        geometry = {"type": "Polygon", "coordinates": closed[0]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def geojson(geography: Geography, counties: list[AreaSeat], townships: list[TownshipSeat]) -> dict[str, Any]:
    """The map as one GeoJSON FeatureCollection: areas of level ``county`` and ``township``, named in both languages."""
    features = [
        _feature(
            geography.counties[county.code],
            {"code": county.code, "name": county.name, "name_en": county.name_en, "level": "county", "parent": None},
        )
        for county in counties
    ]
    features += [
        _feature(
            [geography.townships[seat.code]],
            {"code": seat.code, "name": seat.name, "name_en": seat.name_en, "level": "township", "parent": seat.county},
        )
        for seat in townships
    ]
    note = "Invented, simplified boundaries for a sample; not administrative borders."
    return {"type": "FeatureCollection", "note": note, "synthetic": True, "features": features}
