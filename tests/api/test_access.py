"""Who calls the API: personal tokens, sessions, nobody."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client, RequestFactory
from django.utils import timezone
from ninja.errors import AuthenticationError, HttpError

from kanjian.api.access import BrowserSession, PersonalToken
from kanjian.boards.models import Board
from kanjian.orgs import actions
from kanjian.orgs.models import Post, Token

pytestmark = pytest.mark.django_db
BOARDS = "/api/v1/boards"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    caches["limits"].clear()


@pytest.fixture
def internal(small_city) -> Board:
    return Board.objects.create(code="inner", name="内部榜", unit_kind="village", root=small_city.city, is_public=False)


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def secret_of(person, **given) -> str:
    return actions.create_token(person, name="测试", by=person, **given)[1]


def test_a_token_sees_what_its_person_sees(client, internal, methodologist, xiaowang) -> None:
    assert client.get(BOARDS).json() == []
    assert [b["board"]["code"] for b in client.get(BOARDS, headers=bearer(secret_of(methodologist))).json()] == [
        "inner"
    ]
    assert client.get(BOARDS, headers=bearer(secret_of(xiaowang))).json() == []


def test_ending_the_post_ends_what_the_token_sees(client, internal, methodologist) -> None:
    secret = secret_of(methodologist)
    for post in Post.objects.filter(user=methodologist):
        actions.end_post(post, by=None)
    assert client.get(BOARDS, headers=bearer(secret)).json() == []


def test_the_day_of_use_is_kept_and_nothing_else(client, ligong) -> None:
    secret = secret_of(ligong)
    client.get(BOARDS, headers=bearer(secret))
    token = Token.objects.get()
    assert token.last_used_on == timezone.localdate()
    assert secret not in str(vars(token))


@pytest.mark.parametrize("spoil", ["revoked", "expired", "closed", "one-time", "wrong", "no-prefix", "other-scheme"])
def test_tokens_that_are_refused_even_for_reading(client, ligong, spoil) -> None:
    token, secret = actions.create_token(ligong, name="测试", by=ligong)
    headers = bearer(secret)
    if spoil == "revoked":
        actions.revoke_token(token, by=ligong)
    elif spoil == "closed":
        type(ligong).objects.update(is_active=False)
    elif spoil == "one-time":
        type(ligong).objects.update(must_change_password=True)
    elif spoil == "wrong":
        headers = bearer(secret[:-1] + ("a" if secret[-1] != "a" else "b"))
    elif spoil == "no-prefix":
        headers = bearer(secret[3:])
    elif spoil == "other-scheme":
        headers = {"authorization": f"Basic {secret}"}
    later = timezone.now() + timedelta(days=91 if spoil == "expired" else 0)
    with time_machine.travel(later, tick=False):
        answer = client.get(BOARDS, headers=headers)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def post_request(headers: dict[str, str] | None = None, person=None):
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory(headers=headers or {}).post("/api/v1/anything")
    request.user = person or AnonymousUser()
    return request


def test_writing_needs_the_write_scope(ligong) -> None:
    reading, writing = secret_of(ligong), secret_of(ligong, scope="write")
    with pytest.raises(HttpError) as refused:
        PersonalToken()(post_request(bearer(reading)))
    assert refused.value.status_code == 403
    request = post_request(bearer(writing))
    assert PersonalToken()(request) == ligong
    assert request.user == ligong


def test_writing_with_a_session_needs_the_token_of_the_page(ligong) -> None:
    assert BrowserSession()(post_request()) is None
    with pytest.raises(HttpError) as refused:
        BrowserSession()(post_request(person=ligong))
    assert refused.value.status_code == 403
    request = post_request({"x-csrftoken": "a" * 32}, ligong)
    request.COOKIES["csrftoken"] = "a" * 32
    assert BrowserSession()(request) == ligong


def test_without_the_header_the_session_is_asked() -> None:
    assert PersonalToken()(post_request()) is None
    with pytest.raises(AuthenticationError):
        PersonalToken()(post_request({"authorization": "Bearer kj_nonsense"}))


def test_a_token_in_the_session_of_another_acts_for_its_own_person(
    client_of, internal, methodologist, xiaowang
) -> None:
    client = client_of(xiaowang)
    assert len(client.get(BOARDS, headers=bearer(secret_of(methodologist))).json()) == 1
    assert client.get(BOARDS).json() == []


def test_each_token_has_a_limit_of_its_own(client, settings, ligong, xiaowang) -> None:
    settings.LIMITS = {**settings.LIMITS, "api": "2/h"}
    mine, others = bearer(secret_of(ligong)), bearer(secret_of(xiaowang))
    with time_machine.travel(timezone.now(), tick=False):
        assert [client.get(BOARDS, headers=mine).status_code for _ in range(3)] == [200, 200, 429]
        assert client.get(BOARDS, headers=others).status_code == 200
        answer = client.get(BOARDS, headers=mine)
    assert answer["Content-Type"] == "application/problem+json"
    assert 1 <= int(answer["Retry-After"]) <= 3600


def test_guessing_tokens_ends_soon(client, settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "guesses": "3/h"}
    with time_machine.travel(timezone.now(), tick=False):
        found = [client.get(BOARDS, headers=bearer(f"kj_{n}")).status_code for n in range(5)]
    assert found == [401, 401, 401, 429, 429]


def test_a_person_with_a_one_time_password_is_told_so(client_of, ligong) -> None:
    type(ligong).objects.update(must_change_password=True)
    ligong.refresh_from_db()
    assert client_of(ligong).get(BOARDS).status_code == 403
    assert Client().get(BOARDS).status_code == 200
