"""Who may object, who sees an objection, who handles it 异议权限.

| what | who |
|---|---|
| object, answer, withdraw, appeal | reporter or reviewer with a post at the unit, or above it up to its county |
| read it whole, with its files | those, its assignee, auditors, and whoever works on the board |
| read kind, reason and answer, no names of persons | once decided, whoever sees the edition |
| accept, ask, review, decide | its assignee, and only with no part in it (``independence``) |
| assign by hand, close | whoever may publish the board |

The chain of a unit ends below the board's root: whoever works at the root runs the board and is nobody's village.
"""

from django.db.models import Q, QuerySet
from django.utils import timezone

from kanjian.boards import policies
from kanjian.boards.models import Board, Edition, Objection
from kanjian.boards.objection_states import DECIDED
from kanjian.orgs import policies as orgs
from kanjian.orgs.models import Unit, UnitQuerySet, User
from kanjian.orgs.tree import ids_above, ids_below

Person = orgs.Person
Role = policies.Role
FILING_ROLES = (Role.REPORTER, Role.REVIEWER)
CHAIN_KINDS = (Unit.Kind.COUNTY, Unit.Kind.AREA, Unit.Kind.TOWNSHIP)


def chain(unit: Unit, board: Board) -> UnitQuerySet:
    """The unit and its townships and counties, as far as they lie below the board's root."""
    above = Unit.objects.filter(pk__in=ids_above([unit.pk])).filter(Q(pk=unit.pk) | Q(kind__in=CHAIN_KINDS))
    if board.root_id is not None:
        above = above.exclude(pk__in=ids_above([board.root_id]))
    return above


def stands_for(user: Person, unit: Unit, board: Board) -> bool:
    """Whether the person may speak for the unit: a reporter's or reviewer's post at it or above it in its chain."""
    held = orgs.posts_of(user, Role.READER).filter(role__in=FILING_ROLES)
    return held.filter(unit__in=chain(unit, board).values("pk")).exists()


def is_window_open(edition: Edition) -> bool:
    """Whether objections are taken today."""
    until = edition.objection_until
    return edition.state == Edition.State.OBJECTION and until is not None and timezone.localdate() <= until


def may_file(user: Person, edition: Edition, unit: Unit) -> bool:
    """Whether the person may object to the edition for the unit now."""
    return is_window_open(edition) and stands_for(user, unit, edition.board)


def is_assignee(user: Person, objection: Objection) -> bool:
    """Whether it is this person's to handle."""
    return isinstance(user, User) and user.is_active and objection.assignee_id == user.pk


def may_read(user: Person, objection: Objection) -> bool:
    """Whether the person reads it whole."""
    board = objection.edition.board
    if is_assignee(user, objection) or policies.may_manage(user, board):
        return True
    return policies.holds(user, (Role.AUDITOR,), board.root) or stands_for(user, objection.unit, board)


def may_see(user: Person, objection: Objection) -> bool:
    """Whether the person may know of it: those who read it whole, and once decided all who see the edition."""
    if may_read(user, objection):
        return True
    return objection.state in DECIDED and policies.may_view(user, objection.edition)


def visible_objections(user: Person, edition: Edition) -> QuerySet[Objection]:
    """The objections to a board's period that the person may know of; the other direction of ``may_see``."""
    every = Objection.objects.filter(edition__board=edition.board_id, edition__period=edition.period)
    board = edition.board
    if policies.may_manage(user, board) or policies.holds(user, (Role.AUDITOR,), board.root):
        return every
    known = Q(pk__in=[])
    if policies.may_view(user, edition):
        known |= Q(state__in=DECIDED)
    if isinstance(user, User):
        known |= Q(assignee=user) | Q(unit__in=spoken_for(user, board).values("pk"))
    return every.filter(known)


def spoken_for(user: Person, board: Board) -> UnitQuerySet:
    """The units that the person stands for; the other direction of ``stands_for``."""
    held = orgs.posts_of(user, Role.READER).filter(role__in=FILING_ROLES)
    if board.root_id is not None:
        held = held.exclude(unit__in=ids_above([board.root_id]))
    own = held.values("unit")
    wide = held.filter(unit__kind__in=CHAIN_KINDS).values_list("unit", flat=True)
    return Unit.objects.filter(Q(pk__in=own) | Q(pk__in=ids_below(list(wide))))
