"""Propose a round of pairing 提出结对方案."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards.models import Edition
from kanjian.boards.policies import may_view
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import Unit, User
from kanjian.pairing import policies
from kanjian.pairing.gathering import Inputs, Proposal, propose
from kanjian.pairing.models import Pair, Round, Ruling
from kanjian.pairing.parameters import Parameters
from kanjian.pairing.states import OPEN_ROUNDS, RoundError


def propose_round(edition: Edition, parameters: Parameters, *, organiser: Unit, by: User | None) -> Round:
    """A round with the optimal pairs for a published edition; an older proposal for the same edition is closed.

    Rulings in force are obeyed, units that are in running pairs are left where they are. Raises ``RoundError``
    (not_published, unknown_unit, what ``gathering.propose`` refuses), ``PermissionDenied``.
    """
    policies.require_lead(by, organiser)
    if by is not None and not may_view(by, edition):
        raise PermissionDenied(_("没有查看这一期榜单的权限"))
    if edition.state != Edition.State.PUBLISHED:
        raise RoundError("not_published", _("只有已发布的期次才能作为结对依据"))
    inputs = inputs_now(edition, organiser)
    found = propose(edition, parameters, inputs)
    with transaction.atomic():
        return _write(edition, parameters, inputs, found, organiser=organiser, by=by)


def inputs_now(edition: Edition, organiser: Unit) -> Inputs:
    """Rulings in force and units in running pairs of this board."""
    rulings = Ruling.objects.filter(board=edition.board, organiser=organiser, lifted_at=None)
    ruled = list(rulings.values_list("kind", "mentee__code", "mentor__code"))
    running = Pair.objects.filter(round__board=edition.board, state=Pair.State.RUNNING)
    load = running.order_by().values_list("mentor__code").annotate(Count("pk"))
    return Inputs(
        fixed=[(mentee, mentor) for kind, mentee, mentor in ruled if kind == Ruling.Kind.FIXED],
        forbidden=[(mentee, mentor) for kind, mentee, mentor in ruled if kind == Ruling.Kind.FORBIDDEN],
        busy_mentees=list(running.values_list("mentee__code", flat=True)),
        busy_mentors=dict(load),
    )


def _write(
    edition: Edition, parameters: Parameters, inputs: Inputs, found: Proposal, *, organiser: Unit, by: User | None
) -> Round:
    replaced = _close_older(edition, organiser)
    new = Round.objects.create(
        board=edition.board,
        edition=edition,
        organiser=organiser,
        parameters=parameters.model_dump(mode="json"),
        inputs=inputs.stored(),
        result_hash=found.hash,
        summary=found.summary,
        created_by=by,
    )
    _write_pairs(new, found, by)
    data = {
        "edition": edition.hash,
        "period": edition.period,
        "organiser": organiser.code,
        "parameters": new.parameters,
        "hash": new.result_hash,
        "pairs": found.pairing.pairs.height,
        "unmatched": found.pairing.unmatched.height,
        "replaces": replaced,
    }
    append_event("pairing.propose_round", f"round:{new.pk}", by=by, data=data)
    return new


def _close_older(edition: Edition, organiser: Unit) -> list[int]:
    older = Round.objects.select_for_update().filter(edition=edition, organiser=organiser, state__in=OPEN_ROUNDS)
    closed = []
    for each in older:
        each.pairs.filter(state__in=(Pair.State.PROPOSED, Pair.State.AGREED)).update(
            state=Pair.State.LAPSED, closed_on=timezone.localdate(), closing_note=_("方案重新提出")
        )
        each.state, each.closed_at, each.closing_reason = Round.State.CLOSED, timezone.now(), _("方案重新提出")
        each.save(update_fields=["state", "closed_at", "closing_reason"])
        closed.append(each.pk)
    return closed


def _write_pairs(new: Round, found: Proposal, by: User | None) -> None:
    pairs = found.pairing.pairs
    codes = {*pairs["mentee"], *pairs["mentor"]}
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}
    lacking = sorted(codes - set(units))
    if lacking:
        raise RoundError("unknown_unit", _("期次中的单位已不存在：%(codes)s") % {"codes": "、".join(lacking[:5])})
    tracks = dict(found.frame.select("unit", "track").iter_rows())
    Pair.objects.bulk_create(
        Pair(
            round=new,
            mentee=units[row["mentee"]],
            mentor=units[row["mentor"]],
            track=tracks[row["mentee"]] or "",
            reasons=found.pairing.reasons[row["mentee"]],
            created_by=by,
            **{name: row[name] for name in ("cost", "distance", "endowment", "need", "km", "fixed")},
        )
        for row in pairs.iter_rows(named=True)
    )
