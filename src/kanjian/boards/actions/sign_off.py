"""Sign a draft off after review 审核签署."""

from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.models import Edition, SignOff
from kanjian.boards.states import BoardError, State, locked
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.steps import require_text


@transaction.atomic
def sign_off(edition: Edition, *, by: User | None, note: str) -> SignOff:
    """Say what was looked at and found, before the objection window may open; not for one's own computing.

    Raises ``BoardError`` (illegal_transition, text_missing, own_work), ``PermissionDenied``.
    """
    edition = locked(edition)
    policies.require(by, policies.PUBLISH_ROLES, edition.board.root)
    if edition.state != State.DRAFT:
        raise BoardError("illegal_transition", _("只有草稿需要审核签署"))
    if by is not None and edition.created_by_id == by.pk:
        raise BoardError("own_work", _("自己计算的一期请另一位有审核岗位的人来签署"))
    note = require_text(note, BoardError("text_missing", _("请写明看了什么、结论如何")))
    signed = SignOff.objects.create(edition=edition, by=by, note=note)
    data = {"hash": edition.hash, "period": edition.period, "note": signed.note}
    append_event("boards.sign_off", f"edition:{edition.pk}", by=by, data=data)
    return signed
