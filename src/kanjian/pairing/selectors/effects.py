"""The evaluation of a round as its page shows it 成效."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kanjian.charts import History, Line
from kanjian.pairing import words
from kanjian.pairing.evaluating import SCORE, evaluate
from kanjian.pairing.models import Round
from kanjian.pairing.selectors.rounds import dimension_labels, scheme_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome with its interval and tests, in words."""

    label: str
    data: dict[str, Any]

    @property
    def verdict(self) -> str:
        """What the interval says."""
        return words.verdict(self.data["verdict"])


@dataclass(frozen=True, slots=True)
class Page:
    """The answer: a status in words when there is no number, else outcomes, cautions and a course."""

    status: str
    why_not: str
    first: Outcome | None
    others: list[Outcome]
    cautions: list[str]
    chart: History | None
    course: list[dict[str, Any]]
    chosen: str
    is_stored: bool


def effect_page(found: Round) -> Page:
    """The stored answer of an evaluated round; before, what an evaluation would say now."""
    data: dict[str, Any] = found.effect or evaluate(found).stored()
    labels = {SCORE: _("总分"), **dimension_labels(scheme_of(found))}
    outcomes = [Outcome(labels.get(each["outcome"], each["outcome"]), each) for each in data["outcomes"]]
    if data["status"] != "ok":
        return Page(
            data["status"], words.status(data["status"]), None, [], [], None, [], data["chosen"], bool(found.effect)
        )
    first = outcomes[0]
    course = first.data["course"]
    chart = History(
        [row["period"] for row in course],
        [
            Line(_("结对单位"), [row["paired"] for row in course], "unit"),
            Line(_("相近的未结对单位"), [row["controls"] for row in course], "median"),
        ],
    )
    known = [each for each in outcomes[1:] if each.data["status"] == "ok"]
    said = words.cautions(first.data["cautions"])
    return Page("ok", "", first, known, said, chart, course, data["chosen"], bool(found.effect))
