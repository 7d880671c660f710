"""What the libraries of the door say, into the ledger 登录库的通知.

Signals carry no rules of ours: these libraries have no other way to say that a second factor or an outside identity was
added or removed. Everything else is recorded by the action that does it.
"""

from typing import Any

from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social
from django.http import HttpRequest

from kanjian.orgs.actions.note_access import note_access
from kanjian.orgs.models import User


def begin() -> None:
    """Connect once, when the application starts."""
    mfa.authenticator_added.connect(_added, dispatch_uid="orgs.second_factor_added")
    mfa.authenticator_removed.connect(_removed, dispatch_uid="orgs.second_factor_removed")
    mfa.authenticator_reset.connect(_reset, dispatch_uid="orgs.recovery_codes_renewed")
    mfa.authentication_failed.connect(_failed, dispatch_uid="orgs.second_factor_failed")
    social.social_account_added.connect(_connected, dispatch_uid="orgs.identity_connected")
    social.social_account_removed.connect(_disconnected, dispatch_uid="orgs.identity_removed")


def _added(user: User, authenticator: Authenticator, **_more: Any) -> None:
    note_access("add_second_factor", user, by=user, kind=authenticator.type)


def _removed(user: User, authenticator: Authenticator, **_more: Any) -> None:
    note_access("remove_second_factor", user, by=user, kind=authenticator.type)


def _reset(user: User, **_more: Any) -> None:
    note_access("renew_recovery_codes", user, by=user)


def _failed(user: User, authenticator: Authenticator, **_more: Any) -> None:
    note_access("second_factor_failed", user, by=None, kind=authenticator.type)


def _connected(request: HttpRequest, sociallogin: Any, **_more: Any) -> None:
    if isinstance(request.user, User):
        note_access("connect_identity", request.user, by=request.user, provider=sociallogin.account.provider)


def _disconnected(request: HttpRequest, socialaccount: Any, **_more: Any) -> None:
    assert isinstance(request.user, User)
    note_access("disconnect_identity", socialaccount.user, by=request.user, provider=socialaccount.provider)
