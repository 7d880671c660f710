"""What the checks compare a file with 校验依据: units, indicators, the person's scope, the day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from kanjian.measures.intake.systems import Channel

UNITS = pl.Schema({"id": pl.Int64, "code": pl.String, "name": pl.String, "valid_from": pl.Date, "valid_to": pl.Date})
INDICATORS = pl.Schema(
    {
        "id": pl.Int64,
        "code": pl.String,
        "name": pl.String,
        "minimum": pl.Float64,
        "maximum": pl.Float64,
        "unit_of_measure": pl.String,
        "source": pl.String,
        "department_id": pl.Int64,
    }
)


@dataclass(frozen=True)
class Reference:
    """Frames with the columns of ``UNITS`` and ``INDICATORS``; ``scope`` None allows every unit.

    ``successors`` says for a closed unit's id which units took over, as text for the remedy; ``channel`` which way the
    values come in. Beside ``scope``, the person delivers for units in ``reach`` what one of ``departments`` answers
    for.
    """

    units: pl.DataFrame
    indicators: pl.DataFrame
    today: date
    scope: frozenset[int] | None = None
    successors: Mapping[int, str] = field(default_factory=dict)
    channel: Channel = Channel.FILE
    departments: frozenset[int] = frozenset()
    reach: frozenset[int] = frozenset()


def keys(frame: pl.DataFrame) -> pl.DataFrame:
    """How rows may be named: ``key`` → ``id``; every code, and every name that is nobody's code.

    A name that several rows bear has a null ``id``: it is ambiguous.
    """
    codes = frame.select(key="code", id="id")
    names = (
        frame.filter(pl.col("name") != "")
        .group_by("name")
        .agg(pl.when(pl.len() == 1).then(pl.col("id").first()).alias("id"))
        .rename({"name": "key"})
        .join(codes, on="key", how="anti")
    )
    return pl.concat([codes, names.select("key", "id")])
