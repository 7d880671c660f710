"""What several actions of this room share."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs.models import Lineage, Placement, Unit, User


def lock(*units: Unit) -> None:
    """Hold the rows until the transaction ends and read them anew, always in the same order (no deadlock)."""
    list(Unit.objects.select_for_update().filter(pk__in=[unit.pk for unit in units]).order_by("pk"))
    for unit in units:
        unit.refresh_from_db()


def record(verb: str, unit: Unit, *, by: User | None, **data: Any) -> None:
    """The event of a change of one unit."""
    append_event(f"orgs.{verb}", f"unit:{unit.code}", by=by, data=data)


def require_document(document: str) -> None:
    """Changes of the map of administration rest on a decision."""
    if not document.strip():
        raise ValidationError(_("请填写批准文件的文号或标题"), code="document")


def require_exists(unit: Unit, day: date) -> None:
    """The unit exists on the day before, so that something can happen to it on the day."""
    if unit.valid_from is not None and unit.valid_from >= day:
        message = _("“%(unit)s”自 %(day)s 起才存在") % {"unit": unit, "day": unit.valid_from}
        raise ValidationError(message, code="not_yet")
    if unit.valid_to is not None and unit.valid_to <= day:
        message = _("“%(unit)s”已于 %(day)s 撤销") % {"unit": unit, "day": unit.valid_to}
        raise ValidationError(message, code="closed")


def require_not_in_future(day: date) -> None:
    """Where a unit belongs is kept for today, so a move is recorded on the day it takes effect."""
    if day > timezone.localdate():
        raise ValidationError(_("生效日 %(day)s 未到，请在生效当天办理") % {"day": day}, code="future")


def place(unit: Unit, parent: Unit | None, day: date) -> None:
    """Put the unit under another from the day on; the placement before it ends there."""
    current = Placement.objects.filter(unit=unit, valid_to=None).first()
    if current is None:
        current = Placement(unit=unit, parent_id=unit.parent_id)
    elif current.valid_from is not None and current.valid_from >= day:
        message = _("“%(unit)s”已于 %(day)s 划转，新的划转必须在此之后") % {"unit": unit, "day": current.valid_from}
        raise ValidationError(message, code="order")
    current.valid_to = day
    current.save()
    Placement.objects.create(unit=unit, parent=parent, valid_from=day)
    unit.parent = parent
    unit.save(update_fields=["parent"])


def end(unit: Unit, day: date) -> None:
    """The unit no longer exists from the day on, and with it its place in a track."""
    unit.valid_to = day
    unit.save(update_fields=["valid_to"])
    unit.memberships.filter(valid_to=None).update(valid_to=day)


def link(
    kind: Lineage.Kind, predecessor: Unit, successor: Unit, *, day: date, document: str, former_name: str = ""
) -> None:
    """One line of the unit's history."""
    Lineage.objects.create(
        kind=kind, predecessor=predecessor, successor=successor, day=day, document=document, former_name=former_name
    )
