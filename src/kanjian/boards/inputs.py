"""From a release to the columns that a scheme reads 取数口径.

A scheme names columns; a release holds cells of indicators and periods. Between them stands one convention:

| column in the scheme | what it reads |
|---|---|
| ``B1`` | the value of indicator B1 in the edition's period |
| ``B1@-1``, ``B1@-4`` | its value one, four periods earlier (环比) |
| ``B1@last_year`` | its value in the same period one year earlier (同比) |
| ``A8@note`` (text) | the remark of the cell, such as a document number 文号 |

Group columns are the unit's ``track``, ``county``, ``township`` and ``kind``, or any of its attributes.
"""

import json
import re
from typing import NamedTuple

import polars as pl

from kanjian.boards.store.releases import ReleaseTables
from kanjian.calendars.periods import Period
from kanjian.scoring import Scheme, Values

OWN_GROUPS = ("track", "county", "township", "kind")
_COLUMN = re.compile(r"(?P<indicator>[^@]+)(?:@(?:-(?P<back>\d+)|(?P<word>last_year|note)))?")


class Column(NamedTuple):
    """What a scheme's column reads."""

    indicator: str
    period: str
    is_note: bool


def indicator_of(column: str) -> str:
    """The indicator's code within a column's name."""
    return column.partition("@")[0]


def read_column(column: str, period: Period) -> Column:
    """What a column of the scheme reads in a period; ``ValueError`` for a word after ``@`` that means nothing."""
    match = _COLUMN.fullmatch(column)
    if match is None:
        raise ValueError(f"column {column!r}: after @ stands -1, -2 …, last_year or note")
    if match["back"]:
        return Column(match["indicator"], period.shift(-int(match["back"])).code, is_note=False)
    if match["word"] == "last_year":
        return Column(match["indicator"], period.same_period_last_year().code, is_note=False)
    return Column(match["indicator"], period.code, is_note=match["word"] == "note")


def release_values(scheme: Scheme, release: ReleaseTables, period: str = "") -> Values:
    """The wide table a scheme reads: ``unit``, group columns, one Float64 column per input, text columns.

    ``period`` other than the release's own reads the same columns as of that earlier period, as far as the release
    holds them. Cells that do not apply are marked in ``Values.na``; everything absent is null.
    """
    stretch = Period.parse(period or release.period)
    frame = release.units.select("unit", *_groups(scheme, release.units))
    numbers = {name: read_column(name, stretch) for name in scheme.inputs()}
    notes = {name: read_column(name, stretch) for name in scheme.text_columns()}
    cells = Cells(release.values, frame.select("unit"))
    columns = [cells.numbers(read).alias(name) for name, read in numbers.items()]
    columns += [cells.notes(read).alias(name) for name, read in notes.items()]
    na = pl.DataFrame([cells.not_applicable(read).alias(name) for name, read in numbers.items()])
    marked = na.select(pl.any_horizontal(pl.all()).any()).item() if na.width and na.height else False
    return Values(frame.with_columns(columns), na if marked else None)


class Cells:
    """The cells of a release, looked up by indicator and period in the order of the units."""

    def __init__(self, values: pl.DataFrame, units: pl.DataFrame) -> None:
        self.units = units
        self.parts = values.partition_by("indicator", "period", as_dict=True, include_key=False)
        self.found: dict[tuple[str, str], pl.DataFrame] = {}

    def _column(self, read: Column) -> pl.DataFrame:
        key = (read.indicator, read.period)
        if key not in self.found:
            part = self.parts.get(key)
            empty = {"value": pl.Float64, "status": pl.String, "note": pl.String}
            cells = pl.DataFrame(schema={"unit": pl.String, **empty}) if part is None else part
            self.found[key] = self.units.join(cells, on="unit", how="left", maintain_order="left")
        return self.found[key]

    def numbers(self, read: Column) -> pl.Series:
        """The values, null where there is none."""
        return self._column(read)["value"]

    def notes(self, read: Column) -> pl.Series:
        """The remarks."""
        return self._column(read)["note"]

    def not_applicable(self, read: Column) -> pl.Series:
        """Where the cell says 不适用."""
        return (self._column(read)["status"] == "not_applicable").fill_null(value=False)


def _groups(scheme: Scheme, units: pl.DataFrame) -> list[pl.Series]:
    """The unit's own group columns and the attributes that the scheme reads."""
    own = [units[name] for name in OWN_GROUPS]
    others = [name for name in scheme.group_columns() if name not in OWN_GROUPS]
    if not others:
        return own
    attributes = [json.loads(text) for text in units["attributes"].to_list()]
    return own + [pl.Series(name, [_word(each.get(name)) for each in attributes], dtype=pl.String) for name in others]


def _word(value: object) -> str | None:
    return None if value is None else str(value)
