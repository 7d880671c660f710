"""What is still wrong with a sheet 填报校验: completeness, evidence, unusual values without a note."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from kanjian.collecting.findings import Finding, Severity
from kanjian.collecting.models import Entry, Field, Sheet
from kanjian.collecting.subjects import fields_of, subjects_of
from kanjian.measures.models import Value
from kanjian.orgs.models import Unit

Standing = dict[tuple[int, int], Entry]


def findings_of(sheet: Sheet) -> tuple[Finding, ...]:
    """All findings about the sheet as it stands, in the order of units and fields."""
    fields, units = fields_of(sheet.window.collection), list(subjects_of(sheet))
    standing = {(entry.unit_id, entry.indicator_id): entry for entry in Entry.objects.filter(sheet=sheet)}
    return tuple(_gaps(units, fields, standing))


def obstacles(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that keep the sheet from being handed in."""
    return tuple(found for found in findings if found.severity != Severity.SOFT)


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
