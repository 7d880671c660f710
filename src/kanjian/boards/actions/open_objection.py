"""Open the objection window of an edition 公示."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.clocks import WINDOW_DAYS, Due, working_days_after
from kanjian.boards.models import Edition
from kanjian.boards.states import BoardError, State, locked, require_step
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def open_objection(
    edition: Edition, *, by: User | None, days: int | None = None, working_days: int = WINDOW_DAYS
) -> Edition:
    """Show a draft to everybody who may see the board and take objections until the last day of the window.

    The window ends on the ``working_days``-th working day after today; with ``days`` it has so many calendar days,
    today included. A person opens a window of one day at least, and only after somebody signed the draft off; the
    system itself (sample city, import of what was published elsewhere) may open and close it at once with ``days=0``.
    Raises ``BoardError`` (illegal_transition, window_too_short, not_signed_off, no_calendar), ``PermissionDenied``.
    """
    edition = locked(edition)
    policies.require(by, policies.PUBLISH_ROLES, edition.board.root)
    require_step(edition, State.OBJECTION)
    until = _last_day(by, days, working_days)
    if by is not None and not edition.sign_offs.exists():
        raise BoardError("not_signed_off", _("先审核差异并签署意见，再开始公示"))
    edition.state = State.OBJECTION
    edition.objection_opened_at = timezone.now()
    edition.objection_until, edition.objection_provisional = until.day, until.provisional
    edition.save(update_fields=["state", "objection_opened_at", "objection_until", "objection_provisional"])
    data = {
        "hash": edition.hash,
        "period": edition.period,
        "until": until.day.isoformat(),
        "counted": f"{working_days} working days" if days is None else f"{days} days",
        "provisional": until.provisional,
    }
    append_event("boards.open_objection", f"edition:{edition.pk}", by=by, data=data)
    return edition


def _last_day(by: User | None, days: int | None, working_days: int) -> Due:
    """The window's last day."""
    if (working_days if days is None else days) < (0 if by is None and days is not None else 1):
        raise BoardError("window_too_short", _("公示期至少一天"))
    today = timezone.localdate()
    return working_days_after(today, working_days) if days is None else Due(today + timedelta(days=days - 1))
