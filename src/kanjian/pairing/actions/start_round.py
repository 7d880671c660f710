"""Start the agreed pairs of a round 启动结对."""

from datetime import date

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
def start_round(found: Round, *, mark: str, day: date | None = None, by: User | None) -> Round:
    """The agreed pairs run from the day on and their letters get numbers; pairs that were not agreed lapse.

    ``mark``: agency mark of the document numbers, 湖组帮 of 湖组帮〔2026〕3号. Raises ``RoundError`` (mark_missing,
    nothing_agreed, illegal_transition), ``PermissionDenied``.
    """
    found = locked_round(found)
    policies.require_lead(by, found.organiser)
    mark = require_text(mark, RoundError("mark_missing", _("请填写发文机关代字，如“湖组帮”")))
    require_round(found, Round.State.RUNNING)
    day = day or timezone.localdate()
    agreed = list(found.pairs.select_for_update().filter(state=Pair.State.AGREED).order_by("track", "mentee__code"))
    if not agreed:
        raise RoundError("nothing_agreed", _("还没有一对得到各方确认，不能启动"))
    taken = Pair.objects.filter(round__mark=mark, round__starts_on__year=day.year, number__isnull=False).count()
    for number, pair in enumerate(agreed, start=taken + 1):
        pair.state, pair.number = Pair.State.RUNNING, number
    Pair.objects.bulk_update(agreed, ["state", "number"])
    lapsed = found.pairs.filter(state=Pair.State.PROPOSED).update(
        state=Pair.State.LAPSED, closed_on=day, closing_note=_("启动时尚未得到各方确认")
    )
    found.state, found.mark, found.starts_on = Round.State.RUNNING, mark[:20], day
    found.save(update_fields=["state", "mark", "starts_on"])
    data = {"pairs": len(agreed), "lapsed": lapsed, "mark": mark, "day": day}
    append_event("pairing.start_round", f"round:{found.pk}", by=by, data=data)
    return found
