"""The working side of a board 榜单管理: where it stands, what comes next, who did what; for those who work on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards import needs, policies, words
from kanjian.boards.gathering import ranked_units
from kanjian.boards.inputs import Column, indicator_of, read_column
from kanjian.boards.models import Board, Edition, Objection, SchemeVersion
from kanjian.boards.selectors.editions import board_for, head
from kanjian.boards.selectors.methods import load
from kanjian.boards.selectors.shapes import EditionHead, in_language
from kanjian.calendars.periods import Period
from kanjian.ledger.models import Event
from kanjian.measures.models import Indicator, Value
from kanjian.measures.selectors import known_periods
from kanjian.orgs.models import User
from kanjian.scoring import Scheme

State = Edition.State
WAITING = (State.DRAFT, State.OBJECTION)
MOST_PERIODS = 24


def board_to_manage(user: policies.Person, code: str) -> Board:
    """The board: ``Http404`` when the person may not know of it, ``PermissionDenied`` when only the post is lacking."""
    board = board_for(user, code)
    if not policies.may_manage(user, board):
        raise PermissionDenied(_("榜单管理需要审核、方法或系统管理岗位"))
    return board


def edition_to_manage(board: Board, number: int) -> Edition:
    """An edition of the board with the people behind it; ``Http404`` when it is none of this board."""
    found = _editions(board).filter(pk=number).first()
    if found is None:
        raise Http404(f"no edition {number} of board {board.code!r}")
    return found


def _editions(board: Board) -> QuerySet[Edition]:
    related = ("board__root", "scheme", "release", "created_by", "published_by", "previous__scheme")
    return board.editions.select_related(*related)


@dataclass(frozen=True, slots=True)
class EditionLine:
    """One edition in the list: ``is_overtaken`` when a newer one of its period stands or waits."""

    head: EditionHead
    created_by: User | None
    created_at: datetime
    published_by: User | None
    is_overtaken: bool

    @property
    def waits(self) -> bool:
        """Whether a step is open."""
        return self.head.state in WAITING and not self.is_overtaken


def edition_lines(board: Board) -> list[EditionLine]:
    """All editions, newest period first, in a period newest first."""
    newest: set[str] = set()
    lines = []
    for edition in _editions(board).order_by("-period", "-created_at", "-id"):
        is_overtaken = edition.state in WAITING and edition.period in newest
        newest.add(edition.period)
        lines.append(
            EditionLine(head(edition), edition.created_by, edition.created_at, edition.published_by, is_overtaken)
        )
    return lines


def version_lines(board: Board) -> list[SchemeVersion]:
    """All versions, newest first, each with ``used``: how many editions stand on it."""
    return list(board.versions.select_related("created_by").annotate(used=Count("editions")))


def version_in_force(board: Board, period: str = "") -> SchemeVersion | None:
    """The newest version that may be used for the period; without one, the newest of all."""
    versions = list(board.versions.all())
    if not period:
        return versions[0] if versions else None
    start = Period.parse(period).start
    return next((each for each in versions if Period.parse(each.valid_from).start <= start), None)


def value_periods(board: Board) -> list[str]:
    """Periods with values of any indicator that the board's methods read, latest first."""
    schemes = [load(text) for text in board.versions.values_list("text", flat=True)]
    codes = {indicator_of(column) for scheme in schemes for column in scheme.inputs()}
    ids = list(Indicator.objects.filter(code__in=codes).values_list("pk", flat=True))
    found = (code for code in known_periods() if Value.objects.filter(period=code, indicator__in=ids).exists())
    return [code for code, _place in zip(found, range(MOST_PERIODS), strict=False)]


@dataclass(frozen=True, slots=True)
class InputCoverage:
    """What the cells of one column of the scheme say, over the units that the board ranks."""

    code: str
    label: str
    period: str
    is_registered: bool
    units: int
    present: int
    missing: int
    not_applicable: int

    @property
    def silent(self) -> int:
        """Units without a cell."""
        return self.units - self.present - self.missing - self.not_applicable

    @property
    def share(self) -> float | None:
        """Present among the units to which it applies, 0..1."""
        applicable = self.units - self.not_applicable
        return self.present / applicable if applicable > 0 else None


@dataclass(frozen=True, slots=True)
class PeriodCoverage:
    """How complete a period is before it is frozen."""

    period: str
    units: int
    inputs: list[InputCoverage]

    @property
    def share(self) -> float | None:
        """Present cells among those that apply, over all columns, 0..1."""
        applicable = sum(each.units - each.not_applicable for each in self.inputs)
        return sum(each.present for each in self.inputs) / applicable if applicable else None

    @property
    def gaps(self) -> list[InputCoverage]:
        """Columns that are not complete, the emptiest first."""
        return sorted((each for each in self.inputs if each.share != 1.0), key=lambda each: each.share or 0.0)


def coverage(board: Board, scheme: Scheme, period: str) -> PeriodCoverage:
    """Per column that the scheme reads: how many of the board's units have a value, as of the period's last day."""
    stretch = Period.parse(period)
    units = ranked_units(board, stretch.end)
    wanted = list(dict.fromkeys(read_column(column, stretch) for column in scheme.inputs()))
    known = {each.code: each for each in Indicator.objects.filter(code__in={column.indicator for column in wanted})}
    counts = _counts(units, wanted)
    total = units.count()
    return PeriodCoverage(stretch.code, total, [_covered(column, known, counts, total) for column in wanted])


def _counts(units: QuerySet, wanted: list[Column]) -> dict[tuple[str, str, str], int]:  # type: ignore[type-arg]
    """(indicator, period, status) → cells of the units."""
    cells = Value.objects.filter(
        period__in={column.period for column in wanted},
        indicator__code__in={column.indicator for column in wanted},
        unit__in=units.order_by(),
    )
    rows = cells.order_by().values_list("indicator__code", "period", "status").annotate(number=Count("pk"))
    return {(code, period, status): number for code, period, status, number in rows}


def _covered(
    column: Column, known: dict[str, Indicator], counts: dict[tuple[str, str, str], int], units: int
) -> InputCoverage:
    indicator = known.get(column.indicator)

    def number(status: str) -> int:
        return counts.get((column.indicator, column.period, status), 0)

    return InputCoverage(
        code=column.indicator,
        label=in_language(indicator.name, indicator.name_en) if indicator else column.indicator,
        period=column.period,
        is_registered=indicator is not None,
        units=units,
        present=number(Value.Status.PRESENT),
        missing=number(Value.Status.MISSING),
        not_applicable=number(Value.Status.NOT_APPLICABLE),
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """What a board still needs before its next edition; counts of today."""

    units: int
    version: SchemeVersion | None
    missing_indicators: list[str]
    periods: list[str]
    waiting: list[EditionLine]
    to_compute: str  # the newest period that has values and no edition

    @property
    def step(self) -> str:
        """The next step: units | version | indicators | values | review | compute | done."""
        needed = (
            ("units", not self.units),
            ("version", self.version is None),
            ("indicators", bool(self.missing_indicators)),
            ("values", not self.periods),
            ("review", bool(self.waiting)),
            ("compute", bool(self.to_compute)),
        )
        return next((step for step, is_open in needed if is_open), "done")


def desk(board: Board, lines: list[EditionLine]) -> Desk:
    """Where the board stands today."""
    version = version_in_force(board)
    periods = value_periods(board) if version else []
    newest = periods[0] if periods else ""
    return Desk(
        units=ranked_units(board, timezone.localdate()).count(),
        version=version,
        missing_indicators=[each.code for each in needs.missing(load(version.text))] if version else [],
        periods=periods,
        waiting=[line for line in lines if line.waits],
        to_compute=newest if newest and all(line.head.period != newest for line in lines) else "",
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the board's history 大事记."""

    at: datetime
    actor: str
    words: str
    edition: int | None


def events_of(board: Board) -> QuerySet[Event]:
    """Events of the board, its releases, editions, objections and staged sets, newest first."""
    subjects = [f"board:{board.code}"]
    subjects += [f"release:{pk}" for pk in board.releases.values_list("pk", flat=True)]
    subjects += [f"edition:{pk}" for pk in board.editions.values_list("pk", flat=True)]
    subjects += [f"staged:{pk}" for pk in board.staged_sets.values_list("pk", flat=True)]
    objections = Objection.objects.filter(edition__board=board)
    subjects += [f"objection:{pk}" for pk in objections.values_list("pk", flat=True)]
    return Event.objects.filter(subject__in=subjects).order_by("-sequence")


def entries(board: Board, events: list[Event]) -> Iterator[Entry]:
    """The events in words, with the names of the people."""
    people = {person.username: str(person) for person in User.objects.filter(username__in={e.actor for e in events})}
    periods = dict(board.editions.values_list("pk", "period"))
    for event in events:
        kind, _colon, number = event.subject.partition(":")
        edition = int(number) if kind == "edition" else None
        data = {"period": periods.get(edition or 0, ""), "number": number, **event.data}
        actor = people.get(event.actor) or (_("系统") if event.actor == "system" else event.actor)
        yield Entry(event.at, actor, words.event(event.verb, data), edition)
