"""How accounts are made and kept: by an administrator, never by signing up. What happens at the door is recorded."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kanjian import limits
from kanjian.orgs.actions.change_password import change_password
from kanjian.orgs.actions.note_access import note_access
from kanjian.orgs.models import User


class ClosedAccountAdapter(DefaultAccountAdapter):
    """No open sign-up; a new password goes through the action that records it; so do log-ins."""

    error_messages = {  # noqa: RUF012 - as the library declares it
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _("登录失败次数过多，请稍后再试"),
        "username_password_mismatch": _("用户名或密码不对"),
        "incorrect_code": _("验证码不对"),
        "rate_limited": _("次数过多，请稍后再试"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the signature is given
        """Accounts come from the organisation, so the sign-up page stays shut."""
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """The person chose a new password."""
        assert isinstance(user, User)
        change_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 - the signature is given
        """Back to the own account."""
        return reverse("orgs:account")

    def get_client_ip(self, request: HttpRequest) -> str:
        """As everywhere: what a trusted proxy says, or the address itself."""
        return limits.client_address(request)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """The person is inside, by these ways."""
        super().login(request, user)
        assert isinstance(user, User)
        ways = [str(each.get("type") or each["method"]) for each in get_authentication_records(request, user)]
        note_access("login", user, by=user, ways=ways, network=limits.network_mark(request))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: wrong passwords are counted in one place, ``orgs.lockout``, which tells networks apart."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password. Only names of accounts are recorded: people type passwords into the wrong field."""
        user = User.objects.filter(username=credentials.get("username") or "").first()
        if user is not None and not getattr(request, "axes_locked_out", False):
            note_access("login_failed", user, by=None, network=limits.network_mark(request))
