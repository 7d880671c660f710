"""Write corrected cells as one batch 更正数值: what a decision of a room above says the cells should read."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from django.db.models import Q

from kanjian.jobs.progress import SILENT
from kanjian.ledger.actions import append_event
from kanjian.measures.models import Batch, Indicator, Value
from kanjian.measures.store.writing import lock_values, write_cells
from kanjian.orgs.models import Unit, User

NOTE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Corrected:
    """One cell as it should read, by the codes of unit and indicator."""

    unit: str
    indicator: str
    period: str
    value: float | None
    status: str
    note: str = ""


SCHEMA = pl.Schema(
    {
        "unit_id": pl.Int64,
        "indicator_id": pl.Int64,
        "period": pl.String,
        "value": pl.Float64,
        "status": pl.String,
        "note": pl.String,
        "row": pl.Int64,
        "changed": pl.Boolean,
    }
)


def correct_values(cells: Sequence[Corrected], *, source: str, note: str, by: User | None) -> Batch:
    """Write the cells with ``source`` as where they came from; what they said before is kept as revisions.

    The step itself, inside the caller's transaction and permission check: the caller is an action that decided it.
    Raises ``KeyError`` for a unit or indicator that is not registered.
    """
    lock_values()
    batch = Batch.objects.create(source=source[:200], rows=len(cells), note=note[:NOTE_LENGTH], created_by=by)
    rows = _rows(cells)
    batch.changed = sum(row[-1] for row in rows)
    batch.new = len(rows) - batch.changed
    batch.save(update_fields=["changed", "new"])
    write_cells(pl.DataFrame(rows, schema=SCHEMA, orient="row"), batch.pk, SILENT)
    written = [f"{cell.unit}/{cell.indicator}/{cell.period}" for cell in cells]
    data = {"source": source, "cells": written, "new": batch.new, "changed": batch.changed, "note": note}
    append_event("measures.correct_values", f"batch:{batch.pk}", by=by, data=data)
    return batch


def _rows(cells: Sequence[Corrected]) -> list[tuple[int, int, str, float | None, str, str, int | None, bool]]:
    units = dict(Unit.objects.filter(code__in={cell.unit for cell in cells}).values_list("code", "pk"))
    indicators = dict(Indicator.objects.filter(code__in={c.indicator for c in cells}).values_list("code", "pk"))
    wanted = Q(pk__in=[])
    for cell in cells:
        wanted |= Q(unit_id=units[cell.unit], indicator_id=indicators[cell.indicator], period=cell.period)
    standing = set(Value.objects.filter(wanted).values_list("unit_id", "indicator_id", "period"))
    rows: list[tuple[int, int, str, float | None, str, str, int | None, bool]] = []
    for cell in cells:
        key = (units[cell.unit], indicators[cell.indicator], cell.period)
        rows.append((*key, cell.value, cell.status, cell.note[:NOTE_LENGTH], None, key in standing))
    return rows
