"""Create a unit 新设单位."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.orgs import policies
from kanjian.orgs.actions.common import record
from kanjian.orgs.models import Post, Unit, User
from kanjian.orgs.spelling import spelling


@transaction.atomic
def create_unit(
    *,
    code: str,
    name: str,
    kind: str,
    parent: Unit | None,
    by: User | None,
    name_en: str = "",
    valid_from: date | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
    attributes: Mapping[str, Any] | None = None,
    synthetic: bool = False,
) -> Unit:
    """A new unit under `parent` (None: a root), from a day on (None: since ever).

    Raises ``ValidationError`` for a code in use or a parent that is closed, ``PermissionDenied``.
    """
    policies.require(by, Post.Role.ADMINISTRATOR, parent)
    if parent is not None and parent.valid_to is not None and (valid_from is None or parent.valid_to <= valid_from):
        message = _("上级“%(unit)s”已于 %(day)s 撤销") % {"unit": parent, "day": parent.valid_to}
        raise ValidationError({"parent": message})
    pinyin, initials = spelling(name)
    unit = Unit(
        code=code,
        name=name,
        name_en=name_en,
        pinyin=pinyin,
        initials=initials,
        kind=kind,
        parent=parent,
        valid_from=valid_from,
        longitude=longitude,
        latitude=latitude,
        attributes=dict(attributes or {}),
        synthetic=synthetic,
    )
    unit.full_clean()
    unit.save(force_insert=True)
    record("create_unit", unit, by=by, name=name, kind=kind, parent=parent.code if parent else None, since=valid_from)
    return unit
