"""What the platform holds already is not asked again 系统预填."""

from collections.abc import Iterator
from datetime import datetime

from kanjian.collecting.models import Collection, Entry, Sheet, Window
from kanjian.collecting.subjects import subjects_for
from kanjian.measures.models import Value
from kanjian.orgs.models import Unit

CHUNK = 2_000


def prefill(window: Window, now: datetime) -> int:
    """Put the values that are stored for the period into the fresh sheets; how many. Inside the caller's transaction.

    They were entered once elsewhere: the reporter sees them, may correct them, and need not type them.
    """
    collection = window.collection
    held = list(
        Value.objects.filter(
            period=window.period,
            indicator__in=collection.fields.order_by().values("indicator"),
            status__in=(Value.Status.PRESENT, Value.Status.NOT_APPLICABLE),
        ).values_list("unit_id", "indicator_id", "value", "status", "note")
    )
    if not held:
        return 0
    sheets = dict(_sheet_of(window))
    entries = [
        Entry(
            sheet_id=sheets[unit],
            unit_id=unit,
            indicator_id=indicator,
            value=value,
            status=status,
            note=note,
            origin=Entry.Origin.PREFILLED,
            entered_at=now,
        )
        for unit, indicator, value, status, note in held
        if unit in sheets
    ]
    return len(Entry.objects.bulk_create(entries, batch_size=CHUNK))


def _sheet_of(window: Window) -> Iterator[tuple[int, int]]:
    """Subject unit → sheet. Where every unit reports itself, no walk through the tree is needed."""
    collection: Collection = window.collection
    sheets = Sheet.objects.filter(window=window).select_related("reporter", "window__collection__root")
    if collection.reporter_kind == collection.subject_kind != Unit.Kind.DEPARTMENT:
        yield from sheets.values_list("reporter_id", "pk")
        return
    for sheet in sheets:
        for unit in subjects_for(window, sheet.reporter).values_list("pk", flat=True):
            yield unit, sheet.pk
