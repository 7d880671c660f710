"""One pair as its page shows it 一对: plan, milestones, visits, progress."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.charts import History, Line
from kanjian.ledger.models import Event
from kanjian.orgs.models import User
from kanjian.pairing import words
from kanjian.pairing.models import Milestone, Pair
from kanjian.pairing.progress import Course, courses, editions_around
from kanjian.pairing.selectors.rounds import dimension_labels, label, scheme_of

SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone with its light."""

    milestone: Milestone
    dimension: str
    responsible: str
    colour: str
    light: str


def steps(pair: Pair) -> list[Step]:
    """All milestones of the plan, by planned day."""
    labels = dimension_labels(scheme_of(pair.round))
    rows = pair.milestones.select_related("responsible")
    return [
        Step(row, labels.get(row.dimension, row.dimension), label(row.responsible), *light(row, timezone.localdate()))
        for row in rows
    ]


def light(row: Milestone, today: date) -> tuple[str, str]:
    """Colour and word of a milestone: done, late, will be late, soon, as planned, dropped."""
    if row.cancelled:
        return "grey", _("已取消")
    if row.done is not None:
        late = (row.done - row.planned).days
        return "blue", _("完成，晚 %(days)s 天") % {"days": late} if late > 0 else _("按时完成")
    if row.planned < today:
        return "red", _("逾期 %(days)s 天") % {"days": (today - row.planned).days}
    if row.forecast is not None and row.forecast > row.planned:
        return "yellow", _("预计晚 %(days)s 天") % {"days": (row.forecast - row.planned).days}
    return ("yellow", _("即将到期")) if row.planned - today <= SOON else ("green", _("正常"))


@dataclass(frozen=True, slots=True)
class Progress:
    """A weak dimension with its picture."""

    course: Course
    chart: History


def progress(pair: Pair) -> list[Progress]:
    """Mentee, mentor and median of the track in every weak dimension, over the published editions."""
    return [Progress(course, _chart(pair, course)) for course in courses(pair, editions_around(pair.round))]


def _chart(pair: Pair, course: Course) -> History:
    readings = course.readings
    breaks = [i for i in range(1, len(readings)) if readings[i].comparable != readings[i - 1].comparable]
    return History(
        [reading.period for reading in readings],
        [
            Line(label(pair.mentee), [reading.mentee for reading in readings], "unit"),
            Line(label(pair.mentor), [reading.mentor for reading in readings], "best"),
            Line(_("赛道中位"), [reading.median for reading in readings], "median"),
        ],
        breaks=breaks,
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to the pair."""

    at: object
    who: str
    what: str
    why: str


def entries(pair: Pair, count: int = 12) -> list[Entry]:
    """The pair's own events, newest first, with the names of the people."""
    events = list(Event.objects.filter(subject=f"pair:{pair.pk}").order_by("-sequence")[:count])
    people = {person.username: str(person) for person in User.objects.filter(username__in={e.actor for e in events})}
    return [
        Entry(
            event.at,
            people.get(event.actor) or (_("系统") if event.actor == "system" else event.actor),
            words.event(event.verb),
            str(event.data.get("reason") or event.data.get("note") or ""),
        )
        for event in events
    ]
