"""The parameters of a result 拟合参数: a small table of bounds, means and supports that makes a score reproducible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from kanjian.scoring.support import SortedSupport

Floats = npt.NDArray[np.float64]

Schema = dict[str, type[pl.DataType]]
FRAME: Schema = {"node": pl.String, "stat": pl.String, "by": pl.String, "group": pl.String, "value": pl.Float64}
SUPPORT: Schema = {"node": pl.String, "series": pl.String, "by": pl.String, "group": pl.String, "value": pl.Float64}


@dataclass(frozen=True)
class Table:
    """One statistic of one node: a value for each group of the column `by`, or one value where `by` is None."""

    by: str | None
    values: Floats

    @cached_property
    def extended(self) -> Floats:
        """The values with NaN behind them, for rows without a group."""
        return np.append(self.values, np.nan)


@dataclass(frozen=True)
class Reference:
    """Reference points of a node whose place among others counts; `series` are its children, or "" for a leaf.

    `sorted_values[series]` serves ranks; `matrices[g]` (rows × series) serves pairwise comparison, in unit order.
    """

    by: str | None
    sorted_values: Mapping[str, SortedSupport] = field(default_factory=dict)
    matrices: tuple[Floats, ...] = ()
    series: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Parameters:
    """What `fit` found; `transform` needs nothing else of the data.

    `frame`: node, stat, by (group column or null), group (label or null), value. `support`: node, series, by, group,
    value; the sorted reference values of rank-type rules, or the rows of a pairwise comparison one after the other.
    """

    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tables: Mapping[tuple[str, str], Table] = field(default_factory=dict)
    references: Mapping[str, Reference] = field(default_factory=dict)
    prepared: dict[int, Any] = field(default_factory=dict, init=False, repr=False)
    """What kernels have made of the tables so far, by the identity of the indicator's plan (`leaf.context_of`)."""

    def group_names(self, by: str | None) -> tuple[str | None, ...]:
        """Return the labels of a group column; (None,) for all units."""
        return (None,) if by is None else self.labels[by]

    def value(self, node: str, stat: str, group: str | None = None) -> float:
        """Return one number: `parameters.value("B1", "max", "近郊")`; KeyError where there is none."""
        table = self.tables[node, stat]
        names = self.group_names(table.by)
        return float(table.values[names.index(group if table.by is not None else None)])

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The statistics as a long table, in the order of the tree."""
        blocks = [
            _block(FRAME, node, stat, by=table.by, names=self.group_names(table.by), values=table.values)
            for (node, stat), table in self.tables.items()
        ]
        return pl.concat([pl.DataFrame(schema=FRAME), *blocks])

    @cached_property
    def support(self) -> pl.DataFrame:
        """The reference values as a long table; empty where no rule looks at places."""
        blocks = [pl.DataFrame(schema=SUPPORT)]
        for node, reference in self.references.items():
            names = self.group_names(reference.by)
            for series, support in reference.sorted_values.items():
                groups = np.repeat(np.arange(len(names)), np.diff(support.cuts))
                blocks.append(
                    _block(SUPPORT, node, series, by=reference.by, names=names, values=support.values, groups=groups)
                )
            for name, matrix in zip(names, reference.matrices, strict=False):
                for column, series in enumerate(reference.series):
                    blocks.append(
                        _block(SUPPORT, node, f"*{series}", by=reference.by, names=(name,), values=matrix[:, column])
                    )
        return pl.concat(blocks)

    def __eq__(self, other: object) -> bool:
        """Exact equality, bit for bit up to the sign of zero."""
        if not isinstance(other, Parameters):
            return NotImplemented
        return self.frame.equals(other.frame) and self.support.equals(other.support)

    __hash__ = None  # type: ignore[assignment]

    def to_parquet(self, path: str | Path) -> None:
        """Write both tables to one Parquet file."""
        both = [
            self.frame.with_columns(pl.lit("stat").alias("part")),
            self.support.rename({"series": "stat"}).with_columns(pl.lit("support").alias("part")),
        ]
        pl.concat(both).write_parquet(path)

    @classmethod
    def from_parquet(cls, path: str | Path) -> Parameters:
        """Read what `to_parquet` wrote."""
        both = pl.read_parquet(path)
        stats = both.filter(pl.col("part") == "stat").drop("part")
        support = both.filter(pl.col("part") == "support").drop("part").rename({"stat": "series"})
        return cls.from_frames(stats, support)

    @classmethod
    def from_frames(cls, frame: pl.DataFrame, support: pl.DataFrame | None = None) -> Parameters:
        """Rebuild the parameters from their tables."""
        support = pl.DataFrame(schema=SUPPORT) if support is None else support
        labels = _labels([frame, support])
        tables = {}
        for (node, stat, by), rows in _sections(frame, ["node", "stat", "by"]):
            names = (None,) if by is None else labels[by]
            at = {name: place for place, name in enumerate(names)}
            values = np.full(len(names), np.nan)
            for group, value in zip(rows["group"].to_list(), rows["value"].to_list(), strict=True):
                values[at[group]] = np.nan if value is None else value
            tables[str(node), str(stat)] = Table(by, values)
        return cls(labels, tables, _references(support, labels))


def _block(
    schema: Schema,
    node: str,
    second: str,
    *,
    by: str | None,
    names: tuple[str | None, ...],
    values: Floats,
    groups: npt.NDArray[np.intp] | None = None,
) -> pl.DataFrame:
    """Return one block of a long table; `groups` says which name each value belongs to."""
    if groups is None and len(names) == len(values):
        group = pl.Series("group", list(names), dtype=pl.String)
    else:
        places = np.zeros(len(values), dtype=np.intp) if groups is None else groups
        group = pl.Series("group", list(names), dtype=pl.String).gather(places)
    keys = list(schema)
    return pl.DataFrame({"group": group, "value": pl.Series(values, nan_to_null=True, dtype=pl.Float64)}).select(
        pl.lit(node).alias(keys[0]),
        pl.lit(second).alias(keys[1]),
        pl.lit(by, dtype=pl.String).alias("by"),
        "group",
        "value",
    )


def _labels(frames: list[pl.DataFrame]) -> dict[str, tuple[str, ...]]:
    pairs = pl.concat([frame.select("by", "group") for frame in frames]).drop_nulls().unique()
    found: dict[str, list[str]] = {}
    for by, group in pairs.sort("by", "group").iter_rows():
        found.setdefault(by, []).append(group)
    return {by: tuple(groups) for by, groups in found.items()}


def _sections(frame: pl.DataFrame, keys: list[str]) -> list[tuple[tuple[str | None, ...], pl.DataFrame]]:
    return [(key, rows) for key, rows in frame.group_by(keys, maintain_order=True)]


def _references(support: pl.DataFrame, labels: Mapping[str, tuple[str, ...]]) -> dict[str, Reference]:
    found: dict[str, Reference] = {}
    for (node, by), rows in _sections(support, ["node", "by"]):
        names: tuple[str | None, ...] = (None,) if by is None else labels[by]
        pieces = {key: part["value"].to_numpy() for key, part in _sections(rows, ["series", "group"])}
        series = [str(name) for name in dict.fromkeys(rows["series"].to_list())]
        by_series = {name: [pieces.get((name, group), np.empty(0)) for group in names] for name in series}
        if series and series[0].startswith("*"):
            matrices = tuple(np.column_stack([by_series[name][g] for name in series]) for g in range(len(names)))
            found[str(node)] = Reference(by, {}, matrices, tuple(name[1:] for name in series))
        else:
            found[str(node)] = Reference(by, {name: _support(by_series[name]) for name in series}, (), ())
    return found


def _support(pieces: list[Floats]) -> SortedSupport:
    cuts = np.concatenate([[0], np.cumsum([len(piece) for piece in pieces])]).astype(np.intp)
    return SortedSupport(np.concatenate(pieces), cuts)
