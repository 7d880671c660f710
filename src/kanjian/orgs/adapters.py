"""How accounts are made and kept: by an administrator, never by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse

from kanjian.orgs.actions.change_password import change_password
from kanjian.orgs.models import User


class ClosedAccountAdapter(DefaultAccountAdapter):
    """No open sign-up; a new password goes through the action that records it."""

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
