"""What every check takes and gives: long frames of values in, frames of findings out."""

from __future__ import annotations

import polars as pl

VALUES = pl.Schema({"unit": pl.String, "indicator": pl.String, "period": pl.Int64, "value": pl.Float64})
FOUND = pl.Schema(
    {"unit": pl.String, "indicator": pl.String, "period": pl.Int64, "kind": pl.String, "strength": pl.Float64}
)
NORMAL = 1.4826  # MAD × this estimates the standard deviation of a normal sample (1 / 0.6745)


class QualityError(ValueError):
    """The frame cannot be checked; ``code`` says why."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def read_values(frame: pl.DataFrame, *more: str) -> pl.DataFrame:
    """The columns of ``VALUES`` (and `more`), typed, without missing or infinite cells.

    ``period`` is a whole number that rises by 1 per period (quarters: year·4 + quarter). Raises ``QualityError`` for
    absent columns and for a cell that comes twice.
    """
    absent = [name for name in (*VALUES, *more) if name not in frame.columns]
    if absent:
        raise QualityError("unknown_column", f"the frame has no column {', '.join(absent)}")
    typed = frame.select(*VALUES, *more).cast(VALUES)
    present = typed.filter(pl.col("value").is_finite())
    if present.select(pl.struct("unit", "indicator", "period").is_duplicated().any()).item():
        raise QualityError("repeated_cell", "a unit has two values of one indicator in one period")
    return present


def step_of(limits: pl.DataFrame | None, indicators: pl.Series) -> pl.DataFrame:
    """Per indicator: ``step`` (smallest difference that can be written), ``minimum``, ``maximum``.

    `limits` has ``indicator`` and any of ``decimals``, ``minimum``, ``maximum``; two decimals and no limits otherwise.
    """
    known = pl.DataFrame(schema={"indicator": pl.String}) if limits is None else limits
    blank = {"decimals": pl.Int64, "minimum": pl.Float64, "maximum": pl.Float64}
    known = known.with_columns(
        pl.col(name).cast(kind) if name in known.columns else pl.lit(None, kind).alias(name)
        for name, kind in blank.items()
    )
    wanted = pl.DataFrame({"indicator": indicators.unique().cast(pl.String)})
    return wanted.join(known.select("indicator", *blank), on="indicator", how="left").select(
        "indicator",
        pl.lit(10.0).pow(-pl.col("decimals").fill_null(2)).alias("step"),
        pl.col("decimals").fill_null(2),
        "minimum",
        "maximum",
    )


def nothing(**numbers: type[pl.DataType]) -> pl.DataFrame:
    """A frame of findings without any."""
    return pl.DataFrame(schema={**FOUND, **numbers})


def nontrivial(cells: pl.DataFrame, *, common: float = 0.2) -> pl.DataFrame:
    """Cells whose equality with another would mean something; needs ``minimum`` and ``maximum`` (``step_of``).

    Left out: zeros, values at the limits, and values that at least the share `common` of an indicator's cells have.
    """
    value = pl.col("value")
    share = pl.len().over("indicator", "value") / pl.len().over("indicator")
    trivial = (value == 0) | (value == pl.col("minimum")) | (value == pl.col("maximum"))
    return cells.filter(~trivial.fill_null(value=False) & (share < common))
