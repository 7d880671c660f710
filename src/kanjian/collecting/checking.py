"""What is still wrong with a sheet 填报校验: completeness, evidence, unusual values without a note, broken rules."""

from collections.abc import Iterable, Iterator, Sequence

import polars as pl
from django.utils.translation import gettext as _

from kanjian.collecting.findings import Finding, Severity
from kanjian.collecting.models import Entry, Field, Sheet
from kanjian.collecting.subjects import fields_of, subjects_of
from kanjian.measures import entry_checks
from kanjian.measures.models import Value
from kanjian.orgs.models import Unit

Standing = dict[tuple[int, int], Entry]
_SEVERITY = {
    entry_checks.Severity.BLOCK: Severity.HIGH,
    entry_checks.Severity.NOTE: Severity.SOFT,
    entry_checks.Severity.INFORM: Severity.INFORM,
}


def findings_of(sheet: Sheet, units: Sequence[Unit] | None = None) -> tuple[Finding, ...]:
    """All findings about the sheet as it stands, or about these of its units; in the order of units and fields.

    A fixed number of queries, however many units.
    """
    fields = fields_of(sheet.window.collection)
    chosen = list(subjects_of(sheet)) if units is None else list(units)
    entries = Entry.objects.filter(sheet=sheet)
    if units is not None:
        entries = entries.filter(unit__in=[unit.pk for unit in chosen])
    standing = {(entry.unit_id, entry.indicator_id): entry for entry in entries}
    place = {unit.code: order for order, unit in enumerate(chosen)}
    order = {field.indicator.code: number for number, field in enumerate(fields)}
    found = [*_gaps(chosen, fields, standing), *_checked(sheet.window.period, chosen, fields, standing)]
    return tuple(sorted(found, key=lambda each: (place.get(each.unit, -1), order.get(each.indicator, -1))))


def obstacles(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that keep the sheet from being handed in."""
    return tuple(found for found in findings if found.is_obstacle)


def _gaps(units: list[Unit], fields: list[Field], standing: Standing) -> Iterator[Finding]:
    for unit in units:
        for field in fields:
            found = _gap(field, standing.get((unit.pk, field.indicator_id)))
            if found:
                code, text = found
                yield Finding(Severity.HIGH, code, text, unit.code, field.indicator.code)


def _gap(field: Field, entry: Entry | None) -> tuple[str, str] | None:
    """Required: a number, 不适用, or 未采集 with the reason beside it."""
    if entry is None or (entry.status == Value.Status.MISSING and not entry.note):
        return ("empty", _("必填：填数，或注明“不适用”，或写明未采集的原因")) if field.is_required else None
    if field.needs_evidence and entry.status == Value.Status.PRESENT and not (entry.evidence or entry.note):
        return "no_evidence", _("需要佐证：上传文件或写说明")
    return None


def _checked(period: str, units: list[Unit], fields: list[Field], standing: Standing) -> Iterator[Finding]:
    """What ``measures`` finds about the cells: the unit's own past, and rules across cells."""
    codes = {unit.pk: unit.code for unit in units}
    indicators = {field.indicator_id: field.indicator.code for field in fields}
    rows = [
        (codes[entry.unit_id], indicators[entry.indicator_id], entry.value, entry.status, entry.note)
        for entry in standing.values()
        if entry.unit_id in codes and entry.indicator_id in indicators and not entry.is_blank
    ]
    if not rows:
        return
    frame = pl.DataFrame(rows, schema=entry_checks.CELLS, orient="row")
    for found in entry_checks.check_cells(frame, entry_checks.context_of(units, period)):
        severity = _SEVERITY[found.severity]
        yield Finding(
            severity, found.code, found.message, found.unit, found.indicator, None, found.remedy, found.has_note
        )
