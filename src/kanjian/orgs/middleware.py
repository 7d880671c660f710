"""Around every request: posts asked once 岗位, and what must be done before anything else: an own password 一次性密码,
a second factor 双因素.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import resolve
from django.utils.translation import gettext as _

from kanjian.orgs.held import asked_once
from kanjian.orgs.models import User
from kanjian.orgs.second_factor import has_second_factor, must_have_second_factor

OPEN = {"account_change_password", "account_logout", "set_language"}
OPEN_WITHOUT_SECOND_FACTOR = OPEN | {"account_reauthenticate", "usersessions_list"}


def posts_asked_once(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Whatever a request asks about a person's posts goes to the database once."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        with asked_once():
            return get_response(request)

    return answer


class FirstThingsMiddleware:
    """Sends people with a one-time password to that form, and those who must have a second factor to theirs.

    Partial updates and the API get 403.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, or lead to the form."""
        wanted = _wanted(request)
        if wanted is None:
            return self.get_response(request)
        if request.headers.get("HX-Request") or request.path_info.startswith("/api/"):
            return HttpResponse(status=403)
        if wanted == "mfa_index":
            messages.warning(request, _("您的岗位要求双因素：请先设置验证器或通行密钥"))
        return redirect(wanted)


def _wanted(request: HttpRequest) -> str | None:
    """Name of the page that has to come first, if the one asked for may not."""
    user = request.user
    if not isinstance(user, User):
        return None
    if user.must_change_password:
        return None if resolve(request.path_info).url_name in OPEN else "account_change_password"
    if not settings.REQUIRE_MFA or has_second_factor(user) or not must_have_second_factor(user):
        return None
    name = resolve(request.path_info).url_name or ""
    return None if name in OPEN_WITHOUT_SECOND_FACTOR or name.startswith("mfa_") else "mfa_index"
