"""Unlock an account after failed log-ins 解除锁定."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs import policies
from kanjian.orgs.lockout import forget_failures, is_locked_out
from kanjian.orgs.models import User


@transaction.atomic
def unlock_user(user: User, *, by: User | None) -> None:
    """The account may be tried again at once. Whoever may reset the password may do this.

    Raises ``PermissionDenied``, ``ValidationError`` when it is not locked.
    """
    if by is not None and not policies.may_reset_password(by, user):
        raise PermissionDenied(_("此账号不在您的管理范围"))
    if not is_locked_out(user):
        raise ValidationError(_("此账号没有被锁定"), code="open")
    forget_failures(user)
    append_event("orgs.unlock_user", f"user:{user.username}", by=by)
