"""What the API gives about rounds and pairs 结对接口数据结构."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from ninja import Schema

from kanjian.orgs.models import Unit
from kanjian.pairing.models import Milestone, Pair, Round, Visit
from kanjian.pairing.selectors.pairs import light


class UnitOut(Schema):
    """A unit by code and names."""

    code: str
    name: str
    name_en: str

    @classmethod
    def of(cls, unit: Unit) -> "UnitOut":
        """From the row."""
        return cls(code=unit.code, name=unit.name, name_en=unit.name_en)


class RoundOut(Schema):
    """One round; ``pairs`` and ``agreed`` count all that stand in it, also those the caller may not see."""

    number: int
    board: str
    edition: int
    period: str
    organiser: UnitOut
    state: str
    is_public: bool
    starts_on: date | None
    created_at: datetime
    evaluated_at: datetime | None
    closed_at: datetime | None
    closing_reason: str
    result_hash: str
    pairs: int
    agreed: int

    @classmethod
    def of(cls, row: Round) -> "RoundOut":
        """From the row with the counts that ``selectors.rounds.rounds`` annotates."""
        counted = vars(row)
        same = ("state", "is_public", "starts_on", "created_at", "evaluated_at", "closed_at", "closing_reason")
        return cls(
            number=row.pk,
            board=row.board.code,
            edition=row.edition_id,
            period=row.edition.period,
            organiser=UnitOut.of(row.organiser),
            result_hash=row.result_hash,
            pairs=counted["standing"],
            agreed=counted["agreed"],
            **{name: getattr(row, name) for name in same},
        )


class RoundPage(Schema):
    """Some rounds, newest first."""

    total: int
    page: int
    pages: int
    rounds: list[RoundOut]


class WeakOut(Schema):
    """One weak dimension of the mentee, in points; ``covered``: 1 where the mentor is clearly strong, 0 where not."""

    dimension: str
    mentee: float
    mentor: float | None
    median: float
    covered: float


class PairOut(Schema):
    """Two units and why: ``cost`` = ``distance`` + ``endowment`` + ``need``, each 0 to 1; ``km`` as the crow flies.

    ``said_yes``: sides that agreed, without the persons. ``shared``, ``different``: attributes by code.
    """

    number: int
    round: int
    mentee: UnitOut
    mentor: UnitOut
    track: str
    state: str
    cost: float
    distance: float
    endowment: float
    need: float
    km: float | None
    weak: list[WeakOut]
    shared: list[str]
    different: str
    fixed: bool
    changed_by_hand: str
    said_yes: list[str]
    agreed_on: date | None
    closed_on: date | None
    outcome: str
    closing_note: str

    @classmethod
    def of(cls, row: Pair) -> "PairOut":
        """From the row, with its units and confirmations."""
        return cls(**_told(row))


class MilestoneOut(Schema):
    """A step of the joint plan.

    ``light``: blue done, green as planned, yellow soon or expected to be late, red late, grey dropped.
    """

    dimension: str
    title: str
    responsible: str
    role: str
    planned: date
    forecast: date | None
    done: date | None
    cancelled: str
    light: str

    @classmethod
    def of(cls, row: Milestone) -> "MilestoneOut":
        """From the row."""
        same = ("dimension", "title", "role", "planned", "forecast", "done", "cancelled")
        colour, _word = light(row, timezone.localdate())
        return cls(responsible=row.responsible.code, light=colour, **{name: getattr(row, name) for name in same})


class VisitOut(Schema):
    """What one meeting of both sides brought; who recorded it is told on the pages, not to machines."""

    day: date
    people: str
    work: str
    findings: str
    next_step: str

    @classmethod
    def of(cls, row: Visit) -> "VisitOut":
        """From the row."""
        return cls(**{name: getattr(row, name) for name in ("day", "people", "work", "findings", "next_step")})


class PlanOut(Schema):
    """What both sides want, do and did."""

    goal: str
    milestones: list[MilestoneOut]
    visits: list[VisitOut]

    @classmethod
    def of(cls, row: Pair) -> "PlanOut":
        """From the pair."""
        milestones = [MilestoneOut.of(each) for each in row.milestones.select_related("responsible")]
        return cls(goal=row.plan, milestones=milestones, visits=[VisitOut.of(each) for each in row.visits.all()])


class PairDetail(PairOut):
    """A pair with its plan; null for those who may read the agreed pair of a public round and no more."""

    plan: PlanOut | None

    @classmethod
    def with_plan(cls, row: Pair, plan: PlanOut | None) -> "PairDetail":
        """From the row."""
        return cls(plan=plan, **_told(row))


class PairPage(Schema):
    """Some pairs of a round, by track and the mentee's code."""

    total: int
    page: int
    pages: int
    pairs: list[PairOut]


def _told(row: Pair) -> dict[str, Any]:
    same = ("track", "state", "cost", "distance", "endowment", "need", "km", "fixed", "changed_by_hand")
    ended = ("agreed_on", "closed_on", "outcome", "closing_note")
    different = row.reasons["different"]
    return {
        "number": row.pk,
        "round": row.round_id,
        "mentee": UnitOut.of(row.mentee),
        "mentor": UnitOut.of(row.mentor),
        "weak": [WeakOut(**each) for each in row.reasons["weak"]],
        "shared": row.reasons["shared"],
        "different": different["attribute"] if different else "",
        "said_yes": [each.side for each in row.confirmations.all()],
        **{name: getattr(row, name) for name in (*same, *ended)},
    }
