"""Reading the cells of one column 单元格读取: numbers, words for missing and for not applicable, grades, and the rest
as problems that name row and remedy.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from kanjian.scoring.problems import Note, Problem
from kanjian.scoring.scheme.parts import Markers

SHOWN = 20
"""Problems of one kind shown for a column; the rest is counted."""
LARGEST = 1e100
"""No quantity of this world is larger, and squares of what is much larger overflow."""


@dataclass
class Cells:
    """A column as read: `numbers` Float64 with null for missing, `na` Boolean or None."""

    numbers: pl.Series
    na: pl.Series | None = None
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def read_cells(
    column: pl.Series,
    name: str,
    markers: Markers,
    *,
    units: pl.Series,
    rows: pl.Series | None = None,
    grades: dict[str, float] | None = None,
) -> Cells:
    """Read one column; `rows` are the row numbers to be named (1, 2, … by default), `units` stand beside them."""
    kind = column.dtype
    if kind.is_numeric() or kind == pl.Boolean:
        cells = Cells(column if kind == pl.Float64 else column.cast(pl.Float64))
    elif kind == pl.Null:
        cells = Cells(column.cast(pl.Float64))
    elif kind in (pl.String, pl.Categorical, pl.Enum):
        cells = _read_text(column.cast(pl.String), name, markers, units=units, rows=rows, grades=grades)
    else:
        message = f"column holds {kind}, not numbers; give numbers"
        return Cells(pl.Series([None] * len(column), dtype=pl.Float64), problems=[Problem(name, message, "not_number")])
    _finite(cells, name)
    _sized(cells, name, units, rows)
    if grades is not None:
        _known_grades(cells, name, grades, units, rows)
    cells.numbers = cells.numbers.alias(name)
    return cells


def _read_text(
    column: pl.Series,
    name: str,
    markers: Markers,
    *,
    units: pl.Series,
    rows: pl.Series | None,
    grades: dict[str, float] | None,
) -> Cells:
    text = column.str.strip_chars().str.strip_chars("\u3000")
    word = text.str.to_lowercase()
    na = word.is_in([marker.strip().lower() for marker in markers.not_applicable]).fill_null(value=False)
    missing = word.is_null() | word.is_in([marker.strip().lower() for marker in markers.missing]) | na
    numbers = text.cast(pl.Float64, strict=False)
    if grades is not None:
        by_label = text.replace_strict(list(grades), list(grades.values()), default=None, return_dtype=pl.Float64)
        numbers = pl.select(pl.coalesce(by_label, numbers)).to_series()
    numbers = pl.select(pl.when(missing).then(None).otherwise(numbers)).to_series()
    bad = (numbers.is_null() & ~missing).to_numpy()
    problems = [
        Problem(place_of(name, row, rows, units), f"{text[row]!r} is not a number; {remedy(text[row], grades)}", "text")
        for row in np.flatnonzero(bad)[:SHOWN].tolist()
    ]
    problems += more(name, int(bad.sum()), "text")
    return Cells(numbers, na if na.any() else None, problems)


def place_of(name: str, row: int, rows: pl.Series | None, units: pl.Series) -> str:
    """Spell a cell's place: `B1, row 7 (unit 余村)`."""
    number = row + 1 if rows is None else rows[row]
    return f"{name}, row {number} (unit {units[row]})"


def more(name: str, count: int, code: str) -> list[Problem]:
    """Count what is not shown one by one."""
    return [Problem(name, f"… and {count - SHOWN:,} more cells like these", code)] if count > SHOWN else []


def remedy(text: str, grades: dict[str, float] | None) -> str:
    """Say how to mend a cell."""
    if grades is not None:
        return f"the grades are {', '.join(grades)}"
    plain = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-")
    if plain != text and _is_number(plain):
        return f"write {plain} in half-width characters"
    text = plain
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        return f"write {text.replace(',', '')} without separators"
    if re.fullmatch(r"[+-]?[\d.]+\s*%", text):
        return f"write {text.rstrip('%').strip()} without the per cent sign"
    found = re.match(r"[+-]?\d+(\.\d+)?", text)
    if found:
        return f"write {found.group()} if that is the value in the indicator's unit, without other text"
    return "write a number, leave the cell empty if it was not collected, or 不适用 if it does not apply"


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text) is not None


def _finite(cells: Cells, name: str) -> None:
    """Turn NaN and infinity into missing and say so. One sum tells whether there are any."""
    total = cells.numbers.sum()
    if np.isfinite(float(total or 0.0)):
        return
    for what, mask in (("NaN", cells.numbers.is_nan()), ("infinite", cells.numbers.is_infinite())):
        count = int(mask.sum() or 0)
        if count:
            message = f"{name}: {count:,} {what} value(s) read as missing"
            cells.notes.append(Note("not_finite", message, name))
    finite = cells.numbers.is_finite()
    cells.numbers = pl.select(pl.when(finite).then(cells.numbers).otherwise(None)).to_series()


def _sized(cells: Cells, name: str, units: pl.Series, rows: pl.Series | None) -> None:
    """Refuse numbers with which nobody can reckon."""
    low, high = cells.numbers.min(), cells.numbers.max()
    if low is None or high is None or max(-float(low), float(high)) <= LARGEST:  # type: ignore[arg-type]
        return
    bad = (cells.numbers.abs() > LARGEST).fill_null(value=False).to_numpy()
    cells.problems += [
        Problem(place_of(name, row, rows, units), f"{cells.numbers[row]:g} is too large to be true", "too_large")
        for row in np.flatnonzero(bad)[:SHOWN].tolist()
    ]
    cells.problems += more(name, int(bad.sum()), "too_large")


def _known_grades(cells: Cells, name: str, grades: dict[str, float], units: pl.Series, rows: pl.Series | None) -> None:
    """Refuse numbers that stand for no grade."""
    known: Sequence[float] = list(grades.values())
    bad = (cells.numbers.is_not_null() & ~cells.numbers.is_in(known)).to_numpy()
    cells.problems += [
        Problem(place_of(name, row, rows, units), f"{cells.numbers[row]:g} is no grade; {remedy('', grades)}", "grade")
        for row in np.flatnonzero(bad)[:SHOWN].tolist()
    ]
    cells.problems += more(name, int(bad.sum()), "grade")
