"""Who sees which round and pair, who agrees, who works on a plan 权限.

| what | who |
|---|---|
| propose, change, fix, forbid, start, evaluate, close | reviewer or administrator at the organiser (or above it) |
| a round and all its pairs | whoever may read at the organiser |
| a pair, its plan and visits | also whoever may read at one of its two units: help lists are not public |
| an agreed pair of a round that was opened to the public, without plan and visits | everyone |
| say yes for a side, one per person | reviewer at that side's township; for the organiser whoever leads |
| plan, milestones, visits | reporter or reviewer at one of the two units, and the organiser |

Each question is answered in both directions: ``may_view(user, pair)`` and ``visible_pairs(user)`` agree.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kanjian.orgs import policies as orgs
from kanjian.orgs.models import Post, Unit, User
from kanjian.pairing.models import Confirmation, Pair, Round

Role = Post.Role
Person = orgs.Person
Side = Confirmation.Side

ORGANISE_ROLES = (Role.REVIEWER, Role.ADMINISTRATOR)
WORK_ROLES = (Role.REPORTER, Role.REVIEWER)
PUBLIC_STATES = (Pair.State.AGREED, Pair.State.RUNNING, Pair.State.CLOSED)
ORGANISERS = (Unit.Kind.DEPARTMENT, Unit.Kind.CITY, Unit.Kind.COUNTY, Unit.Kind.AREA, Unit.Kind.TASK_FORCE)


def organised_units(user: Person) -> QuerySet[Unit]:
    """Units for which the person may lead a round."""
    scope = Q(pk__in=[])
    for role in ORGANISE_ROLES:
        scope |= Q(pk__in=orgs.units_in_scope(user, role).values("pk"))
    return Unit.objects.filter(scope, kind__in=ORGANISERS)


def may_lead(user: Person, organiser: Unit) -> bool:
    """Whether the person may lead rounds of this organiser."""
    return organiser.kind in ORGANISERS and any(orgs.may(user, role, organiser) for role in ORGANISE_ROLES)


def visible_pairs(user: Person) -> QuerySet[Pair]:
    """Pairs that the person may see."""
    public = Q(round__is_public=True, state__in=PUBLIC_STATES)
    return Pair.objects.filter(public | _inside(user))


def may_view(user: Person, pair: Pair) -> bool:
    """Whether the person may see the pair."""
    return (pair.round.is_public and pair.state in PUBLIC_STATES) or may_view_inside(user, pair)


def inside_pairs(user: Person) -> QuerySet[Pair]:
    """Pairs whose plan, visits and letter the person may see."""
    return Pair.objects.filter(_inside(user))


def may_view_inside(user: Person, pair: Pair) -> bool:
    """Whether the person may see the pair's plan, visits and letter."""
    return any(orgs.may(user, Role.READER, unit) for unit in (pair.round.organiser, pair.mentee, pair.mentor))


def visible_rounds(user: Person) -> QuerySet[Round]:
    """Rounds that the person may open: whole ones, and those with a pair that the person may see."""
    whole = Q(organiser__in=orgs.units_in_scope(user, Role.READER).values("pk"))
    return Round.objects.filter(whole | Q(pk__in=visible_pairs(user).values("round")))


def may_open(user: Person, found: Round) -> bool:
    """Whether the person may open the round."""
    return may_view_whole(user, found) or visible_pairs(user).filter(round=found).exists()


def may_view_whole(user: Person, found: Round) -> bool:
    """Whether the person sees all pairs, those without a partner, and the balance."""
    return orgs.may(user, Role.READER, found.organiser)


def may_organise(user: Person, found: Round) -> bool:
    """Whether the person leads the round."""
    return may_lead(user, found.organiser)


def may_work(user: Person, pair: Pair) -> bool:
    """Whether the person may write the plan, set milestones, record visits."""
    sides = any(orgs.may(user, role, unit) for role in WORK_ROLES for unit in (pair.mentee, pair.mentor))
    return sides or may_organise(user, pair.round)


def workable_pairs(user: Person) -> QuerySet[Pair]:
    """Pairs on whose plan the person may work; the other direction of ``may_work``."""
    condition = Q(round__organiser__in=organised_units(user).values("pk"))
    for role in WORK_ROLES:
        scope = orgs.units_in_scope(user, role).values("pk")
        condition |= Q(mentee__in=scope) | Q(mentor__in=scope)
    return Pair.objects.filter(condition)


def may_confirm(user: Person, pair: Pair, side: str) -> bool:
    """Whether the person's post lets them say yes for this side; one side per person is the action's check."""
    if side == Side.ORGANISER:
        return may_organise(user, pair.round)
    township = (pair.mentee if side == Side.MENTEE else pair.mentor).parent
    return township is not None and orgs.may(user, Role.REVIEWER, township)


def confirmable_pairs(user: Person) -> QuerySet[Pair]:
    """Proposed pairs for which the person may say yes on a side that has not, and has not spoken for another."""
    townships = orgs.units_in_scope(user, Role.REVIEWER).values("pk")
    sides = {
        Side.MENTEE: Q(mentee__parent__in=townships),
        Side.MENTOR: Q(mentor__parent__in=townships),
        Side.ORGANISER: Q(round__organiser__in=organised_units(user).values("pk")),
    }
    condition = Q(pk__in=[])
    for side, entitled in sides.items():
        said = Confirmation.objects.filter(side=side).values("pair")
        condition |= entitled & ~Q(pk__in=said)
    spoken = Confirmation.objects.filter(by=user if isinstance(user, User) else None).values("pair")
    return Pair.objects.filter(condition, state=Pair.State.PROPOSED).exclude(pk__in=spoken)


def open_sides(user: Person, pair: Pair) -> list[str]:
    """Sides for which the person can say yes now; the other direction of ``confirmable_pairs``."""
    said = list(pair.confirmations.all())
    if pair.state != Pair.State.PROPOSED or any(each.by_id is not None and each.by_id == user.pk for each in said):
        return []
    taken = {each.side for each in said}
    return [side for side in Side.values if side not in taken and may_confirm(user, pair, side)]


def require_lead(user: User | None, organiser: Unit) -> None:
    """For actions: raise ``PermissionDenied`` unless the person leads; None is the system itself (demo)."""
    if user is not None and not may_lead(user, organiser):
        raise PermissionDenied(_("此操作需要牵头单位的审核或系统管理岗位：%(unit)s") % {"unit": organiser})


def require_work(user: User | None, pair: Pair) -> None:
    """For actions: raise ``PermissionDenied`` unless the person may work on the pair's plan."""
    if user is not None and not may_work(user, pair):
        raise PermissionDenied(_("此操作需要结对双方的填报或审核岗位：%(pair)s") % {"pair": pair})


def _inside(user: Person) -> Q:
    scope = orgs.units_in_scope(user, Role.READER).values("pk")
    return Q(round__organiser__in=scope) | Q(mentee__in=scope) | Q(mentor__in=scope)
