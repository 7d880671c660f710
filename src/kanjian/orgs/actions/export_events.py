"""Take a copy of the ledger away 导出台账."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs import policies
from kanjian.orgs.models import User


@transaction.atomic
def export_events(rows: int, asked: Mapping[str, str], *, by: User) -> None:
    """Record that the person took so many events, and which were asked for. Raises ``PermissionDenied``."""
    if not policies.may_audit(by):
        raise PermissionDenied(_("只有全域的审计和系统管理岗位可以查看台账"))
    data = {"rows": rows, "asked": {name: value for name, value in asked.items() if value}}
    append_event("orgs.export_events", "ledger:events", by=by, data=data)
