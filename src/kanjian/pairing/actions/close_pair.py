"""End a pair 结束结对."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.pairing import policies
from kanjian.pairing.models import Pair, Round
from kanjian.pairing.states import RoundError, locked_pair, require_pair
from kanjian.steps import require_text


@transaction.atomic
def close_pair(pair: Pair, outcome: str, *, note: str, by: User | None) -> Pair:
    """A running pair ends, with how and why; an evaluated round whose last pair ends is closed.

    Raises ``RoundError`` (outcome, reason_missing, illegal_transition), ``PermissionDenied``.
    """
    pair = locked_pair(pair)
    policies.require_lead(by, pair.round.organiser)
    require_pair(pair, Pair.State.CLOSED)
    if outcome not in Pair.Outcome.values:
        raise RoundError("outcome", _("请选择结束方式"))
    pair.closing_note = require_text(note, RoundError("reason_missing", _("结束结对必须写明理由")))[:200]
    pair.state, pair.outcome, pair.closed_on = Pair.State.CLOSED, outcome, timezone.localdate()
    pair.save(update_fields=["state", "outcome", "closed_on", "closing_note"])
    found = pair.round
    if found.state == Round.State.EVALUATED and not found.pairs.filter(state=Pair.State.RUNNING).exists():
        found.state, found.closed_at, found.closing_reason = Round.State.CLOSED, timezone.now(), _("各对均已结束")
        found.save(update_fields=["state", "closed_at", "closing_reason"])
    append_event("pairing.close_pair", f"pair:{pair.pk}", by=by, data={"outcome": outcome, "note": note})
    return pair
