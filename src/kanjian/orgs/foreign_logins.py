"""Log-ins through other systems 外部登录: they open an existing account, they never make one.

An account is opened by an identity that its person connected after a log-in with the password, or that an administrator
entered beforehand (``actions.connect_identity``).
"""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.dingtalk import views as dingtalk
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from kanjian import logins


class ForeignLoginAdapter(DefaultSocialAccountAdapter):
    """Clients from the settings only; unknown identities stay outside."""

    error_messages = {  # noqa: RUF012 - as the library declares it
        **DefaultSocialAccountAdapter.error_messages,
        "connected_other": _("这个外部账号已绑定到另一个账号"),
        "no_password": _("先设置密码，再解除绑定"),
    }

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """What the environment names, never what a table holds."""
        del request
        found = []
        for kind, given in settings.SOCIALACCOUNT_PROVIDERS.items():
            for config in given["APPS"]:
                app = SocialApp(provider=kind, **config)
                if provider not in {None, kind, app.provider_id} or client_id not in {None, app.client_id}:
                    continue
                found.append(app)
        return found

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """Accounts come from the organisation."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Whoever is not known here is told how to become known."""
        is_connecting = sociallogin.state.get("process") == AuthProcess.CONNECT
        if not sociallogin.is_existing and not is_connecting:
            raise ImmediateHttpResponse(render(request, "account/unknown_identity.html", status=403))


def configured() -> list[tuple[str, str]]:
    """Key under which identities are kept, and name, of every configured system."""
    found = []
    for kind, given in settings.SOCIALACCOUNT_PROVIDERS.items():
        found += [(config.get("provider_id") or kind, config["name"]) for config in given["APPS"]]
    return found


def dingtalk_login(request: HttpRequest) -> HttpResponseBase:
    """To DingTalk, where it is configured."""
    return _where_configured(dingtalk.oauth2_login, request)


def dingtalk_callback(request: HttpRequest) -> HttpResponseBase:
    """Back from DingTalk."""
    return _where_configured(dingtalk.oauth2_callback, request)


def _where_configured(view: Any, request: HttpRequest) -> HttpResponseBase:
    if logins.DINGTALK not in settings.SOCIALACCOUNT_PROVIDERS:
        raise Http404
    answer: HttpResponse = view(request)
    return answer
