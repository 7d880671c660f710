"""Made-up villages for the tests of pairing."""

import numpy as np
import polars as pl
import pytest

from kanjian.scoring.pairing import Attribute, Terms

DIMENSIONS = ("D0", "D1", "D2")
ATTRIBUTES = (Attribute("population", 1, "log"), Attribute("land"), Attribute("terrain", 3, "category"))


def make_villages(count: int, seed: int, *, blocks: int = 1, share: float = 0.3, holes: float = 0.0) -> pl.DataFrame:
    """Villages with roles by place: the last ``share`` of a block are mentees, the first ``share`` mentors."""
    rng = np.random.default_rng(seed)
    points = rng.normal(70, 10, size=(count, len(DIMENSIONS)))
    place = np.empty(count)
    block = np.arange(count) % blocks
    for each in range(blocks):
        rows = np.flatnonzero(block == each)
        place[rows[np.argsort(-points[rows].mean(axis=1))]] = np.arange(1, len(rows) + 1)
    size = np.bincount(block)[block]
    role = np.where(place > size * (1 - share), "mentee", np.where(place <= np.ceil(size * share), "mentor", ""))

    def holed(values):
        return [None if lost else value for value, lost in zip(values, rng.random(count) < holes, strict=True)]

    return pl.DataFrame(
        {
            "unit": [f"V{number:04d}" for number in range(count)],
            "role": role,
            "track": [f"T{each}" for each in block],
            "place": place,
            "longitude": holed((120 + rng.random(count)).tolist()),
            "latitude": holed((30 + rng.random(count)).tolist()),
            "population": holed(rng.lognormal(7, 0.5, count).tolist()),
            "land": holed(rng.random(count).tolist()),
            "terrain": holed(rng.choice(["平原", "丘陵", "山地"], count).tolist()),
            **{name: points[:, at] for at, name in enumerate(DIMENSIONS)},
        }
    )


@pytest.fixture
def terms() -> Terms:
    """The usual terms."""
    return Terms(ATTRIBUTES, DIMENSIONS, far_km=60.0)
