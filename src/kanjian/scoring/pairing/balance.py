"""How alike the two sides are 平衡表: standardised mean differences and variance ratios before and after.

Before: all mentees against all possible mentors. After: the mentees of the pairs against their mentors, a mentor
counted once per mentee. Both are divided by the same spread, √((s²mentees + s²mentors) / 2) before, so that a smaller
number means more alike (Stuart 2010, Statistical Science 25). A category gives one row per value.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kanjian.scoring.pairing.model import Attribute

Floats = NDArray[np.float64]

SCHEMA = pl.Schema(
    {
        "attribute": pl.String(),
        "value": pl.String(),  # of a category, else null
        "mentees": pl.Float64(),
        "mentors_before": pl.Float64(),
        "mentors_after": pl.Float64(),
        "smd_before": pl.Float64(),
        "smd_after": pl.Float64(),
        "ratio_before": pl.Float64(),
        "ratio_after": pl.Float64(),
    }
)


def balance(frame: pl.DataFrame, pairs: pl.DataFrame, attributes: tuple[Attribute, ...]) -> pl.DataFrame:
    """One row per attribute (per value of a category): means, standardised differences, variance ratios.

    ``frame`` has ``unit``, ``role`` and the attributes, ``pairs`` has ``mentee`` and ``mentor``. Unknown values are
    left out; null where nothing can be said.
    """
    rows = [row for attribute in attributes for row in _rows(frame, pairs, attribute)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _rows(frame: pl.DataFrame, pairs: pl.DataFrame, attribute: Attribute) -> list[tuple[object, ...]]:
    table = frame.select("unit", "role", attribute.name)
    if attribute.kind != "category":
        number = pl.col(attribute.name).cast(pl.Float64)
        column = number.clip(lower_bound=0).log1p() if attribute.kind == "log" else number
        return [_row(table.with_columns(column.alias("x")), pairs, attribute.name, None)]
    values = sorted(set(frame[attribute.name].cast(pl.String).drop_nulls().to_list()))
    return [
        _row(
            table.with_columns((pl.col(attribute.name).cast(pl.String) == value).cast(pl.Float64).alias("x")),
            pairs,
            attribute.name,
            value,
        )
        for value in values
    ]


def _row(table: pl.DataFrame, pairs: pl.DataFrame, name: str, value: str | None) -> tuple[object, ...]:
    x = table.select("unit", "x")
    weak, strong = (_numbers(table.filter(pl.col("role") == role)["x"]) for role in ("mentee", "mentor"))
    helped = _numbers(pairs.join(x, left_on="mentee", right_on="unit", how="left")["x"])
    helpers = _numbers(pairs.join(x, left_on="mentor", right_on="unit", how="left")["x"])
    spread = math.sqrt((_variance(weak) + _variance(strong)) / 2)
    return (
        *(name, value, _mean(weak), _mean(strong), _mean(helpers)),
        _over(_mean(weak), _mean(strong), spread),
        _over(_mean(helped), _mean(helpers), spread),
        _ratio(weak, strong),
        _ratio(helped, helpers),
    )


def _numbers(series: pl.Series) -> Floats:
    values = series.drop_nulls().to_numpy().astype(np.float64)
    found: Floats = values[np.isfinite(values)]
    return found


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if len(values) else None


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def _over(left: float | None, right: float | None, spread: float) -> float | None:
    if left is None or right is None:
        return None
    difference = left - right
    return difference / spread if spread > 0 else (0.0 if difference == 0 else None)


def _ratio(left: Floats, right: Floats) -> float | None:
    below = _variance(right)
    return _variance(left) / below if below > 0 and len(left) > 1 else None
