"""Pairs to agree to, milestones of pairs that are late."""

from collections.abc import Iterator

from kanjian.orgs.models import User
from kanjian.pairing.selectors.to_dos import waiting
from kanjian.portal.selectors.to_dos.item import ToDo


def pairs(user: User) -> Iterator[ToDo]:
    """Sides of pairs for which the person speaks, and late milestones of pairs that the person works on."""
    for each in waiting(user):
        yield ToDo("users", each.title, each.note, each.url, is_urgent=each.is_urgent)
