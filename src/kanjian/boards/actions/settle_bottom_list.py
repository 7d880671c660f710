"""Decide whether the last places of a board are public 末段名次是否公开."""

from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.models import Board
from kanjian.boards.states import BoardError
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User

MOST = 50


@transaction.atomic
def settle_bottom_list(board: Board, *, bottom_list: str, percent: int, document: str = "", by: User | None) -> Board:
    """Keep the last ``percent`` of each track a help list, or show their places to everybody by a decision.

    What is public needs the decision's number or title. Raises ``BoardError`` (document_missing, percent_wrong,
    unknown_choice), ``PermissionDenied``.
    """
    policies.require(by, policies.SETTLE_ROLES, board.root)
    if bottom_list not in Board.BottomList.values:
        raise BoardError("unknown_choice", _("请选择公开或不公开"))
    if not 1 <= percent <= MOST:
        raise BoardError("percent_wrong", _("末段比例应为 1～%(most)s 的整数") % {"most": MOST})
    if bottom_list == Board.BottomList.PUBLIC and not document.strip():
        raise BoardError("document_missing", _("公开末段名次须有决定文件：请填写文号或名称"))
    board = Board.objects.select_for_update().get(pk=board.pk)
    before = {"bottom_list": board.bottom_list, "percent": board.bottom_percent}
    board.bottom_list, board.bottom_percent, board.bottom_document = bottom_list, percent, document.strip()
    board.save(update_fields=["bottom_list", "bottom_percent", "bottom_document"])
    data = {"bottom_list": bottom_list, "percent": percent, "document": document.strip(), "before": before}
    append_event("boards.settle_bottom_list", f"board:{board.code}", by=by, data=data)
    return board
