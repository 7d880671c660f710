"""结对帮带成效 (F4): points for both sides, from what the mentee gained in the agreed weak dimensions.

    points = 15 × mean over the pair's weak dimensions of the share of the gap closed    (docs/pairing.md)

A unit in several pairs gets the mean over them: help is not counted by heads. Nothing that is only activity enters —
no visits, plans, letters or milestones (docs/design: red lines). A bonus never takes points away.
"""

from collections.abc import Iterable
from statistics import fmean

from kanjian.boards.models import Board
from kanjian.calendars.periods import Period
from kanjian.pairing.models import Pair
from kanjian.pairing.progress import ManyPairs, Read, courses, editions_around, read_pair

MOST = 15.0
COUNTED = (Pair.State.RUNNING, Pair.State.CLOSED)


def points_of(pair: Pair, until: str = "", read: Read = read_pair) -> float | None:
    """Points of a pair from the editions up to a period (all); None where nothing can be said yet."""
    editions = editions_around(pair.round, until)
    shares = [course.closed for course in courses(pair, editions, read) if course.closed is not None]
    return round(MOST * fmean(shares), 1) if shares else None


def pairing_results(board: Board, period: str) -> dict[str, float]:
    """Points of every unit in a pair for a period, by code; units without are not there: not applicable, not zero.

    Read from the published editions before the period, so that a score never depends on itself. A pair counts when it
    had started before the last of these editions' periods ended, and while it runs; one that ended before the period
    began counts no more.
    """
    here = Period.parse(period)
    last = here.shift(-1).code
    pairs = Pair.objects.filter(round__board=board, state__in=COUNTED).select_related(
        "round__edition__scheme", "round__board", "mentee", "mentor"
    )
    found: dict[str, list[float]] = {}
    read = ManyPairs()
    for pair in pairs:
        if not _counts(pair, here, last):
            continue
        points = points_of(pair, last, read)
        if points is not None:
            for unit in (pair.mentee, pair.mentor):
                found.setdefault(unit.code, []).append(points)
    return {code: _mean(values) for code, values in found.items()}


def _counts(pair: Pair, here: Period, last: str) -> bool:
    started = pair.round.starts_on is not None and pair.round.starts_on <= Period.parse(last).end
    running = pair.closed_on is None or pair.closed_on >= here.start
    return started and running


def _mean(values: Iterable[float]) -> float:
    return round(fmean(values), 1)
