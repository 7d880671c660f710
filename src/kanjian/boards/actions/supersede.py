"""Supersede a published edition 替代."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.actions.proposing import confirmed
from kanjian.boards.models import Edition, Proposal
from kanjian.boards.states import REPLACEABLE, BoardError, State, locked, require_step
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.steps import require_text


@transaction.atomic
def supersede(edition: Edition, *, by: User | None, reason: str = "") -> Edition:
    """Take a published edition out of force without another one in its place; it stays readable and says so.

    A person confirms what another proposed, with the reason given there; the system may do both and gives its own.
    Raises ``BoardError`` (illegal_transition, reason_missing, needs_proposal, same_person), ``PermissionDenied``.
    """
    edition = locked(edition)
    policies.require(by, policies.PUBLISH_ROLES, edition.board.root)
    require_step(edition, State.SUPERSEDED)
    if by is None:
        reason = require_text(reason, BoardError("reason_missing", _("撤下已发布的期次须写明理由")))
    proposal = confirmed(Proposal.Verb.SUPERSEDE, edition, by=by)
    return replace(edition, by=by, successor=None, reason=proposal.reason if proposal else reason)


def replace(edition: Edition, *, by: User | None, successor: Edition | None, reason: str) -> Edition:
    """The step itself, inside the caller's transaction and permission check."""
    if successor is None or edition.state not in REPLACEABLE:
        require_step(edition, State.SUPERSEDED)
    edition.state, edition.superseded_at = State.SUPERSEDED, timezone.now()
    edition.save(update_fields=["state", "superseded_at"])
    data = {"hash": edition.hash, "successor": successor.pk if successor else None, "reason": reason}
    append_event("boards.supersede", f"edition:{edition.pk}", by=by, data=data)
    return edition
