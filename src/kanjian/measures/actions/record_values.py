"""Write values that another room has checked and approved 写入数值: all of them or nothing."""

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.jobs.progress import SILENT, Reporter
from kanjian.ledger.actions import append_event
from kanjian.measures.comparing import KEY, STORED
from kanjian.measures.models import Batch, Value
from kanjian.measures.store.fetching import fetch
from kanjian.measures.store.writing import lock_values, write_cells
from kanjian.orgs.models import User

CELLS = pl.Schema(
    {
        "unit_id": pl.Int64,
        "indicator_id": pl.Int64,
        "period": pl.String,
        "value": pl.Float64,
        "status": pl.String,
        "note": pl.String,
    }
)


@transaction.atomic
def record_values(
    cells: pl.DataFrame, *, source: str, by: User | None, note: str = "", reporter: Reporter = SILENT
) -> Batch:
    """Write the new and changed cells as one batch, keep what they said before, record it in the ledger.

    ``cells`` has the columns of ``CELLS``, one row per cell. For rooms above, which answer for it that the person may
    and that the cells were checked; a batch is made also when every cell says the same already. ``reporter`` counts the
    cells written.
    """
    lock_values()
    compared = _compared(cells.with_columns(row=pl.lit(None, pl.Int64)))
    fresh, changed = int(compared["fresh"].sum()), int(compared["changed"].sum())
    batch = Batch.objects.create(
        source=source[:200], rows=cells["unit_id"].n_unique(), new=fresh, changed=changed, note=note, created_by=by
    )
    reporter.start(fresh + changed, _("正在写入"))
    write_cells(compared.filter(pl.col("fresh") | pl.col("changed")), batch.pk, reporter)
    data = {
        "source": source,
        "cells": cells.height,
        "new": fresh,
        "changed": changed,
        "unchanged": cells.height - fresh - changed,
        "periods": sorted(cells["period"].unique().to_list()),
    }
    append_event("measures.record_values", f"batch:{batch.pk}", by=by, data=data)
    return batch


def _compared(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells with ``fresh`` (never written) and ``changed`` (says something else)."""
    values = Value.objects.filter(
        period__in=cells["period"].unique().to_list(), indicator__in=cells["indicator_id"].unique().to_list()
    )
    stored = fetch(values.order_by().values_list(*KEY, "value", "status", "note"), STORED)
    differs = (
        (pl.col("status") != pl.col("old_status"))
        | pl.col("value").ne_missing(pl.col("old"))
        | (pl.col("note") != pl.col("old_note"))
    )
    known = pl.col("old_status").is_not_null()
    return cells.join(stored, on=KEY, how="left", maintain_order="left").with_columns(
        fresh=~known, changed=known & differs.fill_null(value=False)
    )
