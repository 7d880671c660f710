"""Record a visit 记走访."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.pairing import policies
from kanjian.pairing.models import Pair, Visit
from kanjian.pairing.states import RoundError, locked_pair, require_state
from kanjian.steps import require_text


@transaction.atomic
def record_visit(
    pair: Pair, *, day: date, people: str, work: str, findings: str = "", next_step: str = "", by: User | None
) -> Visit:
    """What one meeting of both sides brought; ``people`` by office. Visits are counted nowhere and earn nothing.

    Raises ``RoundError`` (people_missing, work_missing, future, too_soon, pair_not_open), ``PermissionDenied``.
    """
    pair = locked_pair(pair)
    policies.require_work(by, pair)
    require_state(pair, Pair.State.RUNNING)
    if day > timezone.localdate():
        raise RoundError("future", _("走访日不能晚于今天"))
    if pair.round.starts_on is not None and day < pair.round.starts_on:
        raise RoundError("too_soon", _("走访日早于结对开始日 %(day)s") % {"day": pair.round.starts_on})
    visit = Visit.objects.create(
        pair=pair,
        day=day,
        people=require_text(people, RoundError("people_missing", _("请写明参加人员（写职务，不写姓名）")))[:200],
        work=require_text(work, RoundError("work_missing", _("请写明做了什么"))),
        findings=findings.strip(),
        next_step=next_step.strip(),
        recorded_by=by,
    )
    append_event("pairing.record_visit", f"pair:{pair.pk}", by=by, data={"visit": visit.pk, "day": day})
    return visit
