"""Values from departments' systems 部门系统数据: a batch, with the same checks as a file."""

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from kanjian.api.access import caller
from kanjian.api.actions import answer_once
from kanjian.api.collecting import WRITE, Key
from kanjian.api.shapes import Brought, ValuesIn
from kanjian.measures.actions import import_values
from kanjian.measures.intake import Options, Source

router = Router(tags=["values"])
FIRST_LINE = 2  # the heading of the kept table is its first line
SCHEMA = pl.Schema(
    {
        "unit": pl.String,
        "indicator": pl.String,
        "period": pl.String,
        "value": pl.Float64,
        "status": pl.String,
        "note": pl.String,
    }
)


@router.post("/values", operation_id="bring_values", response={200: Brought, **WRITE}, summary="Bring in values")
def bring(request: HttpRequest, body: ValuesIn, key: Key) -> HttpResponse:
    """All values or none, as one batch whose table is kept; equal ones are left alone.

    For imported indicators and official statistics; entered ones go through their collection, computed ones are
    computed. Errors name the value by its place in the list.
    """
    rows = [
        (each.unit, each.indicator, each.period or body.period, each.value, each.status, each.note)
        for each in body.values
    ]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M%S")
    source = Source.of_frame(frame, f"api-{request.user}-{stamp}"[:180])
    options = Options(shape="long", period=body.period, note=body.note.strip(), blank_is_missing=True)

    def work() -> Brought:
        done = import_values(source, options, by=caller(request))
        preview = done.preview
        return Brought(
            batch=None if done.batch is None else done.batch.pk,
            new=preview.new,
            changed=preview.changed,
            unchanged=preview.unchanged,
        )

    return answer_once(request, key, work)
