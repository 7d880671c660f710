"""Values as Polars frames, straight from the database cursor."""

from collections.abc import Iterable

import polars as pl
from django.db.models import QuerySet

from kanjian.measures.models import Indicator, Value
from kanjian.measures.store.fetching import fetch
from kanjian.orgs.models import Unit

LONG = pl.Schema(
    {
        "unit": pl.String,
        "indicator": pl.String,
        "period": pl.String,
        "value": pl.Float64,
        "status": pl.String,
        "batch": pl.Int64,
        "row": pl.Int64,
    }
)
_STORED = pl.Schema(
    {
        "unit_id": pl.Int64,
        "indicator_id": pl.Int64,
        "period": pl.String,
        "value": pl.Float64,
        "status": pl.String,
        "batch": pl.Int64,
        "row": pl.Int64,
    }
)
_IDS = pl.Schema({"id": pl.Int64, "code": pl.String})


def values_long(units: QuerySet[Unit] | None, indicators: Iterable[str] | None, periods: Iterable[str]) -> pl.DataFrame:
    """One row per stored cell, sorted by unit, indicator and period: the columns of ``LONG``.

    ``unit`` and ``indicator`` are codes, ``status`` is present, missing or not_applicable, ``batch`` and ``row`` say
    where the value stands. ``units`` and ``indicators`` None: all. Cells never written are absent.
    """
    unit_ids, indicator_ids = _units(units), _indicators(indicators)
    stored = _stored(units, indicator_ids["id"].to_list(), list(periods))
    named = stored.join(unit_ids.rename({"code": "unit"}), left_on="unit_id", right_on="id").join(
        indicator_ids.rename({"code": "indicator"}), left_on="indicator_id", right_on="id"
    )
    return named.select(LONG.names()).sort("unit", "indicator", "period")


def values_wide(units: QuerySet[Unit] | None, indicators: Iterable[str] | None, period: str) -> pl.DataFrame:
    """One row per unit, sorted by code: ``unit`` and a Float64 column per indicator code, in the order given.

    Missing, not applicable and never written are all null: ``not_applicable_wide`` tells them apart. ``units`` None:
    the units that have any cell; a query of units: all of these, also without values. ``indicators`` None: those
    that occur.
    """
    long, codes, rows = _wide_parts(units, indicators, period)
    return _spread(long, codes, rows, "value", pl.Float64)


def not_applicable_wide(units: QuerySet[Unit] | None, indicators: Iterable[str] | None, period: str) -> pl.DataFrame:
    """The shape of ``values_wide``; Boolean, True where the cell says 不适用."""
    long, codes, rows = _wide_parts(units, indicators, period)
    marked = long.with_columns(value=pl.col("status") == Value.Status.NOT_APPLICABLE)
    return _spread(marked, codes, rows, "value", pl.Boolean).with_columns(pl.col(codes).fill_null(value=False))


def _wide_parts(
    units: QuerySet[Unit] | None, indicators: Iterable[str] | None, period: str
) -> tuple[pl.DataFrame, list[str], pl.DataFrame]:
    """The long frame, the indicator codes in order, and the units as rows."""
    wanted = None if indicators is None else list(indicators)
    long = values_long(units, wanted, [period])
    codes = long["indicator"].unique().sort().to_list() if wanted is None else wanted
    rows = long.select(pl.col("unit").unique()) if units is None else _units(units).select(unit="code")
    return long, codes, rows.sort("unit")


def _spread(
    long: pl.DataFrame, codes: list[str], rows: pl.DataFrame, values: str, kind: type[pl.Float64 | pl.Boolean]
) -> pl.DataFrame:
    wide = long.pivot("indicator", index="unit", values=values, on_columns=codes)
    columns = [pl.col(code) if code in wide.columns else pl.lit(None, kind).alias(code) for code in codes]
    return rows.join(wide, on="unit", how="left", maintain_order="left").select("unit", *columns)


def _units(units: QuerySet[Unit] | None) -> pl.DataFrame:
    query = Unit.objects.all() if units is None else units
    return fetch(query.order_by().values_list("pk", "code"), _IDS)


def _indicators(codes: Iterable[str] | None) -> pl.DataFrame:
    query = Indicator.objects.all() if codes is None else Indicator.objects.filter(code__in=list(codes))
    return fetch(query.order_by().values_list("pk", "code"), _IDS)


def _stored(units: QuerySet[Unit] | None, indicator_ids: list[int], periods: list[str]) -> pl.DataFrame:
    query = Value.objects.filter(period__in=periods, indicator__in=indicator_ids)
    if units is not None:
        query = query.filter(unit__in=units.order_by().values("pk"))
    columns = ("unit_id", "indicator_id", "period", "value", "status", "batch_id", "row")
    return fetch(query.order_by().values_list(*columns), _STORED)
