"""Decide an objection with reasons 决定."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards.actions.objections.common import locked, move, record, require_reviewer
from kanjian.boards.actions.staging.collect import collect
from kanjian.boards.changes import Changes
from kanjian.boards.clocks import APPEAL_DAYS, working_days_after
from kanjian.boards.models import Objection
from kanjian.boards.objection_states import DECISIONS
from kanjian.boards.objection_terms import wanted_changes
from kanjian.boards.states import BoardError
from kanjian.orgs.models import User
from kanjian.steps import require_text

Reason = Objection.Reason
REASONS: dict[str, tuple[str, ...]] = {
    "dismiss": (Reason.NOT_CONCERNED, Reason.DUPLICATE, Reason.NO_GROUNDS),
    "reject": (Reason.VALUE_RIGHT, Reason.NO_PROOF, Reason.RULE_RIGHT, Reason.METHOD_RIGHT),
    "uphold": (
        Reason.VALUE_WRONG,
        Reason.LATE_DATA,
        Reason.VETO_UNFOUNDED,
        Reason.EXEMPT,
        Reason.TRACK_WRONG,
        Reason.METHOD_FLAW,
    ),
}
REASONS["uphold_partly"] = REASONS["uphold"]


@transaction.atomic
def decide_objection(
    objection: Objection,
    decision: str,
    *,
    by: User | None,
    reason: str,
    answer: str,
    upheld: Changes | None = None,
) -> Objection:
    """Dismiss, uphold, uphold in part or reject, with a reason code and an answer that everybody may read.

    ``upheld``: what holds instead, where it is only a part of what was asked for. What is upheld goes into the open
    staged set of the period, if there is one. Whether the decision was late is kept for ever. Raises ``BoardError``
    (no_decision, wrong_reason, text_missing, upheld_missing, illegal_transition, not_independent),
    ``PermissionDenied``.
    """
    objection = locked(objection)
    require_reviewer(objection, by)
    if decision not in DECISIONS:
        raise BoardError("no_decision", _("请选择决定"))
    if reason not in REASONS[decision]:
        raise BoardError("wrong_reason", _("请选择与决定相符的理由"))
    objection.answer = require_text(answer, BoardError("text_missing", _("请写明答复和理由；答复会公开")))
    objection.reason, objection.decided_by, objection.decided_at = reason, by, timezone.now()
    objection.decided = _upheld(objection, decision, upheld)
    is_late = timezone.localdate() > objection.due_on
    objection.is_late = bool(objection.is_late) or is_late
    if decision in {"dismiss", "reject", "uphold_partly"} and objection.round == 1:
        objection.appeal_until = working_days_after(timezone.localdate(), APPEAL_DAYS).day
    decided = ("answer", "reason", "decided", "decided_by", "decided_at", "is_late", "appeal_until")
    move(objection, decision, *decided)
    record(objection, decision, by=by, comment=objection.answer, is_late=is_late, data={"upheld": objection.decided})
    collect(objection, by=by)
    return objection


def _upheld(objection: Objection, decision: str, upheld: Changes | None) -> dict[str, object] | None:
    """What is upheld: all that was asked for, or the part of it, checked as the objection itself was."""
    if decision == "uphold":
        return dict(objection.changes)
    if decision != "uphold_partly":
        return None
    if objection.kind == Objection.Kind.METHOD:
        return dict(objection.changes)
    if not upheld:
        raise BoardError("upheld_missing", _("部分成立须写明成立的数值"))
    cells, node = upheld.cells, objection.node
    track = upheld.tracks[0].track if upheld.tracks else ""
    found = wanted_changes(objection.edition, objection.unit.code, objection.kind, node=node, cells=cells, track=track)
    return found.as_json()
