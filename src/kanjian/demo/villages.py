"""The 914 invented villages 样例村: where they lie, what land they have, in which track they stand."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kanjian.demo import names, places, polygons
from kanjian.demo.geography import Geography, distance_km, scatter

Array = NDArray[np.float64]

MERGER_TOWNSHIP = "330522008"
MERGER_DAY = date(2025, 7, 1)
MERGER_DOCUMENT = "示例政发〔2025〕18号（虚构）"

# Hills of the sample map: centre in degrees, height, width in km. Only the sum of bells is used, as a share of 1.
HILLS = (
    (119.43, 30.45, 1.0, 17.0),
    (119.62, 30.48, 0.75, 12.0),
    (119.86, 30.62, 0.75, 9.0),
    (119.68, 31.12, 0.8, 13.0),
    (119.94, 30.76, 0.45, 8.0),
    (119.42, 30.63, 0.55, 12.0),
    (119.85, 31.12, 0.4, 7.0),
)
LAKE_SIDE_LONGITUDE = 120.12
INDUSTRIES = {
    "water": ["水产养殖", "丝绸纺织", "木业家居", "水乡旅游", "电商物流"],
    "plain": ["粮油种植", "蔬果园艺", "纺织服装", "机电配套", "电商物流"],
    "hill": ["花木果蔬", "茶叶种植", "新能源配套", "乡村旅游", "家庭农场"],
    "mountain": ["毛竹林下经济", "茶叶种植", "乡村旅游", "民宿康养", "山泉饮品"],
}


@dataclass(frozen=True, slots=True)
class Merger:
    """Two villages that became one on a day 合并."""

    predecessors: tuple[str, str]
    successor: str
    day: date
    document: str


def height(points: Array) -> Array:
    """How hilly a place is, 0 (flat) to about 1. Points in degrees, shape (n, 2)."""
    bells = [
        top * np.exp(-0.5 * (distance_km(points, np.array([lon, lat])) / width) ** 2) for lon, lat, top, width in HILLS
    ]
    return np.asarray(np.sum(bells, axis=0))


def terrain(points: Array, rng: np.random.Generator) -> list[str]:
    """``mountain``, ``hill``, ``plain`` or ``water`` (the canal country in the east)."""
    level = height(points) + rng.normal(0, 0.06, len(points))
    east = points[:, 0] + rng.normal(0, 0.02, len(points)) > LAKE_SIDE_LONGITUDE
    kinds = np.where(level > 0.62, "mountain", np.where(level > 0.3, "hill", np.where(east, "water", "plain")))
    return [str(kind) for kind in kinds]


def make_villages(geography: Geography, rng: np.random.Generator) -> tuple[pl.DataFrame, Merger]:
    """All villages that ever existed in the sample, one row each, and the one merger.

    Columns: ``code, name, name_en, township, county, track, longitude, latitude, valid_from, valid_to`` and the
    attributes ``terrain, population, households, area_km2, cropland_mu, forest_mu, grids, distance_km, industry``.
    """
    rows, points = _sites(geography, rng)
    kinds = terrain(points, rng)
    frame = pl.DataFrame(rows).with_columns(
        pl.Series("longitude", points[:, 0]), pl.Series("latitude", points[:, 1]), pl.Series("terrain", kinds)
    )
    invented = names.invent(kinds, rng)
    frame = frame.with_columns(
        pl.Series("name", invented), pl.Series("name_en", [names.romanise(name) for name in invented])
    )
    frame = _with_land(frame, points, rng)
    frame = frame.with_columns(pl.Series("track", tracks(frame, rng)))
    return _merged(frame)


def _sites(geography: Geography, rng: np.random.Generator) -> tuple[list[dict[str, object]], Array]:
    rows: list[dict[str, object]] = []
    points = []
    for seat in places.townships():
        ring = geography.townships[seat.code]
        sites = scatter(ring, seat.villages, rng)
        if seat.code == MERGER_TOWNSHIP:
            sites = np.concatenate([sites[:-1], _beside(ring, sites[-1]), sites[-1:]])
        points.append(sites)
        rows += [
            {"code": f"{seat.code}{number:03d}", "township": seat.code, "county": seat.county, "urban": seat.urban}
            for number in range(1, len(sites) + 1)
        ]
    return rows, np.concatenate(points)


def _beside(ring: polygons.Ring, site: Array) -> Array:
    """Two places close to the site, inside the ring."""
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    around = np.round(site + 0.006 * np.column_stack([np.cos(angles), np.sin(angles)]), 5)
    fit = around[polygons.inside(ring, around)]
    return fit[[0, len(fit) // 2]]


def _with_land(frame: pl.DataFrame, points: Array, rng: np.random.Generator) -> pl.DataFrame:
    n = frame.height
    seats = {seat.code: (seat.longitude, seat.latitude) for seat in places.counties()}
    distance = distance_km(points, np.array([seats[code] for code in frame["county"]]))
    kind, urban = frame["terrain"].to_numpy(), frame["urban"].to_numpy()
    steep = np.select([kind == "mountain", kind == "hill"], [1.0, 0.5], 0.0)
    crowd = 0.25 * urban - 0.28 * steep - 0.012 * np.minimum(distance, 30)
    population = np.round(np.exp(np.log(3000) + crowd + rng.normal(0, 0.34, n)), -1).clip(380, 9800)
    area = np.exp(np.log(3.9) + 0.85 * steep - 0.35 * urban + rng.normal(0, 0.3, n)).clip(0.6, 42)
    arable = (0.48 - 0.36 * steep - 0.16 * urban + rng.normal(0, 0.06, n)).clip(0.01, 0.7)
    wooded = (0.06 + 0.66 * steep + rng.normal(0, 0.05, n)).clip(0.0, 0.92)
    cropland = np.where(urban & (distance < 6) & (rng.random(n) < 0.45), 0.0, np.round(area * arable * 1500, -1))
    industry = [str(rng.choice(INDUSTRIES[k])) for k in kind]
    return frame.with_columns(
        pl.Series("population", population.astype(np.int64)),
        pl.Series("households", np.round(population / rng.normal(3.1, 0.12, n)).astype(np.int64)),
        pl.Series("area_km2", np.round(area, 1)),
        pl.Series("cropland_mu", cropland.astype(np.int64)),
        pl.Series("forest_mu", np.round(area * wooded * 1500, -1).astype(np.int64)),
        pl.Series("grids", np.maximum(2, np.round(population / 900)).astype(np.int64)),
        pl.Series("distance_km", np.round(distance, 1)),
        pl.Series("industry", industry),
    )


def tracks(frame: pl.DataFrame, rng: np.random.Generator) -> list[str]:
    """The comparison group of each village: near a town ``suburb``, hilly and remote ``ecology``, else ``cluster``."""
    distance = frame["distance_km"].to_numpy() + rng.normal(0, 0.8, frame.height)
    kind, urban = frame["terrain"].to_numpy(), frame["urban"].to_numpy()
    near = (distance < 5.5) | (urban & (distance < 8.5))
    remote = (kind == "mountain") | ((kind == "hill") & (distance > 13))
    return [str(t) for t in np.where(near, "suburb", np.where(remote, "ecology", "cluster"))]


def _merged(frame: pl.DataFrame) -> tuple[pl.DataFrame, Merger]:
    """Let two villages of one township end where their successor begins; the three share one track."""
    first, second, heir = frame.filter(pl.col("township") == MERGER_TOWNSHIP)["code"].to_list()[-3:]
    gone, born = pl.col("code").is_in([first, second]), pl.col("code") == heir
    sums = ["population", "households", "cropland_mu", "forest_mu", "grids", "area_km2"]
    pair = frame.filter(gone)
    frame = frame.with_columns(
        *(
            pl.when(born).then(pl.lit(pair[name].sum())).otherwise(pl.col(name)).cast(frame.schema[name]).alias(name)
            for name in sums
        ),
        pl.when(gone | born).then(pl.lit("cluster")).otherwise(pl.col("track")).alias("track"),
        pl.when(born).then(pl.lit(MERGER_DAY)).otherwise(None).cast(pl.Date).alias("valid_from"),
        pl.when(gone).then(pl.lit(MERGER_DAY)).otherwise(None).cast(pl.Date).alias("valid_to"),
    ).drop("urban")
    return frame, Merger((first, second), heir, MERGER_DAY, MERGER_DOCUMENT)
