"""Second review, withdrawal, closing 再次复核、撤回、办结."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.actions.objections.assign import take
from kanjian.boards.actions.objections.common import locked, move, record, require_party
from kanjian.boards.actions.staging.collect import drop
from kanjian.boards.clocks import DECISION_DAYS, working_days_after
from kanjian.boards.independence import choose
from kanjian.boards.models import Objection
from kanjian.boards.objection_policies import is_assignee
from kanjian.boards.objection_states import TO_APPLY, require_move
from kanjian.boards.states import BoardError
from kanjian.orgs.models import User
from kanjian.steps import require_text


@transaction.atomic
def appeal_objection(objection: Objection, grounds: str, *, by: User | None) -> Objection:
    """Ask for the one second review, by another person, within five working days of the decision.

    Raises ``BoardError`` (illegal_transition, second_already, too_late, text_missing), ``PermissionDenied``.
    """
    objection = locked(objection)
    require_party(objection, by)
    require_move(objection, "appeal")
    if objection.round > 1:
        raise BoardError("second_already", _("再次复核只有一次"))
    if objection.appeal_until is None or timezone.localdate() > objection.appeal_until:
        raise BoardError("too_late", _("申请再次复核的期限已过"))
    grounds = require_text(grounds, BoardError("text_missing", _("请写明不服的理由")))
    drop(objection)
    due = working_days_after(timezone.localdate(), DECISION_DAYS)
    objection.round, objection.assignee, objection.finding, objection.decided = 2, None, "", None
    objection.due_on, objection.due_provisional, objection.appeal_until = due.day, due.provisional, None
    fields = ("round", "assignee", "finding", "decided", "due_on", "due_provisional", "appeal_until")
    move(objection, "appeal", *fields)
    record(objection, "appeal", by=by, comment=grounds, data={"due": due.day})
    reviewer = choose(objection)
    if reviewer is not None:
        take(objection, reviewer, by=None)
    return objection


@transaction.atomic
def withdraw_objection(objection: Objection, *, by: User | None, comment: str = "") -> Objection:
    """Take it back before it is decided."""
    objection = locked(objection)
    require_party(objection, by)
    objection.closed_at = timezone.now()
    move(objection, "withdraw", "closed_at")
    record(objection, "withdraw", by=by, comment=comment)
    return objection


@transaction.atomic
def close_objection(objection: Objection, *, by: User | None) -> Objection:
    """Put a decided objection to rest. What was upheld must have been applied, unless nothing can be computed from it.

    Raises ``BoardError`` (illegal_transition, not_applied), ``PermissionDenied``.
    """
    objection = locked(objection)
    if by is not None and not is_assignee(by, objection) and not policies.may_publish(by, objection.edition.board):
        raise PermissionDenied(_("办结由复核人或榜单的审核、系统管理岗位来做"))
    require_move(objection, "close")
    if objection.state in TO_APPLY and objection.kind != Objection.Kind.METHOD:
        raise BoardError("not_applied", _("成立的异议须先更正：应用更正集之后才能办结"))
    drop(objection)
    objection.closed_at = timezone.now()
    move(objection, "close", "closed_at")
    record(objection, "close", by=by)
    return objection
