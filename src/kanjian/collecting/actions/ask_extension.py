"""Ask for leave to hand in later 申请延期."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.collecting.models import Extension, Sheet
from kanjian.collecting.rules import Do, require
from kanjian.collecting.states import CollectingError, locked
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User

LONGEST = 300


@transaction.atomic
def ask_extension(sheet: Sheet, *, by: User | None, reason: str, until: date) -> Extension:
    """Ask for a later closing day for one sheet; somebody else decides, and the answer goes on the public list.

    Raises ``CollectingError`` (no_reason, bad_until, asked_already, accepted, submitted), ``PermissionDenied``.
    """
    sheet = locked(sheet)
    require(Do.ASK_EXTENSION, [sheet], by)
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST:
        raise CollectingError("no_reason", _("请写明理由（1 到 300 个字）"))
    check_until(sheet.window.closes_on, until)
    extension = Extension.objects.create(
        window=sheet.window, reporter=sheet.reporter, reason=reason, until=until, asked_by=by, asked_at=timezone.now()
    )
    data = {"sheet": sheet.pk, "reason": reason, "until": until}
    append_event("collecting.ask_extension", f"extension:{extension.pk}", by=by, data=data)
    return extension


def check_until(closes_on: date, until: date) -> None:
    """An extension ends after the window closes, and not in the past."""
    if until <= closes_on or until < timezone.localdate():
        raise CollectingError("bad_until", _("延期须到窗口关闭日 %(day)s 之后，且不早于今天") % {"day": closes_on})
