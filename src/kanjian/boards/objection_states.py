"""The life of an objection as a table 异议流程: verb → from which states to which. Nothing else says it again."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from kanjian.boards.objection_models import Objection
from kanjian.boards.states import BoardError

State = Objection.State


class Move(NamedTuple):
    """From any of the states to one."""

    sources: tuple[str, ...]
    target: str


MOVES: dict[str, Move] = {
    "accept": Move((State.FILED,), State.ACCEPTED),
    "dismiss": Move((State.FILED,), State.INADMISSIBLE),
    "ask": Move((State.ACCEPTED,), State.ASKED),
    "answer": Move((State.ASKED,), State.ACCEPTED),
    "review": Move((State.ACCEPTED, State.ASKED), State.REVIEWED),
    "uphold": Move((State.REVIEWED,), State.UPHELD),
    "uphold_partly": Move((State.REVIEWED,), State.PARTLY),
    "reject": Move((State.REVIEWED,), State.REJECTED),
    # The second review begins like an accepted objection, with another reviewer.
    "appeal": Move((State.INADMISSIBLE, State.REJECTED, State.PARTLY), State.ACCEPTED),
    "apply": Move((State.UPHELD, State.PARTLY), State.APPLIED),
    "withdraw": Move((State.FILED, State.ACCEPTED, State.ASKED), State.CLOSED),
    # What was upheld is applied before it is closed; only what nothing can be computed from (the method) is not.
    "close": Move((State.INADMISSIBLE, State.REJECTED, State.APPLIED, State.UPHELD, State.PARTLY), State.CLOSED),
}
DECISIONS = ("dismiss", "uphold", "uphold_partly", "reject")
UNDECIDED = (State.FILED, State.ACCEPTED, State.ASKED, State.REVIEWED)
TO_APPLY = (State.UPHELD, State.PARTLY)
# No edition is published while one of its objections is in one of these.
BLOCKING = (*UNDECIDED, *TO_APPLY)
DECIDED = (State.INADMISSIBLE, State.UPHELD, State.PARTLY, State.REJECTED, State.APPLIED, State.CLOSED)


def may_move(state: str, verb: str) -> bool:
    """Whether the table allows the verb in the state."""
    return state in MOVES[verb].sources


def require_move(objection: Objection, verb: str) -> str:
    """The state that the verb leads to; ``BoardError`` (illegal_transition) unless the table allows it."""
    if may_move(objection.state, verb):
        return MOVES[verb].target
    raise BoardError(
        "illegal_transition",
        _("异议 #%(number)s 处于“%(state)s”，这一步现在不能做")
        % {"number": objection.pk, "state": State(objection.state).label},
    )
