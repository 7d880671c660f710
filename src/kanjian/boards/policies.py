"""Who sees which board and edition, and who may compute and publish 权限.

| what | who |
|---|---|
| public board, edition under objection, published or superseded | everyone |
| other board, the same states | whoever may read at the board's root unit |
| draft | reviewer, methodologist or administrator at the board's root unit |
| add a scheme version, freeze a release, compute | methodologist at the root unit |
| open the objection window, publish, supersede | reviewer or administrator at the root unit |
| place, interval and lost places of a track's last units | whoever reads at the root, or answers for the unit |
| help list | whoever holds a post at the root, above it or below it: the units of the own scope |
| decide that last places are public | administrator at the root unit |
| replay a period, record an overlap | methodologist at the root unit |
| see a replay | whoever may see drafts |
| create a board | administrator at its root unit |
| open the board's working pages | whoever may see its drafts |

Each question is answered in both directions: ``may_view(user, edition)`` and ``visible_editions(user)`` agree.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kanjian.boards.models import Board, Edition
from kanjian.boards.sight import EVERYTHING, Sight
from kanjian.orgs import policies as orgs
from kanjian.orgs.models import Post, Unit, User
from kanjian.orgs.tree import ids_below

Role = Post.Role
Person = orgs.Person

DRAFT_ROLES = (Role.REVIEWER, Role.METHODOLOGIST, Role.ADMINISTRATOR)
METHOD_ROLES = (Role.METHODOLOGIST,)
PUBLISH_ROLES = (Role.REVIEWER, Role.ADMINISTRATOR)
SETTLE_ROLES = (Role.ADMINISTRATOR,)
OPEN_STATES = (Edition.State.OBJECTION, Edition.State.PUBLISHED, Edition.State.SUPERSEDED)


def visible_boards(user: Person) -> QuerySet[Board]:
    """Boards that the person may open: public ones and those of the own scope."""
    return Board.objects.filter(Q(is_public=True) | _in_scope(user, (Role.READER,), "")).distinct()


def visible_editions(user: Person) -> QuerySet[Edition]:
    """Editions that the person may open; drafts only for those who work on them."""
    opened = Q(state__in=OPEN_STATES) & (Q(board__is_public=True) | _in_scope(user, (Role.READER,), "board__"))
    drafts = Q(state=Edition.State.DRAFT) & _in_scope(user, DRAFT_ROLES, "board__")
    return Edition.objects.filter(opened | drafts)


def may_view(user: Person, edition: Edition) -> bool:
    """Whether the person may open this edition."""
    if edition.state == Edition.State.DRAFT:
        return holds(user, DRAFT_ROLES, edition.board.root)
    return edition.board.is_public or holds(user, (Role.READER,), edition.board.root)


def sight_of(user: Person, board: Board) -> Sight:
    """Whose places the person sees: all of them at the board's root, above it or at a department of it; else all but
    the last of each track, and those of the own scope.
    """
    if board.bottom_list == Board.BottomList.PUBLIC or _serves_all(user, board):
        return EVERYTHING
    own = orgs.units_in_scope(user, Role.READER).filter(kind=board.unit_kind)
    codes = frozenset(own.values_list("code", flat=True)) if user.is_authenticated else frozenset()
    return Sight(board.bottom_percent, codes)


def help_scope(user: Person, board: Board) -> Sight:
    """Whose need the person reads: everybody's, or (``sees``) the units of the own scope."""
    if _serves_all(user, board):
        return EVERYTHING
    own = orgs.units_in_scope(user, Role.READER).filter(kind=board.unit_kind)
    return Sight(board.bottom_percent, frozenset(own.values_list("code", flat=True)))


def may_help(user: Person, board: Board) -> bool:
    """Whether the person reads a help list of the board: a post at its root, above it or anywhere below."""
    if _serves_all(user, board):
        return True
    return user.is_authenticated and orgs.units_in_scope(user, Role.READER).filter(kind=board.unit_kind).exists()


def _serves_all(user: Person, board: Board) -> bool:
    """Whether the person may help every unit: a post at or above the root, or at a department anywhere below it."""
    if not user.is_authenticated:
        return False
    if holds(user, (Role.READER,), board.root):
        return True
    departments = orgs.units_in_scope(user, Role.READER).filter(kind=Unit.Kind.DEPARTMENT)
    if board.root is not None:
        departments = departments.filter(id__in=ids_below([board.root.pk]))
    return departments.exists()


def may_settle(user: Person, board: Board) -> bool:
    """Whether the person decides what of the board is public."""
    return holds(user, SETTLE_ROLES, board.root)


def may_compute(user: Person, board: Board) -> bool:
    """Whether the person may add scheme versions, freeze releases and compute drafts."""
    return holds(user, METHOD_ROLES, board.root)


def may_publish(user: Person, board: Board) -> bool:
    """Whether the person may open the objection window, publish and supersede."""
    return holds(user, PUBLISH_ROLES, board.root)


def may_manage(user: Person, board: Board) -> bool:
    """Whether the person works on the board: its versions, drafts, states and history."""
    return holds(user, DRAFT_ROLES, board.root)


def may_create(user: Person) -> bool:
    """Whether there is any unit below which the person may make a board."""
    return orgs.has_role(user, Role.ADMINISTRATOR)


def holds(user: Person, roles: tuple[Role, ...], root: Unit | None) -> bool:
    """Whether the person has one of the roles at the unit or above it; None: at a unit that has none above it."""
    if root is None:
        return any(orgs.has_role_everywhere(user, role) for role in roles)
    return any(orgs.may(user, role, root) for role in roles)


def require(user: User | None, roles: tuple[Role, ...], root: Unit | None) -> None:
    """For actions: raise ``PermissionDenied`` unless the person holds a role; None is the system itself (demo)."""
    if user is None or holds(user, roles, root):
        return
    wanted = _("或").join(str(role.label) for role in roles)
    raise PermissionDenied(_("此操作需要“%(role)s”岗位：%(unit)s") % {"role": wanted, "unit": root or _("全域")})


def _in_scope(user: Person, roles: tuple[Role, ...], prefix: str) -> Q:
    """Boards whose root lies in the person's scope for any of the roles, as a condition."""
    condition = Q(pk__in=[])
    if not user.is_authenticated:
        return condition
    for role in roles:
        condition |= Q(**{f"{prefix}root__in": orgs.units_in_scope(user, role).values("pk")})
        if orgs.has_role_everywhere(user, role):
            condition |= Q(**{f"{prefix}root__isnull": True})
    return condition
