"""The door: what is recorded of it, lock-outs by account and network, unlocking, the second factor, sessions."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.core.cache import caches
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from kanjian.ledger.models import Event
from kanjian.orgs import actions, lockout
from kanjian.orgs.second_factor import SecondFactorAdapter, must_have_second_factor

pytestmark = pytest.mark.django_db
LOGIN, ME = "/accounts/login/", "/people/me/"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    for cache in caches.all():
        cache.clear()
    caches["default"].clear()
    caches["limits"].clear()


def sign_in(username: str, password: str | None = None, address: str = "192.0.2.1", client: Client | None = None):
    client = client or Client()
    given = {"login": username, "password": password or f"password-of-{username}"}
    return client.post(LOGIN, given, REMOTE_ADDR=address)


def verbs() -> list[str]:
    return list(Event.objects.values_list("verb", flat=True))


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(counters()))))


@pytest.fixture
def secret(village_clerk) -> str:
    """The clerk has an authenticator app."""
    made = generate_totp_secret()
    TOTP.activate(village_clerk, made)
    return made


# ---- what is recorded ----------------------------------------------------------------------------------------------


def test_log_ins_and_wrong_passwords_are_events_without_addresses(xiaowang) -> None:
    sign_in("xiaowang", "wrong")
    sign_in("xiaowang")
    failed, done = Event.objects.all()
    assert (failed.verb, failed.actor, failed.subject) == ("orgs.login_failed", "system", "user:xiaowang")
    assert (done.verb, done.actor, done.subject) == ("orgs.login", "xiaowang", "user:xiaowang")
    assert done.data["ways"] == ["password"]
    assert done.data["network"] == failed.data["network"]
    assert len(done.data["network"]) == 8
    assert "192.0.2.1" not in json.dumps([failed.data, done.data])


def test_what_was_typed_as_an_unknown_name_is_not_recorded(xiaowang) -> None:
    sign_in("my secret password", "oops")
    assert verbs() == []
    assert AccessAttempt.objects.count() == 1


# ---- lock-out ------------------------------------------------------------------------------------------------------


def test_one_network_locks_an_account_there_and_nowhere_else(xiaowang) -> None:
    answers = [sign_in("xiaowang", f"wrong-{n}").status_code for n in range(6)]
    assert answers == [200, 200, 200, 200, 429, 429]
    assert sign_in("xiaowang").status_code == 429
    assert sign_in("xiaowang", address="192.0.2.2").status_code == 302
    assert verbs().count("orgs.lock_out") == 1
    assert verbs().count("orgs.login_failed") <= 5


def test_many_networks_together_lock_the_account_everywhere(xiaowang) -> None:
    for number in range(20):
        sign_in("xiaowang", "wrong", f"192.0.2.{number + 1}")
    assert sign_in("xiaowang", address="192.0.2.200").status_code == 429
    assert sign_in("ligong", "wrong", address="192.0.2.201").status_code == 200


def test_one_network_going_through_the_names_is_locked(xiaowang) -> None:
    for number in range(50):
        AccessAttempt.objects.create(
            username=f"name-{number}", ip_address="192.0.2.9", user_agent="x", failures_since_start=1
        )
    assert sign_in("xiaowang", address="192.0.2.9").status_code == 429
    assert sign_in("xiaowang", address="192.0.2.10").status_code == 302


def test_administrators_unlock_and_others_do_not(client_of, village_clerk, administrator, xiaowang, ligong) -> None:
    for number in range(5):
        sign_in("cunwenshu", f"wrong-{number}")
    assert lockout.is_locked_out(village_clerk)
    page = reverse("orgs:user", args=["cunwenshu"])
    unlock = reverse("orgs:unlock", args=["cunwenshu"])
    assert "解除锁定" in client_of(administrator).get(page).content.decode()
    for stranger in (xiaowang, ligong):
        assert client_of(stranger).post(unlock).status_code == 403
    assert Client().post(unlock).url.startswith(LOGIN)
    assert client_of(administrator).post(unlock).status_code == 302
    assert sign_in("cunwenshu").status_code == 302
    assert "orgs.unlock_user" in verbs()
    with pytest.raises(ValidationError):
        actions.unlock_user(village_clerk, by=administrator)


# ---- the second factor ---------------------------------------------------------------------------------------------


def test_the_password_alone_does_not_open_and_each_code_opens_once(village_clerk, secret) -> None:
    client = Client()
    assert sign_in("cunwenshu", client=client).url == reverse("mfa_authenticate")
    assert client.get(ME).status_code == 302
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "验证码不对" in wrong.content.decode()
    code = code_of(secret)
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert client.get(ME).status_code == 200
    assert verbs()[-2:] == ["orgs.second_factor_failed", "orgs.login"]
    assert Event.objects.last().data["ways"] == ["password", "totp"]
    again = Client()
    sign_in("cunwenshu", client=again)
    assert again.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200


def test_guessing_codes_ends_soon(village_clerk, secret) -> None:
    client = Client()
    sign_in("cunwenshu", client=client)
    for _ in range(11):
        answer = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert answer.status_code == 200
    assert client.get(ME).status_code == 302


def test_secrets_lie_encrypted(village_clerk, secret) -> None:
    held = Authenticator.objects.get()
    assert secret not in json.dumps(held.data)
    adapter = SecondFactorAdapter()
    assert adapter.decrypt(held.data["secret"]) == secret


def test_secrets_outlive_a_new_key(settings) -> None:
    kept = SecondFactorAdapter().encrypt("秘密")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + settings.SECRET_KEY
    assert SecondFactorAdapter().decrypt(kept) == "秘密"


def test_who_must_have_one(
    settings, village_clerk, reviewer, administrator, county_administrator, methodologist
) -> None:
    settings.REQUIRE_MFA = True
    people = (village_clerk, reviewer, county_administrator, administrator, methodologist)
    assert [must_have_second_factor(person) for person in people] == [False, False, False, True, True]
    settings.REQUIRE_MFA = False
    assert not must_have_second_factor(administrator)


def test_whoever_must_have_one_is_led_to_it(settings, client_of, administrator, village_clerk) -> None:
    settings.REQUIRE_MFA = True
    client = client_of(administrator)
    assert client.get(ME).url == reverse("mfa_index")
    assert client.get("/api/v1/boards").status_code == 403
    assert "您的岗位要求双因素" in client.get(reverse("mfa_index")).content.decode()
    assert client_of(village_clerk).get(ME).status_code == 200
    TOTP.activate(administrator, generate_totp_secret())
    assert client.get(ME).status_code == 200


def test_a_lost_second_factor_is_taken_away_by_administrators(
    client_of, village_clerk, secret, administrator, xiaowang, ligong
) -> None:
    take = reverse("orgs:reset_second_factor", args=["cunwenshu"])
    for stranger in (xiaowang, ligong, village_clerk):
        assert client_of(stranger).post(take).status_code == 403
    assert Authenticator.objects.exists()
    assert client_of(administrator).post(take).status_code == 302
    assert not Authenticator.objects.exists()
    assert Event.objects.last().data == {"kinds": ["totp"]}
    with pytest.raises(PermissionDenied):
        actions.reset_second_factor(administrator, by=administrator)


# ---- sessions ------------------------------------------------------------------------------------------------------


def test_other_sessions_are_seen_and_ended(village_clerk, xiaowang, client_of) -> None:
    phone, desk = Client(), Client()
    sign_in("cunwenshu", client=phone)
    sign_in("cunwenshu", client=desk)
    page = desk.get(reverse("usersessions_list")).content.decode()
    assert page.count("/end/") == 1
    other = UserSession.objects.order_by("pk").first()
    end = reverse("session_end", args=[other.pk])
    assert client_of(xiaowang).post(end).status_code == 404
    assert phone.get(ME).status_code == 200
    assert desk.post(end).status_code == 302
    assert phone.get(ME).status_code == 302
    assert desk.get(ME).status_code == 200
    assert verbs()[-1] == "orgs.end_session"


def test_a_reset_password_ends_every_session(village_clerk, administrator) -> None:
    client = Client()
    sign_in("cunwenshu", client=client)
    actions.reset_password(village_clerk, by=administrator)
    assert client.get(ME).status_code == 302


# ---- posts ---------------------------------------------------------------------------------------------------------


def test_an_ended_post_ends_at_once_in_an_open_session(client_of, county_administrator, administrator) -> None:
    client = client_of(county_administrator)
    assert client.get(reverse("orgs:users")).status_code == 200
    actions.end_post(county_administrator.posts.get(), by=administrator)
    assert client.get(reverse("orgs:users")).status_code == 403
