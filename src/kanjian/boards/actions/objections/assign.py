"""Give an objection to a reviewer 分配复核人."""

from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.actions.objections.common import locked, record, require_independent
from kanjian.boards.independence import NOBODY_LEFT, candidates, choose
from kanjian.boards.models import Objection
from kanjian.boards.objection_states import UNDECIDED
from kanjian.boards.states import BoardError
from kanjian.orgs.models import User


@transaction.atomic
def assign_objection(objection: Objection, reviewer: User | None, *, by: User | None) -> Objection:
    """Give it to the person, or with None to the least burdened one who had no part in it.

    Raises ``BoardError`` (decided_already, no_reviewer, not_a_reviewer, not_independent), ``PermissionDenied``.
    """
    objection = locked(objection)
    policies.require(by, policies.PUBLISH_ROLES, objection.edition.board.root)
    if objection.state not in UNDECIDED:
        raise BoardError("decided_already", _("这件异议已经有决定"))
    chosen = reviewer or choose(objection)
    if chosen is None:
        raise BoardError("no_reviewer", str(NOBODY_LEFT))
    if not candidates(objection.edition.board).filter(pk=chosen.pk).exists():
        raise BoardError("not_a_reviewer", _("%(person)s在榜单范围没有审核或系统管理岗位") % {"person": chosen})
    require_independent(chosen, objection)
    take(objection, chosen, by=by)
    return objection


def take(objection: Objection, reviewer: User, *, by: User | None) -> None:
    """The step itself, inside the caller's transaction and checks."""
    objection.assignee = reviewer
    objection.save(update_fields=["assignee"])
    record(objection, "assign", by=by, comment=str(reviewer), data={"reviewer": reviewer.username})
