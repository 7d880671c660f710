"""Log-ins through other systems 外部登录: OIDC and DingTalk, configured by the environment alone, off without it.

Nothing of this lies in the database, so that whoever can change the database cannot add a way in.
"""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from kanjian import env

OIDC = "oidc"
DINGTALK = "dingtalk"
DINGTALK_ORIGIN = "https://login.dingtalk.com"


def providers() -> dict[str, Any]:
    """What allauth calls ``SOCIALACCOUNT_PROVIDERS``: empty unless the environment names a client.

    Raises ``ImproperlyConfigured`` for half a configuration.
    """
    found: dict[str, Any] = {}
    if env.text("OIDC_ISSUER") or env.text("OIDC_CLIENT_ID"):
        issuer = _origin_checked("OIDC_ISSUER")
        app: dict[str, Any] = _client("OIDC") | {"provider_id": OIDC, "name": env.text("OIDC_NAME", "统一身份认证")}
        app["settings"] = {
            "server_url": issuer.rstrip("/"),
            "uid_field": env.text("OIDC_IDENTIFIER", "sub"),
            "oauth_pkce_enabled": True,
        }
        found["openid_connect"] = {"APPS": [app]}
    if env.text("DINGTALK_CLIENT_ID") or env.text("DINGTALK_CLIENT_SECRET"):
        found[DINGTALK] = {"APPS": [_client("DINGTALK") | {"name": env.text("DINGTALK_NAME", "钉钉"), "settings": {}}]}
    return found


def origins() -> list[str]:
    """Where the browser may be sent from a form, for the Content-Security-Policy."""
    found = []
    if env.text("OIDC_ISSUER"):
        where = env.text("OIDC_LOGIN_ORIGIN") or _origin(env.text("OIDC_ISSUER"))
        found.append(where)
    if env.text("DINGTALK_CLIENT_ID"):
        found.append(DINGTALK_ORIGIN)
    return found


def _client(prefix: str) -> dict[str, str]:
    identifier, secret = env.text(f"{prefix}_CLIENT_ID"), env.text(f"{prefix}_CLIENT_SECRET")
    if not identifier or not secret:
        raise ImproperlyConfigured(
            f"KANJIAN_{prefix}_CLIENT_ID and KANJIAN_{prefix}_CLIENT_SECRET (or …_FILE) belong together: set both"
        )
    return {"client_id": identifier, "secret": secret}


def _origin_checked(name: str) -> str:
    value = env.text(name)
    parts = urlsplit(value)
    is_local = parts.hostname in {"127.0.0.1", "localhost"}
    if not parts.hostname or parts.scheme not in ({"https", "http"} if is_local else {"https"}):
        raise ImproperlyConfigured(f"KANJIAN_{name}={value!r}: write the address of the issuer, https://…")
    return value


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
