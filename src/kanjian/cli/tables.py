"""Tables in and out: CSV, XLSX and Parquet by the file's ending. Polars is imported late, for a quick help."""

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from kanjian.cli.console import CALLED_WRONGLY, DATA_IS_WRONG, fail

if TYPE_CHECKING:
    import polars as pl

    from kanjian.tables import Problem, Table

ENDINGS = (".csv", ".xlsx", ".parquet")
EXCEL_ROWS = 1_048_575
"""Most rows below a heading that a sheet can hold."""
AUTOFIT_ROWS = 20_000

MESSAGES = {
    "unknown_type": "the ending {value} is not known; save the table as .csv, .xlsx or .parquet",
    "unreadable": "cannot be read ({reason}); check that the file is whole and is what its ending says",
    "encoding": "the text is neither UTF-8 nor GB 18030; save the file as “CSV UTF-8”",
    "empty_file": "no rows: a table needs a heading and at least one row below it",
    "unknown_sheet": "no sheet {value!r}; sheets: {known}",
    "duplicate_column": "the heading {value!r} occurs twice; keep one of the columns or rename one",
    "too_many_cells": "{cells} cells but {columns} headings; put cells that hold a comma in quotation marks",
    "cell_error": "the formula shows {value}; mend it, or paste the value in its place",
}
NOT_COMPUTED = "the formula {value} has no stored result; open the workbook, save it, and try again"


def read_table(path: Path, *, headings: Sequence[str], sheet: str = "") -> "Table":
    """Read a file; the first row with one of the headings is the heading, so titles may stand above it."""
    from kanjian.tables import Options, Source, TableError
    from kanjian.tables import read_table as read

    if not path.exists():
        fail(f"{path}: no such file", code=CALLED_WRONGLY)
    try:
        return read(Source.open(path), Options(tuple(headings), sheet))
    except TableError as error:
        wrong_call = {problem.code for problem in error.problems} <= {"unknown_type", "unknown_sheet"}
        refuse(path, error.problems, code=CALLED_WRONGLY if wrong_call else DATA_IS_WRONG)
    except OSError as error:
        fail(f"{path}: cannot be opened: {error.strerror}", code=CALLED_WRONGLY)


def refuse(path: Path, problems: Sequence["Problem"], *, code: int = DATA_IS_WRONG) -> NoReturn:
    """Say everything that is wrong with a file, and stop."""
    lines = [_told(problem) for problem in problems]
    if len(lines) == 1 and not problems[0].row:
        fail(f"{path}: {lines[0]}", code=code)
    fail(f"{path}: {count_of(lines)}", details=lines, code=code)


def count_of(problems: Sequence[object]) -> str:
    """“1 problem”, “2 problems”."""
    return f"{len(problems):,} problem{'' if len(problems) == 1 else 's'}"


def _told(problem: "Problem") -> str:
    text = NOT_COMPUTED if problem.value.startswith("=") and problem.code == "cell_error" else MESSAGES[problem.code]
    named = (("sheet", problem.sheet), ("column", problem.column), ("row", problem.row))
    place = ", ".join(f"{word} {said}" for word, said in named if said)
    particulars = {name: " ".join(said.split()) for name, said in problem.particulars.items()}
    message = text.format(value=problem.value, **particulars)
    return f"{place}: {message}" if place else message


def frame_of(path: Path, table: "Table", *, wanted: Collection[str], numbers: Collection[str]) -> "pl.DataFrame":
    """The table with the ``wanted`` columns called so whatever blanks and capitals their headings have.

    Cells of ``numbers`` are exact. Rows and columns without anything in them are left out, and each row knows its line
    of the file. Stops where a wanted cell is a formula that failed.
    """
    import polars as pl

    from kanjian.scoring.intake import ROW
    from kanjian.tables import UNNAMED

    if failed := [problem for problem in table.errors if problem.column in wanted]:
        refuse(path, failed)
    frame = table.frame
    if table.numbers is not None:
        frame = frame.with_columns(_exact(table, name) for name in numbers if name in frame.columns)
    frame = frame.with_row_index(ROW, offset=table.first_row).rename(_renamed(frame.columns, wanted))
    frame = frame.drop([name for name in frame.columns if name.startswith(UNNAMED)])
    blank = frame.select(pl.all_horizontal(pl.exclude(ROW).is_null())).to_series()
    return frame.filter(~blank) if blank.any() else frame  # a filter would copy a large table for nothing


def _exact(table: "Table", name: str) -> "pl.Expr":
    """A spreadsheet's numbers as they are stored: their text form is rounded. A tick box is no number."""
    import polars as pl

    assert table.numbers is not None
    exact = pl.lit(table.numbers[name]).cast(pl.String)
    ticked = pl.col(name).str.to_lowercase().is_in(["true", "false"])
    return pl.when(ticked).then(pl.col(name)).otherwise(pl.coalesce(exact, pl.col(name))).alias(name)


def _renamed(columns: Sequence[str], wanted: Collection[str]) -> dict[str, str]:
    """Headings that differ from a wanted one in blanks or capitals only, where there is no doubt."""
    from kanjian.tables import normal

    found = {}
    for name in wanted:
        alike = [column for column in columns if normal(column) == normal(name) and column not in wanted]
        if name not in columns and len(alike) == 1:
            found[alike[0]] = name
    return found


def typed(frame: "pl.DataFrame", *, text: Collection[str]) -> "pl.DataFrame":
    """Columns of numbers as numbers, but for those of ``text``; NA, as R writes it, is empty."""
    import polars as pl

    def cast(name: str) -> pl.Series:
        column = frame[name]
        if column.dtype != pl.String:
            return column
        said = column.str.strip_chars().replace({"NA": None, "": None})
        numbers = said.cast(pl.Float64, strict=False)
        return said if name in text or numbers.null_count() > said.null_count() else numbers

    return frame.with_columns(cast(name) for name in frame.columns)


def check_output(path: Path, inputs: Collection[Path | None] = ()) -> None:
    """Refuse, before the work begins, a file that cannot be written or that the work reads."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        fail(f"{path}: the ending {ending or '(none)'} is not known; use {', '.join(ENDINGS)}", code=CALLED_WRONGLY)
    refuse_inputs(path, inputs)
    make_folder(path)


def refuse_inputs(path: Path, inputs: Collection[Path | None]) -> None:
    """Refuse to write over what is read."""
    if any(other is not None and other.exists() and path.exists() and path.samefile(other) for other in inputs):
        fail(f"{path} is one of the files that are read; write to another", code=CALLED_WRONGLY)


def make_folder(path: Path) -> None:
    """Make the folder of a file that is to be written; stop where it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            fail(f"{path} is a folder; name a file", code=CALLED_WRONGLY)
        if not os.access(path.parent, os.W_OK):
            fail(f"{path}: the folder {path.parent} may not be written to", code=CALLED_WRONGLY)
    except OSError as error:
        fail(f"{path}: the folder {path.parent} cannot be made: {error.strerror}", code=CALLED_WRONGLY)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file beside ``path`` that takes its place when it is complete; nobody ever sees half a file."""
    path = path.resolve()
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        fail(f"{path}: cannot be written: {error.strerror or error}", code=CALLED_WRONGLY)
    finally:
        part.unlink(missing_ok=True)


def write_table(frame: "pl.DataFrame", path: Path) -> None:
    """Write a table. CSV is plain UTF-8, which every program reads; for Excel there is .xlsx."""
    ending = path.suffix.lower()
    if ending == ".xlsx" and frame.height > EXCEL_ROWS:
        fail(f"{path}: a sheet holds {EXCEL_ROWS:,} rows, here are {frame.height:,}; write .csv or .parquet")
    with whole(path) as part:
        if ending == ".parquet":
            frame.write_parquet(part)
        elif ending == ".xlsx":
            frame.write_excel(part, autofit=frame.height <= AUTOFIT_ROWS, freeze_panes=(1, 1))
        else:
            frame.write_csv(part)


def write_text(text: str, path: Path) -> None:
    """Write a text, whole or not at all."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")
