"""Open a staged set 建立更正集."""

from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.actions.staging.collect import put
from kanjian.boards.actions.staging.common import OPEN, in_force
from kanjian.boards.models import Board, Objection, StagedSet
from kanjian.boards.objection_states import TO_APPLY
from kanjian.boards.states import BoardError
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def open_staged(board: Board, period: str, *, by: User | None, title: str = "") -> StagedSet:
    """Begin to collect corrections of a period; every upheld objection to it that waits comes in at once.

    A set that is open already is answered. Raises ``BoardError`` (nothing_in_force), ``PermissionDenied``.
    """
    policies.require(by, policies.DRAFT_ROLES, board.root)
    board = Board.objects.select_for_update(of=("self",)).select_related("root").get(pk=board.pk)
    standing = StagedSet.objects.filter(board=board, period=period, state__in=OPEN).first()
    if standing is not None:
        return standing
    base = in_force(board.pk, period)
    if base is None:
        raise BoardError("nothing_in_force", _("%(period)s 没有公示中或已发布的期次") % {"period": period})
    name = title.strip() or _("%(period)s 更正") % {"period": period}
    staged = StagedSet.objects.create(board=board, period=period, base=base, title=name[:120], created_by=by)
    upheld = Objection.objects.filter(edition__board=board, edition__period=period, state__in=TO_APPLY)
    items = [put(staged, objection, by=by) for objection in upheld.order_by("pk")]
    data = {"period": period, "base": base.hash, "title": staged.title, "objections": [i.objection_id for i in items]}
    append_event("boards.open_staged", f"staged:{staged.pk}", by=by, data=data)
    return staged
