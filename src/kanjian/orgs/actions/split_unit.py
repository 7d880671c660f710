"""Split a unit 拆分."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.orgs import policies
from kanjian.orgs.actions.close_unit import require_no_children
from kanjian.orgs.actions.common import end, link, lock, record, require_document, require_exists
from kanjian.orgs.actions.move_unit import require_exists_on
from kanjian.orgs.models import Lineage, Post, Unit, User


@transaction.atomic
def split_unit(unit: Unit, *, into: Sequence[Unit], day: date, document: str, by: User | None) -> list[Unit]:
    """Out of the unit come the units `into` (created before, existing on the day); the unit itself may be one of them.

    Otherwise it is closed on the day, and units below it must have been moved before. Raises ``ValidationError`` and
    ``PermissionDenied``.
    """
    successors = [other for other in into if other.pk != unit.pk]
    for each in (unit, *successors):
        policies.require(by, Post.Role.ADMINISTRATOR, each)
    require_document(document)
    lives_on = len(successors) < len(into)
    if len(successors) + lives_on < 2:
        raise ValidationError(_("拆分至少需要两个单位"), code="too_few")
    lock(unit, *successors)
    require_exists(unit, day)
    for successor in successors:
        require_exists_on(successor, day)
        link(Lineage.Kind.SPLIT, unit, successor, day=day, document=document)
    if not lives_on:
        require_no_children(unit, day)
        end(unit, day)
    codes = [successor.code for successor in into]
    record("split_unit", unit, by=by, into=codes, day=day, document=document)
    return list(into)
