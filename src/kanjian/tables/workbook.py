"""XLSX: the sheet with the data, texts and exact numbers, and the formulas that failed."""

import logging

import fastexcel
import polars as pl

from kanjian.tables.formulas import failed_formulas
from kanjian.tables.guarding import refuse_bombs
from kanjian.tables.headings import HEADING_WITHIN, find_headings, heading_position
from kanjian.tables.problems import TableError
from kanjian.tables.table import Options, Source, Table

# It remarks on every blank cell of the first row, whose type is not asked for.
logging.getLogger("fastexcel.types.dtype").setLevel(logging.ERROR)


def read_workbook(source: Source, options: Options) -> Table:
    """One sheet, every cell as text and, where it is one, as number. ``TableError``: unreadable, unknown_sheet, …"""
    refuse_bombs(source.content)
    try:
        book = fastexcel.read_excel(source.content)
    except fastexcel.FastExcelError as error:
        raise TableError.unreadable(error) from error
    sheet = options.sheet or _data_sheet(book, options)
    if sheet not in book.sheet_names:
        raise TableError.one("unknown_sheet", value=sheet, particulars={"known": "、".join(book.sheet_names)})
    texts = _load(book, sheet, "string")
    # The text of a number is rounded to nine places, so the numbers are read a second time as such.
    numbers = _load(book, sheet, "float")
    position, headings = find_headings(_first_rows(texts), options, sheet)
    texts.columns = numbers.columns = headings
    first = position + 1
    errors = failed_formulas(source.content, sheet, headings, first + 1)
    return Table(texts.slice(first), first + 1, sheet, numbers.slice(first), errors)


def _load(book: fastexcel.ExcelReader, sheet: str, dtype: fastexcel.DType, rows: int | None = None) -> pl.DataFrame:
    """All rows from the first line on, without a heading, every column of the one type (null where it does not fit)."""
    columns = book.load_sheet(sheet, header_row=None, skip_rows=0, n_rows=1).width
    dtypes: fastexcel.DTypeMap = dict.fromkeys(range(columns), dtype)
    loaded = book.load_sheet(sheet, header_row=None, skip_rows=0, n_rows=rows, dtypes=dtypes)
    return loaded.to_polars() if columns else pl.DataFrame()


def _data_sheet(book: fastexcel.ExcelReader, options: Options) -> str:
    """The first sheet with a wanted heading: forms have a sheet of explanations in front. Else the first one."""
    for sheet in book.sheet_names if options.headings else ():
        if heading_position(_first_rows(_load(book, sheet, "string", HEADING_WITHIN)), options) is not None:
            return sheet
    return book.sheet_names[0]


def _first_rows(texts: pl.DataFrame) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in texts.head(HEADING_WITHIN).rows()]
