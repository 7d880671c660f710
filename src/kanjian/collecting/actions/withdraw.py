"""Take a sheet back before anybody approved it 撤回."""

from django.db import transaction
from django.utils import timezone

from kanjian.collecting.actions.common import step
from kanjian.collecting.models import Sheet, Step
from kanjian.collecting.rules import Do, require
from kanjian.collecting.states import State, locked
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def withdraw(sheet: Sheet, *, by: User | None) -> Sheet:
    """Submitted at the first level → open again, while its window takes entries; the on-time mark stays.

    Raises ``CollectingError`` (not_submitted, already_approved, closed), ``PermissionDenied``.
    """
    sheet = locked(sheet)
    require(Do.WITHDRAW, [sheet], by)
    made = step(sheet, Step.Verb.WITHDRAW, by, timezone.now())
    sheet.state, sheet.level, sheet.arrived_at = State.OPEN, "", None
    sheet.version += 1
    sheet.save(update_fields=["state", "level", "arrived_at", "version"])
    made.save()
    append_event("collecting.withdraw", f"sheet:{sheet.pk}", by=by, data={"level": made.level})
    return sheet
