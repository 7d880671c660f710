"""Grant, refuse or revoke an exception from a red line 审批、撤销红线例外: never by the person who asked."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.measures.models import RedLineException
from kanjian.measures.policies import may_decide_exceptions
from kanjian.orgs.models import User

State = RedLineException.State


@transaction.atomic
def decide_exception(exception: RedLineException, *, by: User, grant: bool, decision: str = "") -> RedLineException:
    """Grant or refuse what was asked. Raises ``ValidationError`` when it was decided or is over, ``PermissionDenied``
    for anybody but an administrator of the whole, and for the person who asked.
    """
    row = _locked(exception, by)
    if row.state != State.ASKED:
        raise ValidationError(_("该申请已经处理"))
    if by.pk == row.asked_by_id:
        raise PermissionDenied(_("申请人不能审批自己的申请"))
    if grant and row.expires_on < timezone.localdate():
        raise ValidationError(_("到期日已过，请重新申请"))
    return _decided(row, State.GRANTED if grant else State.REFUSED, by, decision)


@transaction.atomic
def revoke_exception(exception: RedLineException, *, by: User, decision: str) -> RedLineException:
    """End a granted exception before its day; a reason is needed. Raises as ``decide_exception``."""
    row = _locked(exception, by)
    if row.state != State.GRANTED:
        raise ValidationError(_("只有已批准的例外可以撤销"))
    if not decision.strip():
        raise ValidationError(_("请写明撤销的理由"))
    row.decision = decision.strip()
    row.state = State.REVOKED
    row.save(update_fields=["state", "decision"])
    append_event("measures.revoke_exception", row.subject, by=by, data=_data(row))
    return row


def _locked(exception: RedLineException, by: User) -> RedLineException:
    if not may_decide_exceptions(by):
        raise PermissionDenied(_("只有全域的系统管理员可以审批例外"))
    return RedLineException.objects.select_for_update().get(pk=exception.pk)


def _decided(row: RedLineException, state: str, by: User, decision: str) -> RedLineException:
    row.state, row.decision = state, decision.strip()
    row.decided_by, row.decided_at = by, timezone.now()
    row.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    verb = "measures.grant_exception" if state == State.GRANTED else "measures.refuse_exception"
    append_event(verb, row.subject, by=by, data=_data(row))
    return row


def _data(row: RedLineException) -> dict[str, object]:
    return {
        "exception": row.pk,
        "code": row.code,
        "item": row.item,
        "document": row.document,
        "expires_on": row.expires_on,
        "decision": row.decision,
    }
