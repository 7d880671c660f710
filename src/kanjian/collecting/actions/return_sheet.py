"""Give a sheet back to the reporter 退回."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.collecting.actions.common import step
from kanjian.collecting.models import Sheet, Step
from kanjian.collecting.rules import Do, require
from kanjian.collecting.states import CollectingError, State, locked
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User

LONGEST = 300


@transaction.atomic
def return_sheet(sheet: Sheet, *, by: User | None, reason: str, comment: str) -> Sheet:
    """Submitted → returned: everything entered stays, the reporter reads why. It then goes through all levels again.

    Raises ``CollectingError`` (bad_reason, no_comment, not_submitted), ``PermissionDenied``.
    """
    sheet = locked(sheet)
    require(Do.RETURN, [sheet], by)
    comment = comment.strip()
    if reason not in Step.Reason.values:
        raise CollectingError("bad_reason", _("请选择退回原因"))
    if not 0 < len(comment) <= LONGEST:
        raise CollectingError("no_comment", _("请写明要改什么（1 到 300 个字）"))
    made = step(sheet, Step.Verb.RETURN, by, timezone.now(), reason=reason, comment=comment)
    sheet.state, sheet.level, sheet.arrived_at = State.RETURNED, "", None
    sheet.version += 1
    sheet.save(update_fields=["state", "level", "arrived_at", "version"])
    made.save()
    data = {"level": made.level, "reason": reason, "comment": comment}
    append_event("collecting.return_sheet", f"sheet:{sheet.pk}", by=by, data=data)
    return sheet
