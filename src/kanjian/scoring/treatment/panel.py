"""Filling gaps along time 时间序列填补 on long frames: carry forward 沿用上期, and linear interpolation 线性内插."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from .errors import TreatmentError

IMPUTED = "imputed"


def carry_forward(
    frame: pl.DataFrame,
    *,
    value: str = "value",
    period: str = "period",
    by: Sequence[str] = ("unit", "indicator"),
    max_age: int = 1,
) -> pl.DataFrame:
    """Fill a missing cell with the latest earlier value of the same unit and indicator, not older than ``max_age``.

    ``period`` is a whole number that rises by 1 per period (2026 and 2027; or year·4 + quarter), so that a *missing
    row* between two rows counts as age too. Rows that are absent are not created. Adds ``imputed`` (Boolean) and
    ``age`` (UInt32, periods since the value was observed; 0 for observed cells, null where nothing was found).
    Rows keep their order; an existing ``imputed`` column is kept and added to.
    """
    if max_age < 1:
        raise TreatmentError("bad_limit", f"max_age must be at least 1 period ({max_age})")
    work = _sorted(frame, value, period, by)
    seen = pl.when(pl.col("_cell").is_not_null()).then(pl.col(period))
    work = work.with_columns(
        _last=pl.col("_cell").forward_fill().over(by),
        _age=pl.col(period) - seen.forward_fill().over(by),
    )
    usable = pl.col("_age") <= max_age
    work = work.with_columns(
        pl.when(usable).then(pl.col("_last")).alias(value),
        pl.when(usable).then(pl.col("_age")).cast(pl.UInt32).alias("age"),
    )
    return _restored(work, value)


def interpolate_linear(
    frame: pl.DataFrame,
    *,
    value: str = "value",
    period: str = "period",
    by: Sequence[str] = ("unit", "indicator"),
    max_gap: int | None = None,
) -> pl.DataFrame:
    """Fill a missing cell on the straight line between the neighbours in time of the same unit and indicator.

    ``v = v₀ + (v₁ − v₀)(t − t₀)/(t₁ − t₀)``. Nothing is filled before the first or after the last value: that would
    be a forecast. ``max_gap`` limits ``t₁ − t₀``. ``period`` and the added ``imputed`` column as in ``carry_forward``.
    """
    if max_gap is not None and max_gap < 2:
        raise TreatmentError("bad_limit", f"max_gap must be at least 2 periods ({max_gap})")
    work = _sorted(frame, value, period, by)
    seen = pl.when(pl.col("_cell").is_not_null()).then(pl.col(period))
    work = work.with_columns(
        _v0=pl.col("_cell").forward_fill().over(by),
        _v1=pl.col("_cell").backward_fill().over(by),
        _t0=seen.forward_fill().over(by),
        _t1=seen.backward_fill().over(by),
    )
    gap = pl.col("_t1") - pl.col("_t0")
    share = (pl.col(period) - pl.col("_t0")) / gap
    line = pl.col("_v0") + (pl.col("_v1") - pl.col("_v0")) * share
    allowed = (gap > 0) if max_gap is None else (gap > 0) & (gap <= max_gap)
    filled = pl.when(pl.col("_cell").is_not_null()).then(pl.col("_cell")).when(allowed).then(line)
    return _restored(work.with_columns(filled.alias(value)), value)


def _sorted(frame: pl.DataFrame, value: str, period: str, by: Sequence[str]) -> pl.DataFrame:
    absent = [name for name in (value, period, *by) if name not in frame.columns]
    if absent:
        raise TreatmentError("unknown_column", f"the frame has no column {', '.join(absent)}")
    if not frame.schema[period].is_integer():
        raise TreatmentError("unknown_column", f"{period} must hold whole numbers that rise by 1 per period")
    if frame.select(pl.struct([*by, period]).is_duplicated().any()).item():
        raise TreatmentError("repeated_period", f"a period appears twice for one {' and '.join(by)}")
    return (
        frame.with_row_index("_row")
        .with_columns(pl.col(period).cast(pl.Int64), _cell=pl.col(value).cast(pl.Float64).fill_nan(None))
        .sort([*by, period])
    )


def _restored(work: pl.DataFrame, value: str) -> pl.DataFrame:
    new = pl.col("_cell").is_null() & pl.col(value).is_not_null()
    earlier = pl.col(IMPUTED) if IMPUTED in work.columns else pl.lit(value=False)
    work = work.with_columns((new | earlier).alias(IMPUTED)).sort("_row")
    return work.drop(["_row", "_cell", "_last", "_age", "_v0", "_v1", "_t0", "_t1"], strict=False)
