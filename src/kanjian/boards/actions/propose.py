"""Propose a step that a second person confirms 提议发布、撤下、应用."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.actions.proposing import open_proposal
from kanjian.boards.actions.publish import require_publishable
from kanjian.boards.actions.staging.apply import require_fresh
from kanjian.boards.actions.staging.common import locked as locked_staged
from kanjian.boards.models import Edition, Proposal, StagedSet
from kanjian.boards.states import BoardError, State, locked, require_step
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.steps import require_text

Verb = Proposal.Verb


@transaction.atomic
def propose_publication(edition: Edition, *, by: User | None) -> Proposal:
    """Propose to publish what may be published now; another person confirms with ``publish``.

    Raises ``BoardError`` (illegal_transition, window_open, objections_open, files_damaged), ``PermissionDenied``.
    """
    edition = locked(edition)
    policies.require(by, policies.PUBLISH_ROLES, edition.board.root)
    require_publishable(edition)
    return _propose(Verb.PUBLISH, edition, by=by)


@transaction.atomic
def propose_supersession(edition: Edition, *, by: User | None, reason: str) -> Proposal:
    """Propose to take a published edition out of force; another person confirms with ``supersede``.

    Raises ``BoardError`` (illegal_transition, reason_missing), ``PermissionDenied``.
    """
    edition = locked(edition)
    policies.require(by, policies.PUBLISH_ROLES, edition.board.root)
    require_step(edition, State.SUPERSEDED)
    reason = require_text(reason, BoardError("reason_missing", _("撤下已发布的期次须写明理由")))
    return _propose(Verb.SUPERSEDE, edition, by=by, reason=reason)


@transaction.atomic
def propose_application(staged: StagedSet, *, by: User | None) -> Proposal:
    """Propose to apply a staged set as computed; another person confirms with ``apply_staged``.

    Raises ``BoardError`` (staged_finished, not_computed, stale), ``PermissionDenied``.
    """
    staged = locked_staged(staged)
    base = locked(staged.base)
    policies.require(by, policies.PUBLISH_ROLES, staged.board.root)
    require_fresh(staged, base)
    return _propose(Verb.APPLY, base, by=by, staged=staged)


def _propose(
    verb: str, edition: Edition, *, by: User | None, reason: str = "", staged: StagedSet | None = None
) -> Proposal:
    """The proposal that waits already, or a new one."""
    standing = open_proposal(verb, edition)
    if standing is not None:
        return standing
    proposal = Proposal.objects.create(verb=verb, edition=edition, staged=staged, reason=reason, proposed_by=by)
    data = {"hash": edition.hash, "period": edition.period, "verb": verb, "reason": reason}
    if staged is not None:
        data |= {"staged": str(staged.pk), "candidate": staged.edition_hash}
    append_event("boards.propose", f"edition:{edition.pk}", by=by, data=data)
    return proposal


@transaction.atomic
def withdraw_proposal(proposal: Proposal, *, by: User | None, comment: str) -> Proposal:
    """Take a proposal back, or decline to confirm it; with a reason, so that the next one knows.

    Raises ``BoardError`` (not_open, text_missing), ``PermissionDenied``.
    """
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("edition__board__root")
    proposal = rows.get(pk=proposal.pk)
    board = proposal.edition.board
    if by is not None and proposal.proposed_by_id != by.pk and not policies.may_publish(by, board):
        raise PermissionDenied(_("只有提议人和可以确认的人能撤回"))
    if proposal.state != Proposal.State.OPEN:
        raise BoardError("not_open", _("这项提议已经办理"))
    comment = require_text(comment, BoardError("text_missing", _("请写明撤回或不同意的理由")))
    proposal.state, proposal.comment = Proposal.State.WITHDRAWN, comment[:500]
    proposal.decided_by, proposal.decided_at = by, timezone.now()
    proposal.save(update_fields=["state", "comment", "decided_by", "decided_at"])
    data = {"verb": proposal.verb, "period": proposal.edition.period, "reason": proposal.comment}
    append_event("boards.withdraw_proposal", f"edition:{proposal.edition_id}", by=by, data=data)
    return proposal
