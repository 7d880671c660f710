"""What accepting a workbook would do to its sheet 填报表预览; kept as JSON until somebody accepts it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import polars as pl

from kanjian.collecting.cells import Cell
from kanjian.collecting.findings import Finding
from kanjian.collecting.models import Sheet
from kanjian.collecting.planning import Plan, Planned, plan_entries
from kanjian.collecting.workbooks.problems import (
    Problem,
    WorkbookError,
    in_every_language,
    in_this_language,
    remedy_for,
)
from kanjian.collecting.workbooks.reading import Filled, Workbook
from kanjian.measures import entry_checks
from kanjian.measures.models import Value
from kanjian.orgs.models import User
from kanjian.tables import Source

LISTED = 200
Texts = dict[str, str]


@dataclass(frozen=True)
class SheetPreview:
    """Cells by what would happen to them, and everything that is wrong or strange.

    ``version`` is the sheet's when it was compared: accepted is exactly this or nothing. ``differences``, ``problems``
    and ``findings`` list the first of each kind; the counts count all. ``overtaken``: cells that somebody else changed
    after the template was made and that the file would change back.
    """

    sha256: str
    version: int
    new: int = 0
    changed: int = 0
    cleared: int = 0
    unchanged: int = 0
    overtaken: int = 0
    problem_count: int = 0
    finding_count: int = 0
    differences: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def may_apply(self) -> bool:
        """Nothing is wrong and there is something to write."""
        return not self.problem_count and self.new + self.changed + self.cleared > 0

    def to_json(self) -> dict[str, Any]:
        """As JSON can say it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The inverse of ``to_json``."""
        return cls(**data)

    def told(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Problems or findings with their words in the reader's language."""
        spoken = ("message", "remedy")
        return [{**row, **{name: in_this_language(row[name]) for name in spoken}} for row in rows]


def preview_workbook(sheet: Sheet, source: Source, *, by: User | None) -> tuple[SheetPreview, list[Cell]]:
    """Read, check and compare a workbook; wrong ones become problems of the preview, never an exception."""
    empty = SheetPreview(source.sha256, sheet.version)
    try:
        filled = Workbook(source, sheet).read()
    except WorkbookError as error:
        listed = [problem.to_json() for problem in error.problems[:LISTED]]
        return SheetPreview(empty.sha256, empty.version, problem_count=len(error.problems), problems=listed), []
    plan = plan_entries(sheet, filled.cells)
    return _preview(sheet, source, filled, plan, by), filled.cells


def _preview(sheet: Sheet, source: Source, filled: Filled, plan: Plan, by: User | None) -> SheetPreview:
    kinds = Counter(_kind(planned) for planned in plan.to_write)
    problems = [_refused(found, filled) for found in plan.refused[:LISTED]]
    findings = [] if plan.refused else _checked(sheet, plan, filled)
    overtaken = {id(planned) for planned in plan.to_write if _is_overtaken(planned, filled.key.version, by)}
    # What somebody else's change is about to be lost is shown first.
    ordered = sorted(plan.to_write, key=lambda planned: id(planned) not in overtaken)[:LISTED]
    names = _names(each for each in ordered if id(each) in overtaken)
    return SheetPreview(
        sha256=source.sha256,
        version=sheet.version,
        new=kinds["new"],
        changed=kinds["changed"],
        cleared=kinds["cleared"],
        unchanged=plan.unchanged,
        overtaken=len(overtaken),
        problem_count=len(plan.refused),
        finding_count=len(findings),
        differences=[_difference(each, filled, names if id(each) in overtaken else None) for each in ordered],
        problems=problems,
        findings=findings[:LISTED],
    )


def _kind(planned: Planned) -> str:
    before = planned.before
    if before is None or (before.status == Value.Status.MISSING and not before.note):
        return "new"
    return "cleared" if planned.status == Value.Status.MISSING and not planned.note else "changed"


def _is_overtaken(planned: Planned, made_at: int, by: User | None) -> bool:
    before = planned.before
    own = None if by is None else by.pk
    return before is not None and before.version > made_at and before.entered_by_id != own


def _names(overtaken: Iterable[Planned]) -> dict[int, str]:
    """Who entered what would be overtaken, by id."""
    ids = {each.before.entered_by_id for each in overtaken if each.before is not None}
    return {person.pk: str(person) for person in User.objects.filter(pk__in=[each for each in ids if each])}


def _difference(planned: Planned, filled: Filled, names: dict[int, str] | None) -> dict[str, Any]:
    """One cell as it is listed; ``names`` where somebody else changed it after the template was made."""
    before = planned.before
    return {
        "sheet": filled.key.data,
        "row": planned.cell.row,
        "column": filled.place(planned.cell.indicator),
        "unit": planned.unit.code,
        "unit_name": planned.unit.name,
        "indicator": planned.indicator.code,
        "indicator_name": planned.indicator.name,
        "indicator_name_en": planned.indicator.name_en,
        "old": None if before is None else before.value,
        "old_status": "" if before is None else before.status,
        "old_note": "" if before is None else before.note,
        "new": planned.value,
        "new_status": planned.status,
        "new_note": planned.note,
        "kind": _kind(planned),
        "by_other": (names or {}).get(before.entered_by_id or 0, "") if before is not None else "",
        "is_overtaken": names is not None,
    }


def _refused(found: Finding, filled: Filled) -> dict[str, Any]:
    """A cell that cannot be stored; its words were made in one language, so they are made again from the cell."""
    return {
        "code": found.code,
        "sheet": filled.key.data,
        "row": found.row or 0,
        "column": filled.place(found.indicator),
        "message": in_every_language(lambda: found.text),
        "remedy": in_every_language(lambda: remedy_for(found)),
    }


def _checked(sheet: Sheet, plan: Plan, filled: Filled) -> list[dict[str, Any]]:
    """What the checks at entry say about the cells that would be written, with their lines."""
    rows = [
        (each.unit.code, each.indicator.code, each.value, each.status, each.note)
        for each in plan.to_write
        if each.value is not None
    ]
    if not rows:
        return []
    units = list({each.unit.pk: each.unit for each in plan.to_write}.values())
    frame = pl.DataFrame(rows, schema=entry_checks.CELLS, orient="row")
    lines = {each.cell.key: each.cell.row for each in plan.to_write}
    found = entry_checks.check_cells(frame, entry_checks.context_of(units, sheet.window.period))
    return [_told(each, lines, filled) for each in _open(found)]


def _open(found: Iterable[entry_checks.Finding]) -> list[entry_checks.Finding]:
    """A note beside the value answers what only needs one."""
    return [each for each in found if not (each.severity is entry_checks.Severity.NOTE and each.has_note)]


def _told(found: entry_checks.Finding, lines: dict[tuple[str, str], int | None], filled: Filled) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity.value,
        "sheet": filled.key.data,
        "row": lines.get((found.unit, found.indicator)) or 0,
        "column": filled.place(found.indicator),
        "unit": found.unit,
        "message": in_every_language(lambda: found.message),
        "remedy": in_every_language(lambda: found.remedy),
    }


__all__ = ["LISTED", "Problem", "SheetPreview", "preview_workbook"]
