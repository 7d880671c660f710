"""Who may do what, where 权限. A post gives its role at its unit and everything below it, between its dates.

Roles do not include one another, with one exception: whoever holds any post may read there. A superuser counts as an
administrator of everything, and as nothing else: who enters, reviews or changes the method must hold the post, so that
the ledger shows who gave it.
"""

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.orgs.held import Held, held_by, units_above
from kanjian.orgs.models import Post, PostQuerySet, Unit, UnitQuerySet, User
from kanjian.orgs.tree import ids_below

Person = User | AnonymousUser
Role = Post.Role
_GIVEN_TO_SUPERUSERS = {Role.ADMINISTRATOR, Role.READER}


def posts_of(user: Person, role: str, day: date | None = None) -> PostQuerySet:
    """Posts that give the role on the day (None: today). Reading comes with every post."""
    if not isinstance(user, User) or not user.is_active:
        return Post.objects.none()
    held = Post.objects.filter(user=user).on(day or timezone.localdate())
    return held if role == Role.READER else held.filter(role=role)


def posts_held(user: Person, role: str, day: date | None = None) -> list[Held]:
    """The same as ``posts_of``, without the records: asked once a request."""
    if not isinstance(user, User) or not user.is_active:
        return []
    return [post for post in held_by(user, day) if role in {Role.READER, post.role}]


def has_role(user: Person, role: str, day: date | None = None) -> bool:
    """Whether the person holds the role anywhere."""
    return _is_superuser(user, role) or bool(posts_held(user, role, day))


def may(user: Person, role: str, unit: Unit, day: date | None = None) -> bool:
    """Whether the person holds the role at the unit or above it."""
    if _is_superuser(user, role):
        return True
    held = {post.unit for post in posts_held(user, role, day)}
    return unit.pk in held or (bool(held) and not held.isdisjoint(units_above(unit, day)))


def units_in_scope(user: Person, role: str, day: date | None = None) -> UnitQuerySet:
    """All units where the person holds the role, closed ones included; the other direction of ``may``."""
    if _is_superuser(user, role):
        return Unit.objects.all()
    held = [post.unit for post in posts_held(user, role, day)]
    return Unit.objects.filter(id__in=ids_below(held, day)) if held else Unit.objects.none()


def has_role_everywhere(user: Person, role: str) -> bool:
    """Whether the person holds the role at a unit that has none above it (the whole city)."""
    return _is_superuser(user, role) or any(post.is_root for post in posts_held(user, role))


def may_audit(user: Person) -> bool:
    """Whether the person may read the ledger: auditors and administrators of the whole."""
    return has_role_everywhere(user, Role.AUDITOR) or has_role_everywhere(user, Role.ADMINISTRATOR)


def require(user: User | None, role: str, unit: Unit | None) -> None:
    """For actions: raise ``PermissionDenied`` unless the person may; None is the system itself (command line, demo).

    `unit` None asks for the role at a root unit.
    """
    if user is None:
        return
    allowed = has_role_everywhere(user, role) if unit is None else may(user, role, unit)
    if not allowed:
        raise PermissionDenied(
            _("此操作需要“%(role)s”岗位：%(unit)s") % {"role": Role(role).label, "unit": unit or _("全域")}
        )


def users_in_scope(user: Person) -> Q:
    """Accounts an administrator may see, as a condition on ``User``: those with a post, also a past one, in scope.

    Accounts without any post belong to nobody's scope; administrators of a root unit see them.
    """
    if has_role_everywhere(user, Role.ADMINISTRATOR):
        return Q()
    return Q(pk__in=Post.objects.filter(unit__in=units_in_scope(user, Role.ADMINISTRATOR)).values("user"))


def may_reset_password(user: Person, other: User) -> bool:
    """Whoever can reset a password can act as that person: so every current post of theirs must be in scope."""
    if not isinstance(user, User) or (other.is_superuser and not user.is_superuser):
        return False
    if has_role_everywhere(user, Role.ADMINISTRATOR):
        return True
    held = Post.objects.filter(user=other).on(timezone.localdate())
    scope = units_in_scope(user, Role.ADMINISTRATOR)
    return held.filter(unit__in=scope).exists() and not held.exclude(unit__in=scope).exists()


def _is_superuser(user: Person, role: str) -> bool:
    return user.is_active and user.is_superuser and role in _GIVEN_TO_SUPERUSERS
