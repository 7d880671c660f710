"""Where a value comes from 数据来源: the last click from a rank to what was handed in."""

from dataclasses import dataclass
from datetime import datetime

from kanjian.calendars.periods import Period
from kanjian.measures import derived
from kanjian.measures.models import Batch, Indicator, Revision, Value
from kanjian.orgs.models import Unit
from kanjian.orgs.policies import Person


@dataclass(frozen=True, slots=True)
class Origin:
    """The line of a file that a value stood on, and who brought it in."""

    batch: Batch
    file: str
    sheet: str
    row: int | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One replacement of a cell: what it said before and said then, and where each came from."""

    before: Revision
    before_origin: Origin
    replaced_by: Origin


@dataclass(frozen=True, slots=True)
class Evidence:
    """One cell with its source and its past; ``value`` is None for a cell nobody ever wrote."""

    unit: Unit
    indicator: Indicator
    period: str
    value: Value | None
    origin: Origin | None
    changes: tuple[Change, ...]


def source_of(value: Value) -> Origin:
    """The file and line of a value, and who imported it when."""
    return _origin(value.batch, value.row)


def evidence_of(unit: Unit, indicator: Indicator, period: str) -> Evidence:
    """The cell with its source and everything it said before, newest change first. Three queries."""
    value = (
        Value.objects.filter(unit=unit, indicator=indicator, period=period).select_related("batch__created_by").first()
    )
    revisions = (
        Revision.objects.filter(unit=unit, indicator=indicator, period=period)
        .select_related("batch__created_by", "replaced_by__created_by")
        .order_by("-id")
    )
    changes = tuple(Change(old, _origin(old.batch, old.row), _origin(old.replaced_by, row=None)) for old in revisions)
    return Evidence(unit, indicator, period, value, None if value is None else source_of(value), changes)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a computed value was made by and from."""

    label: str
    items: tuple[derived.Basis, ...]


def basis_of(evidence: Evidence, reader: Person) -> Grounds | None:
    """How a computed cell came about, with links as far as the reader may see them; None for other cells."""
    indicator = evidence.indicator
    if indicator.source != Indicator.Source.COMPUTED or evidence.value is None:
        return None
    label, items = derived.basis_of(indicator.derived_by, evidence.unit, evidence.period, reader)
    return Grounds(label, tuple(items))


def computation_label(indicator: Indicator) -> str:
    """What the computation is called; empty where it is none or not registered."""
    if not derived.is_known(indicator.derived_by):
        return ""
    return str(derived.computation(indicator.derived_by).label)


def history(unit: Unit, indicator: Indicator) -> list[Value]:
    """The unit's values of the indicator in all periods, oldest first."""
    values = Value.objects.filter(unit=unit, indicator=indicator).select_related("batch")
    return sorted(values, key=lambda value: Period.parse(value.period))


def _origin(batch: Batch, row: int | None) -> Origin:
    by = str(batch.created_by) if batch.created_by else ""
    return Origin(batch, batch.source, batch.sheet, row, by, batch.created_at)
