"""The table behind unit reports 明细: one row per unit with everything its report and its explanations need."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from kanjian.boards.store.hashing import canonical_json
from kanjian.boards.store.releases import ReleaseTables
from kanjian.scoring import Result, Values
from kanjian.scoring.batch import Batch, CodeBook
from kanjian.scoring.column import Trace
from kanjian.scoring.leaf import imputed, raw_value
from kanjian.scoring.plan import LeafPlan, leaf_plans


def table(result: Result, release: ReleaseTables, scores: pl.DataFrame) -> pl.DataFrame:
    """The columns described in ``store.editions``, rows in the order of ``scores``."""
    wide = result.values.frame.select("unit", *_read(result))
    nodes = [node.code for node in result.scheme.nodes()]
    points = result.scores.select("unit", *(pl.col(code).cast(pl.Float64).alias(f"points.{code}") for code in nodes))
    own = pl.DataFrame([result.values.frame["unit"], *_values(result), _marks(result.values)])
    frame = scores.join(release.units.select("unit", "attributes"), on="unit", how="left")
    for part in (wide, own, points, _flags(result.flags)):
        frame = frame.join(part, on="unit", how="left")
    return frame.sort("position")


def _read(result: Result) -> Iterator[pl.Expr]:
    """What the scheme read, under names of its own."""
    scheme = result.scheme
    yield from (pl.col(name).cast(pl.Float64).alias(f"input.{name}") for name in scheme.inputs())
    yield from (pl.col(name).cast(pl.String).alias(f"text.{name}") for name in scheme.text_columns())
    yield from (pl.col(name).cast(pl.String).alias(f"group.{name}") for name in scheme.group_columns())


def _values(result: Result) -> Iterator[pl.Series]:
    """The number each indicator was scored by, where it is not simply its input: growth, means of rounds, imputed."""
    batch = Batch(result.values, CodeBook(result.values.frame), 0, result.values.height)
    for leaf in leaf_plans(result.scheme.plan):
        if not leaf.plain or leaf.node.impute is not None:
            yield pl.Series(f"value.{leaf.code}", _scored(leaf, batch, result), nan_to_null=True, dtype=pl.Float64)


def _scored(leaf: LeafPlan, batch: Batch, result: Result) -> Any:
    x, na = raw_value(leaf, batch, Trace(wanted=False), result.parameters)
    if leaf.node.impute is not None:
        x = imputed(leaf, x, na, batch, result.parameters)[0]
    return np.asarray(x, dtype=np.float64)


def _marks(values: Values) -> pl.Series:
    """The inputs that do not apply to each unit, as a JSON list; null where all do."""
    if values.na is None:
        return pl.Series("na", [None] * values.height, dtype=pl.String)
    names = values.na.columns
    rows = ([name for name, marked in zip(names, row, strict=True) if marked] for row in values.na.iter_rows())
    return pl.Series("na", [canonical_json(found).decode() if found else None for found in rows], dtype=pl.String)


def _flags(flags: pl.DataFrame) -> pl.DataFrame:
    """Flags of each unit as JSON ``{node: [flag, …]}``; units without flags are absent."""
    found: dict[str, dict[str, list[str]]] = {}
    for unit, node, flag in flags.select("unit", "node", "flag").iter_rows():
        found.setdefault(unit, {}).setdefault(node, []).append(flag)
    rows = [(unit, canonical_json(each).decode()) for unit, each in found.items()]
    return pl.DataFrame(rows, schema={"unit": pl.String, "flags": pl.String}, orient="row")
