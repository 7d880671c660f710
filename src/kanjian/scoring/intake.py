"""Intake 数据接入: a table as people have it → values a scheme can score, or every problem with row, column and remedy.

Missing is null and stays missing; not applicable is kept apart; nothing is ever turned into zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl

from kanjian.scoring.cells import SHOWN, Cells, read_cells
from kanjian.scoring.grouping import codes_of
from kanjian.scoring.problems import Note, Problem, ValuesError
from kanjian.scoring.rules.tables import Grade
from kanjian.scoring.scheme import Scheme
from kanjian.scoring.values import Values

ROW = "\x00row"
"""A column of this name, which no file can have, holds the row numbers of a table that rows have been left out of."""


def read_values(
    frame: pl.DataFrame,
    scheme: Scheme,
    *,
    unit: str = "unit",
    units: Sequence[str] | pl.DataFrame | None = None,
    period: str | None = None,
    period_column: str = "period",
    layout: Literal["auto", "wide", "long"] = "auto",
    indicator_column: str = "indicator",
    value_column: str = "value",
    first_row: int = 1,
) -> Values:
    """Read a wide table (a row per unit, a column per input) or a long one (unit, period, indicator, value).

    `units` lists the units that are known: others are refused; as a frame (`unit` and group columns) it also supplies
    groups the table lacks. `period` chooses one of several periods. Raises ValuesError with all problems. Row numbers
    in messages count data rows from `first_row`; a sheet whose heading stands on line 1 has its first row on line 2.
    """
    work = _Intake(frame, scheme, unit, period_column, first_row)
    table = work.one_period(period)
    if layout == "auto":
        looks_long = {indicator_column, value_column} <= set(frame.columns)
        layout = "long" if looks_long and not set(scheme.inputs()) <= set(frame.columns) else "wide"
    known = _known_units(units)
    if table is not None:
        read = work.wide if layout == "wide" else work.long
        read(table, known, indicator_column, value_column)
    return work.values(known)


def _known_units(units: Sequence[str] | pl.DataFrame | None) -> pl.DataFrame | None:
    """Return the known units as a frame with `unit` as text."""
    if units is None:
        return None
    table = (
        units if isinstance(units, pl.DataFrame) else pl.DataFrame({"unit": list(units)}, schema={"unit": pl.String})
    )
    if "unit" not in table.columns:
        raise ValuesError([Problem("units", "the list of units needs a column 'unit'", "missing_column")])
    table = table.with_columns(_code_texts(table["unit"]).str.strip_chars())
    if table["unit"].n_unique() < table.height:
        twice = table.filter(pl.col("unit").is_duplicated())["unit"].unique(maintain_order=True).to_list()
        message = f"the list of units names some twice: {', '.join(map(str, twice[:SHOWN]))}"
        raise ValuesError([Problem("units", message, "duplicate_unit")])
    return table


@dataclass
class _Intake:
    """One reading: what has been found so far."""

    frame: pl.DataFrame
    scheme: Scheme
    unit: str
    period_column: str = "period"
    first_row: int = 1
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    columns: list[pl.Series] = field(default_factory=list)
    na: list[pl.Series] = field(default_factory=list)

    def problem(self, path: str, message: str, code: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(path, message, code))

    def one_period(self, period: str | None) -> pl.DataFrame | None:
        """Return the rows of one period with their row numbers; a table without periods as it is."""
        table, column = self.frame, self.period_column
        if self.unit not in table.columns:
            names = ", ".join(name for name in table.columns[:9] if name != ROW)
            self.problem(self.unit, f"no column {self.unit!r} with unit codes (columns: {names} …)", "missing_column")
            return None
        if table.height == 0:
            self.problem("", "the table has no rows", "no_rows")
            return None
        if column not in table.columns and period is not None:
            message = f"no column {column!r} to find period {period!r} in; name the column, or choose no period"
            self.problem(column, message, "missing_column")
            return None
        if column not in table.columns or column in self.scheme.inputs():
            return table
        found = table[column].cast(pl.String)
        periods = found.unique().sort().to_list()
        if period is not None:
            if period not in periods:
                self.problem(column, f"no rows for period {period!r}; periods: {_listed(periods)}", "unknown_period")
                return None
            numbered = table if ROW in table.columns else table.with_row_index(ROW, offset=self.first_row)
            return numbered.filter(found == period)
        if len(periods) > 1:
            message = f"rows of several periods ({_listed(periods)}); choose one with period"
            self.problem(column, message, "mixed_periods")
        return table

    def wide(self, table: pl.DataFrame, known: pl.DataFrame | None, *_: str) -> None:
        """Read a row per unit."""
        units, rows = self.unit_codes(table), self.row_numbers(table)
        self.unique_units(units, rows)
        self.known_units(units, rows, known)
        self.columns.append(units)
        self.group_columns(table, units, known)
        for name in self.scheme.text_columns():
            if name in table.columns:
                self.columns.append(table[name].cast(pl.String))
            else:
                self.problem(
                    name, "the column with document numbers is missing; add it (empty: none)", "missing_column"
                )
        grades = _grade_columns(self.scheme)
        for name in self.scheme.inputs():
            if name not in table.columns:
                self.problem(name, "the column is missing; add it, empty if nothing was collected", "missing_column")
                continue
            arguments = {"units": units, "rows": rows, "grades": grades.get(name)}
            self.take(read_cells(table[name], name, self.scheme.markers, **arguments), name)  # type: ignore[arg-type]
        used = {self.unit, self.period_column, ROW, *self.scheme.inputs(), *self.scheme.group_columns()}
        spare = [name for name in table.columns if name not in used | set(self.scheme.text_columns())]
        if spare:
            self.notes.append(Note("unused_column", f"columns the scheme does not use: {_listed(spare)}"))

    def long(self, table: pl.DataFrame, known: pl.DataFrame | None, indicator: str, value: str) -> None:
        """Read a row per unit and indicator."""
        names = self.scheme.inputs()
        owner, rows = self.unit_codes(table), self.row_numbers(table, always=True)
        assert rows is not None
        units = owner.unique(maintain_order=True)
        self.known_units(owner, rows, known)
        self.columns.append(units)
        table = table.with_columns(owner.alias("unit"))
        self.one_group_each(table)
        first = table.unique("unit", keep="first", maintain_order=True)
        self.group_columns(first, units, known)
        at = pl.Series("at", codes_of(owner, tuple(units.drop_nulls().to_list())))
        what = table[indicator].cast(pl.String).str.strip_chars()
        self.foreign(what, names)
        grades = _grade_columns(self.scheme)
        for name in names:
            mine = (what == name).fill_null(value=False)
            places, numbers, owners = at.filter(mine), rows.filter(mine), owner.filter(mine)
            self.unique_units(owners, numbers, name)
            cells = read_cells(
                table[value].filter(mine),
                name,
                self.scheme.markers,
                units=owners,
                rows=numbers,
                grades=grades.get(name),
            )
            self.take(_spread(cells, places.to_numpy(), len(units), name), name)
        for name in self.scheme.text_columns():
            mine = (what == name).fill_null(value=False)
            said = dict(zip(owner.filter(mine), table[value].filter(mine).cast(pl.String), strict=True))
            self.columns.append(pl.Series(name, [said.get(code) for code in units], dtype=pl.String))

    def one_group_each(self, table: pl.DataFrame) -> None:
        """Refuse units whose rows stand in different groups."""
        for name in self.scheme.group_columns():
            if name in table.columns:
                several = table.group_by("unit", maintain_order=True).agg(pl.col(name).cast(pl.String).unique().sort())
                for code, found in several.filter(pl.col(name).list.len() > 1).head(SHOWN).iter_rows():
                    message = f"unit {code!r} stands in several groups ({_listed(found)}); give it one"
                    self.problem(name, message, "group_conflict")

    def foreign(self, what: pl.Series, names: list[str]) -> None:
        """Note indicators the scheme does not read."""
        other = sorted(set(what.drop_nulls().unique().to_list()) - set(names) - set(self.scheme.text_columns()))
        if other:
            self.notes.append(Note("unused_column", f"indicators the scheme does not use: {_listed(other)}"))

    def unit_codes(self, table: pl.DataFrame) -> pl.Series:
        """Return the unit codes as text; empty ones are problems."""
        raw = table[self.unit]
        trimmed = _code_texts(raw).alias("unit").str.strip_chars()
        empty = trimmed.is_null() | (trimmed == "")
        rows = self.row_numbers(table)
        for row in empty.arg_true()[:SHOWN].to_list():
            number = row + 1 if rows is None else rows[row]
            self.problem(f"{self.unit}, row {number}", "has no unit code; write it or remove the row", "no_unit")
        return trimmed

    def row_numbers(self, table: pl.DataFrame, *, always: bool = False) -> pl.Series | None:
        """Return the row numbers in the original table; None where they are 1, 2, …"""
        if ROW in table.columns:
            return table[ROW]
        if always or self.first_row != 1:
            return pl.Series(np.arange(self.first_row, self.first_row + table.height))
        return None

    def unique_units(self, units: pl.Series, rows: pl.Series | None, name: str = "") -> None:
        """Refuse a unit that occurs twice (for one indicator, in a long table)."""
        if units.n_unique() == len(units):
            return
        table = pl.DataFrame({"unit": units, "row": rows if rows is not None else np.arange(1, len(units) + 1)})
        twice = (
            table.drop_nulls("unit")
            .group_by("unit", maintain_order=True)
            .agg("row")
            .filter(pl.col("row").list.len() > 1)
        )
        for code, places in twice.head(SHOWN).iter_rows():
            where = f"{name}, " if name else ""
            message = f"unit {code!r} occurs in rows {_listed(places)}; keep one"
            self.problem(f"{where}{self.unit}, row {places[1]}", message, "duplicate_unit")
        if twice.height > SHOWN:
            self.problem(self.unit, f"… and {twice.height - SHOWN:,} more units occur twice", "duplicate_unit")

    def known_units(self, units: pl.Series, rows: pl.Series | None, known: pl.DataFrame | None) -> None:
        """Refuse units that are not in the list; note those without a row."""
        if known is None:
            return
        strange = (units.is_not_null() & (units != "") & ~units.is_in(known["unit"].to_list())).arg_true()
        seen: set[str] = set()
        for row in strange.to_list():
            if units[row] not in seen and len(seen) < SHOWN:
                number = row + 1 if rows is None else rows[row]
                message = f"unknown unit {units[row]!r}; correct the code or add the unit first"
                self.problem(f"{self.unit}, row {number}", message, "unknown_unit")
            seen.add(units[row])
        absent = known.filter(~pl.col("unit").is_in(units.drop_nulls().unique().to_list()))["unit"].to_list()
        if absent:
            message = f"{len(absent):,} known unit(s) without a row: {_listed(absent)}"
            self.notes.append(Note("unit_without_values", message))

    def group_columns(self, table: pl.DataFrame, units: pl.Series, known: pl.DataFrame | None) -> None:
        """Take group columns from the table, else from the list of units."""
        for name in self.scheme.group_columns():
            if name in table.columns:
                column = table[name].cast(pl.String)
            elif known is not None and name in known.columns:
                groups = known.select("unit", pl.col(name).cast(pl.String))
                column = units.to_frame().join(groups, on="unit", how="left", maintain_order="left")[name]
            else:
                self.problem(
                    name, f"group column {name!r} is missing; add it to the table or the units", "missing_column"
                )
                continue
            empty = column.null_count()
            if empty:
                self.notes.append(Note("no_group", f"{empty:,} unit(s) without {name}", name))
            self.columns.append(column.alias(name))

    def take(self, cells: Cells, name: str) -> None:
        """Keep a column that was read, with its findings."""
        self.problems += cells.problems
        self.notes += cells.notes
        self.columns.append(cells.numbers)
        if cells.na is not None:
            self.na.append(cells.na.alias(name))
        if cells.numbers.null_count() == len(cells.numbers) and not cells.problems:
            self.notes.append(Note("empty_indicator", f"{name}: no unit has a value; it counts as missing", name))

    def values(self, known: pl.DataFrame | None) -> Values:
        """Return the values, or raise all problems."""
        del known
        if not self.problems:
            table = pl.DataFrame(self.columns)
            inputs = self.scheme.inputs()
            if all(table[name].null_count() == table.height for name in inputs):
                self.problem("", "no unit has any value in the columns the scheme reads", "no_values")
            if table.height == 1:
                message = "one unit only: nothing to compare with; rules that compare give their constant"
                self.notes.append(Note("one_unit", message, unit=table["unit"][0]))
        if self.problems:
            raise ValuesError(self.problems)
        return Values(table, pl.DataFrame(self.na) if self.na else None, self.notes)


def _code_texts(codes: pl.Series) -> pl.Series:
    """Return codes as text; whole numbers that came as floats lose their ".0"."""
    if codes.dtype.is_float() and ((codes == codes.floor()) | codes.is_null()).all():
        codes = codes.cast(pl.Int64, strict=False)
    return codes if codes.dtype == pl.String else codes.cast(pl.String)


def _grade_columns(scheme: Scheme) -> dict[str, dict[str, float]]:
    """Return the columns that hold grades, with the number for each label."""
    graded = ((leaf.columns()[0], leaf.rule) for leaf in scheme.leaves())
    return {name: rule.numbers() for name, rule in graded if isinstance(rule, Grade)}


def _spread(cells: Cells, places: np.ndarray, units: int, name: str) -> Cells:
    """Lay the cells of one indicator out by unit."""
    inside = places < units
    numbers = np.full(units, np.nan)
    numbers[places[inside]] = cells.numbers.to_numpy()[inside]
    cells.numbers = pl.Series(name, numbers, nan_to_null=True)
    if cells.na is not None:
        mask = np.zeros(units, dtype=np.bool_)
        mask[places[inside]] = cells.na.to_numpy()[inside]
        cells.na = pl.Series(name, mask)
    return cells


def _listed(names: Sequence[object]) -> str:
    """List some names, the rest as a count."""
    shown = ", ".join(str(name) for name in names[:8])
    return shown if len(names) <= 8 else f"{shown} … ({len(names):,} in all)"
