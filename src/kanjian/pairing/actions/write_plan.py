"""Write the joint plan of a pair 共同计划."""

from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.pairing import policies
from kanjian.pairing.models import Pair
from kanjian.pairing.states import RoundError, locked_pair, require_state
from kanjian.steps import require_text

WRITABLE = (Pair.State.PROPOSED, Pair.State.AGREED, Pair.State.RUNNING)


@transaction.atomic
def write_plan(pair: Pair, text: str, *, by: User | None) -> Pair:
    """What both sides want to reach together, in plain words; the text before stays in the ledger.

    Raises ``RoundError`` (text_missing, pair_not_open), ``PermissionDenied``.
    """
    pair = locked_pair(pair)
    policies.require_work(by, pair)
    require_state(pair, *WRITABLE)
    before = pair.plan
    pair.plan = require_text(text, RoundError("text_missing", _("请写明共同目标")))
    pair.save(update_fields=["plan"])
    append_event("pairing.write_plan", f"pair:{pair.pk}", by=by, data={"before": before, "after": pair.plan})
    return pair
