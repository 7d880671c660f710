"""Rate limits: counted per person and per network, forgotten when their time is over."""

from types import SimpleNamespace

import pytest
import time_machine
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from kanjian import limits

START = "2026-03-02T04:00:00Z"


@pytest.fixture(autouse=True)
def _limits(settings) -> None:
    caches["limits"].clear()
    settings.LIMITS = {"some": "3/m"}


def request(address: str = "192.0.2.7", person: int | None = None, **headers: str):
    made = RequestFactory(headers=headers).get("/", REMOTE_ADDR=address)
    made.user = SimpleNamespace(is_authenticated=person is not None, pk=person)
    return made


def uses(make, times: int) -> int:
    """How many of the tries go through."""
    done = 0
    for _ in range(times):
        try:
            limits.spend_for("some", make())
        except limits.TooManyError:
            continue
        done += 1
    return done


def test_a_limit_opens_again() -> None:
    with time_machine.travel(START, tick=False) as clock:
        assert [_try("a") for _ in range(5)] == [True, True, True, False, False]
        assert _try("b")
        clock.shift(60)
        assert _try("a")


def _try(who: str) -> bool:
    try:
        limits.spend("some", who)
    except limits.TooManyError as error:
        return not 1 <= error.seconds <= 60
    return True


def test_persons_and_networks_are_counted_apart() -> None:
    with time_machine.travel(START, tick=False):
        assert uses(request, 5) == 3
        assert uses(lambda: request("192.0.2.8"), 5) == 3
        assert uses(lambda: request("192.0.2.7", person=1), 5) == 3
        # The network of an office: thirty for ten people, of which six are used.
        assert sum(uses(lambda who=who: request("192.0.2.7", person=who), 3) for who in range(2, 12)) == 22


def test_a_house_has_one_network_whatever_address_it_takes() -> None:
    with time_machine.travel(START, tick=False):
        assert sum(uses(lambda n=n: request(f"2001:db8:1:2::{n}"), 1) for n in range(1, 9)) == 3
        assert uses(lambda: request("2001:db8:1:3::1"), 1) == 1


def test_the_proxys_word_counts_only_where_it_is_trusted(settings) -> None:
    said = {"X-Forwarded-For": "10.9.9.9, 192.0.2.55"}
    settings.SECURE_PROXY_SSL_HEADER = None
    assert limits.client_address(request(**said)) == "192.0.2.7"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert limits.client_address(request(**said)) == "192.0.2.55"
    assert limits.client_address(request()) == "192.0.2.7"
    assert limits.network_of(request("not an address")) == "unknown"


def test_no_address_lies_in_the_cache() -> None:
    limits.spend("some", "network 192.0.2.7")
    assert not any("192.0.2.7" in key for key in caches["limits"]._cache)


@pytest.mark.parametrize("text", ["", "10", "10/w", "0/m", "-1/m", "x/m", "10 /m"])
def test_wrong_limits_stop_with_a_remedy(text) -> None:
    with pytest.raises(ImproperlyConfigured, match="60/h"):
        limits.Limit.parse(text)
