"""A file as a table 读表: by the ending of its name."""

import io

import polars as pl

from kanjian.tables.delimited import read_delimited
from kanjian.tables.problems import TableError
from kanjian.tables.table import Options, Source, Table
from kanjian.tables.workbook import read_workbook

SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".parquet")


def read_table(source: Source, options: Options = Options()) -> Table:  # noqa: B008 - frozen
    """Read a file; ``TableError`` when it cannot be read as a table with a heading and at least one row below it."""
    if source.suffix not in SUFFIXES:
        raise TableError.one("unknown_type", value=source.suffix or source.name)
    if source.suffix == ".parquet":
        table = _read_parquet(source)
    elif source.suffix.startswith(".xls"):
        table = read_workbook(source, options)
    else:
        table = read_delimited(source, options)
    if not table.frame.height:
        raise TableError.one("empty_file", sheet=table.sheet)
    return table


def _read_parquet(source: Source) -> Table:
    """Typed cells; the heading counts as the first line, as in every other file. Lists and bytes are no cells."""
    try:
        frame = pl.read_parquet(io.BytesIO(source.content))
    except pl.exceptions.PolarsError as error:
        raise TableError.unreadable(error) from error
    if other := [f"{name}: {kind}" for name, kind in frame.schema.items() if kind.is_nested() or kind == pl.Binary]:
        raise TableError.unreadable(f"not cells of a table: {', '.join(other)}")
    return Table(frame, first_row=2)
