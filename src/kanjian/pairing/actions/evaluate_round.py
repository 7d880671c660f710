"""Evaluate a round 评估成效."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.pairing import policies
from kanjian.pairing.evaluating import evaluate
from kanjian.pairing.models import Round
from kanjian.pairing.states import RoundError, locked_round, require_round


def evaluate_round(found: Round, *, by: User | None) -> Round:
    """Compare the paired with similar unpaired units after two periods, and keep the answer, whatever it is.

    "Too few" and "unclear" are answers; "too early" is not yet one. Raises ``RoundError`` (illegal_transition,
    too_early), ``PermissionDenied``.
    """
    policies.require_lead(by, found.organiser)
    require_round(found, Round.State.EVALUATED)
    answer = evaluate(found)
    if answer.status == "too_early":
        raise RoundError("too_early", _("启动之后发布满两期才能评估"))
    with transaction.atomic():
        found = locked_round(found)
        require_round(found, Round.State.EVALUATED)
        found.state, found.evaluated_at, found.effect = Round.State.EVALUATED, timezone.now(), answer.stored()
        found.save(update_fields=["state", "evaluated_at", "effect"])
        data = {"status": answer.status, "verdict": answer.verdict, "main": found.effect["outcomes"][:1]}
        append_event("pairing.evaluate_round", f"round:{found.pk}", by=by, data=data)
    return found
