"""Progress of a pair 进展: points in its weak dimensions, period by period, read from the published editions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kanjian.boards.models import Edition
from kanjian.boards.selectors.shapes import in_language
from kanjian.boards.store.folders import StoreError
from kanjian.calendars.periods import Period
from kanjian.pairing.gathering import dimension_codes, files_of
from kanjian.pairing.models import Pair, Round
from kanjian.scoring.scheme import Node

PAST = 2  # periods before the choice that are shown, and that the start level is taken from


@dataclass(frozen=True, slots=True)
class Reading:
    """One dimension in one period: mentee, mentor, median of the mentee's track. ``comparable``: same method."""

    period: str
    mentee: float | None
    mentor: float | None
    median: float | None
    comparable: bool


@dataclass(frozen=True, slots=True)
class Course:
    """One weak dimension over the periods. ``start``: where progress counts from; ``closed``: share of the gap."""

    code: str
    label: str
    full: float | None
    readings: list[Reading]
    start: float | None
    gap: float | None
    closed: float | None

    @property
    def now(self) -> Reading | None:
        """The newest reading."""
        return self.readings[-1] if self.readings else None

    @property
    def percent(self) -> float | None:
        """Closed share of the gap for a meter, 0 to 100."""
        return None if self.closed is None else round(100 * self.closed, 1)


def editions_around(found: Round, until: str = "") -> list[Edition]:
    """The round's edition, two before it and all published ones after it (until a period), by period."""
    rows = Edition.objects.filter(board=found.board, state=Edition.State.PUBLISHED).select_related("scheme", "board")
    here = Period.parse(found.edition.period)
    by_period = {Period.parse(row.period): row for row in rows} | {here: found.edition}
    kept = sorted(p for p in by_period if p.kind == here.kind and (not until or p <= Period.parse(until)))
    before = [period for period in kept if period < here][-PAST:]
    return [by_period[period] for period in (*before, *(period for period in kept if period >= here))]


Row = dict[str, Any]
Rows = tuple[Row | None, Row | None, dict[str, float | None]]
Read = Callable[[Pair, Edition], Rows]


def read_pair(pair: Pair, edition: Edition) -> Rows:
    """Details of both units and the medians of the mentee's track; nothing where the files are gone."""
    try:
        files = files_of(edition)
        mentee, mentor = files.detail(pair.mentee.code), files.detail(pair.mentor.code)
        medians = dict(files.nodes(mentee["track"]).select("node", "median").iter_rows()) if mentee else {}
    except StoreError:
        return None, None, {}
    return mentee, mentor, medians


class ManyPairs:
    """The same for many pairs of a board: each edition is read once."""

    def __init__(self) -> None:
        self._units: dict[str, dict[str, Row]] = {}
        self._medians: dict[tuple[str, str | None], dict[str, float | None]] = {}

    def __call__(self, pair: Pair, edition: Edition) -> Rows:
        """As ``read_pair`` answers."""
        units = self._of(edition)
        mentee, mentor = units.get(pair.mentee.code), units.get(pair.mentor.code)
        return mentee, mentor, self._medians[edition.hash, mentee["track"]] if mentee else {}

    def _of(self, edition: Edition) -> dict[str, Row]:
        if edition.hash not in self._units:
            try:
                files = files_of(edition)
                columns = [f"points.{code}" for code in dimension_codes(files.scheme)]
                frame = files.details().select("unit", "track", *columns).collect()
                for track in frame["track"].unique():
                    rows = files.nodes(track).select("node", "median").iter_rows()
                    self._medians[edition.hash, track] = dict(rows)
                self._units[edition.hash] = {row["unit"]: row for row in frame.iter_rows(named=True)}
            except StoreError:
                self._units[edition.hash] = {}
        return self._units[edition.hash]


def courses(pair: Pair, editions: list[Edition], read: Read = read_pair) -> list[Course]:
    """Every weak dimension of the pair over these editions."""
    scheme = files_of(pair.round.edition).scheme
    nodes = {node.code: node for node in scheme.tree.children}
    rows = [(edition, read(pair, edition)) for edition in editions]
    return [_course(pair, nodes[weak["dimension"]], rows) for weak in pair.reasons["weak"]]


def _course(pair: Pair, node: Node, rows: list[tuple[Edition, Rows]]) -> Course:
    method = pair.round.edition.scheme.hash
    readings = [
        Reading(
            edition.period,
            _points(mentee, node.code),
            _points(mentor, node.code),
            medians.get(node.code),
            edition.scheme.hash == method,
        )
        for edition, (mentee, mentor, medians) in rows
    ]
    start, gap, closed = gained(readings, pair.round.edition.period)
    full = node.cap.at_most if node.cap is not None else None
    return Course(node.code, in_language(node.name, node.name_en), full, readings, start, gap, closed)


def _points(row: dict[str, Any] | None, code: str) -> float | None:
    value: float | None = row.get(f"points.{code}") if row else None
    return value


def gained(readings: list[Reading], chosen: str) -> tuple[float | None, float | None, float | None]:
    """Start level, gap to the mentor at the start, and the share of the gap closed in the newest period.

    - start: the higher of the mentee's points in the period of choice and their mean in the two periods before, so that
      recovering from one bad period is no progress;
    - gap: the mentor's points in the period of choice − start; at most 0 means there is nothing to close;
    - closed: (points now − start − what the track's median gained meanwhile) / gap, brought into 0 … 1.

    None where a figure is missing, the method changed, or no period has passed.
    """
    at = next((i for i, reading in enumerate(readings) if reading.period == chosen), None)
    if at is None or readings[at].mentee is None:
        return None, None, None
    then = readings[at]
    past = [r.mentee for r in readings[max(0, at - PAST) : at] if r.mentee is not None and r.comparable]
    start = max([then.mentee or 0.0, *([sum(past) / len(past)] if past else [])])
    gap = None if then.mentor is None else then.mentor - start
    now = readings[-1]
    known = now.mentee is not None and now.median is not None and then.median is not None and now.comparable
    if at == len(readings) - 1 or gap is None or gap <= 0 or not known:
        return start, gap, None
    assert now.mentee is not None
    assert now.median is not None
    assert then.median is not None
    share = (now.mentee - start - (now.median - then.median)) / gap
    return start, gap, min(1.0, max(0.0, share))
