"""Who fills in a collection, and whom the values describe 填报单位与填报对象."""

from datetime import date

from django.db.models import QuerySet

from kanjian.calendars.periods import Period
from kanjian.collecting.models import Collection, Field, Sheet, Window
from kanjian.orgs.models import Unit
from kanjian.orgs.selectors import descendants

# Functional areas 功能区 stand beside counties.
KINDS: dict[str, tuple[str, ...]] = {Unit.Kind.COUNTY: (Unit.Kind.COUNTY, Unit.Kind.AREA)}


def kinds(kind: str) -> tuple[str, ...]:
    """The kinds of unit that a collection means by one kind."""
    return KINDS.get(kind, (kind,))


def day_of(period: str) -> date:
    """The day on which a unit must exist to be asked for a period: its last."""
    return Period.parse(period).end


def reporters_of(collection: Collection, period: str) -> QuerySet[Unit]:
    """Units that fill in a sheet for the period: every one of the kind below the root, or the owning department."""
    day = day_of(period)
    if collection.reporter_kind == Unit.Kind.DEPARTMENT:
        return Unit.objects.filter(pk=collection.owner_id).on(day)
    below = descendants(collection.root, day, include_self=True)
    return below.filter(kind__in=kinds(collection.reporter_kind))


def subjects_of(sheet: Sheet) -> QuerySet[Unit]:
    """Units that the sheet's values describe, in order of their codes."""
    window = sheet.window
    return subjects_for(window, sheet.reporter)


def subjects_for(window: Window, reporter: Unit) -> QuerySet[Unit]:
    """Units for which the reporter answers in this window."""
    collection, day = window.collection, day_of(window.period)
    top = collection.root if collection.reporter_kind == Unit.Kind.DEPARTMENT else reporter
    below = descendants(top, day, include_self=True)
    return below.filter(kind__in=kinds(collection.subject_kind)).order_by("code")


def fields_of(collection: Collection) -> list[Field]:
    """What the collection asks for, in its order, with the indicators."""
    return list(collection.fields.select_related("indicator__department"))
