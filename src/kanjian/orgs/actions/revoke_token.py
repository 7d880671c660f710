"""Withdraw a personal token 停用个人令牌."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs import policies
from kanjian.orgs.models import Token, User


@transaction.atomic
def revoke_token(token: Token, *, by: User | None) -> Token:
    """The token is refused from now on; the row stays.

    The person and administrators who may reset the person's password do this. Raises ``PermissionDenied``,
    ``ValidationError`` when it was withdrawn before.
    """
    if by is not None and by.pk != token.user_id and not policies.may_reset_password(by, token.user):
        raise PermissionDenied(_("此账号不在您的管理范围"))
    token.refresh_from_db(from_queryset=Token.objects.select_for_update())
    if token.revoked_at is not None:
        raise ValidationError(_("此令牌已经停用"), code="revoked")
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    data = {"user": token.user.username, "name": token.name}
    append_event("orgs.revoke_token", f"token:{token.pk}", by=by, data=data)
    return token


def revoke_all(user: User, *, by: User | None) -> None:
    """Withdraw every token of a person; for actions that asked for permission."""
    for token in Token.objects.select_for_update().filter(user=user, revoked_at=None):
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        data = {"user": user.username, "name": token.name}
        append_event("orgs.revoke_token", f"token:{token.pk}", by=by, data=data)
