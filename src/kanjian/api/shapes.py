"""What the API takes and gives about collections, sheets and values 接口数据结构."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from kanjian.collecting.findings import Finding
from kanjian.collecting.models import Collection, Entry, Sheet, Window
from kanjian.collecting.models import Field as Asked
from kanjian.collecting.next_steps import NextStep

MOST_CELLS = 100_000
PLAIN = r"^[^\x00-\x1f\x7f]*$"
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
# No control characters: a database refuses NUL, and no code holds any.
Code = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f/]+$")]
Text = Annotated[str, Field(max_length=300, pattern=PLAIN)]
Status = Literal["present", "missing", "not_applicable"]


class Strict(Schema):
    """A body in which nothing is misspelt unnoticed."""

    model_config = ConfigDict(extra="forbid")


class StepOut(Schema):
    """One verb: whether this person may do it now, else why not."""

    do: str
    label: str
    is_allowed: bool
    code: str = ""
    why_not: str = ""

    @classmethod
    def of(cls, step: NextStep) -> "StepOut":
        """From the rules."""
        return cls(do=step.do, label=step.label, is_allowed=step.is_allowed, code=step.code, why_not=step.why_not)


class FieldOut(Schema):
    """One indicator that a collection asks for."""

    indicator: str
    name: str
    name_en: str
    unit_of_measure: str
    decimals: int
    minimum: float | None
    maximum: float | None
    is_required: bool
    needs_evidence: bool

    @classmethod
    def of(cls, asked: Asked) -> "FieldOut":
        """From the row."""
        indicator = asked.indicator
        same = ("name", "name_en", "unit_of_measure", "decimals", "minimum", "maximum")
        told = {name: getattr(indicator, name) for name in same}
        return cls(indicator=indicator.code, is_required=asked.is_required, needs_evidence=asked.needs_evidence, **told)


class CollectionOut(Schema):
    """Who reports what how often."""

    code: str
    name: str
    name_en: str
    description: str
    owner: str
    subject_kind: str
    reporter_kind: str
    frequency: str
    state: str
    chain: list[str]
    document: str
    fields: list[FieldOut]

    @classmethod
    def of(cls, row: Collection) -> "CollectionOut":
        """From the row, with its fields."""
        same = ("code", "name", "name_en", "description", "subject_kind", "reporter_kind", "frequency", "state")
        told = {name: getattr(row, name) for name in (*same, "chain", "document")}
        return cls(owner=row.owner.code, fields=[FieldOut.of(each) for each in row.fields.all()], **told)


class WindowOut(Schema):
    """One period of a collection."""

    number: int
    collection: str
    period: str
    opens_on: date
    due_on: date
    closes_on: date

    @classmethod
    def of(cls, row: Window) -> "WindowOut":
        """From the row."""
        told = {name: getattr(row, name) for name in ("period", "opens_on", "due_on", "closes_on")}
        return cls(number=row.pk, collection=row.collection.code, **told)


class SheetOut(Schema):
    """What one unit hands in for one window, and what the caller may do with it next."""

    number: int
    window: int
    collection: str
    period: str
    reporter: str
    reporter_name: str
    state: str
    level: str
    version: int
    on_time: bool | None
    first_submitted_at: datetime | None
    next_steps: list[StepOut]

    @classmethod
    def of(cls, row: Sheet, steps: tuple[NextStep, ...]) -> "SheetOut":
        """From the row."""
        told = {name: getattr(row, name) for name in ("state", "level", "version", "on_time", "first_submitted_at")}
        return cls(
            number=row.pk,
            window=row.window_id,
            collection=row.window.collection.code,
            period=row.window.period,
            reporter=row.reporter.code,
            reporter_name=row.reporter.name,
            next_steps=[StepOut.of(step) for step in steps],
            **told,
        )


class SheetPage(Schema):
    """Some sheets of a window, in the order of their reporters' codes."""

    total: int
    page: int
    pages: int
    sheets: list[SheetOut]


class EntryOut(Schema):
    """One cell of a sheet as it stands."""

    unit: str
    indicator: str
    value: float | None
    status: str
    note: str
    origin: str
    entered_at: datetime
    version: int

    @classmethod
    def of(cls, row: Entry) -> "EntryOut":
        """From the row; who entered it is told on the pages, not to machines."""
        told = {name: getattr(row, name) for name in ("value", "status", "note", "origin", "entered_at", "version")}
        return cls(unit=row.unit.code, indicator=row.indicator.code, **told)


class EntriesOut(Schema):
    """All cells of a sheet at one version."""

    sheet: int
    version: int
    entries: list[EntryOut]


class CellIn(Strict):
    """What is said about one unit and indicator. Without ``note`` the note stays; null as value clears the cell."""

    unit: Code
    indicator: Code
    value: float | None = None
    status: Status | None = None
    note: Text | None = None


class EntriesIn(Strict):
    """Cells to write, all of them or none. ``version``: the sheet's that the sender had seen, against overwriting."""

    cells: list[CellIn] = Field(min_length=1, max_length=MOST_CELLS)
    version: int | None = Field(None, ge=0, le=2**31 - 1)


class FindingOut(Schema):
    """What a check says about one cell: ``high`` and ``soft`` without a note keep the sheet from being handed in."""

    severity: str
    code: str
    unit: str
    indicator: str
    text: str

    @classmethod
    def of(cls, found: Finding) -> "FindingOut":
        """From the check."""
        return cls(
            severity=found.severity, code=found.code, unit=found.unit, indicator=found.indicator, text=found.text
        )


class Written(Schema):
    """What was written into a sheet, and its new version; ``findings``: what the checks say about these units."""

    sheet: int
    version: int
    written: int
    unchanged: int
    findings: list[FindingOut]


class CommentIn(Strict):
    """A remark on a step."""

    comment: Text = ""


class ReturnIn(Strict):
    """Why a sheet goes back."""

    reason: Literal["incomplete", "implausible", "no_evidence", "wrong_scope", "inconsistent", "other"]
    comment: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*\S[^\x00-\x08]*$")]


class ReopenIn(ReturnIn):
    """Why an accepted sheet goes back, and the last day for the correction."""

    until: date


class ValueIn(Strict):
    """One value; the period may be left out when the batch names one."""

    unit: Code
    indicator: Code
    period: Annotated[str, Field(max_length=20, pattern=PLAIN)] = ""
    value: float | None = None
    status: Status | None = None
    note: Text = ""


class ValuesIn(Strict):
    """A batch of values from a department's system, written as a whole or not at all.

    ``note``: for official statistics the release (publication and date), otherwise a remark.
    """

    values: list[ValueIn] = Field(min_length=1, max_length=MOST_CELLS)
    period: Annotated[str, Field(max_length=20, pattern=PLAIN)] = ""
    note: Text = ""


class Brought(Schema):
    """What was written; ``batch`` is null when every cell said the same already."""

    batch: int | None
    new: int
    changed: int
    unchanged: int
