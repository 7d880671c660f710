"""Close a unit 撤销."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.orgs import policies
from kanjian.orgs.actions.common import end, lock, record, require_document, require_exists
from kanjian.orgs.models import Post, Unit, User


@transaction.atomic
def close_unit(unit: Unit, *, day: date, document: str, by: User | None) -> Unit:
    """The unit ceases to exist on the day, without a successor; its values and ranks stay readable.

    Raises ``ValidationError`` when it is closed already or units below it live on, ``PermissionDenied``.
    """
    policies.require(by, Post.Role.ADMINISTRATOR, unit)
    require_document(document)
    lock(unit)
    require_exists(unit, day)
    require_no_children(unit, day)
    end(unit, day)
    record("close_unit", unit, by=by, day=day, document=document)
    return unit


def require_no_children(unit: Unit, day: date) -> None:
    """No unit would be left without a living parent."""
    living = Unit.objects.filter(parent=unit).on(day)
    if names := list(living.values_list("name", flat=True)[:5]):
        message = _("“%(unit)s”还有 %(count)d 个下级（%(names)s），请先划转或撤销它们") % {
            "unit": unit,
            "count": living.count(),
            "names": "、".join(names),
        }
        raise ValidationError(message, code="children")
