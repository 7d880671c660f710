"""Turn approved sheets into values 采纳: one batch, one transaction."""

from collections.abc import Iterable, Sequence

import polars as pl
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.collecting.actions.common import move, step
from kanjian.collecting.models import Entry, PastEntry, Sheet, Step
from kanjian.collecting.rules import Do, require
from kanjian.collecting.states import CollectingError, State, locked_all
from kanjian.jobs.progress import SILENT, Reporter
from kanjian.ledger.actions import append_event
from kanjian.measures.actions import record_values
from kanjian.measures.actions.record_values import CELLS
from kanjian.measures.models import Batch
from kanjian.measures.store.fetching import fetch
from kanjian.orgs.models import User

CHUNK = 1_000
LONGEST = 200
CELL = ("sheet_id", "unit_id", "indicator_id")
SAYS = {"status": pl.String, "note": pl.String, "evidence": pl.String, "version": pl.Int64}
PLACED = dict.fromkeys(CELL, pl.Int64)
BLANK = (pl.col("status") == "missing") & (pl.col("note") == "") & (pl.col("evidence") == "")


@transaction.atomic
def accept(sheets: Iterable[Sheet], *, by: User | None, reporter: Reporter = SILENT) -> Batch:
    """Office level: the entries of all the sheets become values of ``measures`` in one batch, all of them or none.

    A cell nobody said anything about writes nothing: late is never zero; one that an earlier acceptance wrote and a
    correction cleared becomes missing. What the platform said before stays as a revision; the batch leads back to each
    sheet. Raises ``CollectingError`` (nothing_chosen, not_at_office, not_submitted) or ``PermissionDenied`` (not the
    office, own entries, approved at another level before).
    """
    rows = locked_all(sheet.pk for sheet in sheets)
    if not rows:
        raise CollectingError("nothing_chosen", _("没有选中填报单"))
    require(Do.ACCEPT, rows, by)
    now = timezone.now()
    batch = record_values(_cells(rows), source=_source(rows), by=by, reporter=reporter)
    steps = [step(sheet, Step.Verb.ACCEPT, by, now, batch=batch) for sheet in rows]
    move(rows, state=State.ACCEPTED, level="", arrived_at=None, batch=batch, correct_until=None)
    Step.objects.bulk_create(steps, batch_size=CHUNK)
    for window in sorted({sheet.window_id for sheet in rows}):
        data = {"batch": batch.pk, "sheets": [sheet.pk for sheet in rows if sheet.window_id == window]}
        append_event("collecting.accept", f"window:{window}", by=by, data=data)
    return batch


def _source(sheets: Sequence[Sheet]) -> str:
    names = dict.fromkeys(f"{sheet.window.collection.name} {sheet.window.period}" for sheet in sheets)
    return _("填报单：%(names)s") % {"names": "、".join(names)[: LONGEST - 10]}


def _cells(sheets: Sequence[Sheet]) -> pl.DataFrame:
    """The entries as cells of ``record_values``; blank ones are left out, unless they take back what was accepted."""
    said = Entry.objects.filter(sheet__in=[sheet.pk for sheet in sheets])
    columns = (*CELL, "sheet__window__period", "value", *SAYS)
    schema = pl.Schema({**PLACED, "period": pl.String, "value": pl.Float64, **SAYS})
    frame = fetch(said.order_by().values_list(*columns), schema)
    taken_back = (
        frame.filter(BLANK)
        .join(_accepted_before(sheets), on=CELL, how="inner")
        .filter(pl.col("version") > pl.col("accepted"))
    )
    return pl.concat([frame.filter(~BLANK), taken_back.select(frame.columns)]).select(CELLS.names())


def _accepted_before(sheets: Sequence[Sheet]) -> pl.DataFrame:
    """Cells typed over since the last acceptance that said something then; with the sheet's version of that time."""
    again = [sheet.pk for sheet in sheets if sheet.batch_id is not None]
    steps = Step.objects.filter(sheet__in=again, verb=Step.Verb.ACCEPT).order_by("id").values_list("sheet", "version")
    accepted = pl.DataFrame(
        list(dict(steps).items()), schema={"sheet_id": pl.Int64, "accepted": pl.Int64}, orient="row"
    )
    past = fetch(
        PastEntry.objects.filter(sheet__in=again).order_by().values_list(*CELL, *SAYS), pl.Schema({**PLACED, **SAYS})
    )
    then = past.join(accepted, on="sheet_id").filter(pl.col("version") <= pl.col("accepted"))
    return then.sort("version").group_by(CELL).last().filter(~BLANK).select(*CELL, "accepted")
