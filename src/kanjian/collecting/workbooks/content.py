"""What goes into a template 模板内容: fields, units, what stands there now, and the period before."""

from dataclasses import dataclass, field

from kanjian.calendars.periods import Period
from kanjian.collecting.models import Entry, Field, Sheet
from kanjian.collecting.subjects import fields_of, subjects_of
from kanjian.measures.models import Value
from kanjian.orgs.models import Unit

Place = tuple[int, int]
Status = Value.Status


@dataclass(frozen=True, slots=True)
class Said:
    """One cell: number, status, note."""

    value: float | None
    status: str
    note: str = ""

    @property
    def is_blank(self) -> bool:
        """Nobody said anything."""
        return self.status == Status.MISSING and not self.note


@dataclass(frozen=True)
class Content:
    """All that a template shows; ``now`` and ``before`` by ids of unit and indicator."""

    sheet: Sheet
    fields: list[Field]
    units: list[Unit]
    period_before: str
    now: dict[Place, Said] = field(default_factory=dict)
    before: dict[Place, Said] = field(default_factory=dict)


def content_of(sheet: Sheet) -> Content:
    """Five queries, however many units."""
    asked, units = fields_of(sheet.window.collection), list(subjects_of(sheet))
    period = Period.parse(sheet.window.period).previous().code
    entries = Entry.objects.filter(sheet=sheet).order_by()
    columns = ("unit_id", "indicator_id", "value", "status", "note")
    held = Value.objects.filter(
        period=period, indicator__in=[each.indicator_id for each in asked], unit__in=[unit.pk for unit in units]
    )
    return Content(
        sheet,
        asked,
        units,
        period,
        {(unit, code): Said(*rest) for unit, code, *rest in entries.values_list(*columns)},
        {(unit, code): Said(*rest) for unit, code, *rest in held.order_by().values_list(*columns)},
    )
