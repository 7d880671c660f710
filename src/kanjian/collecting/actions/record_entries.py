"""Put values into a sheet 填报: the one way, from the web, from Excel and from machines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.collecting.cells import Cell
from kanjian.collecting.checking import findings_of
from kanjian.collecting.findings import Finding, Severity
from kanjian.collecting.models import Entry, Sheet
from kanjian.collecting.planning import Plan, plan_entries
from kanjian.collecting.rules import Do, require
from kanjian.collecting.states import CollectingError, locked
from kanjian.collecting.store import write_entries
from kanjian.ledger.actions import append_event
from kanjian.measures.models import Upload
from kanjian.orgs.models import Unit, User

TOLD = 200  # of the cells that others changed, how many are told


@dataclass(frozen=True)
class Recorded:
    """What was written; ``sheet`` carries its new version, ``units`` are those of the cells given."""

    sheet: Sheet
    written: int
    unchanged: int
    units: tuple[Unit, ...] = ()

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the checks say now about these units, by cell; looked up when asked for."""
        return findings_of(self.sheet, self.units)


class StaleEntriesError(CollectingError):
    """Somebody else saved the same cells meanwhile. ``theirs``: what stands there now; nothing was overwritten."""

    def __init__(self, theirs: Sequence[Entry]) -> None:
        self.theirs = tuple(theirs)
        who = "、".join(sorted({str(entry.entered_by or _("系统")) for entry in theirs}))
        findings = [
            Finding(
                Severity.REFUSED,
                "stale",
                _("%(who)s刚改为 %(value)s") % {"who": entry.entered_by or _("系统"), "value": said(entry)},
                entry.unit.code,
                entry.indicator.code,
            )
            for entry in theirs
        ]
        super().__init__("stale", _("%(who)s在您之后改过同一项，请核对后再保存；您填的还在") % {"who": who}, findings)


@transaction.atomic
def record_entries(
    sheet: Sheet,
    cells: Iterable[Cell],
    *,
    by: User | None,
    origin: str,
    upload: Upload | None = None,
    expected_version: int | None = None,
) -> Recorded:
    """Write all the cells or none; what a cell said before stays in ``PastEntry``.

    ``expected_version`` is the version of the sheet that the writer had seen. Raises ``CollectingError``: *refused*
    with findings by cell (no number, outside the limits, not a field or unit of this sheet); *stale*
    (``StaleEntriesError``) when somebody else changed one of these cells after that version; or the reason why the
    sheet takes nothing (accepted, submitted, not_open_yet, closed). ``PermissionDenied`` for others than reporters.
    """
    sheet = locked(sheet)
    require(Do.FILL, [sheet], by)
    plan = plan_entries(sheet, cells)
    if plan.refused:
        raise CollectingError(
            "refused", _("有 %(count)s 处不能保存，全部未写入") % {"count": len(plan.refused)}, plan.refused
        )
    _require_fresh(plan, by, expected_version)
    if not plan.to_write:
        return Recorded(sheet, 0, plan.unchanged, plan.units)
    sheet.version += 1
    write_entries(sheet, plan.to_write, by=by, origin=origin, upload=upload, now=timezone.now())
    sheet.save(update_fields=["version"])
    data = {
        "cells": len(plan.to_write),
        "origin": origin,
        "version": sheet.version,
        "upload": upload.pk if upload else None,
    }
    append_event("collecting.record_entries", f"sheet:{sheet.pk}", by=by, data=data)
    return Recorded(sheet, len(plan.to_write), plan.unchanged, plan.units)


def said(entry: Entry) -> str:
    """What an entry says, in short."""
    return entry.get_status_display() if entry.value is None else f"{entry.value:.12g}"


def _require_fresh(plan: Plan, by: User | None, expected: int | None) -> None:
    """Whoever typed over the own earlier input has seen it; a change by somebody else must be seen first."""
    if expected is None:
        return
    own = None if by is None else by.pk
    theirs = [
        planned.before.pk
        for planned in plan.to_write
        if planned.before is not None and planned.before.version > expected and planned.before.entered_by_id != own
    ]
    if theirs:
        told = Entry.objects.filter(pk__in=theirs[:TOLD]).select_related("unit", "indicator", "entered_by")
        raise StaleEntriesError(list(told))
