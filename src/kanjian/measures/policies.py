"""Who sees and who enters values 权限.

| what | who |
|---|---|
| values of a unit, its evidence | whoever holds any post at the unit or above it |
| evidence of a cell that a public board shows | everyone (a board says so through ``shows_publicly``) |
| import values | administrators for the units in their scope; reporters for the units in theirs |
| import values of the own department's indicators, for all units beside it | reporters of that department |
| define an indicator, compute those that the system derives | methodologists and administrators of the whole |
| ask for an exception from a red line | whoever is in charge of the method or collection (the room above says so) |
| grant, refuse, revoke it | administrators of the whole, never who asked |
| define and retire a rule | methodologists and administrators of the whole |
| run the quality checks over a root | its reviewers, methodologists and administrators |
| see a flag | reporters, reviewers, methodologists, administrators and auditors at or above its unit |
| answer a flag | reviewers at or above its unit who entered none of its values |

Boards are a floor above: they register what they show, this room never asks for them by name.
"""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kanjian.measures.entering import people_behind
from kanjian.measures.models import Batch, Flag, Indicator, RedLineException, Upload
from kanjian.orgs import policies as orgs
from kanjian.orgs.models import Post, Unit, User
from kanjian.orgs.tree import ids_below

Role = Post.Role
Person = orgs.Person
# Whether everybody may see this unit's value of this indicator in this period.
PublicRule = Callable[[Unit, Indicator, str], bool]
_public_rules: list[PublicRule] = []
QUALITY_ROLES = (Role.REVIEWER, Role.METHODOLOGIST, Role.ADMINISTRATOR)
FLAG_ROLES = (*QUALITY_ROLES, Role.AUDITOR, Role.REPORTER)


def shows_publicly(rule: PublicRule) -> PublicRule:
    """Register a rule that opens evidence to everyone: called with unit, indicator and period, True opens it.

    For rooms above, in their ``AppConfig.ready``. Registering the same function twice has no effect.
    """
    if rule not in _public_rules:
        _public_rules.append(rule)
    return rule


def may_see_unit(user: Person, unit: Unit) -> bool:
    """Whether the person may see every value of the unit."""
    return orgs.may(user, Role.READER, unit)


def may_see_cell(user: Person, unit: Unit, indicator: Indicator, period: str) -> bool:
    """Whether the person may open the evidence of this cell."""
    return may_see_unit(user, unit) or any(rule(unit, indicator, period) for rule in _public_rules)


def may_see_indicators(user: Person) -> bool:
    """Definitions and coverage are for everybody who holds a post."""
    return orgs.has_role(user, Role.READER)


def may_define_indicators(user: Person) -> bool:
    """Indicators are shared by the whole: methodologists and administrators of a root unit."""
    return any(orgs.has_role_everywhere(user, role) for role in (Role.METHODOLOGIST, Role.ADMINISTRATOR))


def may_import(user: Person) -> bool:
    """Whether there is any unit for which the person may enter values."""
    return any(orgs.has_role(user, role) for role in (Role.ADMINISTRATOR, Role.REPORTER))


def import_scope(user: User | None) -> frozenset[int] | None:
    """Ids of the units whose values the person may import; None: all (the system, administrators of the whole)."""
    if user is None or orgs.has_role_everywhere(user, Role.ADMINISTRATOR):
        return None
    own = orgs.units_in_scope(user, Role.REPORTER) | orgs.units_in_scope(user, Role.ADMINISTRATOR)
    return frozenset(own.values_list("pk", flat=True))


def may_decide_exceptions(user: Person) -> bool:
    """Exceptions from red lines are granted by administrators of the whole."""
    return orgs.has_role_everywhere(user, Role.ADMINISTRATOR)


def visible_exceptions(user: Person) -> QuerySet[RedLineException]:
    """Whoever decides sees all, others what they asked for; valid ones are printed where they apply, for everybody."""
    if may_decide_exceptions(user) or orgs.has_role_everywhere(user, Role.AUDITOR):
        return RedLineException.objects.all()
    return RedLineException.objects.filter(asked_by=user) if isinstance(user, User) else RedLineException.objects.none()


def may_see_exception(user: Person, exception: RedLineException) -> bool:
    """The other direction of ``visible_exceptions``."""
    if may_decide_exceptions(user) or orgs.has_role_everywhere(user, Role.AUDITOR):
        return True
    return isinstance(user, User) and exception.asked_by_id == user.pk


def departments_of(user: User) -> frozenset[int]:
    """Ids of the departments for which the person reports: they deliver what these answer for."""
    own = orgs.posts_held(user, Role.REPORTER)
    return frozenset(post.unit for post in own if post.unit_kind == Unit.Kind.DEPARTMENT)


def department_reach(user: User) -> frozenset[int]:
    """Ids of the units below whatever the person's departments belong to: a city's department reaches its villages."""
    own = orgs.posts_of(user, Role.REPORTER).filter(unit__kind=Unit.Kind.DEPARTMENT, unit__parent__isnull=False)
    above = [parent for parent in own.values_list("unit__parent_id", flat=True) if parent is not None]
    return (
        frozenset(Unit.objects.filter(id__in=ids_below(above)).values_list("pk", flat=True)) if above else frozenset()
    )


def may_see_upload(user: Person, upload: Upload) -> bool:
    """A file that waits is its owner's business."""
    return isinstance(user, User) and user.is_active and upload.created_by_id == user.pk


def may_see_batch(user: Person, batch: Batch) -> bool:
    """Who handed a batch in, and readers of the whole; others see single cells of it by ``may_see_cell``."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return batch.created_by_id == user.pk or orgs.has_role_everywhere(user, Role.READER)


def require_import(user: User | None) -> None:
    """Raise ``PermissionDenied`` unless the person may import values of some unit."""
    if user is not None and not may_import(user):
        raise PermissionDenied(_("只有填报员和系统管理员可以导入数据"))


def require_compute(user: User | None) -> None:
    """Raise ``PermissionDenied`` unless the person may have indicators computed."""
    if user is not None and not may_define_indicators(user):
        raise PermissionDenied(_("只有全域的方法管理员和系统管理员可以计算指标"))


def require_define_indicators(user: User | None) -> None:
    """Raise ``PermissionDenied`` unless the person may define indicators."""
    if user is not None and not may_define_indicators(user):
        raise PermissionDenied(_("只有全域的方法管理员和系统管理员可以登记指标"))


def may_define_rules(user: Person) -> bool:
    """Rules hold for everybody's values, as indicators do."""
    return may_define_indicators(user)


def require_define_rules(user: User | None) -> None:
    """Raise ``PermissionDenied`` unless the person may define and retire rules."""
    if user is not None and not may_define_rules(user):
        raise PermissionDenied(_("只有全域的方法管理员和系统管理员可以维护勾稽关系"))


def may_run_quality(user: Person, root: Unit) -> bool:
    """Whether the person may start the checks over everything below the root."""
    return any(orgs.may(user, role, root) for role in QUALITY_ROLES)


def require_run_quality(user: User | None, root: Unit) -> None:
    """Raise ``PermissionDenied`` unless the person may run the checks there."""
    if user is not None and not may_run_quality(user, root):
        raise PermissionDenied(_("只有该单位的审核员、方法管理员和系统管理员可以运行质量检查"))


def may_see_flags(user: Person) -> bool:
    """Whether there can be any flag that the person may see."""
    return any(orgs.has_role(user, role) for role in FLAG_ROLES)


def visible_flags(user: Person) -> QuerySet[Flag]:
    """Flags of units in the person's scope. Who only reads sees none: a question is not a finding."""
    if not isinstance(user, User) or not user.is_active:
        return Flag.objects.none()
    if user.is_superuser:
        return Flag.objects.all()
    held = orgs.posts_of(user, Role.READER).filter(role__in=FLAG_ROLES).values_list("unit_id", flat=True)
    return Flag.objects.filter(unit__in=ids_below(list(held)))


def may_review_flag(user: Person, flag: Flag) -> bool:
    """A reviewer at or above the unit (of a pair: of both), who entered none of the values concerned."""
    if not isinstance(user, User) or not orgs.may(user, Role.REVIEWER, flag.unit):
        return False
    if flag.other is not None and not orgs.may(user, Role.REVIEWER, flag.other):
        return False
    return user.pk not in people_behind(flag)


def require_review_flag(user: User | None, flag: Flag) -> None:
    """Raise ``PermissionDenied`` unless the person may answer the flag; the system itself never may."""
    if user is None or not may_review_flag(user, flag):
        raise PermissionDenied(_("只有该单位或上级的审核员可以核实，且不能核实自己填报的数据"))
