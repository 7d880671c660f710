"""Create a board 建榜单."""

from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.models import Board
from kanjian.boards.states import BoardError
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import Unit, User


@transaction.atomic
def create_board(
    *,
    code: str,
    name: str,
    unit_kind: str,
    by: User | None,
    root: Unit | None = None,
    name_en: str = "",
    description: str = "",
    description_en: str = "",
    is_public: bool = False,
    synthetic: bool = False,
    order: int = 0,
) -> Board:
    """Make a board that ranks the units of ``unit_kind`` below ``root`` (None: all units of that kind).

    ``BoardError`` (board_exists) when the code is taken; ``PermissionDenied`` without an administrator's post there.
    """
    policies.require(by, (policies.Role.ADMINISTRATOR,), root)
    if Board.objects.filter(code=code).exists():
        raise BoardError("board_exists", _("榜单代码“%(code)s”已被使用") % {"code": code})
    board = Board(
        code=code,
        name=name,
        name_en=name_en,
        description=description,
        description_en=description_en,
        root=root,
        unit_kind=unit_kind,
        is_public=is_public,
        synthetic=synthetic,
        order=order,
    )
    board.full_clean()
    board.save()
    data = {"name": name, "root": root.code if root else None, "unit_kind": unit_kind, "is_public": is_public}
    append_event("boards.create_board", f"board:{code}", by=by, data=data)
    return board
