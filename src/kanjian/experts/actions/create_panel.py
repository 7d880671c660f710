"""Set up a panel 建立专家组."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards.models import SchemeVersion
from kanjian.experts import policies
from kanjian.experts.asking import AskingError, parts_of
from kanjian.experts.models import Panel
from kanjian.experts.states import PanelError
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.scoring import Scheme


@transaction.atomic
def create_panel(
    version: SchemeVersion,
    *,
    node: str,
    method: str,
    title: str,
    closes_on: date,
    by: User | None,
    purpose: str = "",
) -> Panel:
    """A draft of a panel that weighs the children of ``node``; nobody is asked yet.

    Raises ``PanelError`` (no_node, few_parts, many_parts, past_day), ``ValidationError``, ``PermissionDenied``.
    """
    policies.require_run(by, version.board)
    try:
        parts = parts_of(Scheme.load(version.text), node)
    except AskingError as error:
        raise PanelError(error.code, _("“%(node)s”下没有 2 到 15 个可以赋权的部分") % {"node": node}) from error
    if closes_on < timezone.localdate():
        raise PanelError("past_day", _("截止日 %(day)s 已过") % {"day": closes_on})
    panel = Panel(
        board=version.board,
        version=version,
        node=node,
        method=method,
        title=title,
        purpose=purpose,
        closes_on=closes_on,
        created_by=by,
    )
    panel.full_clean()
    panel.save()
    data = {"title": title, "version": version.version, "node": node, "method": method, "parts": len(parts)}
    append_event("experts.create_panel", f"panel:{panel.pk}", by=by, data=data)
    return panel
