"""What waits for the person who signed in 待办: one file per room, one function per kind of thing to do.

A new kind is a function from the person to ``ToDo`` items, added to ``KINDS``.
"""

from collections.abc import Callable, Iterator

from kanjian.orgs import policies as orgs
from kanjian.orgs.models import Post, User
from kanjian.portal.selectors.to_dos.editions import editions_to_do, open_windows
from kanjian.portal.selectors.to_dos.experts import questionnaires
from kanjian.portal.selectors.to_dos.item import ToDo
from kanjian.portal.selectors.to_dos.jobs import failed_jobs
from kanjian.portal.selectors.to_dos.objections import confirmations, objections
from kanjian.portal.selectors.to_dos.pairing import pairs
from kanjian.portal.selectors.to_dos.sheets import approvals, extensions, sheets
from kanjian.portal.selectors.to_dos.values import missing_values, open_flags, uploads

KINDS: tuple[Callable[[User], Iterator[ToDo]], ...] = (
    failed_jobs,
    sheets,
    approvals,
    extensions,
    missing_values,
    uploads,
    editions_to_do,
    open_windows,
    confirmations,
    objections,
    open_flags,
    questionnaires,
    pairs,
)


def to_dos(user: User) -> list[ToDo]:
    """Everything that waits for the person, most urgent first."""
    found = [item for kind in KINDS for item in kind(user)]
    return sorted(found, key=lambda item: not item.is_urgent)


def roles(user: User) -> list[Post]:
    """Posts that the person holds today, with their units."""
    return list(orgs.posts_of(user, Post.Role.READER).select_related("unit").order_by("unit__code", "role"))


__all__ = ["ToDo", "roles", "to_dos"]
