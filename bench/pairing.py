"""`python -m bench.pairing`: what pairing costs, for a city of 914 villages and a province of 30,000.

Bars (two cores): 914 villages in 5 s, 30,000 within counties in 60 s. The lower half looks for a partner in the upper
half, more than any office will ask for. Memory is the peak of the process after each case, from small to large.
"""

from __future__ import annotations

import resource
import time

import numpy as np
import polars as pl

from kanjian.scoring.pairing import Attribute, Terms, effect, pair
from kanjian.scoring.pairing.effect import Design

DIMENSIONS = tuple(f"D{number}" for number in range(5))
TERMS = Terms(
    (
        *(Attribute("population", 1, "log"), Attribute("area", 1, "log"), Attribute("cropland", 1, "log")),
        *(Attribute("forest"), Attribute("income", 2, "log"), Attribute("distance")),
        *(Attribute("terrain", 3, "category"), Attribute("industry", 1, "category")),
    ),
    DIMENSIONS,
    within=("block",),
    far_km=60.0,
)
# villages, blocks, share that looks for a partner, bar in seconds
CASES = (
    ("city, tracks, last tenth", 914, 3, 0.1, 5),
    ("city, one block, lower half", 914, 1, 0.5, 5),
    ("province, 100 counties, lower half", 30_000, 100, 0.5, 60),
    ("province, 3 tracks, last tenth", 30_000, 3, 0.1, 60),
)


def villages(count: int, blocks: int, share: float, seed: int = 1) -> pl.DataFrame:
    """Made-up villages, the last share of each block in need, an upper share of the same size ready to help."""
    rng = np.random.default_rng(seed)
    points = rng.normal(70, 10, (count, len(DIMENSIONS)))
    frame = pl.DataFrame(
        {
            "unit": [f"V{number:06d}" for number in range(count)],
            "block": [f"B{number % blocks:03d}" for number in range(count)],
            "longitude": 119 + 2 * rng.random(count),
            "latitude": 30 + rng.random(count),
            "population": rng.lognormal(7.5, 0.5, count),
            "area": rng.lognormal(1.5, 0.6, count),
            "cropland": rng.lognormal(7, 0.8, count),
            "forest": rng.random(count),
            "income": rng.lognormal(4.5, 0.6, count),
            "distance": 30 * rng.random(count),
            "terrain": rng.choice(["plain", "hill", "mountain"], count),
            "industry": rng.choice([f"I{number}" for number in range(12)], count),
            **{name: points[:, at] for at, name in enumerate(DIMENSIONS)},
            "score": points.mean(axis=1),
        }
    )
    place, size = pl.col("score").rank(descending=True).over("block"), pl.len().over("block")
    weak, strong = place > size * (1 - share), place <= size * max(share, 1 / 3)
    role = pl.when(weak).then(pl.lit("mentee")).when(strong).then(pl.lit("mentor")).otherwise(pl.lit(""))
    return frame.with_columns(place=place, role=role)


def main() -> None:
    """Time each case three times; print the median."""
    print(f"{'case':38} {'villages':>8} {'pairs':>6} {'without':>7} {'seconds':>8} {'bar':>4} {'peak MiB':>8}")
    for name, count, blocks, share, bar in CASES:
        frame = villages(count, blocks, share)
        seconds = []
        for _ in range(3):
            start = time.perf_counter()
            found = pair(frame, TERMS)
            seconds.append(time.perf_counter() - start)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        said = " (nearest mentors)" if found.truncated else ""
        figures = f"{found.pairs.height:6} {found.unmatched.height:7} {sorted(seconds)[1]:8.2f} {bar:4} {peak:8.0f}"
        print(f"{name:38} {count:8} {figures}{said}")
    rng, city = np.random.default_rng(2), villages(914, 3, 0.1)
    periods = [f"q{number}" for number in range(8)]
    panel = city.with_columns(
        pl.when(pl.col("role") == "mentee").then(pl.lit("treated")).otherwise(pl.lit("control")).alias("group"),
        *(pl.Series(period, city["score"].to_numpy() + rng.normal(0, 2, 914)) for period in periods),
    )
    start = time.perf_counter()
    effect(panel, periods, "q5", Design(TERMS.attributes, within=("block",)))
    print(f"{'effect, city, 999 permutations':38} {914:8} {time.perf_counter() - start:23.2f}")


if __name__ == "__main__":
    main()
