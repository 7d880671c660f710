"""Open the objection window of an edition 公示."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.models import Edition
from kanjian.boards.states import BoardError, State, locked, require_step
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User

DAYS = 7


@transaction.atomic
def open_objection(edition: Edition, *, by: User | None, days: int = DAYS) -> Edition:
    """Show a draft to everybody who may see the board and take objections for ``days`` days, today included.

    A person opens a window of one day at least; the system itself (sample city, import of what was published elsewhere)
    may open and close it at once with 0. Raises ``BoardError`` (illegal_transition, window_too_short),
    ``PermissionDenied``.
    """
    edition = locked(edition)
    policies.require(by, policies.PUBLISH_ROLES, edition.board.root)
    require_step(edition, State.OBJECTION)
    if days < (0 if by is None else 1):
        raise BoardError("window_too_short", _("公示期至少一天"))
    edition.state = State.OBJECTION
    edition.objection_opened_at = timezone.now()
    edition.objection_until = timezone.localdate() + timedelta(days=days - 1)
    edition.save(update_fields=["state", "objection_opened_at", "objection_until"])
    data = {"hash": edition.hash, "period": edition.period, "until": edition.objection_until.isoformat()}
    append_event("boards.open_objection", f"edition:{edition.pk}", by=by, data=data)
    return edition
