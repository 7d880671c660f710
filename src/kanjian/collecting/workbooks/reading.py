"""An uploaded workbook as cells 读填报表: is it ours, this sheet's and whole; then every cell with its line."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from kanjian import tables
from kanjian.collecting.cells import Cell
from kanjian.collecting.models import Field, Sheet
from kanjian.collecting.subjects import fields_of, subjects_of
from kanjian.collecting.workbooks.layout import (
    FORM,
    FORMAT,
    INDICATOR,
    KEY_SHEET,
    NOTE,
    STATUS,
    UNIT,
    VALUE,
    Key,
    hash_of,
    layout_of,
)
from kanjian.collecting.workbooks.problems import Problem, WorkbookError
from kanjian.measures.intake.values import STATUSES
from kanjian.orgs.models import Unit
from kanjian.tables.guarding import refuse_bombs

LARGEST = 300_000_000  # bytes of a template when unpacked; 914 units × 46 fields are 20 MB
_MERGED = re.compile(rb'<mergeCell\s[^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"')


@dataclass(frozen=True)
class Filled:
    """A workbook that belongs to the sheet and is whole: its cells, and where each stands."""

    key: Key
    cells: list[Cell]
    columns: dict[str, str]  # field → letter of the column it stands in

    def place(self, indicator: str) -> str:
        """The letter of the column in which values of the indicator stand."""
        return self.columns.get(indicator, "")


class Workbook:
    """One uploaded file against one sheet."""

    def __init__(self, source: tables.Source, sheet: Sheet) -> None:
        self.source, self.sheet = source, sheet
        self.asked: list[Field] = fields_of(sheet.window.collection)
        self.units: list[Unit] = list(subjects_of(sheet))

    @cached_property
    def codes(self) -> list[str]:
        """Codes of the fields."""
        return [field.indicator.code for field in self.asked]

    def read(self) -> Filled:
        """The cells. Raises ``WorkbookError`` with everything that is wrong with the workbook as such."""
        _require_plain(self.source)
        key = self._key()
        self._require_own(key)
        return self._form(key) if key.layout == FORM else self._table(key)

    def _key(self) -> Key:
        try:
            table = tables.read_table(self.source, tables.Options(headings=("key",), sheet=KEY_SHEET))
            said = dict(table.frame.select("key", "value").fill_null("").rows())
            return Key.of(said)
        except tables.TableError as error:
            if error.problems[0].code in {"unreadable", "too_large"}:
                raise WorkbookError.of(error) from error
            raise WorkbookError([Problem("not_template")]) from error
        except (KeyError, ValueError, pl.exceptions.PolarsError) as error:
            raise WorkbookError([Problem("not_template")]) from error

    def _require_own(self, key: Key) -> None:
        """Refuse the template of another window, unit or state of the collection, saying which it is."""
        window, reporter = self.sheet.window, self.sheet.reporter
        if key.format != FORMAT:
            raise WorkbookError([Problem("other_format", particulars={"value": key.format[:40]})])
        if (key.collection, key.period) != (window.collection.code, window.period):
            said = {"value": f"{key.collection} {key.period}", "expected": f"{window.collection.code} {window.period}"}
            raise WorkbookError([Problem("other_window", particulars=said)])
        if key.reporter != reporter.code:
            said = {"value": key.reporter, "expected": f"{reporter.name}（{reporter.code}）"}
            raise WorkbookError([Problem("other_reporter", particulars=said)])
        if key.fields != hash_of(self.asked, self.units) or key.layout != layout_of(self.units):
            raise WorkbookError([Problem("outdated")])

    def _load(self, name: str, heading: str) -> tables.Table:
        try:
            table = tables.read_table(self.source, tables.Options(headings=(heading,), sheet=name))
        except tables.TableError as error:
            if error.problems[0].code == "unknown_sheet":
                raise WorkbookError([Problem("no_sheet", particulars={"value": name})]) from error
            raise WorkbookError.of(error) from error
        problems = [Problem("merged", name, particulars={"value": ref}) for ref in _merged(self.source, name)]
        for found in table.errors:
            position = table.frame.columns.index(found.column)
            problems.append(Problem("cell_error", name, found.row, letter(position), {"value": found.value}))
        if problems:
            raise WorkbookError(problems)
        return table

    def _form(self, key: Key) -> Filled:
        table = self._load(key.data, INDICATOR)
        _require_headings(table, {INDICATOR, VALUE, STATUS, NOTE}, {"name", "unit", "before"})
        lines = _lines(table, INDICATOR, set(self.codes), "foreign_indicator")
        values, statuses, notes = _values(table, VALUE), _statuses(table), _texts(table, NOTE)
        unit = self.units[0].code
        cells = [
            Cell(unit, code, values[position], statuses[position], notes[position], row=table.first_row + position)
            for position, code in lines
        ]
        return Filled(key, cells, dict.fromkeys(self.codes, letter(table.frame.columns.index(VALUE))))

    def _table(self, key: Key) -> Filled:
        table, notes = self._load(key.data, UNIT), self._load(key.notes, UNIT)
        for page in (table, notes):
            _require_headings(page, {UNIT, *self.codes}, {"name"})
        known = {unit.code for unit in self.units}
        said = self._notes(notes, known)
        lines = _lines(table, UNIT, known, "foreign_unit")
        cells: list[Cell] = []
        for code in self.codes:
            values = _values(table, code)
            cells += [
                Cell(unit, code, values[position], "", said.get((unit, code), ""), row=table.first_row + position)
                for position, unit in lines
            ]
        columns = table.frame.columns
        return Filled(key, cells, {code: letter(columns.index(code)) for code in self.codes})

    def _notes(self, table: tables.Table, known: set[str]) -> dict[tuple[str, str], str]:
        lines, found = _lines(table, UNIT, known, "foreign_unit"), dict[tuple[str, str], str]()
        for code in self.codes:
            texts = _texts(table, code)
            found.update({(unit, code): texts[position] for position, unit in lines if texts[position]})
        return found


def letter(position: int) -> str:
    """0 → A, 26 → AA."""
    text, number = "", position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _require_plain(source: tables.Source) -> None:
    """Only XLSX, no macros, no bomb."""
    if source.suffix == ".xlsm":
        raise WorkbookError([Problem("macros")])
    if source.suffix != ".xlsx":
        raise WorkbookError([Problem("not_workbook", particulars={"value": source.name[:80]})])
    try:
        refuse_bombs(source.content, LARGEST)
        with zipfile.ZipFile(io.BytesIO(source.content)) as archive:
            names = archive.namelist()
    except tables.TableError as error:
        raise WorkbookError.of(error) from error
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise WorkbookError([Problem("macros")])


def _merged(source: tables.Source, sheet: str) -> list[str]:
    """Merged areas of a worksheet."""
    with zipfile.ZipFile(io.BytesIO(source.content)) as archive:
        return [ref.decode() for ref in _MERGED.findall(archive.read(tables.sheet_path(archive, sheet)))]


def _require_headings(table: tables.Table, wanted: set[str], allowed: set[str]) -> None:
    present = {name for name in table.frame.columns if not name.startswith(tables.UNNAMED)}
    row = table.first_row - 1
    problems = [Problem("no_heading", table.sheet, row, "", {"value": name}) for name in sorted(wanted - present)]
    problems += [
        Problem("unknown_heading", table.sheet, row, letter(table.frame.columns.index(name)), {"value": name})
        for name in sorted(present - wanted - allowed)
    ]
    for position, name in enumerate(table.frame.columns):
        if name.startswith(tables.UNNAMED) and table.frame[name].fill_null("").str.strip_chars().ne("").any():
            problems.append(Problem("unknown_heading", table.sheet, row, letter(position), {"value": letter(position)}))
    if problems:
        raise WorkbookError(problems)


def _lines(table: tables.Table, heading: str, known: set[str], foreign: str) -> list[tuple[int, str]]:
    """Position and code of each line that names one; blank lines are left out, others refused."""
    codes, firsts = _texts(table, heading), dict[str, int]()
    blank = table.frame.select(pl.all_horizontal(pl.all().fill_null("").str.strip_chars() == "")).to_series()
    lines: list[tuple[int, str]] = []
    problems: list[Problem] = []
    column = letter(table.frame.columns.index(heading))
    for position, code in enumerate(codes):
        row = table.first_row + position
        if not code:
            if not blank[position]:
                problems.append(Problem("blank_unit", table.sheet, row, column))
        elif code not in known:
            problems.append(Problem(foreign, table.sheet, row, column, {"value": code[:60]}))
        elif code in firsts:
            particulars = {"value": code, "first": str(firsts[code])}
            problems.append(Problem("repeated", table.sheet, row, column, particulars))
        else:
            firsts[code] = row
            lines.append((position, code))
    if problems:
        raise WorkbookError(problems)
    return lines


def _texts(table: tables.Table, name: str) -> list[str]:
    return table.frame[name].cast(pl.String).fill_null("").str.strip_chars().to_list()


def _values(table: tables.Table, name: str) -> Sequence[float | str]:
    """The exact number where a cell is one, else its text. A tick box reads as a number and is none."""
    texts = _texts(table, name)
    if table.numbers is None:
        return texts
    return list(_told(texts, table.numbers[name].to_list()))


def _told(texts: list[str], numbers: list[float | None]) -> Iterator[float | str]:
    for text, number in zip(texts, numbers, strict=True):
        is_number = number is not None and text.lower() not in {"true", "false"}
        yield number if is_number and number is not None else text


def _statuses(table: tables.Table) -> list[str]:
    """The status that each line's word means; empty: none said."""
    meaning = {word: name for name, known in STATUSES.items() for word in known} | {"": ""}
    words = [text.lower() for text in _texts(table, STATUS)]
    column = letter(table.frame.columns.index(STATUS))
    problems = [
        Problem("bad_status", table.sheet, table.first_row + position, column, {"value": word[:40]})
        for position, word in enumerate(words)
        if word not in meaning
    ]
    if problems:
        raise WorkbookError(problems)
    return [meaning[word] for word in words]
