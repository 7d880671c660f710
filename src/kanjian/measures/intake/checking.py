"""Every row and cell against the reference 逐格校验: what is right, and all that is wrong."""

from dataclasses import dataclass

import polars as pl

from kanjian.calendars.periods import Period, PeriodError
from kanjian.measures.intake import values
from kanjian.measures.intake.options import Options
from kanjian.measures.intake.problems import Findings, IntakeError
from kanjian.measures.intake.reading import read_table
from kanjian.measures.intake.reference import Reference, keys
from kanjian.measures.intake.reporting import Context, collect
from kanjian.measures.intake.shaping import Layout, find_layout, shape_cells, shape_rows
from kanjian.measures.intake.systems import refusals
from kanjian.tables import Source, Table

CLEAN = pl.Schema(
    {
        "unit_id": pl.Int64,
        "indicator_id": pl.Int64,
        "period": pl.String,
        "value": pl.Float64,
        "status": pl.String,
        "note": pl.String,
        "row": pl.UInt32,
    }
)
CLEAN_COLUMNS = [pl.col("period_code").alias("period") if name == "period" else pl.col(name) for name in CLEAN]


@dataclass(frozen=True)
class Checked:
    """The cells that are right (columns of ``CLEAN``, sorted by unit, indicator, period) and all that is wrong."""

    clean: pl.DataFrame
    findings: Findings
    rows: int
    cells: int
    blank: int
    layout: Layout
    sheet: str


def check(source: Source, options: Options, reference: Reference) -> Checked:
    """Read a file and check all of it. A file that cannot be read as a table becomes a finding too, no exception."""
    try:
        _require_period(options)
        table = read_table(source, options)
        layout = find_layout(table, options, reference.indicators)
    except IntakeError as error:
        nothing = pl.DataFrame(schema=CLEAN)
        return Checked(nothing, error.findings, 0, 0, 0, Layout("", None), options.sheet)
    return check_table(table, layout, options, reference)


def _require_period(options: Options) -> None:
    try:
        _ = options.period and Period.parse(options.period)
    except PeriodError as error:
        raise IntakeError.one("bad_option_period", value=options.period) from error


def check_table(table: Table, layout: Layout, options: Options, reference: Reference) -> Checked:
    """Check a table whose columns are understood."""
    rows = _resolve_rows(shape_rows(table, layout, options), options, reference)
    cells = _resolve_indicators(shape_cells(table, layout), reference)
    cells = values.interpret(cells, blank_is_missing=options.blank_is_missing)
    cells = _mark_failed_formulas(cells, table)
    located = rows.select("row", "unit_id", "period_code", bad_row=pl.col("problem").is_not_null())
    cells = values.check_limits(cells.join(located, on="row", how="left", maintain_order="left"))
    cells = _mark_duplicates(_mark_foreign(cells, reference))
    said = pl.col("status").is_not_null()
    right = cells.filter(said & pl.col("problem").is_null() & pl.col("bad_row").not_())
    findings = collect(rows, cells, Context(table, layout, options, reference))
    is_whole = reference.scope is None
    findings += refusals(right, reference.channel, options.note, table.sheet, is_whole=is_whole)
    return Checked(
        clean=right.select(*CLEAN_COLUMNS).sort("unit_id", "indicator_id", "period"),
        findings=findings,
        rows=rows.height,
        cells=cells.height,
        blank=cells.filter(said.not_() & pl.col("problem").is_null()).height,
        layout=layout,
        sheet=table.sheet,
    )


def _resolve_rows(rows: pl.DataFrame, options: Options, reference: Reference) -> pl.DataFrame:
    """Adds ``unit_id``, ``period_code`` and ``problem`` (the code of what is wrong with the row as such)."""
    periods = _read_periods(rows["period"])
    rows = _look_up(rows, "unit", reference.units, "valid_from", "valid_to")
    rows = rows.join(periods, on="period", how="left", maintain_order="left")
    scope = pl.lit(value=False)
    if reference.scope is not None:
        scope = pl.col("unit_id").is_in(list(reference.scope | reference.reach)).not_()
    other = pl.lit(value=False)
    if options.period:
        other = pl.col("period_code") != Period.parse(options.period).code
    # The first that holds is the one reported.
    problem = _first_of(
        blank_unit=pl.col("unit").is_null(),
        unknown_unit=pl.col("found").is_null(),
        ambiguous_unit=pl.col("unit_id").is_null(),
        outside_scope=scope,
        blank_period=pl.col("period").is_null(),
        bad_period=pl.col("period_code").is_null(),
        other_period=other,
        future_period=pl.col("start") > reference.today,
        unit_not_yet=pl.col("valid_from") > pl.col("end"),
        unit_closed=pl.col("valid_to") <= pl.col("start"),
    )
    return rows.with_columns(problem.alias("problem"))


def _look_up(frame: pl.DataFrame, column: str, among: pl.DataFrame, *particulars: str) -> pl.DataFrame:
    """Adds ``<column>_id`` (null when ambiguous), ``found`` (null when there is no such thing) and its particulars."""
    known = keys(among).with_columns(found=pl.lit(value=True)).rename({"id": f"{column}_id"})
    described = among.select("id", *particulars)
    named = frame.join(known, left_on=column, right_on="key", how="left", maintain_order="left")
    return named.join(described, left_on=f"{column}_id", right_on="id", how="left", maintain_order="left")


def _read_periods(written: pl.Series) -> pl.DataFrame:
    """Each period text that occurs, once: ``period``, ``period_code``, ``start``, ``end``; null where it is not one."""
    found = []
    for text in written.drop_nulls().unique().to_list():
        try:
            # Spreadsheets turn 2026-03 into the first of March.
            period = Period.parse(text.removesuffix("-01 00:00:00"))
        except PeriodError:
            continue
        found.append((text, period.code, period.start, period.end))
    schema = {"period": pl.String, "period_code": pl.String, "start": pl.Date, "end": pl.Date}
    return pl.DataFrame(found, schema=schema, orient="row")


def _resolve_indicators(cells: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Adds ``indicator_id``, the indicator's limits, and ``problem`` where there is no such indicator."""
    cells = _look_up(cells, "indicator", reference.indicators, "minimum", "maximum", "source", "department_id")
    problem = _first_of(
        blank_indicator=pl.col("indicator").is_null(),
        unknown_indicator=pl.col("found").is_null(),
        ambiguous_indicator=pl.col("indicator_id").is_null(),
    )
    return cells.with_columns(problem.alias("problem")).drop("found")


def _mark_foreign(cells: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Cells of units that the person reaches only as a department, of indicators that another one answers for."""
    if reference.scope is None or not reference.reach:
        return cells
    is_reached = pl.col("unit_id").is_in(list(reference.scope)).not_() & pl.col("bad_row").not_()
    is_foreign = pl.col("department_id").is_in(list(reference.departments)).fill_null(value=False).not_()
    wrong = pl.when(is_reached & is_foreign & pl.col("status").is_not_null()).then(pl.lit("other_department"))
    return cells.with_columns(pl.coalesce("problem", wrong).alias("problem"))


def _mark_failed_formulas(cells: pl.DataFrame, table: Table) -> pl.DataFrame:
    if not table.errors:
        return cells
    failed = pl.DataFrame(
        [(problem.row, problem.column, problem.value) for problem in table.errors],
        schema={"row": pl.UInt32, "column": pl.String, "failure": pl.String},
        orient="row",
    )
    joined = cells.join(failed, on=["row", "column"], how="left", maintain_order="left")
    is_failed = pl.col("failure").is_not_null()
    return joined.with_columns(
        pl.coalesce("problem", pl.when(is_failed).then(pl.lit("cell_error"))).alias("problem"),
        pl.coalesce("failure", "raw").alias("raw"),
    ).drop("failure")


def _mark_duplicates(cells: pl.DataFrame) -> pl.DataFrame:
    """Later cells that name the same unit, indicator and period as an earlier one; ``first`` is its row."""
    complete = pl.all_horizontal(pl.col("unit_id", "indicator_id", "period_code", "status").is_not_null())
    place = ["unit_id", "indicator_id", "period_code"]
    cells = cells.with_columns(first=pl.lit(None, pl.UInt32))
    again = cells.filter(complete).select(*place).is_duplicated()
    if not again.any():
        return cells
    firsts = cells.filter(complete).group_by(place).agg(pl.col("row").min().alias("first"))
    cells = cells.drop("first").join(firsts, on=place, how="left", maintain_order="left")
    is_later = complete & pl.col("problem").is_null() & (pl.col("row") > pl.col("first"))
    # Two columns of one wide row may be one indicator, by code and by name.
    same_row = complete & (pl.col("row") == pl.col("first")) & (pl.int_range(pl.len()).over([*place, "row"]) > 0)
    duplicate = pl.when(is_later | same_row).then(pl.lit("duplicate_cell"))
    return cells.with_columns(pl.coalesce("problem", duplicate).alias("problem"))


def _first_of(**conditions: pl.Expr) -> pl.Expr:
    """The name of the first condition that holds, else null."""
    return pl.coalesce(*(pl.when(condition).then(pl.lit(name)) for name, condition in conditions.items()))
