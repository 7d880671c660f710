"""Give an accepted sheet back for a correction 退回更正."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.collecting.actions.common import require_reason, step
from kanjian.collecting.models import Sheet, Step
from kanjian.collecting.rules import Do, require
from kanjian.collecting.states import CollectingError, Level, State, locked
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def reopen(sheet: Sheet, *, by: User | None, reason: str, comment: str, until: date) -> Sheet:
    """Accepted → returned: the reporter may correct it until that day, then it goes through all levels again.

    What it wrote stays in force until the correction is accepted; frozen releases and published editions never
    change. The on-time mark stays. Raises ``CollectingError`` (bad_reason, no_comment, bad_day, not_accepted),
    ``PermissionDenied`` for others than reviewers of the office.
    """
    sheet = locked(sheet)
    require(Do.REOPEN, [sheet], by)
    comment = require_reason(reason, comment)
    if until < timezone.localdate():
        raise CollectingError("bad_day", _("更正期限不能早于今天"))
    made = step(sheet, Step.Verb.REOPEN, by, timezone.now(), level=Level.OFFICE, reason=reason, comment=comment)
    sheet.state, sheet.correct_until = State.RETURNED, until
    sheet.version += 1
    sheet.save(update_fields=["state", "correct_until", "version"])
    made.save()
    data = {"reason": reason, "comment": comment, "until": until.isoformat(), "batch": sheet.batch_id}
    append_event("collecting.reopen", f"sheet:{sheet.pk}", by=by, data=data)
    return sheet
