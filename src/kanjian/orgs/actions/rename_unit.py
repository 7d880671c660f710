"""Rename a unit 更名."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.orgs import policies
from kanjian.orgs.actions.common import link, lock, record, require_document, require_exists, require_not_in_future
from kanjian.orgs.models import Lineage, Post, Unit, User
from kanjian.orgs.spelling import spelling


@transaction.atomic
def rename_unit(unit: Unit, *, name: str, day: date, document: str, by: User | None, name_en: str = "") -> Unit:
    """A new name from a day on; the lineage keeps the former. Raises ``ValidationError``, ``PermissionDenied``."""
    policies.require(by, Post.Role.ADMINISTRATOR, unit)
    require_document(document)
    require_not_in_future(day)
    lock(unit)
    require_exists(unit, day)
    former = unit.name
    if name == former:
        raise ValidationError({"name": _("新名称与原名称相同")})
    unit.name, unit.name_en = name, name_en
    unit.pinyin, unit.initials = spelling(name)
    unit.full_clean()
    unit.save(update_fields=["name", "name_en", "pinyin", "initials"])
    link(Lineage.Kind.RENAMED, unit, unit, day=day, document=document, former_name=former)
    record("rename_unit", unit, by=by, before=former, after=name, day=day, document=document)
    return unit
