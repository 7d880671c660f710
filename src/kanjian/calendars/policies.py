"""Who may change the calendar."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _


def may_change_calendar(user: AbstractBaseUser | None) -> bool:
    """The system itself (None), superusers, and whoever was given the right to change calendar years.

    This room lies below the one that knows posts, so it asks Django's own permission.
    """
    if user is None:
        return True
    allowed = getattr(user, "has_perm", None)
    return user.is_active and allowed is not None and bool(allowed("calendars.change_calendaryear"))


def require_change_calendar(user: AbstractBaseUser | None) -> None:
    """Raise ``PermissionDenied`` unless the person may change the calendar."""
    if not may_change_calendar(user):
        raise PermissionDenied(_("只有系统管理员可以修改工作日历"))
