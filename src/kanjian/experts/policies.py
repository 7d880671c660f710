"""Who runs a panel, who answers, who sees what 权限.

| what | who |
|---|---|
| create, invite, open, close, propose | methodologist at the board's root unit |
| answer | the invited expert, while the panel is open |
| single judgements | the expert alone |
| who answered, each one's consistency | who runs the panel |
| the group's weights | who runs the panel; its experts once it is closed |
"""

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kanjian.boards import policies as boards
from kanjian.boards.models import Board
from kanjian.experts.models import Panel
from kanjian.experts.states import State
from kanjian.orgs import policies as orgs
from kanjian.orgs.models import User

Person = orgs.Person


def may_run(user: Person, board: Board) -> bool:
    """Whether the person makes panels for the board and proposes what comes of them."""
    return boards.may_compute(user, board)


def run_by(user: Person) -> QuerySet[Panel]:
    """Panels that the person runs; the other direction of ``may_run``."""
    role = boards.Role.METHODOLOGIST
    condition = Q(board__root__in=orgs.units_in_scope(user, role).values("pk"))
    if orgs.has_role_everywhere(user, role):
        condition |= Q(board__root__isnull=True)
    return Panel.objects.filter(condition)


def asked(user: Person) -> QuerySet[Panel]:
    """Panels on which the person sits, from the day they are open."""
    if not isinstance(user, User) or not user.is_active:
        return Panel.objects.none()
    return Panel.objects.filter(experts__user=user).exclude(state=State.DRAFT)


def visible_to(user: Person) -> QuerySet[Panel]:
    """Panels that the person may open."""
    ids = [*run_by(user).values_list("pk", flat=True), *asked(user).values_list("pk", flat=True)]
    return Panel.objects.filter(pk__in=ids)


def may_see_result(user: Person, panel: Panel) -> bool:
    """Whether the person may see the group's weights."""
    if may_run(user, panel.board):
        return True
    return panel.state in {State.CLOSED, State.PROPOSED} and asked(user).filter(pk=panel.pk).exists()


def require_run(user: User | None, board: Board) -> None:
    """Raise ``PermissionDenied`` unless the person runs panels of the board; None is the system itself."""
    if user is not None and not may_run(user, board):
        raise PermissionDenied(_("专家定权由方法管理岗位组织"))
