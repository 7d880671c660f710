"""The sample city in one piece 样例城市: map, villages, values, all from one seed. Nothing here touches a database."""

import hashlib
from dataclasses import dataclass

import numpy as np
import polars as pl

from kanjian.demo import places
from kanjian.demo.geography import Geography, make_geography
from kanjian.demo.values import make_values
from kanjian.demo.villages import Merger, make_villages

SEED = 20260914


@dataclass(frozen=True, slots=True)
class City:
    """Everything that is generated. ``villages`` one row per village, ``values`` one row per cell."""

    seed: int
    geography: Geography
    villages: pl.DataFrame
    merger: Merger
    values: pl.DataFrame

    @property
    def fingerprint(self) -> str:
        """SHA-256 over villages and values as text, to tell whether two runs made the same city."""
        digest = hashlib.sha256()
        for frame in (self.villages, self.values):
            digest.update(frame.write_csv().encode())
        return digest.hexdigest()


def make_city(seed: int = SEED) -> City:
    """Generate the city. Map, villages and values draw from streams of their own: a change in one leaves the rest."""
    for_map, for_villages, for_values = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(3))
    geography = make_geography(places.townships(), for_map)
    villages, merger = make_villages(geography, for_villages)
    return City(seed, geography, villages, merger, make_values(villages, merger, for_values))
