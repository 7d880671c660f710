"""Open the agreed pairs of a round to the public, or close them again 公开结对名单."""

from django.db import transaction

from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.pairing import policies
from kanjian.pairing.models import Round
from kanjian.pairing.states import locked_round


@transaction.atomic
def open_round(found: Round, *, is_public: bool, by: User | None) -> Round:
    """Whether everybody may read the agreed pairs; plans, visits and those without a partner stay inside.

    Raises ``PermissionDenied``.
    """
    found = locked_round(found)
    policies.require_lead(by, found.organiser)
    if found.is_public != is_public:
        found.is_public = is_public
        found.save(update_fields=["is_public"])
        append_event("pairing.open_round", f"round:{found.pk}", by=by, data={"is_public": is_public})
    return found
