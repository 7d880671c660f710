"""Who reports, who approves at which level, who sees what 权限.

| what | who |
|---|---|
| fill in, submit, withdraw a sheet, ask for an extension | reporter at the reporting unit or above it |
| approve or return at a level | reviewer **at the unit of that level**: township, county, owner, root |
| accept, reopen for a correction | reviewer at the collection's root (the performance office) |
| decide an extension | reviewer or administrator at the collection's root, never who asked |
| create, change, activate, end a collection; open a window | methodologist or administrator at its root or above |
| read a sheet | any post at the reporting unit or above it, or at the owner or above it |
| list of extensions, without names of persons | everyone |
| the burden of the whole by kind of unit and department | everyone |
| the burden of a unit | any post at the unit or above it |
| publish a ceiling | administrators of the whole |

That nobody approves what they entered themselves, or at two levels, is a rule of the sheet (``rules.py``). A reviewer's
post above a level does not stand in for it: else one person in the city hall could be every level at once.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kanjian.collecting.models import Collection, Extension, Sheet, Window
from kanjian.collecting.states import Level, State
from kanjian.orgs import policies as orgs
from kanjian.orgs.models import Post, Unit, User
from kanjian.orgs.tree import ids_below

Role = Post.Role
Person = orgs.Person
MANAGE_ROLES = (Role.METHODOLOGIST, Role.ADMINISTRATOR)
DECIDE_ROLES = (Role.REVIEWER, Role.ADMINISTRATOR)


def may_report(user: Person, unit: Unit) -> bool:
    """Whether the person may fill in sheets of the unit."""
    return orgs.may(user, Role.REPORTER, unit)


def reports_for(user: Person) -> QuerySet[Sheet]:
    """Sheets that the person may fill in, by right; the other direction of ``may_report``."""
    return Sheet.objects.filter(reporter__in=_scope(user, Role.REPORTER))


def reviewer_units(user: Person) -> set[int]:
    """Ids of the units at which the person holds a reviewer's post today; not those below them."""
    return {post.unit for post in orgs.posts_held(user, Role.REVIEWER)}


def waiting_for(user: Person) -> QuerySet[Sheet]:
    """Sheets that lie at a level at which the person is a reviewer; the other direction of ``rules.Facts.levels``."""
    held = sorted({(post.unit, post.unit_kind) for post in orgs.posts_held(user, Role.REVIEWER)})
    if not held:
        return Sheet.objects.none()
    units = [unit for unit, _kind in held]
    townships = [unit for unit, kind in held if kind == Unit.Kind.TOWNSHIP]
    counties = [unit for unit, kind in held if kind in {Unit.Kind.COUNTY, Unit.Kind.AREA}]
    condition = Q(level=Level.DEPARTMENT, window__collection__owner__in=units)
    condition |= Q(level=Level.OFFICE, window__collection__root__in=units)
    if townships:
        condition |= Q(level=Level.TOWNSHIP, reporter__in=ids_below(townships))
    if counties:
        condition |= Q(level=Level.COUNTY, reporter__in=ids_below(counties))
    return Sheet.objects.filter(condition, state=State.SUBMITTED)


def visible_sheets(user: Person) -> QuerySet[Sheet]:
    """Sheets that the person may read."""
    scope = _scope(user, Role.READER)
    return Sheet.objects.filter(Q(reporter__in=scope) | Q(window__collection__owner__in=scope))


def may_see_sheet(user: Person, sheet: Sheet) -> bool:
    """Whether the person may read the sheet."""
    return orgs.may(user, Role.READER, sheet.reporter) or orgs.may(user, Role.READER, sheet.window.collection.owner)


def visible_windows(user: Person) -> QuerySet[Window]:
    """Windows whose progress the person may see: with any sheet to read, or as a manager of the collection."""
    managed = visible_collections(user)
    return Window.objects.filter(
        Q(pk__in=visible_sheets(user).order_by().values("window")) | Q(collection__in=managed.values("pk"))
    )


def visible_collections(user: Person) -> QuerySet[Collection]:
    """Collections that the person may look at as a whole: readers at the owner or at the root."""
    scope = _scope(user, Role.READER)
    return Collection.objects.filter(Q(root__in=scope) | Q(owner__in=scope))


def may_manage(user: Person, collection: Collection) -> bool:
    """Whether the person may change the collection and open its windows."""
    return may_manage_at(user, collection.root)


def may_manage_at(user: Person, root: Unit) -> bool:
    """Whether the person may make collections for the units below ``root``."""
    return any(orgs.may(user, role, root) for role in MANAGE_ROLES)


def managed_roots(user: Person) -> QuerySet[Unit]:
    """Units for which the person may make collections; the other direction of ``may_manage_at``."""
    condition = Q(pk__in=[])
    for role in MANAGE_ROLES:
        condition |= Q(pk__in=_scope(user, role))
    return Unit.objects.filter(condition)


def managed_collections(user: Person) -> QuerySet[Collection]:
    """Collections that the person may change; the other direction of ``may_manage``."""
    return Collection.objects.filter(root__in=managed_roots(user).order_by().values("pk"))


def may_decide(user: Person, extension: Extension) -> bool:
    """Whether the person may grant or refuse this extension."""
    root = extension.window.collection.root
    return extension.asked_by_id != user.pk and any(orgs.may(user, role, root) for role in DECIDE_ROLES)


def extensions_to_decide(user: Person) -> QuerySet[Extension]:
    """Extensions that wait for this person; the other direction of ``may_decide``."""
    condition = Q(pk__in=[])
    for role in DECIDE_ROLES:
        condition |= Q(window__collection__root__in=_scope(user, role))
    asked = Extension.objects.filter(condition, state=Extension.State.ASKED)
    return asked.exclude(asked_by_id=user.pk) if user.pk else asked.none()


def may_set_ceilings(user: Person) -> bool:
    """Ceilings are published for the whole."""
    return orgs.has_role_everywhere(user, Role.ADMINISTRATOR)


def units_with_burden(user: Person) -> QuerySet[Unit]:
    """Units whose burden the person may see: any post at them or above; the other direction of ``orgs.may``."""
    return orgs.units_in_scope(user, Role.READER)


def require_manage(by: User | None, root: Unit) -> None:
    """For actions: raise ``PermissionDenied`` unless the person may manage; None is the system itself."""
    if by is not None and not may_manage_at(by, root):
        raise PermissionDenied(_("只有方法管理员和系统管理员可以管理采集项目：%(unit)s") % {"unit": root})


def _scope(user: Person, role: str) -> QuerySet[Unit, Any]:
    return orgs.units_in_scope(user, role).order_by().values("pk")
