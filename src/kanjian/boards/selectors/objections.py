"""Objections as pages and the interface show them 异议: the list, one with its record, what its effect would be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from kanjian.boards import objection_policies as who
from kanjian.boards import policies
from kanjian.boards.actions.staging.common import in_force
from kanjian.boards.changes import Changes
from kanjian.boards.effects import Effect, effect
from kanjian.boards.models import Board, Edition, Objection, ObjectionStep
from kanjian.boards.objection_states import DECIDED, MOVES, UNDECIDED, may_move
from kanjian.boards.selectors.editions import edition_for, files_of, readable
from kanjian.boards.selectors.shapes import Named, in_language
from kanjian.boards.states import REPLACEABLE
from kanjian.boards.store.folders import StoreError
from kanjian.orgs.models import Unit, User

RELATED = ("edition__board__root", "edition__scheme", "edition__release", "unit", "assignee", "filed_by", "decided_by")


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """One objection as everybody may read it once it is decided: no grounds, no names of persons."""

    number: int
    period: str
    unit: Named
    kind: str
    node: str
    state: str
    second_review: bool
    filed_on: date
    due_on: date
    provisional: str  # years whose holidays were not known when the day was set
    decided_on: date | None
    late: bool | None
    reason: str
    answer: str


def line(objection: Objection) -> ObjectionLine:
    """The public part; the answer only once there is one that stands."""
    is_decided = objection.state in DECIDED
    return ObjectionLine(
        number=objection.pk,
        period=objection.edition.period,
        unit=Named(objection.unit.code, objection.unit.name, objection.unit.name_en),
        kind=objection.kind,
        node=objection.node,
        state=objection.state,
        second_review=objection.round > 1,
        filed_on=timezone.localdate(objection.filed_at),
        due_on=objection.due_on,
        provisional=objection.due_provisional,
        decided_on=timezone.localdate(objection.decided_at) if is_decided and objection.decided_at else None,
        late=objection.is_late,
        reason=objection.reason if is_decided else "",
        answer=objection.answer if is_decided else "",
    )


def lines(user: policies.Person, edition: Edition) -> list[ObjectionLine]:
    """All objections to the board's period that the person may know of, newest first."""
    found = who.visible_objections(user, edition).select_related("edition", "unit")
    return [line(objection) for objection in found.order_by("-filed_at", "-pk")]


def rows(user: policies.Person, edition: Edition) -> QuerySet[Objection]:
    """The same as rows, for the page."""
    return who.visible_objections(user, edition).select_related(*RELATED).order_by("-filed_at", "-pk")


def objection_for(user: policies.Person, code: str, number: int) -> Objection:
    """The objection; ``Http404`` when there is none on the board or the person may not know of it."""
    found = Objection.objects.select_related(*RELATED).filter(pk=number, edition__board__code=code).first()
    if found is None or not who.may_see(user, found):
        raise Http404(f"no objection {number}")
    return found


def steps_of(objection: Objection) -> list[ObjectionStep]:
    """The record, oldest first."""
    return list(objection.steps.select_related("by"))


def available(user: policies.Person, objection: Objection) -> set[str]:
    """Verbs that the table allows now and the person may take."""
    board = objection.edition.board
    mine, publisher = who.is_assignee(user, objection), policies.may_publish(user, board)
    party = who.stands_for(user, objection.unit, board)
    groups = {
        "accept": mine,
        "dismiss": mine,
        "ask": mine,
        "review": mine,
        "uphold": mine,
        "answer": party,
        "withdraw": party,
        "appeal": party and _may_appeal(objection),
        "close": (mine or publisher) and _may_close(objection),
    }
    found = {verb for verb, allowed in groups.items() if allowed and may_move(objection.state, verb)}
    if publisher and objection.state in UNDECIDED:
        found.add("assign")
    return found


def _may_appeal(objection: Objection) -> bool:
    until = objection.appeal_until
    return objection.round == 1 and until is not None and timezone.localdate() <= until


def _may_close(objection: Objection) -> bool:
    return objection.kind == Objection.Kind.METHOD or objection.state not in MOVES["apply"].sources


def ground(objection: Objection) -> Edition:
    """The edition that a decision would correct: the one in force for the period, else the one objected to."""
    if objection.edition.state in REPLACEABLE:
        return objection.edition
    return in_force(objection.edition.board_id, objection.edition.period) or objection.edition


def edition_to_object(user: policies.Person, code: str, period: str) -> Edition:
    """The edition of a period that takes objections now, else the valid one; ``Http404`` when there is none."""
    waiting = readable(user).filter(board__code=code, period=period, state=Edition.State.OBJECTION).order_by("-pk")
    return next((each for each in waiting if who.is_window_open(each)), None) or edition_for(user, code, period)


def effect_of(objection: Objection) -> Effect | None:
    """What would change if it were upheld (or: as it was upheld); None where nothing can be computed from it."""
    changes = Changes.from_json(objection.decided if objection.decided is not None else objection.changes)
    if not changes:
        return None
    try:
        return effect(settings.HOME, ground(objection).hash, changes)
    except StoreError:  # the health check names the files that are gone
        return None


def node_labels(edition: Edition) -> dict[str, str]:
    """Code → what an indicator or a veto is called in the reader's language; empty when its files are gone."""
    try:
        scheme = files_of(edition).scheme
    except StoreError:
        return {}
    names = {veto.code: (veto.name, veto.name_en) for node in scheme.nodes() for veto in node.vetoes}
    names |= {node.code: (node.name, node.name_en) for node in scheme.nodes()}
    return {code: in_language(*both) or code for code, both in names.items()}


def may_object(user: policies.Person, edition: Edition, unit: str) -> bool:
    """Whether the person may object for the unit now; nobody who is not signed in costs a query."""
    if not isinstance(user, User):
        return False
    if not who.is_window_open(edition):
        waiting = Edition.objects.filter(board=edition.board_id, period=edition.period, state=Edition.State.OBJECTION)
        if not any(who.is_window_open(each) for each in waiting):
            return False
    found = Unit.objects.filter(code=unit).first()
    return found is not None and who.stands_for(user, found, edition.board)


def units_to_object_for(user: policies.Person, edition: Edition, count: int = 20) -> list[Unit]:
    """Units of the edition that the person may object for, while its window is open."""
    if not who.is_window_open(edition) or not isinstance(user, User):
        return []
    own = who.spoken_for(user, edition.board).filter(kind=edition.board.unit_kind).order_by("code")[: count * 2]
    files = files_of(edition)
    return [unit for unit in own if files.position(unit.code) is not None][:count]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something about objections or publication that waits for a person: what, until when, where."""

    kind: str  # review | answer | answered | assign | confirm
    board: Board
    number: int
    label: str
    due: date | None = None
    at: datetime | None = None


def waiting_for(user: User) -> Iterator[Waiting]:
    """Objections that wait for the person: to review, to answer, to read the answer to, to give to a reviewer."""
    open_ones = Objection.objects.select_related("edition__board__root", "unit")
    for each in open_ones.filter(assignee=user, state__in=UNDECIDED).exclude(state=Objection.State.ASKED):
        yield Waiting("review", each.edition.board, each.pk, str(each.unit), each.due_on)
    filed = open_ones.filter(filed_by=user)
    for each in filed.filter(state=Objection.State.ASKED):
        yield Waiting("answer", each.edition.board, each.pk, str(each.unit), each.due_on)
    for each in filed.filter(appeal_until__gte=timezone.localdate(), state__in=MOVES["appeal"].sources):
        yield Waiting("answered", each.edition.board, each.pk, str(each.unit), each.appeal_until)
    for each in open_ones.filter(assignee=None, state__in=UNDECIDED):
        if policies.may_publish(user, each.edition.board):
            yield Waiting("assign", each.edition.board, each.pk, str(each.unit), each.due_on)
