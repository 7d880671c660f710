"""The lives of a round and of a pair, and what is refused 状态机."""

from django.utils.translation import gettext as _

from kanjian import steps
from kanjian.pairing.models import Pair, Round

RoundState, PairState = Round.State, Pair.State

ROUND_NEXT: steps.Steps = {
    RoundState.PROPOSED: {RoundState.AGREED, RoundState.RUNNING, RoundState.CLOSED},
    # Changing a pair by hand opens an agreed round again.
    RoundState.AGREED: {RoundState.PROPOSED, RoundState.RUNNING, RoundState.CLOSED},
    RoundState.RUNNING: {RoundState.EVALUATED, RoundState.CLOSED},
    RoundState.EVALUATED: {RoundState.CLOSED},
}
PAIR_NEXT: steps.Steps = {
    PairState.PROPOSED: {PairState.AGREED, PairState.REPLACED, PairState.LAPSED},
    PairState.AGREED: {PairState.RUNNING, PairState.REPLACED, PairState.LAPSED},
    PairState.RUNNING: {PairState.CLOSED},
}
# A pair that counts: what a unit may have one of in a round.
STANDING = (PairState.PROPOSED, PairState.AGREED, PairState.RUNNING, PairState.CLOSED)
OPEN_ROUNDS = (RoundState.PROPOSED, RoundState.AGREED)


class RoundError(steps.StepError):
    """What this room refuses."""


def require_round(found: Round, target: Round.State) -> None:
    """Raise ``RoundError`` (illegal_transition) unless the round may become that."""
    steps.require_step(ROUND_NEXT, RoundState(found.state), target, what=found, error=RoundError)


def require_pair(found: Pair, target: Pair.State) -> None:
    """Raise ``RoundError`` (illegal_transition) unless the pair may become that."""
    steps.require_step(PAIR_NEXT, PairState(found.state), target, what=found, error=RoundError)


def require_state(found: Pair, *states: str) -> None:
    """Raise ``RoundError`` (pair_not_open) unless the pair is in one of the states."""
    if found.state not in states:
        raise RoundError(
            "pair_not_open",
            _("%(pair)s 处于“%(state)s”，现在不能修改") % {"pair": found, "state": PairState(found.state).label},
        )


def locked_round(found: Round) -> Round:
    """The round as it is now, locked until the transaction ends."""
    rows = Round.objects.select_for_update(of=("self",)).select_related("board__root", "edition", "organiser")
    return rows.get(pk=found.pk)


def locked_pair(found: Pair) -> Pair:
    """The pair as it is now, its round locked first, so that two people cannot take the same step."""
    round_ = locked_round(Round(pk=found.round_id))
    rows = Pair.objects.select_for_update(of=("self",)).select_related("mentee__parent", "mentor__parent")
    pair = rows.get(pk=found.pk)
    pair.round = round_
    return pair
