"""Posts a person holds 在任岗位: asked of the database once a request, and anew after a post or a unit has changed.

Outside a request (command line, jobs, tests of single functions) nothing is kept: there a person's object may live
long, and a post that has ended must not outlive its end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import NamedTuple

from django.utils import timezone

from kanjian.orgs.models import Post, Unit, User
from kanjian.orgs.tree import ids_above


class Held(NamedTuple):
    """One post: its role, and the unit where it is held; ``is_root``: the unit has none above it."""

    role: str
    unit: int
    unit_kind: str
    is_root: bool


class _Asked(NamedTuple):
    """What a request has asked so far."""

    posts: dict[tuple[int, date], tuple[Held, ...]]
    above: dict[tuple[int, date | None], frozenset[int]]


_request: ContextVar[_Asked | None] = ContextVar("kanjian_posts_of_the_request", default=None)


@contextmanager
def asked_once() -> Iterator[None]:
    """Within it each question about posts goes to the database once."""
    token = _request.set(_Asked({}, {}))
    try:
        yield
    finally:
        _request.reset(token)


def forget(**_: object) -> None:
    """A post or a unit has changed: what was asked in this request no longer counts."""
    asked = _request.get()
    if asked is not None:
        asked.posts.clear()
        asked.above.clear()


def held_by(user: User, day: date | None = None) -> tuple[Held, ...]:
    """The posts that the person holds on the day (None: today), of all roles."""
    day, asked = day or timezone.localdate(), _request.get()
    key = (user.pk, day)
    if asked is not None and key in asked.posts:
        return asked.posts[key]
    rows = Post.objects.filter(user=user).on(day).order_by("id")
    found = tuple(
        Held(role, unit, kind, parent is None)
        for role, unit, kind, parent in rows.values_list("role", "unit_id", "unit__kind", "unit__parent_id")
    )
    if asked is not None:
        asked.posts[key] = found
    return found


def units_above(unit: Unit, day: date | None = None) -> frozenset[int]:
    """Ids of the unit and of all above it on the day (None: today)."""
    asked, key = _request.get(), (unit.pk, day)
    if asked is not None and key in asked.above:
        return asked.above[key]
    found = frozenset(Unit.objects.filter(pk__in=ids_above([unit.pk], day)).values_list("pk", flat=True))
    if asked is not None:
        asked.above[key] = found
    return found
