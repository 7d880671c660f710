"""Give a sheet back to the reporter 退回."""

from django.db import transaction
from django.utils import timezone

from kanjian.collecting.actions.common import require_reason, step
from kanjian.collecting.models import Sheet, Step
from kanjian.collecting.rules import Do, require
from kanjian.collecting.states import State, locked
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def return_sheet(sheet: Sheet, *, by: User | None, reason: str, comment: str) -> Sheet:
    """Submitted → returned: everything entered stays, the reporter reads why. It then goes through all levels again.

    Raises ``CollectingError`` (bad_reason, no_comment, not_submitted), ``PermissionDenied``.
    """
    sheet = locked(sheet)
    require(Do.RETURN, [sheet], by)
    comment = require_reason(reason, comment)
    made = step(sheet, Step.Verb.RETURN, by, timezone.now(), reason=reason, comment=comment)
    sheet.state, sheet.level, sheet.arrived_at = State.RETURNED, "", None
    sheet.version += 1
    sheet.save(update_fields=["state", "level", "arrived_at", "version"])
    made.save()
    data = {"level": made.level, "reason": reason, "comment": comment}
    append_event("collecting.return_sheet", f"sheet:{sheet.pk}", by=by, data=data)
    return sheet
