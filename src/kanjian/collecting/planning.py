"""What saving some cells would do to a sheet 保存预案: read only; the preview of a file and the action share it."""

from collections.abc import Iterable
from dataclasses import dataclass

from kanjian.collecting.cells import PROBLEMS, Cell, Said, read
from kanjian.collecting.findings import Finding, Severity
from kanjian.collecting.models import Entry, Sheet
from kanjian.collecting.subjects import fields_of, subjects_of
from kanjian.measures.models import Indicator, Value
from kanjian.orgs.models import Unit

Key = tuple[str, str]
FEW = 500


@dataclass(frozen=True, slots=True)
class Planned:
    """One cell that would be new or say something else. ``before``: the entry that stands there now."""

    cell: Cell
    unit: Unit
    indicator: Indicator
    value: float | None
    status: str
    note: str
    evidence: str
    evidence_name: str
    before: Entry | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Cells to write, how many say the same already, and what cannot be stored (``refused``)."""

    to_write: tuple[Planned, ...]
    unchanged: int
    refused: tuple[Finding, ...]
    units: tuple[Unit, ...] = ()


def plan_entries(sheet: Sheet, cells: Iterable[Cell]) -> Plan:
    """Read the cells, hold them against the sheet's fields and units, compare with what stands there. Four queries."""
    cells = list(cells)
    units = _units(sheet, {cell.unit for cell in cells})
    indicators = {field.indicator.code: field.indicator for field in fields_of(sheet.window.collection)}
    standing = _standing(sheet, units, indicators)
    seen: set[Key] = set()
    refused: list[Finding] = []
    planned: list[Planned] = []
    unchanged = 0
    for cell in cells:
        problem = _misplaced(cell, units, indicators, seen)
        said = read(cell, indicators[cell.indicator]) if not problem else Said(None, "", problem)
        seen.add(cell.key)
        if said.problem:
            refused.append(_refused(cell, said.problem, indicators.get(cell.indicator)))
            continue
        plan = _planned(cell, said, units[cell.unit], indicators[cell.indicator], standing.get(cell.key))
        if _says_more(plan):
            planned.append(plan)
        else:
            unchanged += 1
    return Plan(tuple(planned), unchanged, tuple(refused), tuple(units.values()))


def _units(sheet: Sheet, codes: set[str]) -> dict[str, Unit]:
    """Those of the sheet's units that are spoken of; a single cell of a department's sheet must not load all 914."""
    found = subjects_of(sheet)
    few = found.filter(code__in=codes) if len(codes) <= FEW else found
    return {unit.code: unit for unit in few if unit.code in codes}


def _standing(sheet: Sheet, units: dict[str, Unit], indicators: dict[str, Indicator]) -> dict[Key, Entry]:
    """What stands in these cells now. Without the related rows, which are known: that is most of the time it takes."""
    rows = Entry.objects.filter(sheet=sheet).order_by()
    if len(units) <= FEW:
        rows = rows.filter(unit__in=[unit.pk for unit in units.values()])
    unit_codes = {unit.pk: code for code, unit in units.items()}
    codes = {indicator.pk: code for code, indicator in indicators.items()}
    return {
        (unit_codes[entry.unit_id], codes[entry.indicator_id]): entry
        for entry in rows
        if entry.unit_id in unit_codes and entry.indicator_id in codes
    }


def _misplaced(cell: Cell, units: dict[str, Unit], indicators: dict[str, Indicator], seen: set[Key]) -> str:
    if cell.indicator not in indicators:
        return "not_a_field"
    if cell.unit not in units:
        return "not_a_subject"
    return "repeated" if cell.key in seen else ""


def _planned(cell: Cell, said: Said, unit: Unit, indicator: Indicator, before: Entry | None) -> Planned:
    kept_note, kept_file, kept_name = (
        (before.note, before.evidence, before.evidence_name) if before is not None else ("", "", "")
    )
    return Planned(
        cell=cell,
        unit=unit,
        indicator=indicator,
        value=said.value,
        status=said.status,
        note=kept_note if cell.note is None else cell.note.strip(),
        evidence=kept_file if cell.evidence is None else cell.evidence,
        evidence_name=kept_name if cell.evidence is None else cell.evidence_name,
        before=before,
    )


def _says_more(plan: Planned) -> bool:
    before = plan.before
    if before is None:
        # A blank that says nothing is not worth a row.
        return plan.status != Value.Status.MISSING or bool(plan.note or plan.evidence)
    now = (plan.value, plan.status, plan.note, plan.evidence)
    return now != (before.value, before.status, before.note, before.evidence)


def _refused(cell: Cell, problem: str, indicator: Indicator | None) -> Finding:
    limit = None if indicator is None else indicator.minimum if problem == "below_minimum" else indicator.maximum
    limit = indicator.decimals if indicator is not None and problem == "decimals" else limit
    shown = "" if limit is None else f"{limit:.12g}"
    text = str(PROBLEMS[problem]) % {"value": str(cell.value)[:40], "limit": shown}
    return Finding(Severity.REFUSED, problem, text, cell.unit, cell.indicator, cell.row)
