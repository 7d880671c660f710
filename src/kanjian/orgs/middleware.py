"""One-time passwords 一次性密码: until the person has chosen an own one, every page leads to that form."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import resolve

from kanjian.orgs.models import User

OPEN = {"account_change_password", "account_logout", "set_language"}


class OwnPasswordMiddleware:
    """Sends people with a one-time password to the form; partial updates and the API get 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, or lead to the form."""
        user = request.user
        if isinstance(user, User) and user.must_change_password and resolve(request.path_info).url_name not in OPEN:
            if request.headers.get("HX-Request") or request.path_info.startswith("/api/"):
                return HttpResponse(status=403)
            return redirect("account_change_password")
        return self.get_response(request)
