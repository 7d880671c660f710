"""Take a token for its person 使用个人令牌."""

from django.utils import timezone

from kanjian.orgs.actions.create_token import PREFIX, digest_of
from kanjian.orgs.models import Token


def use_token(secret: str) -> Token | None:
    """The valid token with this secret and its person, or None; writes the day of use, once a day.

    No event: a ledger of every request would be a record of what people look at. Tokens of people who still have to
    choose a password of their own are not taken.
    """
    if not secret.startswith(PREFIX):
        return None
    held = Token.objects.valid().select_related("user")
    token = held.filter(digest=digest_of(secret), user__must_change_password=False).first()
    if token is None:
        return None
    today = timezone.localdate()
    if token.last_used_on != today:
        Token.objects.filter(pk=token.pk).update(last_used_on=today)
        token.last_used_on = today
    return token
