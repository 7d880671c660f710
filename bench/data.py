"""The table every contestant scores: made from a seed in each process, nothing is read from disk, all see the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

INDICATORS = 46
DIMENSIONS = (9, 10, 9, 8, 5, 5)  # how the 46 fall into six dimensions, as in the strong-village scheme
SEED = 20260101

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """What is scored: number of units, number of tracks (0: one list) and share of missing cells."""

    units: int
    tracks: int = 0
    missing: float = 0.0
    within: str = "all"


@dataclass(frozen=True)
class Table:
    """Columns (46 arrays of float64, NaN = missing), direction +1/-1, track numbers, weights of both levels (sum 1)."""

    columns: list[Array]
    direction: Array
    track: NDArray[np.int32]
    dimension_weights: Array
    leaf_weights: list[Array]

    @property
    def bytes(self) -> int:
        """Size of the values alone."""
        return sum(column.nbytes for column in self.columns)

    @property
    def flat_weights(self) -> Array:
        """Weight of each indicator in the index: the product down the tree."""
        return np.concatenate([d * w for d, w in zip(self.dimension_weights, self.leaf_weights, strict=True)])


def names() -> list[str]:
    """Indicator codes A1 … F5."""
    return [f"{'ABCDEF'[d]}{i + 1}" for d, count in enumerate(DIMENSIONS) for i in range(count)]


def unit_codes(units: int) -> list[str]:
    """Unit codes of twelve digits, like those of villages."""
    return [f"{330_500_000_000 + i}" for i in range(units)]


def make(case: Case) -> Table:
    """Skewed, bounded and plain indicators in turn; tracks differ in level; no two units tie."""
    rng = np.random.default_rng(SEED)
    track = rng.integers(0, max(case.tracks, 1), case.units).astype(np.int32)
    level = rng.normal(0, 0.3, max(case.tracks, 1))
    columns = []
    for j in range(INDICATORS):
        draw = rng.standard_normal(case.units) + level[track]
        column = (np.exp(draw / 2) * 80, 100 / (1 + np.exp(-draw - 2)), draw * 10 + 50)[j % 3]
        if case.missing:
            column[rng.random(case.units) < case.missing] = np.nan
        columns.append(np.ascontiguousarray(column))
    direction = np.where(np.arange(INDICATORS) % 5 == 4, -1.0, 1.0)
    dimension_weights = np.array([18, 28, 20, 14, 14, 6]) / 100
    leaf_weights = [np.arange(1, count + 1) / (count * (count + 1) / 2) for count in DIMENSIONS]
    return Table(columns, direction, track, dimension_weights, leaf_weights)


def scheme(table: Table, case: Case) -> dict[str, Any]:
    """The same index as a Kanjian scheme: min-max, weighted arithmetic means on two levels."""
    codes = iter(zip(names(), table.direction, strict=True))
    children = []
    for d, weights in enumerate(table.leaf_weights):
        leaves = []
        for weight in weights:
            code, sign = next(codes)
            rule = {"method": "minmax", "within": case.within}
            leaves.append(_leaf(code, float(weight), "up" if sign > 0 else "down", rule))
        dimension = "ABCDEF"[d]
        node = {"code": dimension, "name": dimension, "weight": float(table.dimension_weights[d]), "children": leaves}
        children.append({**node, "aggregate": {"method": "arithmetic"}})
    tree = {"code": "index", "name": "index", "aggregate": {"method": "arithmetic"}, "children": children}
    whole: dict[str, Any] = {
        "format": "kanjian/scheme/1",
        "code": "bench",
        "version": "1",
        "name": "bench",
        "scale": 100,
    }
    whole["ties"] = {"precision": "raw"}  # as the peers do it; the default would call 1e-9 apart equal
    if case.tracks:
        whole["tracks"] = {"by": "track"}
    whole["tree"] = {**tree, "missing": {"rule": "rescale"}}
    return whole


def _leaf(code: str, weight: float, direction: str, rule: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "name": code, "weight": weight, "direction": direction, "rule": rule}
