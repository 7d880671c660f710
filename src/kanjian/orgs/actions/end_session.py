"""End one of the own sessions 结束一个登录."""

from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def end_session(session: UserSession, *, by: User) -> None:
    """Whoever uses that session is signed out. Raises ``PermissionDenied`` for sessions of others."""
    if session.user_id != by.pk:
        raise PermissionDenied(_("只能结束本人的登录"))
    session.end()
    append_event("orgs.end_session", f"user:{by.username}", by=by)
