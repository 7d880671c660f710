"""One sheet as people see it: fields, what stands there, the period before, findings; and lists of sheets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from kanjian.calendars.periods import Period
from kanjian.collecting.checking import findings_of
from kanjian.collecting.findings import Finding
from kanjian.collecting.models import Entry, Extension, Field, Sheet
from kanjian.collecting.policies import reports_for
from kanjian.collecting.states import State
from kanjian.collecting.subjects import fields_of, subjects_of
from kanjian.measures.models import Indicator, Value
from kanjian.orgs.models import Unit, User

MOST_ROWS = 60  # of a sheet for many units, on one page


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed that could not be saved: shown again as it was."""

    value: str
    status: str = ""
    note: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """One cell of the form."""

    unit: Unit
    field: Field
    entry: Entry | None
    previous: Value | None
    findings: tuple[Finding, ...] = ()
    typed: Typed | None = None

    @property
    def indicator(self) -> Indicator:
        """What is asked."""
        return self.field.indicator

    @property
    def key(self) -> str:
        """Unique on the page, for names and ids."""
        return f"{self.unit.pk}-{self.indicator.pk}"

    @property
    def value(self) -> str:
        """The number as text; empty where there is none."""
        if self.typed is not None:
            return self.typed.value
        return "" if self.entry is None or self.entry.value is None else f"{self.entry.value:.12g}"

    @property
    def status(self) -> str:
        """The chosen status; empty: read from the number."""
        if self.typed is not None:
            return self.typed.status
        if self.entry is None or self.entry.is_blank or self.entry.value is not None:
            return ""
        return self.entry.status

    @property
    def note(self) -> str:
        """The note beside the value."""
        if self.typed is not None:
            return self.typed.note
        return "" if self.entry is None else self.entry.note

    @property
    def is_filled(self) -> bool:
        """Whether anything stands there."""
        return self.entry is not None and not self.entry.is_blank

    @property
    def change(self) -> float | None:
        """Change against the period before, in per cent."""
        before = self.previous.value if self.previous else None
        now = self.entry.value if self.entry else None
        return None if now is None or not before else 100 * (now / before - 1)


@dataclass(frozen=True, slots=True)
class Row:
    """One unit with its cells."""

    unit: Unit
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a long sheet: the units below one township."""

    code: str
    name: str
    units: int


@dataclass(frozen=True, slots=True)
class Form:
    """The part of a sheet that one page shows."""

    sheet: Sheet
    rows: tuple[Row, ...]
    fields: tuple[Field, ...]
    is_single: bool
    places: tuple[Place, ...] = ()
    place: str = ""
    unit_count: int = 1
    filled: int = 0
    asked: int = 0


def get_sheets() -> QuerySet[Sheet]:
    """Sheets with what pages always need."""
    return Sheet.objects.select_related("reporter", "window__collection__owner", "window__collection__root")


def form_of(sheet: Sheet, place: str = "", typed: Mapping[tuple[int, int], Typed] | None = None) -> Form:
    """The sheet's cells with the period before and the findings; a long one by township (``place``: its code)."""
    units = list(subjects_of(sheet).select_related("parent"))
    fields = tuple(fields_of(sheet.window.collection))
    places = _places(units) if len(units) > MOST_ROWS else ()
    chosen = place if place in {each.code for each in places} else (places[0].code if places else "")
    shown = [unit for unit in units if not places or _code(unit) == chosen]
    rows = _rows(sheet, shown, fields, typed or {})
    return Form(
        sheet=sheet,
        rows=rows,
        fields=fields,
        is_single=len(units) == 1,
        places=places,
        place=chosen,
        unit_count=len(units),
        filled=_filled(sheet),
        asked=len(units) * len(fields),
    )


def _rows(
    sheet: Sheet, units: Sequence[Unit], fields: Sequence[Field], typed: Mapping[tuple[int, int], Typed]
) -> tuple[Row, ...]:
    entries = {
        (entry.unit_id, entry.indicator_id): entry
        for entry in Entry.objects.filter(sheet=sheet, unit__in=[u.pk for u in units]).select_related("entered_by")
    }
    previous = previous_values(sheet.window.period, units, fields)
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings_of(sheet, units) if entries else ():
        found.setdefault(finding.key, []).append(finding)
    return tuple(
        Row(
            unit,
            tuple(
                Input(
                    unit,
                    field,
                    entries.get((unit.pk, field.indicator_id)),
                    previous.get((unit.pk, field.indicator_id)),
                    tuple(found.get((unit.code, field.indicator.code), ())),
                    typed.get((unit.pk, field.indicator_id)),
                )
                for field in fields
            ),
        )
        for unit in units
    )


def previous_values(period: str, units: Iterable[Unit], fields: Iterable[Field]) -> dict[tuple[int, int], Value]:
    """Values of the period before, by unit and indicator."""
    before = Period.parse(period).previous().code
    values = Value.objects.filter(
        unit__in=[unit.pk for unit in units],
        indicator__in=[field.indicator_id for field in fields],
        period=before,
    )
    return {(value.unit_id, value.indicator_id): value for value in values}


def _code(unit: Unit) -> str:
    return unit.parent.code if unit.parent else ""


def _places(units: Iterable[Unit]) -> tuple[Place, ...]:
    counts: dict[tuple[str, str], int] = {}
    for unit in units:
        key = (_code(unit), unit.parent.name if unit.parent else "—")
        counts[key] = counts.get(key, 0) + 1
    return tuple(Place(code, name, count) for (code, name), count in sorted(counts.items()))


def _filled(sheet: Sheet) -> int:
    said = Entry.objects.filter(sheet=sheet)
    return said.exclude(status=Value.Status.MISSING, note="", evidence="").count()


@dataclass(frozen=True, slots=True)
class Due:
    """A sheet in a list: how many days are left."""

    sheet: Sheet
    days: int
    extended_until: date | None = None
    correct_until: date | None = None

    @property
    def last_day(self) -> date:
        """Until when it counts as on time; of a correction its day; after the window closed, the extension's end."""
        return self.correct_until or self.extended_until or self.sheet.window.due_on

    @property
    def is_late(self) -> bool:
        """Whether the day has passed."""
        return self.days < 0


def to_fill(user: User) -> list[Due]:
    """Sheets that the person can fill in today, the most urgent first."""
    today = timezone.localdate()
    waiting = get_sheets().filter(
        pk__in=reports_for(user).order_by().values("pk"),
        state__in=(State.OPEN, State.RETURNED),
        window__opens_on__lte=today,
    )
    extended = {
        (window, unit): until
        for window, unit, until in Extension.objects.filter(
            state=Extension.State.GRANTED, until__gte=today, window__in=waiting.order_by().values("window")
        )
        .order_by("until")
        .values_list("window", "reporter", "until")
    }
    found = []
    for sheet in waiting:
        if sheet.correct_until is not None and sheet.correct_until >= today:
            found.append(Due(sheet, (sheet.correct_until - today).days, correct_until=sheet.correct_until))
            continue
        until = extended.get((sheet.window_id, sheet.reporter_id))
        if sheet.window.closes_on >= today or until is not None:
            last = sheet.window.due_on if sheet.window.closes_on >= today else until or sheet.window.due_on
            found.append(Due(sheet, (last - today).days, until if sheet.window.closes_on < today else None))
    return sorted(found, key=lambda due: (due.days, due.sheet.pk))


def mine(user: User) -> QuerySet[Sheet]:
    """All sheets of the units that the person reports for, newest window first."""
    own = get_sheets().filter(pk__in=reports_for(user).order_by().values("pk"))
    return own.order_by("-window__opens_on", "reporter__code")
