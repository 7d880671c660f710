"""From values to a published edition 发布: the steps that both boards of the demo take."""

from collections.abc import Callable

from kanjian.boards.actions.compute_edition import compute_edition
from kanjian.boards.actions.freeze_release import freeze_release
from kanjian.boards.actions.open_objection import open_objection
from kanjian.boards.actions.publish import publish
from kanjian.boards.models import Board, Edition, SchemeVersion
from kanjian.jobs.progress import Reporter


def published(board: Board, period: str) -> Edition | None:
    """The published edition of a period, if there is one."""
    return Edition.objects.filter(board=board, period=period, state=Edition.State.PUBLISHED).first()


def is_published(board: Board, period: str) -> bool:
    """Whether the period has a published edition."""
    return published(board, period) is not None


def publish_period(
    version: SchemeVersion, period: str, reporter: Reporter, in_window: Callable[[Edition], None] | None = None
) -> Edition:
    """Freeze the period's values, compute them by this version, and publish without a waiting time.

    ``in_window``: what happens while it is open to objections. Finishes what an earlier run left half done. Returns the
    published edition.
    """
    reporter.start(0, f"Publishing 发布 {period}")
    edition = compute_edition(version, freeze_release(version.board, period, by=None), by=None)
    if edition.state == Edition.State.DRAFT:
        edition = open_objection(edition, by=None, days=0)
    if edition.state == Edition.State.OBJECTION:
        if in_window is not None:
            in_window(edition)
        edition = publish(edition, by=None)
    return edition
