"""Pairing in the sample city 样例结对: a round that has run its two periods, and a fresh proposal.

Everything through the ordinary actions, by the system itself. What the effect turns out to be is whatever the drawn
values say: nothing was added to the villages that were paired.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from kanjian.boards.models import Board
from kanjian.calendars.periods import Period
from kanjian.demo.publishing import published
from kanjian.demo.tables import code_of
from kanjian.orgs.models import Unit
from kanjian.pairing import actions
from kanjian.pairing.endowments import usual
from kanjian.pairing.models import Confirmation, Pair, Round
from kanjian.pairing.parameters import Parameters

EARLIER, NEWEST = "2026-Q1", "2026-Q3"
MARK = "湖组帮（样例）"
INCOME = "B1"
KNOWN = ("population", "area_km2", "cropland_mu", "forest_mu", "distance_km", "terrain", "industry")
# Pairs of the earlier round that show a worked-out plan; the others have none, as in life.
PLANNED = 6
AHEAD = 7  # days between agreement and start
STEPS = (
    ("两村党组织书记对照体检报告，找准短板", "村党组织书记", 20),
    ("跟班学习一周，带回可照做的清单", "村委会副主任", 60),
    ("按清单整改，请帮带村现场看一遍", "网格长", 120),
    ("回头看：短板指标是否回到赛道中位", "村党组织书记", 200),
)
VISITS = (
    (
        *(18, "两村书记、乡镇驻村干部", "对照体检报告逐项过短板，商定先做两件事。"),
        *("办事流程靠人记，换人就断。", "把流程写成一页纸贴在窗口。"),
    ),
    (74, "受帮村网格长、帮带村便民服务员", "在帮带村窗口跟班三天。", "", "回村试行一个月后再看。"),
)


def load_pairing(board: Board) -> None:
    """The two rounds, each made once; a round that was cut off half-way is finished by the next run."""
    organiser = Unit.objects.filter(code=code_of("D01")).first()
    if organiser is None:
        return
    earlier, newest = published(board, EARLIER), published(board, NEWEST)
    if earlier is not None:
        _earlier(_round(board, EARLIER, organiser))
    if newest is not None:
        _round(board, NEWEST, organiser)


def _round(board: Board, period: str, organiser: Unit) -> Round:
    edition = published(board, period)
    assert edition is not None
    standing = Round.objects.filter(board=board, edition__period=period, organiser=organiser).order_by("pk").first()
    if standing is not None:
        return standing
    parameters = Parameters(endowments=usual(KNOWN, INCOME))
    return actions.propose_round(edition, parameters, organiser=organiser, by=None)


def _earlier(found: Round) -> None:
    """Agree, start on the first day of the next quarter, plan, visit; left open for somebody to evaluate."""
    if found.state in {Round.State.PROPOSED, Round.State.AGREED}:
        start = Period.parse(EARLIER).next().start
        _agree(found, start - timedelta(days=AHEAD))
        found = actions.start_round(found, mark=MARK, day=start, by=None)
    if found.state != Round.State.RUNNING or found.starts_on is None:
        return
    running = found.pairs.filter(state=Pair.State.RUNNING).order_by("track", "mentee__code")
    for pair in running[:PLANNED]:
        _plan(pair, found.starts_on)


@transaction.atomic  # several hundred small steps: one commit
def _agree(found: Round, day: date) -> None:
    for pair in found.pairs.filter(state=Pair.State.PROPOSED).prefetch_related("confirmations"):
        said = {each.side for each in pair.confirmations.all()}
        for side in Confirmation.Side.values:
            if side not in said:
                actions.agree(pair, side, day=day, by=None)


def _plan(pair: Pair, start: date) -> None:
    today = timezone.localdate()
    weak = [each["dimension"] for each in pair.reasons["weak"]]
    if not pair.plan:
        actions.write_plan(pair, "两期之内，把最弱的维度拉回赛道中位；做法能留得住，不靠突击。", by=None)
    if weak and not pair.milestones.exists():
        for number, (title, role, days) in enumerate(STEPS):
            planned = start + timedelta(days=days)
            late = timedelta(days=9 if number == 1 else 0)
            done = planned + late if number < 3 and planned + late <= today else None
            side = "mentor" if number == 0 else "mentee"
            step = actions.Step(weak[number % len(weak)], title, side, role, planned)
            row = actions.set_milestone(pair, step, by=None)
            if done is not None:
                actions.set_milestone(
                    pair, actions.Step(row.dimension, title, side, role, planned, done=done), milestone=row, by=None
                )
    if not pair.visits.exists():
        for days, people, work, findings, next_step in VISITS:
            day = start + timedelta(days=days)
            if day <= today:
                actions.record_visit(
                    pair, day=day, people=people, work=work, findings=findings, next_step=next_step, by=None
                )
