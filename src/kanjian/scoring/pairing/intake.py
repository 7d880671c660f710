"""A table of units made ready 整理: what the costs are computed from, as arrays in the order of the units' codes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kanjian.scoring.pairing.model import Attribute, PairingError, Terms

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ROLES = ("mentee", "mentor", "")


@dataclass(frozen=True)
class Units:
    """All units as arrays, one row each. ``values``: an attribute per column, numbers over their range, categories as
    codes, NaN unknown. ``shortfall``: how far below its block's median the unit is in each of its weakest dimensions,
    in standard deviations and as shares of their sum; zero elsewhere. ``strength``: 0 at the block's median, 1 at its
    upper quartile. ``blocks``: number of the block.
    """

    codes: list[str]
    role: NDArray[np.str_]
    longitude: Floats
    latitude: Floats
    place: Floats
    capacity: Ints
    blocks: Ints
    block_names: list[str]
    values: Floats
    points: Floats
    medians: Floats
    shortfall: Floats
    strength: Floats

    def number(self, code: str) -> int:
        """Row of a unit; ``PairingError`` (unknown_unit) for one that is not in the table."""
        at = bisect_left(self.codes, code)
        if at >= len(self.codes) or self.codes[at] != code:
            raise PairingError("unknown_unit", f"unit {code!r} is not in the table")
        return at

    def at(self, role: str) -> Ints:
        """Rows of all units of a role."""
        return np.flatnonzero(self.role == role)


def read_units(frame: pl.DataFrame, terms: Terms) -> Units:
    """Check the table and turn it into arrays; the order of its rows does not matter.

    Columns: ``unit``, ``role`` (mentee, mentor or empty), ``longitude``, ``latitude``, ``place`` (1 is best, null not
    ranked), those of ``terms.within``, of the attributes and of the dimensions; ``capacity`` if it differs by mentor.
    Units without a role belong to the medians and ranges. Raises ``PairingError`` (columns, twice, role, not_numeric).
    """
    _require(frame, terms)
    frame = frame.sort("unit")
    names, blocks = _blocks(frame, terms.within)
    points = _matrix(frame, terms.dimensions)
    medians, shortfall, strength = _levels(points, blocks, len(names), terms.weak)
    capacity = frame["capacity"] if "capacity" in frame.columns else pl.Series([terms.capacity] * frame.height)
    return Units(
        codes=frame["unit"].to_list(),
        role=np.array([role or "" for role in frame["role"]], dtype=np.str_),
        longitude=_column(frame["longitude"]),
        latitude=_column(frame["latitude"]),
        place=_column(frame["place"]),
        capacity=capacity.cast(pl.Int64).fill_null(terms.capacity).to_numpy().astype(np.int64),
        blocks=blocks,
        block_names=names,
        values=np.column_stack([scaled(frame[a.name], a) for a in terms.attributes])
        if terms.attributes
        else np.empty((frame.height, 0)),
        points=points,
        medians=medians,
        shortfall=shortfall,
        strength=strength,
    )


def _require(frame: pl.DataFrame, terms: Terms) -> None:
    needed = ("unit", "role", "longitude", "latitude", "place", *terms.within, *terms.dimensions)
    lacking = [name for name in (*needed, *(a.name for a in terms.attributes)) if name not in frame.columns]
    if lacking:
        raise PairingError("columns", f"the table lacks the columns {', '.join(lacking)}")
    if frame["unit"].null_count() or frame["unit"].is_duplicated().any():
        twice = frame.filter(pl.col("unit").is_duplicated())["unit"].unique().sort().to_list()
        raise PairingError("twice", f"every unit needs one row of its own: {', '.join(map(str, twice[:5]))}")
    strange = sorted({role for role in frame["role"].to_list() if (role or "") not in ROLES})
    if strange:
        raise PairingError("role", f"a role is mentee, mentor or empty, not {', '.join(strange)}")
    numbers = ("longitude", "latitude", "place", *terms.dimensions)
    for name in (*numbers, *(a.name for a in terms.attributes if a.kind != "category")):
        if not (frame.schema[name].is_numeric() or frame.schema[name] == pl.Null):
            raise PairingError("not_numeric", f"column {name!r} must hold numbers")


def _column(series: pl.Series) -> Floats:
    found: Floats = series.cast(pl.Float64).fill_null(np.nan).to_numpy().astype(np.float64)
    return found


def _matrix(frame: pl.DataFrame, names: Iterable[str]) -> Floats:
    columns = [_column(frame[name]) for name in names]
    return np.column_stack(columns) if columns else np.empty((frame.height, 0))


def scaled(series: pl.Series, attribute: Attribute) -> Floats:
    """An attribute ready for Gower: numbers over their range in the whole table, categories as codes, NaN unknown."""
    if attribute.kind == "category":
        text = series.cast(pl.String)
        known = sorted(set(text.drop_nulls().to_list()))
        codes = {name: float(code) for code, name in enumerate(known)}
        return np.array([codes.get(name, np.nan) if name is not None else np.nan for name in text], dtype=np.float64)
    values = _column(series)
    values[~np.isfinite(values)] = np.nan
    if attribute.kind == "log":
        values = np.log1p(np.clip(values, 0.0, None))
    if np.isnan(values).all():
        return values
    spread = float(np.nanmax(values) - np.nanmin(values))
    return (values - np.nanmin(values)) / spread if spread > 0 else np.where(np.isnan(values), np.nan, 0.0)


def _blocks(frame: pl.DataFrame, within: tuple[str, ...]) -> tuple[list[str], Ints]:
    """Names of the blocks in order, and each unit's; a missing group is a block of its own."""
    labels = [
        " / ".join("-" if part is None else str(part) for part in row)
        for row in (frame.select(within).iter_rows() if within else ((),) * frame.height)
    ]
    names = sorted(set(labels))
    number = {name: position for position, name in enumerate(names)}
    return names, np.array([number[label] for label in labels], dtype=np.int64)


def _levels(points: Floats, blocks: Ints, count: int, weak: int) -> tuple[Floats, Floats, Floats]:
    """Median per block × dimension, shortfall and strength per unit × dimension; see ``Units``."""
    medians = np.full((count, points.shape[1]), np.nan)
    shortfall, strength = np.zeros(points.shape), np.zeros(points.shape)
    for block in range(count):
        rows = np.flatnonzero(blocks == block)
        for dimension in range(points.shape[1]):
            values = points[rows, dimension]
            known = values[np.isfinite(values)]
            if not known.size:
                continue
            median, upper = np.quantile(known, (0.5, 0.75))
            medians[block, dimension] = median
            spread = float(known.std()) or 1.0
            shortfall[rows, dimension] = np.nan_to_num(np.clip((median - values) / spread, 0.0, None))
            rise = (values - median) / (upper - median) if upper > median else (values > median).astype(np.float64)
            strength[rows, dimension] = np.nan_to_num(np.clip(rise, 0.0, 1.0))
    return medians, _weakest(shortfall, weak), strength


def _weakest(shortfall: Floats, weak: int) -> Floats:
    """Only the largest shortfalls of each unit, as shares of their sum."""
    order = np.argsort(-shortfall, axis=1, kind="stable")
    kept = np.zeros_like(shortfall)
    for rank in range(min(weak, shortfall.shape[1])):
        rows = np.arange(len(shortfall))
        kept[rows, order[:, rank]] = shortfall[rows, order[:, rank]]
    total = kept.sum(axis=1, keepdims=True)
    found: Floats = np.divide(kept, total, out=np.zeros_like(kept), where=total > 0)
    return found
