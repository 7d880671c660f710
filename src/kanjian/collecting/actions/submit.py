"""Hand a sheet in 提交."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.collecting.actions.common import step
from kanjian.collecting.checking import findings_of, obstacles
from kanjian.collecting.levels import next_level
from kanjian.collecting.models import Sheet, Step
from kanjian.collecting.rules import Do, require
from kanjian.collecting.states import CollectingError, State, locked
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def submit(sheet: Sheet, *, by: User | None) -> Sheet:
    """Open or returned → submitted at the first level. The first submission sets the on-time mark for ever.

    Raises ``CollectingError``: *incomplete* with findings by cell (required and empty, evidence lacking, a finding
    that is high, or unusual without a note), or why the sheet cannot be handed in now; ``PermissionDenied``.
    """
    sheet = locked(sheet)
    facts = require(Do.SUBMIT, [sheet], by)[sheet.pk]
    found = obstacles(findings_of(sheet))
    if found:
        raise CollectingError("incomplete", _("还有 %(count)s 处要处理，才能提交") % {"count": len(found)}, found)
    now = timezone.now()
    made = step(sheet, Step.Verb.SUBMIT, by, now)
    if sheet.first_submitted_at is None:
        sheet.first_submitted_at = now
        sheet.on_time = timezone.localdate() <= sheet.window.due_on
    sheet.state, sheet.level, sheet.arrived_at = State.SUBMITTED, next_level(facts.chain, "") or "", now
    sheet.version += 1
    sheet.save(update_fields=["state", "level", "arrived_at", "first_submitted_at", "on_time", "version"])
    made.save()
    data = {"level": sheet.level, "on_time": sheet.on_time, "version": sheet.version}
    append_event("collecting.submit", f"sheet:{sheet.pk}", by=by, data=data)
    return sheet
