"""Forbid or fix a pair for this and later rounds 规定不得结对、固定结对; lift such a ruling again."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards.models import Board
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import Unit, User
from kanjian.pairing import policies
from kanjian.pairing.models import Ruling
from kanjian.pairing.states import RoundError
from kanjian.steps import require_text


def forbid_pair(board: Board, mentee: Unit, mentor: Unit, *, organiser: Unit, reason: str, by: User | None) -> Ruling:
    """These two are never proposed as a pair; see ``_rule``."""
    return _rule(board, (mentee, mentor), Ruling.Kind.FORBIDDEN, organiser=organiser, reason=reason, by=by)


def fix_pair(board: Board, mentee: Unit, mentor: Unit, *, organiser: Unit, reason: str, by: User | None) -> Ruling:
    """These two are a pair in every proposal in which the mentee takes part; see ``_rule``."""
    return _rule(board, (mentee, mentor), Ruling.Kind.FIXED, organiser=organiser, reason=reason, by=by)


@transaction.atomic
def lift_ruling(ruling: Ruling, *, reason: str, by: User | None) -> Ruling:
    """The ruling no longer holds; it stays on record. ``RoundError`` (reason_missing, lifted), ``PermissionDenied``."""
    ruling = (
        Ruling.objects.select_for_update(of=("self",)).select_related("organiser", "mentee", "mentor").get(pk=ruling.pk)
    )
    policies.require_lead(by, ruling.organiser)
    reason = require_text(reason, RoundError("reason_missing", _("解除规定必须写明理由")))
    if ruling.lifted_at is not None:
        raise RoundError("lifted", _("这条规定已经解除"))
    ruling.lifted_at, ruling.lifted_by = timezone.now(), by
    ruling.save(update_fields=["lifted_at", "lifted_by"])
    data = {"mentee": ruling.mentee.code, "mentor": ruling.mentor.code, "kind": ruling.kind, "reason": reason}
    append_event("pairing.lift_ruling", f"ruling:{ruling.pk}", by=by, data=data)
    return ruling


@transaction.atomic
def _rule(
    board: Board, units: tuple[Unit, Unit], kind: Ruling.Kind, *, organiser: Unit, reason: str, by: User | None
) -> Ruling:
    """Raises ``RoundError`` (reason_missing, same_unit, ruled, fixed_twice), ``PermissionDenied``."""
    mentee, mentor = units
    policies.require_lead(by, organiser)
    reason = require_text(reason, RoundError("reason_missing", _("规定必须写明理由")))
    if mentee.pk == mentor.pk:
        raise RoundError("same_unit", _("单位不能与自己结对"))
    standing = Ruling.objects.select_for_update().filter(board=board, organiser=organiser, lifted_at=None)
    if standing.filter(mentee=mentee, mentor=mentor).exists():
        raise RoundError("ruled", _("这两个单位已有规定，请先解除"))
    if kind == Ruling.Kind.FIXED and standing.filter(mentee=mentee, kind=kind).exists():
        raise RoundError("fixed_twice", _("%(unit)s 已有固定的帮带单位") % {"unit": mentee})
    ruling = Ruling.objects.create(
        board=board, organiser=organiser, mentee=mentee, mentor=mentor, kind=kind, reason=reason[:200], created_by=by
    )
    verb = "pairing.fix_pair" if kind == Ruling.Kind.FIXED else "pairing.forbid_pair"
    data = {"board": board.code, "mentee": mentee.code, "mentor": mentor.code, "reason": reason}
    append_event(verb, f"ruling:{ruling.pk}", by=by, data=data)
    return ruling
