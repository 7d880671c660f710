"""Which column means what, and the table as one row per cell 识别表头、展开单元格."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from kanjian.measures.intake.options import Options
from kanjian.measures.intake.problems import Findings, IntakeError, Problem
from kanjian.measures.intake.reading import UNIT_HEADINGS
from kanjian.tables import UNNAMED, Table, normal

PERIOD_HEADINGS = ("period", "周期", "期别", "期次", "时期", "统计期", "年份", "年度", "time")
INDICATOR_HEADINGS = ("indicator", "indicator_code", "icode", "指标编码", "指标代码", "指标")
VALUE_HEADINGS = ("value", "数值", "值", "指标值")
STATUS_HEADINGS = ("status", "状态")
NOTE_HEADINGS = ("note", "备注", "说明")
# Columns that stand beside the unit to help the reader and say nothing of their own.
LABELS = frozenset(("name", "unit_name", "uname", "单位名称", "名称", "村名", "序号", "no", "no.", *NOTE_HEADINGS))

ROWS = pl.Schema({"row": pl.UInt32, "unit": pl.String, "period": pl.String})
CELLS = pl.Schema(
    {
        "row": pl.UInt32,
        "column": pl.String,
        "indicator": pl.String,
        "raw": pl.String,
        "number": pl.Float64,
        "said": pl.String,
        "note": pl.String,
    }
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The meaning of the headings; a long table has ``indicator`` and ``value``, a wide one ``measures``.

    ``measures`` maps a heading of the file to the indicator's code.
    """

    unit: str
    period: str | None
    indicator: str | None = None
    value: str | None = None
    status: str | None = None
    note: str | None = None
    measures: Mapping[str, str] | None = None
    skipped: tuple[str, ...] = ()

    @property
    def is_long(self) -> bool:
        """One row per cell instead of one column per indicator."""
        return self.indicator is not None


def find_layout(table: Table, options: Options, indicators: pl.DataFrame) -> Layout:
    """The meaning of each column; ``IntakeError`` with every heading that has none.

    ``indicators`` has the columns ``code`` and ``name``; headings may be either, codes first.
    """
    headings = {normal(heading): heading for heading in table.frame.columns if not heading.startswith(UNNAMED)}
    row = table.first_row - 1
    unit = _pick(headings, options.unit_column, UNIT_HEADINGS)
    if unit is None:
        raise IntakeError.one("no_unit_column", row=row, sheet=table.sheet, value=options.unit_column)
    period = _pick(headings, options.period_column, PERIOD_HEADINGS)
    if period is None and not options.period:
        raise IntakeError.one("no_period", row=row, sheet=table.sheet)
    indicator, value = _pick(headings, "", INDICATOR_HEADINGS), _pick(headings, "", VALUE_HEADINGS)
    if options.shape == "long" or (options.shape == "auto" and indicator is not None and value is not None):
        if indicator is None or value is None:
            lacking = "indicator" if indicator is None else "value"
            raise IntakeError.one("unknown_shape", row=row, sheet=table.sheet, value=lacking)
        status, note = _pick(headings, "", STATUS_HEADINGS), _pick(headings, "", NOTE_HEADINGS)
        return Layout(unit, period, indicator, value, status, note)
    return _wide_layout(table, options, indicators, unit, period)


def _wide_layout(table: Table, options: Options, indicators: pl.DataFrame, unit: str, period: str | None) -> Layout:
    codes = set(indicators["code"])
    names = indicators.group_by("name").agg(pl.col("code").first(), pl.len()).filter(pl.col("len") == 1)
    by_name = dict(names.select("name", "code").iter_rows())
    measures: dict[str, str] = {}
    unknown: list[str] = []
    for heading in table.frame.columns:
        if heading in {unit, period} or heading.startswith(UNNAMED):
            continue
        code = heading if heading in codes else by_name.get(heading)
        if code is not None:
            measures[heading] = code
        elif normal(heading) not in LABELS and normal(heading) not in UNIT_HEADINGS:
            unknown.append(heading)
    problems = [Problem("unknown_indicator_column", table.first_row - 1, name, table.sheet, name) for name in unknown]
    if problems and not options.skip_unknown_columns:
        raise IntakeError(Findings.of(problems))
    if not measures:
        raise IntakeError.one("no_indicator_column", row=table.first_row - 1, sheet=table.sheet)
    return Layout(unit, period, measures=measures, skipped=tuple(unknown))


def _pick(headings: Mapping[str, str], wanted: str, usual: tuple[str, ...]) -> str | None:
    """The heading that was asked for, or the first of the usual ones that the table has."""
    if wanted:
        return headings.get(normal(wanted))
    return next((headings[name] for name in usual if name in headings), None)


def shape_rows(table: Table, layout: Layout, options: Options) -> pl.DataFrame:
    """Line, unit and period of each row, as written: the columns of ``ROWS``."""
    period = pl.lit(options.period, pl.String) if layout.period is None else _text(table.frame, layout.period)
    frame = table.frame.select(
        pl.int_range(table.first_row, table.first_row + pl.len(), dtype=pl.UInt32).alias("row"),
        _text(table.frame, layout.unit).alias("unit"),
        period.alias("period"),
    )
    return frame.cast(ROWS)


def shape_cells(table: Table, layout: Layout) -> pl.DataFrame:
    """One row per cell, as written: the columns of ``CELLS``; ``number`` is null unless the cell is a plain number."""
    row = pl.int_range(table.first_row, table.first_row + pl.len(), dtype=pl.UInt32).alias("row")
    if layout.is_long:
        return _long_cells(table, layout, row)
    headings = layout.measures or {}
    raw = table.frame.select(row, *(_raw(table.frame, name).alias(name) for name in headings))
    number = table.frame.select(row, *(_number(table, name).alias(name) for name in headings))
    cells = raw.unpivot(list(headings), index="row", variable_name="column", value_name="raw")
    numbers = number.unpivot(list(headings), index="row", variable_name="column", value_name="number")
    empty = pl.lit(None, pl.String)
    return cells.with_columns(
        numbers["number"],
        pl.col("column").replace_strict(dict(headings), return_dtype=pl.String).alias("indicator"),
        empty.alias("said"),
        empty.alias("note"),
    ).select(CELLS.names())


def _long_cells(table: Table, layout: Layout, row: pl.Expr) -> pl.DataFrame:
    value = str(layout.value)

    def optional(name: str | None) -> pl.Expr:
        return pl.lit(None, pl.String) if name is None else _text(table.frame, name)

    return table.frame.select(
        row,
        pl.lit(value, pl.String).alias("column"),
        _text(table.frame, str(layout.indicator)).alias("indicator"),
        _raw(table.frame, value).alias("raw"),
        _number(table, value).alias("number"),
        optional(layout.status).alias("said"),
        optional(layout.note).alias("note"),
    ).cast(CELLS)


def _text(frame: pl.DataFrame, name: str) -> pl.Expr:
    """A column as stripped text; blank is null. Whole numbers lose the point zero that spreadsheets give them."""
    column = pl.col(name)
    if frame.schema[name].is_float():
        column = column.cast(pl.Int64, strict=False)
    text = column.cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text)


def _raw(frame: pl.DataFrame, name: str) -> pl.Expr:
    """The text of a cell, null when blank; columns that are numbers already have none."""
    if frame.schema[name].is_numeric() or frame.schema[name] == pl.Null:
        return pl.lit(None, pl.String)
    return _text(frame, name)


def _number(table: Table, name: str) -> pl.Expr:
    """The number of a cell where it is one. NaN of a typed file is a blank; nothing rounds a stored number."""
    kind = table.frame.schema[name]
    if kind.is_numeric() or kind == pl.Null:
        return pl.col(name).cast(pl.Float64).fill_nan(None)
    text = _text(table.frame, name)
    read = text.cast(pl.Float64, strict=False).fill_nan(None)
    if table.numbers is not None:
        exact = pl.lit(table.numbers[name])
        # A tick box reads as the number 1; it is not one.
        return pl.when(text.str.to_lowercase().is_in(["true", "false"]).not_()).then(pl.coalesce(exact, read))
    return read
