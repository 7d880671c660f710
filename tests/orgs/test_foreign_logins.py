"""Log-ins through other systems: against a small OIDC provider of our own on the loopback."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from kanjian import logins
from kanjian.ledger.models import Event
from kanjian.orgs import actions
from kanjian.orgs.models import User

pytestmark = pytest.mark.django_db
ME = "/people/me/"
LOGIN = "/accounts/oidc/oidc/login/"


class Provider(BaseHTTPRequestHandler):
    """Says yes to everybody as the person that ``claims`` names; checks the client and the proof of the code."""

    claims: ClassVar[dict[str, str]] = {}
    asked: ClassVar[list[dict[str, list[str]]]] = []

    def do_GET(self) -> None:
        base = f"http://127.0.0.1:{self.server.server_port}"
        if self.path.endswith("/.well-known/openid-configuration"):
            names = {"authorization_endpoint": "auth", "token_endpoint": "token", "userinfo_endpoint": "me"}
            self._say({"issuer": base, "jwks_uri": f"{base}/keys"} | {k: f"{base}/{v}" for k, v in names.items()})
        elif self.path == "/me" and self.headers["Authorization"] == "Bearer access":
            self._say(self.claims)
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.asked.append(asked)
        if asked["client_secret"] != ["s3cret"] or "code_verifier" not in asked:
            self.send_error(401)
            return
        base = f"http://127.0.0.1:{self.server.server_port}"
        claims = {"iss": base, "aud": "kanjian", "exp": 4_000_000_000, "iat": 1, **self.claims}
        token = jwt.encode(claims, "k" * 32, algorithm="HS256", headers={"kid": "1"})
        self._say({"access_token": "access", "token_type": "Bearer", "id_token": token})

    def _say(self, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def oidc(issuer, settings, monkeypatch) -> None:
    """The installation is a client of the provider."""
    caches["default"].clear()
    for name, value in {"ISSUER": issuer, "CLIENT_ID": "kanjian", "CLIENT_SECRET": "s3cret"}.items():
        monkeypatch.setenv(f"KANJIAN_OIDC_{name}", value)
    settings.SOCIALACCOUNT_PROVIDERS = logins.providers()
    Provider.claims = {"sub": "number-42", "name": "村文书", "email": "clerk@example.org"}
    Provider.asked.clear()


def walk(client: Client, process: str = "login"):
    """To the provider and back; the answer of our callback."""
    sent = client.post(f"{LOGIN}?process={process}")
    assert sent.status_code == 302, sent.content
    query = parse_qs(urlsplit(sent.url).query)
    assert query["client_id"] == ["kanjian"]
    assert query["code_challenge_method"] == ["S256"]
    return client.get(f"{LOGIN}callback/", {"code": "c0de", "state": query["state"][0]})


def test_nothing_is_offered_without_configuration(client) -> None:
    assert "统一身份" not in client.get("/accounts/login/").content.decode()
    assert client.get(LOGIN).status_code == 404
    assert client.get("/accounts/dingtalk/login/").status_code == 404
    assert client.get("/accounts/dingtalk/login/callback/").status_code == 404


def test_a_stranger_with_an_identity_gets_no_account(client, oidc, small_city) -> None:
    answer = walk(client)
    assert answer.status_code == 403
    assert "没有对应的账号" in answer.content.decode()
    assert client.get(ME).status_code == 302
    assert not User.objects.exists()
    assert not SocialAccount.objects.exists()


def test_the_same_address_of_mail_opens_nothing(client, oidc, village_clerk) -> None:
    User.objects.update(email="clerk@example.org")
    assert walk(client).status_code == 403
    assert client.get(ME).status_code == 302


def test_an_identity_that_an_administrator_entered_opens_its_account(
    client, oidc, village_clerk, administrator
) -> None:
    actions.connect_identity(village_clerk, provider="oidc", identifier=" number-42 ", by=administrator)
    assert "统一身份认证" in client.get("/accounts/login/").content.decode()
    assert walk(client).status_code == 302
    assert client.get(ME).context["user"] == village_clerk
    assert Event.objects.last().verb == "orgs.login"
    assert Event.objects.last().data["ways"] == ["socialaccount"]
    assert "number-42" not in "".join(Event.objects.values_list("body", flat=True))


def test_a_person_connects_after_giving_the_password(oidc, village_clerk) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": "cunwenshu", "password": "password-of-cunwenshu"})
    client.post("/accounts/reauthenticate/", {"password": "password-of-cunwenshu"})
    assert walk(client, "connect").status_code == 302
    assert SocialAccount.objects.get().uid == "number-42"
    assert Event.objects.last().verb == "orgs.connect_identity"
    assert "解除绑定" in client.get(reverse("socialaccount_connections")).content.decode()
    other = Client()
    assert walk(other).status_code == 302
    assert other.get(ME).status_code == 200


def test_an_identity_opens_one_account_only(oidc, village_clerk, administrator, xiaowang) -> None:
    actions.connect_identity(village_clerk, provider="oidc", identifier="number-42", by=administrator)
    for provider, identifier in (("oidc", "number-42"), ("oidc", " "), ("dingtalk", "x"), ("oidc", "x" * 192)):
        with pytest.raises(ValidationError):
            actions.connect_identity(xiaowang, provider=provider, identifier=identifier, by=administrator)


def test_only_whoever_may_reset_the_password_enters_identities(
    client_of, oidc, village_clerk, xiaowang, ligong, administrator
) -> None:
    page = reverse("orgs:identity", args=["cunwenshu"])
    given = {"provider": "oidc", "identifier": "number-42"}
    for stranger in (xiaowang, ligong):
        assert client_of(stranger).post(page, given).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.connect_identity(village_clerk, by=ligong, **given)
    client = client_of(administrator)
    assert "其中的标识" in client.get(reverse("orgs:user", args=["cunwenshu"])).content.decode()
    assert client.post(page, given).status_code == 302
    held = SocialAccount.objects.get()
    assert client.post(reverse("orgs:identity_end", args=["cunwenshu", held.pk])).status_code == 302
    assert not SocialAccount.objects.exists()


def test_a_forged_way_back_opens_nothing(client, oidc, village_clerk, administrator) -> None:
    actions.connect_identity(village_clerk, provider="oidc", identifier="number-42", by=administrator)
    assert client.get(f"{LOGIN}callback/", {"code": "c0de", "state": "invented"}).status_code in {200, 401}
    assert client.get(ME).status_code == 302
    assert Provider.asked == []


@pytest.mark.parametrize(
    "given",
    [
        {"OIDC_ISSUER": "https://id.example"},
        {"OIDC_ISSUER": "http://id.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"},
        {"OIDC_ISSUER": "id.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"},
        {"DINGTALK_CLIENT_ID": "a"},
        {"DINGTALK_CLIENT_SECRET": "a"},
    ],
)
def test_half_a_configuration_stops_the_start(monkeypatch, given) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"KANJIAN_{name}", value)
    with pytest.raises(ImproperlyConfigured, match="KANJIAN_"):
        logins.providers()


def test_where_forms_may_lead(monkeypatch, tmp_path) -> None:
    assert logins.origins() == []
    secret = tmp_path / "secret"
    secret.write_text("b\n")
    for name, value in {
        "OIDC_ISSUER": "https://id.example/realms/city",
        "OIDC_CLIENT_ID": "a",
        "OIDC_CLIENT_SECRET_FILE": str(secret),
        "DINGTALK_CLIENT_ID": "c",
        "DINGTALK_CLIENT_SECRET": "d",
    }.items():
        monkeypatch.setenv(f"KANJIAN_{name}", value)
    assert logins.origins() == ["https://id.example", "https://login.dingtalk.com"]
    found = logins.providers()
    assert found["openid_connect"]["APPS"][0]["secret"] == "b"
    assert found["dingtalk"]["APPS"][0]["client_id"] == "c"
