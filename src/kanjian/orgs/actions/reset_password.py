"""Reset a password 重置密码."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs import policies
from kanjian.orgs.actions.create_user import one_time_password
from kanjian.orgs.actions.revoke_token import revoke_all
from kanjian.orgs.models import User


@transaction.atomic
def reset_password(user: User, *, by: User | None) -> str:
    """A new one-time password, returned once; the person's sessions and tokens end. Raises ``PermissionDenied``."""
    if by is not None and not policies.may_reset_password(by, user):
        raise PermissionDenied(_("此账号不在您的管理范围"))
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    revoke_all(user, by=by)
    append_event("orgs.reset_password", f"user:{user.username}", by=by)
    return password
