"""Take away a lost second factor 重置双因素."""

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs import policies
from kanjian.orgs.models import User


@transaction.atomic
def reset_second_factor(user: User, *, by: User | None) -> None:
    """All authenticators, keys and recovery codes of a person who lost them; the password stays.

    Not for the own account: that is done on the own page, with the second factor. Raises ``PermissionDenied``,
    ``ValidationError`` when there is none.
    """
    if by is not None and (by.pk == user.pk or not policies.may_reset_password(by, user)):
        raise PermissionDenied(_("此账号不在您的管理范围"))
    held = Authenticator.objects.select_for_update().filter(user=user)
    kinds = sorted(held.values_list("type", flat=True))
    if not kinds:
        raise ValidationError(_("此账号没有双因素"), code="none")
    held.delete()
    append_event("orgs.reset_second_factor", f"user:{user.username}", by=by, data={"kinds": kinds})
