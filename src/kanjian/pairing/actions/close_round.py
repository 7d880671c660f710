"""Close a round early 结束一轮."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.pairing import policies
from kanjian.pairing.models import Pair, Round
from kanjian.pairing.states import RoundError, locked_round, require_round
from kanjian.steps import require_text


@transaction.atomic
def close_round(found: Round, *, reason: str, by: User | None) -> Round:
    """Nothing of the round goes on: proposals lapse, running pairs are stopped.

    Raises ``RoundError`` (reason_missing, illegal_transition), ``PermissionDenied``.
    """
    found = locked_round(found)
    policies.require_lead(by, found.organiser)
    require_round(found, Round.State.CLOSED)
    reason = require_text(reason, RoundError("reason_missing", _("结束一轮必须写明理由")))
    today, note = timezone.localdate(), reason[:200]
    waiting = found.pairs.filter(state__in=(Pair.State.PROPOSED, Pair.State.AGREED))
    lapsed = waiting.update(state=Pair.State.LAPSED, closed_on=today, closing_note=note)
    stopped = found.pairs.filter(state=Pair.State.RUNNING).update(
        state=Pair.State.CLOSED, outcome=Pair.Outcome.STOPPED, closed_on=today, closing_note=note
    )
    found.state, found.closed_at, found.closing_reason = Round.State.CLOSED, timezone.now(), note
    found.save(update_fields=["state", "closed_at", "closing_reason"])
    data = {"reason": reason, "lapsed": lapsed, "stopped": stopped}
    append_event("pairing.close_round", f"round:{found.pk}", by=by, data=data)
    return found
