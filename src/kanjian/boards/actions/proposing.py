"""Two people for one step 双人确认: one proposes, another confirms by taking the step."""

from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards.models import Edition, Proposal
from kanjian.boards.states import BoardError
from kanjian.orgs.models import User


def open_proposal(verb: str, edition: Edition) -> Proposal | None:
    """The proposal of the step that waits for a second person."""
    found = Proposal.objects.filter(verb=verb, edition=edition, state=Proposal.State.OPEN)
    return found.select_related("proposed_by", "staged").first()


def confirmed(verb: str, edition: Edition, *, by: User | None) -> Proposal | None:
    """The open proposal, confirmed by another person; inside the caller's transaction.

    The system itself needs none. ``BoardError``: needs_proposal, same_person.
    """
    proposal = Proposal.objects.select_for_update(of=("self",)).select_related("proposed_by")
    found = proposal.filter(verb=verb, edition=edition, state=Proposal.State.OPEN).first()
    if found is None:
        if by is None:
            return None
        raise BoardError("needs_proposal", _("这一步须两人：先由一人提议，再由另一人确认"))
    if by is not None and found.proposed_by_id == by.pk:
        raise BoardError("same_person", _("提议人不能自己确认，请另一位有审核或系统管理岗位的人来确认"))
    found.state, found.decided_by, found.decided_at = Proposal.State.CONFIRMED, by, timezone.now()
    found.save(update_fields=["state", "decided_by", "decided_at"])
    return found


def lapse(edition: Edition) -> None:
    """Proposals about an edition that was replaced have nothing left to propose."""
    waiting = Proposal.objects.filter(edition=edition, state=Proposal.State.OPEN)
    waiting.update(state=Proposal.State.WITHDRAWN, decided_at=timezone.now())
