"""Which editions came before 前期: the published ones of the same board and the same kind of period."""

from collections.abc import Iterable

from kanjian.boards.models import Board, Edition
from kanjian.calendars.periods import Period

HISTORY = 8  # editions in a sparkline, this one included


def earlier(board: Board, period: str, count: int = HISTORY - 1) -> list[Edition]:
    """The last published editions before the period, oldest first; months are not mixed with quarters or years."""
    published = (
        Edition.objects.filter(board=board, state=Edition.State.PUBLISHED)
        .select_related("board__root", "scheme", "release")
        .defer("scheme__text")
    )
    return before(published, period, count)


def before(editions: Iterable[Edition], period: str, count: int) -> list[Edition]:
    """The same out of editions of the board that are there already, whatever their states."""
    here = Period.parse(period)
    published = ((Period.parse(each.period), each) for each in editions if each.state == Edition.State.PUBLISHED)
    comparable = [(when, edition) for when, edition in published if when.kind == here.kind and when < here]
    return [edition for _, edition in sorted(comparable, key=lambda pair: pair[0])[-count:]]
