"""Formulas that failed (#N/A) or were never computed 公式错误, which the reader of tables hands over as if blank."""

import io
import re
import zipfile
from collections.abc import Sequence
from html import unescape

from kanjian.tables.problems import Problem, TableError

# A cell without content closes itself; taking it for an opening tag would swallow the next one.
_CELL = re.compile(rb"<c\s([^>]*[^>/])>(.*?)</c>", re.DOTALL)
_SHEET = re.compile(r"<sheet\s[^>]*>")
_RELATION = re.compile(r"<Relationship\s[^>]*>")


def failed_formulas(content: bytes, sheet: str, headings: Sequence[str], first_row: int) -> tuple[Problem, ...]:
    """A problem ``cell_error`` for every failed formula below the heading, with the error as ``value``.

    A program that writes workbooks without computing leaves formulas without a result: then ``value`` is the formula.
    Raises ``TableError`` (unreadable) for a workbook of another format that only bears the ending of this one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            xml = archive.read(sheet_path(archive, sheet))
    except (zipfile.BadZipFile, KeyError) as error:
        raise TableError.unreadable(error) from error
    problems = []
    if b't="e"' not in xml and b"<f" not in xml:
        return ()
    for attributes, inner in _CELL.findall(xml):
        value = _failure(attributes, inner)
        place = re.search(rb'\br="([A-Z]+)(\d+)"', attributes)
        if value is None or place is None:
            continue
        row, column = int(place[2]), _column_number(place[1])
        if row >= first_row and column < len(headings):
            problems.append(Problem("cell_error", row, headings[column], sheet, value))
    return tuple(problems)


def _failure(attributes: bytes, inner: bytes) -> str | None:
    """The error a cell shows, or the formula that has no result; None where all is well."""
    shown = re.search(rb"<v>([^<]+)</v>", inner)
    if b't="e"' in attributes:
        return shown[1].decode() if shown else ""
    formula = re.search(rb"<f[^>]*>([^<]*)</f>|<f[^>]*/>", inner)
    # A formula whose result is an empty text says so by its type.
    if formula is None or shown or b't="str"' in attributes:
        return None
    return f"={unescape((formula[1] or b'').decode())}"


def sheet_path(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where the sheet's XML lies inside the workbook; ``KeyError`` when the workbook does not say."""
    sheets = _SHEET.findall(archive.read("xl/workbook.xml").decode())
    relations = _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels").decode())
    targets = {_attribute(relation, "Id"): _attribute(relation, "Target") for relation in relations}
    identifiers = {_attribute(tag, "name"): _attribute(tag, "r:id") for tag in sheets}
    target = targets[identifiers[sheet]]
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf'\s{re.escape(name)}="([^"]*)"', tag)
    return unescape(match[1]) if match else ""


def _column_number(letters: bytes) -> int:
    """``A`` → 0, ``AA`` → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
