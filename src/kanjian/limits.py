"""Rate limits 限流: so many times in so much time, per person and per network.

A limit has a name in ``settings.LIMITS`` (``"uploads": "60/h"``). Views say ``@limited("uploads")`` and answer 429 with
a page; the API asks ``spend`` itself. Counts are kept in the cache ``limits`` under a keyed hash, so that no address
and no name lies there, and vanish when their time is over.
"""

import hashlib
import hmac
import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
SPANS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
# Behind one network sit many people: an office, a village hall.
PEOPLE_PER_NETWORK = 10


@dataclass(frozen=True)
class Limit:
    """So many times in so many seconds."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """``60/h``; units are s, m, h, d. Raises ``ImproperlyConfigured``."""
        count, _slash, span = text.partition("/")
        if not count.isdecimal() or int(count) < 1 or span not in SPANS:
            raise ImproperlyConfigured(f"{text!r} is no limit: write for example 60/h (units: s, m, h, d)")
        return cls(int(count), SPANS[span])


class TooManyError(Exception):
    """A limit is used up; ``seconds`` until it opens again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many requests; try again in {seconds} seconds")
        self.seconds = seconds


def client_address(request: HttpRequest) -> str:
    """The address of the visitor's machine: what the proxy in front says, if there is one and it is trusted."""
    if settings.SECURE_PROXY_SSL_HEADER:
        # Only the last entry was written by our own proxy; the ones before it are the visitor's to invent.
        forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


def network_of(request: HttpRequest) -> str:
    """The visitor's network: the address, or the first half of one with 128 bits, of which each house has plenty."""
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)


def network_mark(request: HttpRequest) -> str:
    """A short keyed hash of the network for the ledger: the same within a month, and no way back to the address."""
    content = f"{timezone.localdate():%Y-%m} {network_of(request)}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), content, hashlib.sha256).hexdigest()[:8]


def network_address(request: HttpRequest) -> str | None:
    """The first address of the visitor's network, for what asks for an address; None when there is none."""
    network = network_of(request).partition("/")[0]
    return None if network == "unknown" else network


def spend(name: str, who: str, *, times: int = 1) -> None:
    """Count one use for ``who``; raises ``TooManyError`` beyond the limit, which is ``times`` as large as set."""
    limit = Limit.parse(settings.LIMITS[name])
    window, gone = divmod(int(time.time()), limit.seconds)
    signed = hmac.new(settings.SECRET_KEY.encode(), f"{name}:{window}:{who}".encode(), hashlib.sha256)
    key = f"limit-{signed.hexdigest()}"
    cache = caches["limits"]
    cache.add(key, 0, limit.seconds)
    try:
        used = cache.incr(key)
    except ValueError:  # the window ended between the two calls
        return
    if used > limit.count * times:
        raise TooManyError(limit.seconds - gone)


def spend_for(name: str, request: HttpRequest) -> None:
    """Count one use for the person and for the network; raises ``TooManyError``."""
    person = request.user.pk if request.user.is_authenticated else None
    if person is not None:
        spend(name, f"person {person}")
    spend(name, f"network {network_of(request)}", times=PEOPLE_PER_NETWORK if person else 1)


View = Callable[Concatenate[R, P], HttpResponse]


def limited(name: str, *, methods: tuple[str, ...] = ("POST",)) -> Callable[[View[R, P]], View[R, P]]:
    """A view that answers 429 with a page and ``Retry-After`` beyond the limit; other methods are not counted."""

    def limit(view: View[R, P]) -> View[R, P]:
        @wraps(view)
        def counted(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method in methods:
                try:
                    spend_for(name, request)
                except TooManyError as error:
                    return too_many(request, error)
            return view(request, *args, **kwargs)

        return counted

    return limit


def too_many(request: HttpRequest, error: TooManyError) -> HttpResponse:
    """The page that says when to come back."""
    minutes = -(-error.seconds // 60)
    response = render(request, "429.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(error.seconds)
    return response
