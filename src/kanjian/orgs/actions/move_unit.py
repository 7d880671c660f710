"""Move a unit under another 划转."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.orgs import policies
from kanjian.orgs.actions.common import (
    link,
    lock,
    place,
    record,
    require_document,
    require_exists,
    require_not_in_future,
)
from kanjian.orgs.models import Lineage, Post, Unit, User
from kanjian.orgs.selectors import ancestors


@transaction.atomic
def move_unit(unit: Unit, *, to: Unit, day: date, document: str, by: User | None) -> Unit:
    """The unit, with everything below it, belongs to `to` from the day on; before it, it belonged where it was.

    Needs an administrator of both sides. Raises ``ValidationError`` for a day to come, a day before an earlier move, a
    closed unit, its own descendant or the same parent as target; ``PermissionDenied``.
    """
    policies.require(by, Post.Role.ADMINISTRATOR, unit)
    policies.require(by, Post.Role.ADMINISTRATOR, to)
    require_document(document)
    require_not_in_future(day)
    lock(unit, to)
    require_exists(unit, day)
    require_exists_on(to, day)
    if to.pk == unit.parent_id:
        raise ValidationError(_("“%(unit)s”已属于“%(to)s”") % {"unit": unit, "to": to}, code="same")
    if unit == to or unit in ancestors(to):
        raise ValidationError(_("不能划入自己的下级“%(to)s”") % {"to": to}, code="cycle")
    before = unit.parent
    place(unit, to, day)
    link(Lineage.Kind.MOVED, unit, unit, day=day, document=document)
    record("move_unit", unit, by=by, before=before and before.code, after=to.code, day=day, document=document)
    return unit


def require_exists_on(unit: Unit, day: date) -> None:
    """The unit exists on the day itself (it may have been founded that day)."""
    if not Unit.objects.on(day).filter(pk=unit.pk).exists():
        raise ValidationError(_("“%(unit)s”在 %(day)s 不存在") % {"unit": unit, "day": day}, code="closed")
