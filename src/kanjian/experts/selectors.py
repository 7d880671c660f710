"""Reads for the pages of panels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from kanjian.experts import policies
from kanjian.experts.asking import Pair, Part, pairs_of, parts_of
from kanjian.experts.models import Expert, Panel
from kanjian.experts.results import Standing, standing
from kanjian.experts.states import State, takes_answers
from kanjian.orgs.models import User
from kanjian.scoring import Scheme


@dataclass(frozen=True, slots=True)
class Line:
    """One panel in the list, with what the reader has to do there."""

    panel: Panel
    runs: bool
    seat: Expert | None

    @property
    def waits_for_me(self) -> bool:
        """Whether the reader's own answer is wanted."""
        return self.seat is not None and self.seat.submitted_at is None and takes_answers(self.panel)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One part in the result: the share it has now and the one the group gives it; shares of 1."""

    part: Part
    label: str
    given: float
    spread: float

    @property
    def change(self) -> float:
        """Percentage points that the group would move it."""
        return 100 * (self.given - self.part.share)


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits on the panel and how the answer stands; never what was answered."""

    name: str
    username: str
    influence: float
    submitted_at: datetime | None
    state: Standing
    note: str


@dataclass(frozen=True, slots=True)
class Question:
    """One comparison with its answer: 3 means that left is three times as important."""

    pair: Pair
    left: str
    right: str
    answer: float | None


def lines(user: User) -> list[Line]:
    """Panels that the person may open, newest first."""
    running = set(policies.run_by(user).values_list("pk", flat=True))
    seats = {seat.panel_id: seat for seat in Expert.objects.filter(user=user)}
    found = policies.visible_to(user).select_related("board", "version")
    return [Line(panel, panel.pk in running, seats.get(panel.pk)) for panel in found]


def waiting(user: User) -> list[Panel]:
    """Panels that wait for the person's answer, most urgent first."""
    open_ones = policies.asked(user).filter(state=State.OPEN, experts__user=user, experts__submitted_at__isnull=True)
    return [panel for panel in open_ones.order_by("closes_on").distinct() if takes_answers(panel)]


def parts(panel: Panel) -> list[Part]:
    """What the panel weighs."""
    return parts_of(Scheme.load(panel.version.text), panel.node)


def node_label(panel: Panel) -> str:
    """Name of the node in the reader's language."""
    node = Scheme.load(panel.version.text).node(panel.node)
    return _name(node.name or node.code, node.name_en)


def label(part: Part) -> str:
    """Name of a part in the reader's language."""
    return _name(part.name, part.name_en)


def seats(panel: Panel) -> list[Seat]:
    """Everybody on the panel; for those who run it."""
    weighed = parts(panel)
    return [
        Seat(
            str(seat.user),
            seat.user.username,
            seat.influence,
            seat.submitted_at,
            standing(panel.method, weighed, seat.answers) if seat.submitted_at else Standing(0),
            seat.note,
        )
        for seat in panel.experts.select_related("user")
    ]


def result(panel: Panel) -> list[Weighed]:
    """The group's weights beside the present ones; empty while the panel is not closed."""
    if not panel.result:
        return []
    given, spread = panel.result["weights"], panel.result["spread"]
    return [Weighed(part, label(part), given[part.code], spread[part.code]) for part in parts(panel)]


def questions(seat: Expert, weighed: Sequence[Part]) -> list[Question]:
    """The comparisons with the answers given so far."""
    return [
        Question(pair, label(pair.left), label(pair.right), seat.answers.get(pair.key))
        for pair in pairs_of(list(weighed))
    ]


def _name(name: str, name_en: str) -> str:
    return name_en if (get_language() or "").startswith("en") and name_en else name
