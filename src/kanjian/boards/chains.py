"""Which editions came before 前期: the published ones of the same board and the same kind of period."""

from kanjian.boards.models import Board, Edition
from kanjian.calendars.periods import Period

HISTORY = 8  # editions in a sparkline, this one included


def earlier(board: Board, period: str, count: int = HISTORY - 1) -> list[Edition]:
    """The last published editions before the period, oldest first; months are not mixed with quarters or years."""
    here = Period.parse(period)
    published = (
        Edition.objects.filter(board=board, state=Edition.State.PUBLISHED)
        .select_related("board__root", "scheme", "release")
        .defer("scheme__text")
    )
    before = [(Period.parse(edition.period), edition) for edition in published]
    comparable = [(when, edition) for when, edition in before if when.kind == here.kind and when < here]
    return [edition for _, edition in sorted(comparable, key=lambda pair: pair[0])[-count:]]
