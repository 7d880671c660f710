"""Set a milestone of a plan 设置节点: new, changed, done or dropped."""

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs.models import Unit, User
from kanjian.pairing import policies
from kanjian.pairing.actions.write_plan import WRITABLE
from kanjian.pairing.models import Milestone, Pair
from kanjian.pairing.states import RoundError, locked_pair, require_state
from kanjian.steps import require_text


@dataclass(frozen=True, slots=True)
class Step:
    """What a milestone says. ``responsible``: mentee or mentor; ``role``: who there, by office."""

    dimension: str
    title: str
    responsible: str
    role: str
    planned: date
    forecast: date | None = None
    done: date | None = None
    cancelled: str = ""


@transaction.atomic
def set_milestone(pair: Pair, step: Step, *, milestone: Milestone | None = None, by: User | None) -> Milestone:
    """Make a milestone or change one; what it said before stays in the ledger.

    The planned day of a milestone never moves: that is what the forecast is for. Raises ``RoundError`` (title_missing,
    role_missing, dimension, responsible, future, planned_fixed, other_pair, pair_not_open), ``PermissionDenied``.
    """
    pair = locked_pair(pair)
    policies.require_work(by, pair)
    require_state(pair, *WRITABLE)
    title = require_text(step.title, RoundError("title_missing", _("请写明节点内容")))
    role = require_text(step.role, RoundError("role_missing", _("请写明责任人职务")))
    before = _checked(pair, step, milestone)
    row = milestone or Milestone(pair=pair)
    row.dimension, row.title, row.role = step.dimension, title[:120], role[:60]
    row.responsible, row.planned = _side(pair, step.responsible), step.planned
    row.forecast, row.done, row.cancelled = step.forecast, step.done, step.cancelled.strip()[:200]
    row.save()
    append_event(
        "pairing.set_milestone",
        f"pair:{pair.pk}",
        by=by,
        data={"before": before, "after": {"id": row.pk, **asdict(step)}},
    )
    return row


def _checked(pair: Pair, step: Step, milestone: Milestone | None) -> dict[str, object] | None:
    """What the milestone says now; refuses what does not fit."""
    if step.dimension not in {weak["dimension"] for weak in pair.reasons["weak"]}:
        raise RoundError("dimension", _("节点要对应这一对的短板维度"))
    if step.done is not None and step.done > timezone.localdate():
        raise RoundError("future", _("完成日不能晚于今天"))
    if milestone is None:
        return None
    if milestone.pair_id != pair.pk:
        raise RoundError("other_pair", _("这个节点属于另一对"))
    if milestone.planned != step.planned:
        raise RoundError("planned_fixed", _("计划日不能改，推迟请填预计日"))
    names = ("dimension", "title", "role", "planned", "forecast", "done", "cancelled")
    return {"id": milestone.pk, **{name: getattr(milestone, name) for name in names}}


def _side(pair: Pair, side: str) -> Unit:
    if side not in {"mentee", "mentor"}:
        raise RoundError("responsible", _("责任方是结对双方之一"))
    return pair.mentee if side == "mentee" else pair.mentor
