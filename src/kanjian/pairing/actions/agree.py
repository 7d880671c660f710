"""Say yes to a pair for one side 确认结对."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.pairing import policies
from kanjian.pairing.models import Confirmation, Pair, Round
from kanjian.pairing.states import RoundError, locked_pair, require_pair, require_round

Side = Confirmation.Side


@transaction.atomic
def agree(pair: Pair, side: str, *, day: date | None = None, by: User | None) -> Pair:
    """One side's yes; with the third the pair is agreed, with the last pair the round.

    ``day``: when it was said, where paper came first; not after today. Raises ``RoundError`` (side, future,
    illegal_transition, said, both_sides), ``PermissionDenied``.
    """
    pair = locked_pair(pair)
    if side not in Side.values:
        raise RoundError("side", _("没有这一方"))
    if by is not None and not policies.may_confirm(by, pair, side):
        raise PermissionDenied(_("确认需要该方的审核岗位：%(side)s") % {"side": Side(side).label})
    require_pair(pair, Pair.State.AGREED)
    day = day or timezone.localdate()
    if day > timezone.localdate():
        raise RoundError("future", _("日期不能晚于今天"))
    said = list(pair.confirmations.all())
    if any(each.side == side for each in said):
        raise RoundError("said", _("这一方已经确认"))
    if by is not None and any(each.by_id == by.pk for each in said):
        raise RoundError("both_sides", _("同一人不能代表两方确认，请由另一人确认"))
    Confirmation.objects.create(pair=pair, side=side, by=by)
    if len(said) + 1 == len(Side.values):
        _agreed(pair, day)
    data = {"side": side, "mentee": pair.mentee.code, "mentor": pair.mentor.code, "state": pair.state, "day": day}
    append_event("pairing.agree", f"pair:{pair.pk}", by=by, data=data)
    return pair


def _agreed(pair: Pair, day: date) -> None:
    pair.state, pair.agreed_on = Pair.State.AGREED, day
    pair.save(update_fields=["state", "agreed_on"])
    if not pair.round.pairs.filter(state=Pair.State.PROPOSED).exists():
        require_round(pair.round, Round.State.AGREED)
        pair.round.state = Round.State.AGREED
        pair.round.save(update_fields=["state"])
