"""Personal tokens: made and withdrawn by their person, shown once, kept as a hash."""

import hashlib
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kanjian.ledger.models import Event
from kanjian.orgs import actions
from kanjian.orgs.models import Token

pytestmark = pytest.mark.django_db
INDEX, NEW = reverse("orgs:tokens"), reverse("orgs:token_create")


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    caches["limits"].clear()
    caches["default"].clear()


@pytest.fixture
def signed_in(village_clerk) -> Client:
    """A client that has just given the password."""
    client = Client()
    client.post("/accounts/login/", {"login": "cunwenshu", "password": "password-of-cunwenshu"})
    client.post("/accounts/reauthenticate/", {"password": "password-of-cunwenshu"})
    return client


def test_the_secret_is_given_once_and_kept_as_a_hash(village_clerk) -> None:
    token, secret = actions.create_token(village_clerk, name=" 报送 ", by=village_clerk)
    assert secret.startswith("kj_")
    assert len(secret) == 46
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert (token.name, token.scope, token.hint) == ("报送", "read", secret[:7])
    assert token.expires_on == timezone.localdate() + timedelta(days=90)
    event = Event.objects.latest("sequence")
    assert (event.verb, event.actor, event.subject) == ("orgs.create_token", "cunwenshu", f"token:{token.pk}")
    assert secret not in event.body
    assert token.digest not in event.body


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_the_end_lies_within_a_year(village_clerk, days) -> None:
    day = timezone.localdate() + timedelta(days=days)
    with pytest.raises(ValidationError) as wrong:
        actions.create_token(village_clerk, name="报送", by=village_clerk, expires_on=day)
    assert "expires_on" in wrong.value.message_dict


def test_wrong_scopes_empty_names_and_too_many_are_refused(village_clerk) -> None:
    for given in ({"name": "报送", "scope": "all"}, {"name": "  "}):
        with pytest.raises(ValidationError):
            actions.create_token(village_clerk, by=village_clerk, **given)
    for number in range(20):
        actions.create_token(village_clerk, name=f"第{number}个", by=village_clerk)
    with pytest.raises(ValidationError, match="20"):
        actions.create_token(village_clerk, name="多一个", by=village_clerk)


def test_nobody_makes_or_withdraws_the_tokens_of_others(village_clerk, ligong, administrator) -> None:
    with pytest.raises(PermissionDenied):
        actions.create_token(village_clerk, name="报送", by=administrator)
    token, _ = actions.create_token(village_clerk, name="报送", by=village_clerk)
    with pytest.raises(PermissionDenied):
        actions.revoke_token(token, by=ligong)
    assert Event.objects.filter(verb="orgs.revoke_token").count() == 0


def test_withdrawing_twice_is_said(village_clerk, administrator) -> None:
    token, secret = actions.create_token(village_clerk, name="报送", by=village_clerk)
    actions.revoke_token(token, by=administrator)
    assert actions.use_token(secret) is None
    with pytest.raises(ValidationError):
        actions.revoke_token(token, by=village_clerk)


def test_a_reset_password_withdraws_all_tokens(village_clerk, administrator) -> None:
    actions.create_token(village_clerk, name="报送", by=village_clerk)
    actions.reset_password(village_clerk, by=administrator)
    assert not Token.objects.valid().exists()
    assert Event.objects.filter(verb="orgs.revoke_token", actor="guanliyuan").count() == 1


def test_the_page_shows_the_secret_once(signed_in) -> None:
    page = signed_in.post(NEW, {"name": "报送", "scope": "write", "expires_on": ""})
    token = Token.objects.get()
    assert page.context["secret"] in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0")
    listed = signed_in.get(INDEX).content.decode()
    assert token.hint in listed
    assert page.context["secret"] not in listed
    answer = signed_in.post(reverse("orgs:token_revoke", args=[token.pk]), follow=True)
    assert "令牌已停用" in answer.content.decode()


def test_a_wrong_day_is_said_at_its_field(signed_in) -> None:
    page = signed_in.post(NEW, {"name": "报送", "scope": "read", "expires_on": "2020-01-01"})
    assert "expires_on" in page.context["form"].errors
    assert not Token.objects.exists()


def test_a_computer_left_alone_is_asked_for_the_password(client_of, village_clerk) -> None:
    client = client_of(village_clerk)
    for answer in (client.get(NEW), client.post(NEW, {"name": "报送", "scope": "read"})):
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/reauthenticate/")
    assert not Token.objects.exists()


def test_strangers(client_of, village_clerk, xiaowang) -> None:
    token, _ = actions.create_token(village_clerk, name="本季报送", by=village_clerk)
    revoke = reverse("orgs:token_revoke", args=[token.pk])
    assert Client().get(INDEX).url.startswith("/accounts/login/")
    assert Client().post(revoke).url.startswith("/accounts/login/")
    assert "本季报送" not in client_of(xiaowang).get(INDEX).content.decode()
    assert client_of(xiaowang).post(revoke).status_code == 404
    assert Token.objects.valid().exists()


def test_too_many_in_an_hour(signed_in, settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "tokens": "1/d"}
    given = {"name": "报送", "scope": "read"}
    assert signed_in.post(NEW, given).status_code == 200
    answer = signed_in.post(NEW, given)
    assert answer.status_code == 429
    assert "太频繁" in answer.content.decode()
    assert int(answer["Retry-After"]) > 0
