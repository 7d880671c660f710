"""From an edition's files back to the objects of the scoring library 还原: what explanations are computed from.

Small editions are read whole. Of a large one only the track is read: scores depend on a row, the scheme and the
parameters, places on the track, so a part explains itself.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from kanjian.boards.store.editions import EditionFiles
from kanjian.boards.store.keeping import weighed
from kanjian.scoring import Result, Values
from kanjian.scoring.explanation import UnitValues

Field = tuple[int, int]  # offset and count of rows of an edition
WHOLE = 5_000  # units up to which an edition is read whole
RIVALS = 20_000  # units up to which a track is read


def unit_result(files: EditionFiles, unit: str) -> Result | None:
    """A result of one row, for what concerns the unit alone; None when it is not in the edition."""
    row = files.detail(unit)
    return None if row is None else _result_of(files, pl.DataFrame([row], schema=files.detail_schema))


def unit_values(files: EditionFiles, row: dict[str, Any]) -> UnitValues:
    """What the scheme read of one row of ``details``."""
    scheme = files.scheme
    groups = {name: row[f"group.{name}"] for name in scheme.group_columns()}
    texts = {name: row[f"text.{name}"] for name in scheme.text_columns()}
    numbers = {name: row[f"input.{name}"] for name in scheme.inputs()}
    return UnitValues(numbers, groups | texts, frozenset(json.loads(row["na"] or "[]")))


def field_of(files: EditionFiles, track: str | None) -> Field | None:
    """Which rows are read to explain a unit of the track: (offset, count); None for a track too large."""
    units = int(files.summary["units"])
    if units <= WHOLE:
        return 0, units
    offset, count = files.stretch(track)
    return (offset, count) if 0 < count <= RIVALS else None


def field_result(files: EditionFiles, track: str | None) -> Result | None:
    """A result with at least the units of a track, with the parameters of the whole; None for a track too large."""
    field = field_of(files, track)
    return None if field is None else rows_result(files, field)


def whole_result(files: EditionFiles) -> Result | None:
    """A result of all units, for what concerns the whole order; None for an edition too large to be held."""
    units = int(files.summary["units"])
    return rows_result(files, (0, units)) if units <= RIVALS else None


def _units_of(result: Result) -> int:
    return result.values.height


@weighed(_units_of)
def rows_result(files: EditionFiles, field: Field) -> Result:
    """A result of these rows; the last ones are kept."""
    return _result_of(files, files.detail_slice(*field))


def _result_of(files: EditionFiles, details: pl.DataFrame) -> Result:
    """A result over some rows of ``details``, as the engine left them."""
    scheme = files.scheme
    groups = [name for name in scheme.group_columns() if name != "track"]
    nodes = [node.code for node in scheme.nodes()]
    plain = ["score", "coverage", "imputed", "band", "reason", "rank"]
    plain += [] if scheme.tracks is None else ["track", "track_rank", "track_size"]
    scores = [details["unit"], *_own(details, "group", groups), *_own(details, "points", nodes)]
    scores += [details[name] for name in plain]
    return Result(
        scheme=scheme,
        parameters=files.parameters,
        values=_values_of(files, details),
        scores=pl.DataFrame(scores),
        notes=[],
        flags=_flags(details),
    )


def _values_of(files: EditionFiles, details: pl.DataFrame) -> Values:
    """The wide table of values, as the scheme read it."""
    scheme = files.scheme
    inputs, texts = scheme.inputs(), scheme.text_columns()
    columns = [
        details["unit"],
        *_own(details, "group", scheme.group_columns()),
        *_own(details, "input", inputs),
        *_own(details, "text", texts),
    ]
    return Values(pl.DataFrame(columns), _not_applicable(details["na"], inputs))


def _own(details: pl.DataFrame, prefix: str, names: Iterable[str]) -> Iterator[pl.Series]:
    """Columns under the names that they have outside this table; taken one by one, since a query of a hundred names
    costs more than a row.
    """
    return (details[f"{prefix}.{name}"].alias(name) for name in names)


def corrected_values(files: EditionFiles, before: Values) -> Values | None:
    """The values of the edition before as they should have been; None when nothing was corrected since."""
    return with_corrections(files.corrections, before)


def with_corrections(cells: pl.DataFrame, before: Values) -> Values | None:
    """The values with some cells as they should have been (schema ``CORRECTIONS``); None when there are none."""
    cells = cells.join(before.frame.select("unit"), on="unit", how="semi")
    if cells.is_empty():
        return None
    columns = []
    for (name,), part in cells.partition_by("input", as_dict=True).items():
        fixed = before.frame.select("unit", str(name)).join(
            part.select("unit", "after", pl.lit(value=True).alias("known")),
            on="unit",
            how="left",
            maintain_order="left",
        )
        columns.append(fixed.select(pl.when("known").then("after").otherwise(pl.col(str(name))).alias(str(name))))
    return before.with_columns(pl.concat(columns, how="horizontal"))


def _not_applicable(marks: pl.Series, inputs: list[str]) -> pl.DataFrame | None:
    """Boolean columns from the lists of inputs that do not apply; None where every cell applies."""
    if marks.null_count() == marks.len():
        return None
    lists = [set(json.loads(text)) if text else set() for text in marks.to_list()]
    columns = [pl.Series(name, [name in found for found in lists], dtype=pl.Boolean) for name in inputs]
    return pl.DataFrame([column for column in columns if column.any()])


def _flags(details: pl.DataFrame) -> pl.DataFrame:
    rows = [
        (unit, node, flag)
        for unit, text in details.select("unit", "flags").drop_nulls().iter_rows()
        for node, flags in json.loads(text).items()
        for flag in flags
    ]
    return pl.DataFrame(rows, schema={"unit": pl.String, "node": pl.String, "flag": pl.String}, orient="row")
