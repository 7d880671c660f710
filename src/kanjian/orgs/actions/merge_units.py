"""Merge units 合并."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.orgs import policies
from kanjian.orgs.actions.common import (
    end,
    link,
    lock,
    place,
    record,
    require_document,
    require_exists,
    require_not_in_future,
)
from kanjian.orgs.actions.move_unit import require_exists_on
from kanjian.orgs.models import Lineage, Post, Unit, User


@transaction.atomic
def merge_units(units: Sequence[Unit], *, into: Unit, day: date, document: str, by: User | None) -> Unit:
    """The units become one from the day on. `into` is one of them, which lives on, or a unit created for it.

    The others are closed on the day; units below them move to `into`, for which the day must have come. Raises
    ``ValidationError`` and ``PermissionDenied``.
    """
    closing = [unit for unit in units if unit.pk != into.pk]
    for unit in (*closing, into):
        policies.require(by, Post.Role.ADMINISTRATOR, unit)
    require_document(document)
    if len({unit.pk for unit in (*units, into)}) < 2 or not closing:
        raise ValidationError(_("合并至少需要两个单位"), code="too_few")
    lock(*closing, into)
    require_exists_on(into, day)
    for unit in closing:
        require_exists(unit, day)
        _hand_over_children(unit, into, day, document)
        end(unit, day)
        link(Lineage.Kind.MERGED, unit, into, day=day, document=document)
    record("merge_units", into, by=by, merged=[unit.code for unit in closing], day=day, document=document)
    return into


def _hand_over_children(unit: Unit, into: Unit, day: date, document: str) -> None:
    children = list(Unit.objects.filter(parent=unit).on(day))
    if children:
        require_not_in_future(day)
    for child in children:
        if child.pk == into.pk:
            raise ValidationError(_("不能并入自己的下级“%(to)s”") % {"to": into}, code="cycle")
        place(child, into, day)
        link(Lineage.Kind.MOVED, child, child, day=day, document=document)
