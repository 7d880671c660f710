"""Change a pair by hand 人工调整."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs.models import Unit, User
from kanjian.pairing import policies
from kanjian.pairing.gathering import Inputs, dimension_codes, files_of, table
from kanjian.pairing.models import Pair, Round
from kanjian.pairing.parameters import Parameters
from kanjian.pairing.states import OPEN_ROUNDS, STANDING, RoundError, locked_round, require_pair
from kanjian.scoring.pairing import PairingError, rate
from kanjian.steps import require_text


@transaction.atomic
def change_pair(found: Round, mentee: Unit, mentor: Unit | None, *, reason: str, by: User | None) -> Pair | None:
    """Give the mentee another partner, a first one, or (None) no partner; the reason is kept with the pair.

    The old pair stays as replaced, with the yes of its sides; the new one needs its own. Any two units of the edition
    may be paired by hand, only the capacity holds. Raises ``RoundError`` (reason_missing, round_not_open, same_mentor,
    no_pair, full, unknown_unit), ``PermissionDenied``.
    """
    found = locked_round(found)
    policies.require_lead(by, found.organiser)
    reason = require_text(reason, RoundError("reason_missing", _("人工调整必须写明理由")))
    if found.state not in OPEN_ROUNDS:
        raise RoundError("round_not_open", _("本轮结对已开始或已结束，不能再调整"))
    standing = found.pairs.select_for_update().filter(mentee=mentee, state__in=STANDING).first()
    if standing is None and mentor is None:
        raise RoundError("no_pair", _("该单位本来就没有结对"))
    if standing is not None and mentor is not None and standing.mentor_id == mentor.pk:
        raise RoundError("same_mentor", _("该单位已经与它结对"))
    new = None
    if standing is not None:
        _end(standing, lapsed=mentor is None, reason=reason)
    if mentor is not None:
        _require_room(found, mentor)
        new = _made(found, (mentee, mentor), standing, reason, by)
    if found.state == Round.State.AGREED:
        found.state = Round.State.PROPOSED
        found.save(update_fields=["state"])
    data = {
        "mentee": mentee.code,
        "from": standing.mentor.code if standing else None,
        "to": mentor.code if mentor else None,
        "reason": reason,
        "pair": new.pk if new else None,
    }
    append_event("pairing.change_pair", f"round:{found.pk}", by=by, data=data)
    return new


def _end(standing: Pair, *, lapsed: bool, reason: str) -> None:
    target = Pair.State.LAPSED if lapsed else Pair.State.REPLACED
    require_pair(standing, target)
    standing.state, standing.closed_on, standing.closing_note = target, timezone.localdate(), reason
    standing.save(update_fields=["state", "closed_on", "closing_note"])


def _require_room(found: Round, mentor: Unit) -> None:
    """The capacity holds for hand-made pairs too, running ones of other rounds counted."""
    capacity = Parameters.load(found.parameters).capacity
    taken = found.pairs.filter(mentor=mentor, state__in=STANDING).count()
    taken += Pair.objects.filter(round__board=found.board, mentor=mentor, state=Pair.State.RUNNING).count()
    if taken >= capacity:
        raise RoundError("full", _("%(mentor)s 已帮带 %(count)s 个单位，达到上限") % {"mentor": mentor, "count": taken})


def _made(found: Round, units: tuple[Unit, Unit], standing: Pair | None, reason: str, by: User | None) -> Pair:
    mentee, mentor = units
    parameters = Parameters.load(found.parameters)
    frame = table(found.edition, parameters, Inputs.load(found.inputs))
    terms = parameters.terms(dimension_codes(files_of(found.edition).scheme))
    try:
        costs, reasons = rate(frame, terms, mentee.code, mentor.code)
    except PairingError as error:
        raise RoundError(error.code, _("这一期榜单里没有该单位，不能结对")) from error
    tracks = dict(frame.select("unit", "track").iter_rows())
    return Pair.objects.create(
        round=found,
        mentee=mentee,
        mentor=mentor,
        track=tracks[mentee.code] or "",
        reasons=reasons,
        changed_by_hand=reason[:200],
        replaces=standing,
        created_by=by,
        **costs,
    )
