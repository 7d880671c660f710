"""The lives of a round and of a pair, and what is refused 状态机."""

from django.utils.translation import gettext as _

from kanjian.pairing.models import Pair, Round

RoundState, PairState = Round.State, Pair.State

ROUND_NEXT: dict[str, frozenset[str]] = {
    RoundState.PROPOSED: frozenset({RoundState.AGREED, RoundState.RUNNING, RoundState.CLOSED}),
    # Changing a pair by hand opens an agreed round again.
    RoundState.AGREED: frozenset({RoundState.PROPOSED, RoundState.RUNNING, RoundState.CLOSED}),
    RoundState.RUNNING: frozenset({RoundState.EVALUATED, RoundState.CLOSED}),
    RoundState.EVALUATED: frozenset({RoundState.CLOSED}),
    RoundState.CLOSED: frozenset(),
}
PAIR_NEXT: dict[str, frozenset[str]] = {
    PairState.PROPOSED: frozenset({PairState.AGREED, PairState.REPLACED, PairState.LAPSED}),
    PairState.AGREED: frozenset({PairState.RUNNING, PairState.REPLACED, PairState.LAPSED}),
    PairState.RUNNING: frozenset({PairState.CLOSED}),
    PairState.CLOSED: frozenset(),
    PairState.REPLACED: frozenset(),
    PairState.LAPSED: frozenset(),
}
# A pair that counts: what a unit may have one of in a round.
STANDING = (PairState.PROPOSED, PairState.AGREED, PairState.RUNNING, PairState.CLOSED)
OPEN_ROUNDS = (RoundState.PROPOSED, RoundState.AGREED)


class RoundError(ValueError):
    """A step is not open or something is missing; ``code`` names the reason, the text says what to do."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def require_round(found: Round, target: str) -> None:
    """Raise ``RoundError`` (illegal_transition) unless the round may become that."""
    if target in ROUND_NEXT[found.state]:
        return
    raise RoundError(
        "illegal_transition",
        _("本轮结对处于“%(state)s”，不能变为“%(target)s”")
        % {"state": RoundState(found.state).label, "target": RoundState(target).label},
    )


def require_pair(found: Pair, target: str) -> None:
    """Raise ``RoundError`` (illegal_transition) unless the pair may become that."""
    if target in PAIR_NEXT[found.state]:
        return
    raise RoundError(
        "illegal_transition",
        _("%(pair)s 处于“%(state)s”，不能变为“%(target)s”")
        % {"pair": found, "state": PairState(found.state).label, "target": PairState(target).label},
    )


def require_state(found: Pair, *states: str) -> None:
    """Raise ``RoundError`` (pair_not_open) unless the pair is in one of the states."""
    if found.state not in states:
        raise RoundError(
            "pair_not_open",
            _("%(pair)s 处于“%(state)s”，现在不能修改") % {"pair": found, "state": PairState(found.state).label},
        )


def require_text(text: str, code: str, message: str) -> str:
    """The text without blanks around it; ``RoundError`` when nothing is left."""
    text = text.strip()
    if not text:
        raise RoundError(code, message)
    return text


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
