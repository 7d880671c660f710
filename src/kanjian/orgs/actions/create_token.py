"""Make a personal token 生成个人令牌."""

import hashlib
import secrets
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs.models import Token, User

PREFIX = "kj_"  # so that scanners of source code find a token that was left somewhere
LONGEST = timedelta(days=366)
MOST = 20
HINT = len(PREFIX) + 4


def digest_of(secret: str) -> str:
    """What is kept of a secret: SHA-256 is enough for 256 random bits, a slow hash would only slow every request."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_token(
    user: User, *, name: str, by: User | None, scope: str = Token.Scope.READ, expires_on: date | None = None
) -> tuple[Token, str]:
    """A token in the person's own name, and its secret, which is returned here and kept nowhere.

    Without `expires_on` it runs for ninety days; a year is the most. Raises ``PermissionDenied`` for tokens of others,
    ``ValidationError`` for a day out of range, an unknown scope, an empty name, or more than twenty valid tokens.
    """
    if by is not None and by.pk != user.pk:
        raise PermissionDenied(_("个人令牌只能由本人生成"))
    today = timezone.localdate()
    last = expires_on or today + timedelta(days=90)
    if not today < last <= today + LONGEST:
        raise ValidationError({"expires_on": _("失效日须在明天到一年之内")})
    if Token.objects.valid().filter(user=user).count() >= MOST:
        raise ValidationError(_("有效的令牌已有 %(most)s 个，请先停用不再需要的") % {"most": MOST}, code="most")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(user=user, name=name.strip(), scope=scope, expires_on=last)
    token.digest, token.hint = digest_of(secret), secret[:HINT]
    token.full_clean()
    token.save(force_insert=True)
    data = {"user": user.username, "name": token.name, "scope": token.scope, "until": last}
    append_event("orgs.create_token", f"token:{token.pk}", by=by, data=data)
    return token, secret
