"""What every command on values shares: its options, and reading scheme, values and units into a result."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kanjian.cli import schemes, tables
from kanjian.cli.console import fail

if TYPE_CHECKING:
    import polars as pl

    from kanjian.scoring import Result, Scheme, Values

ValuesFile = Annotated[
    Path, typer.Argument(metavar="VALUES", help="CSV, XLSX or Parquet; a row per unit, or unit-period-indicator-value.")
]
Units = Annotated[Path | None, typer.Option("--units", help="Table of the units with their tracks and other groups.")]
UnitColumn = Annotated[str, typer.Option("--unit-column", help="Heading of the units' codes.")]
Period = Annotated[str | None, typer.Option("--period", help="Period to score, when the table holds several.")]
PeriodColumn = Annotated[str, typer.Option("--period-column", help="Heading of the periods.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="File to write: .csv, .xlsx or .parquet.")]


@dataclass(frozen=True)
class Input:
    """The files of one call, read once; a command may score several periods of them."""

    path: Path
    scheme: "Scheme"
    frame: "pl.DataFrame"
    known: "pl.DataFrame | None"
    unit_column: str
    period_column: str

    def values(self, period: str | None) -> "Values":
        """Check the values of a period; stop with every problem at once."""
        from kanjian.scoring import ValuesError, read_values

        try:
            return read_values(
                self.frame,
                self.scheme,
                unit=self.unit_column,
                period=period,
                period_column=self.period_column,
                units=self.known,
            )
        except ValuesError as error:
            schemes.refuse(self.path, error)

    def result(self, period: str | None) -> "Result":
        """Score a period; stop with every problem at once."""
        from kanjian.scoring import ValuesError, score

        try:
            return score(self.scheme, self.values(period))
        except ValuesError as error:
            schemes.refuse(self.path, error)


def read(
    scheme: "Scheme", path: Path, *, units: Path | None, unit_column: str, period_column: str, sheet: str = ""
) -> Input:
    """Read the tables of values and units."""
    wanted = [unit_column, period_column, *scheme.group_columns(), *scheme.text_columns(), *scheme.inputs()]
    found = tables.read_table(path, headings=[unit_column], sheet=sheet)
    numbers = [*scheme.inputs(), "value"]
    frame = tables.frame_of(path, found, wanted=[*wanted, "indicator", "value"], numbers=numbers)
    if unit_column not in frame.columns:
        fail(f"{path}: no column {unit_column!r} with unit codes; {_choice(frame)}")
    known = None if units is None else _units(units, unit_column, scheme.group_columns())
    return Input(path, scheme, frame, known, unit_column, period_column)


def _units(path: Path, unit_column: str, groups: list[str]) -> "pl.DataFrame":
    """The units that are known, with their groups."""
    found = tables.read_table(path, headings=[unit_column, "unit"])
    frame = tables.frame_of(path, found, wanted=[unit_column, "unit", *groups], numbers=[])
    name = unit_column if unit_column in frame.columns else "unit"
    if name not in frame.columns:
        fail(f"{path}: no column {unit_column!r} with unit codes; {_choice(frame)}")
    return frame.rename({name: "unit"})


def _choice(frame: "pl.DataFrame") -> str:
    """The headings that there are, for somebody who named one that is not."""
    names = [name for name in frame.columns if name.isprintable()]
    shown = ", ".join(names[:8]) + (f" … ({len(names):,} in all)" if len(names) > 8 else "")
    return f"name the heading with --unit-column (headings: {shown})"
