"""Say which identity of another system opens an account 绑定外部登录."""

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs import policies
from kanjian.orgs.foreign_logins import configured
from kanjian.orgs.models import User


@transaction.atomic
def connect_identity(user: User, *, provider: str, identifier: str, by: User | None) -> None:
    """From now on the identity opens the account. Whoever may reset the password may do this.

    ``identifier`` is what the other system calls the person (OIDC: the claim of ``KANJIAN_OIDC_IDENTIFIER``). Raises
    ``PermissionDenied``; ``ValidationError`` for an unknown system, an empty or a taken identifier.
    """
    if by is not None and not policies.may_reset_password(by, user):
        raise PermissionDenied(_("此账号不在您的管理范围"))
    if provider not in dict(configured()):
        raise ValidationError({"provider": _("没有配置这种外部登录")})
    wanted = identifier.strip()
    if not wanted or len(wanted) > 191:
        raise ValidationError({"identifier": _("请填写外部系统里的标识")})
    if SocialAccount.objects.filter(provider=provider, uid=wanted).exists():
        raise ValidationError({"identifier": _("此标识已绑定到一个账号")})
    SocialAccount.objects.create(user=user, provider=provider, uid=wanted)
    append_event("orgs.connect_identity", f"user:{user.username}", by=by, data={"provider": provider})


@transaction.atomic
def disconnect_identity(account: SocialAccount, *, by: User | None) -> None:
    """The identity opens nothing any more. Raises ``PermissionDenied``."""
    user = account.user
    if by is not None and not policies.may_reset_password(by, user):
        raise PermissionDenied(_("此账号不在您的管理范围"))
    provider = account.provider
    account.delete()
    append_event("orgs.disconnect_identity", f"user:{user.username}", by=by, data={"provider": provider})
