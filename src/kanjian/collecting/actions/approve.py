"""Pass sheets on to the next level 审核通过."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.collecting.actions.common import move, step
from kanjian.collecting.levels import next_level
from kanjian.collecting.models import Sheet, Step
from kanjian.collecting.rules import Do, require
from kanjian.collecting.states import CollectingError, locked_all
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User

CHUNK = 1_000


@transaction.atomic
def approve(sheets: Iterable[Sheet], *, by: User | None, comment: str = "") -> list[Sheet]:
    """Every sheet goes from the level where it lies to the next one of its chain; all of them or none.

    Raises ``CollectingError`` (nothing_chosen, not_submitted, accept_instead) or ``PermissionDenied`` (not the own
    level, own entries, approved at another level before) naming the first sheet that cannot go on.
    """
    rows = locked_all(sheet.pk for sheet in sheets)
    if not rows:
        raise CollectingError("nothing_chosen", _("没有选中填报单"))
    facts = require(Do.APPROVE, rows, by)
    now = timezone.now()
    steps = [step(sheet, Step.Verb.APPROVE, by, now, comment=comment.strip()[:300]) for sheet in rows]
    onward: dict[str, list[Sheet]] = {}
    for sheet in rows:
        onward.setdefault(next_level(facts[sheet.pk].chain, sheet.level) or "", []).append(sheet)
    for level, group in onward.items():
        move(group, level=level, arrived_at=now)
    Step.objects.bulk_create(steps, batch_size=CHUNK)
    for window in sorted({sheet.window_id for sheet in rows}):
        passed = {str(made.sheet_id): made.level for made in steps if made.sheet.window_id == window}
        append_event("collecting.approve", f"window:{window}", by=by, data={"sheets": passed})
    return rows
