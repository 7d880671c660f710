"""CSV and TSV: whatever encoding, separator and line ends the program that wrote them used."""

import csv
import io
import re
from contextlib import suppress
from itertools import islice

import polars as pl

from kanjian.tables.headings import HEADING_WITHIN, find_headings
from kanjian.tables.problems import Problem, TableError
from kanjian.tables.table import Options, Source, Table

ENCODINGS = ("utf-8-sig", "gb18030")
_QUOTED = re.compile(r'"[^"]*"')


def read_delimited(source: Source, options: Options) -> Table:
    """Every cell as text. ``TableError``: encoding, unreadable, duplicate_column, too_many_cells, empty_file."""
    text = decode(source.content)
    delimiter = _delimiter(text)
    try:
        first_rows = list(islice(csv.reader(io.StringIO(text), delimiter=delimiter), HEADING_WITHIN))
    except csv.Error as error:  # such as a cell of more than 128 kB, after a quotation mark that is never closed
        raise TableError.unreadable(error) from error
    position, headings = find_headings(first_rows, options)
    if not headings:
        raise TableError.one("empty_file")
    try:
        frame = pl.read_csv(
            text.encode(),
            separator=delimiter,
            has_header=False,
            skip_rows=position + 1,
            new_columns=headings,
            schema=dict.fromkeys(headings, pl.String),
        )
    except pl.exceptions.NoDataError as error:
        raise TableError.one("empty_file") from error
    except pl.exceptions.PolarsError as error:
        raise _ragged_rows(text, delimiter, len(headings)) or _unclosed(text, delimiter, error) from error
    return Table(frame, first_row=position + 2)


def decode(content: bytes) -> str:
    """The text in UTF-8, UTF-16 with its mark, or GB18030, which older Chinese programs write."""
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ENCODINGS
    for encoding in encodings:
        try:
            # Carriage returns alone, an old habit of some programs, end lines too.
            return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise TableError.one("encoding")


def _delimiter(text: str) -> str:
    """The separator that occurs most in the first lines, outside of quotation marks; a comma when none does."""
    head = _QUOTED.sub("", "".join(islice(io.StringIO(text), HEADING_WITHIN)))
    return max(",\t;", key=head.count)


def _ragged_rows(text: str, delimiter: str, columns: int) -> TableError | None:
    """The lines with more cells than the heading; None when there is no such line."""
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    problems: list[Problem] = []
    with suppress(csv.Error):  # then the lines before are what can be said
        for number, row in enumerate(rows, start=1):
            if len(row) > columns:
                particulars = {"cells": str(len(row)), "columns": str(columns)}
                problems.append(Problem("too_many_cells", number, particulars=particulars))
    return TableError(problems) if problems else None


def _unclosed(text: str, delimiter: str, error: Exception) -> TableError:
    """The line on which a quotation mark begins that is never closed; otherwise what the library said."""
    if text.count('"') % 2 == 0:
        return TableError.unreadable(error)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    begin = end = 0
    with suppress(csv.Error):  # a cell too large: then its line is the one
        for _ in rows:
            begin, end = end + 1, rows.line_num
    return TableError.unreadable(f"a quotation mark on line {begin} is never closed")
