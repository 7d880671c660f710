"""Publish how many hours of form filling a year a kind of unit may be asked for 公布减负上限."""

import math

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.collecting.models import Ceiling
from kanjian.collecting.policies import may_set_ceilings
from kanjian.collecting.states import CollectingError
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import Unit, User

MOST_HOURS = 8784.0  # of a leap year
YEARS = range(2000, 2101)


@transaction.atomic
def set_ceiling(root: Unit, unit_kind: str, year: int, *, hours: float, document: str, by: User | None) -> Ceiling:
    """Set or replace the ceiling; the ledger keeps what it was. Collections that are active stay, and say that they are
    over it; nothing new may start that exceeds it.

    Raises ``CollectingError`` (bad_kind, bad_year, bad_hours, no_document), ``PermissionDenied``.
    """
    if by is not None and not may_set_ceilings(by):
        raise PermissionDenied(_("只有全域的系统管理员可以公布减负上限"))
    _check(unit_kind, year, hours, document)
    standing = Ceiling.objects.select_for_update().filter(root=root, unit_kind=unit_kind, year=year).first()
    before = standing.hours if standing else None
    ceiling = standing or Ceiling(root=root, unit_kind=unit_kind, year=year)
    ceiling.hours, ceiling.document = hours, document.strip()
    ceiling.save()
    data = {"kind": unit_kind, "year": year, "hours": hours, "before": before, "document": ceiling.document}
    append_event("collecting.set_ceiling", f"unit:{root.code}", by=by, data=data)
    return ceiling


def _check(unit_kind: str, year: int, hours: float, document: str) -> None:
    if unit_kind not in Unit.Kind.values:
        raise CollectingError("bad_kind", _("没有这种单位"))
    if year not in YEARS:
        raise CollectingError("bad_year", _("年份须在 2000 到 2100 之间"))
    if not (math.isfinite(hours) and 0 < hours <= MOST_HOURS):
        raise CollectingError("bad_hours", _("每年小时数须大于 0，不超过全年"))
    if not document.strip():
        raise CollectingError("no_document", _("请写明公布上限的文号"))
