"""The life of an edition as a table 状态: draft → objection → published → superseded, one step at a time."""

from kanjian import steps
from kanjian.boards.models import Edition

State = Edition.State

NEXT: steps.Steps = {
    State.DRAFT: {State.OBJECTION},
    State.OBJECTION: {State.PUBLISHED},
    State.PUBLISHED: {State.SUPERSEDED},
}

# A corrected edition may take the place of these; nobody takes the step for its own sake while objections run.
REPLACEABLE = (State.OBJECTION, State.PUBLISHED)


class BoardError(steps.StepError):
    """What this room refuses."""


def require_step(edition: Edition, target: Edition.State) -> None:
    """Raise ``BoardError`` (illegal_transition) unless the table allows the step."""
    steps.require_step(NEXT, State(edition.state), target, what=edition, error=BoardError)


def locked(edition: Edition) -> Edition:
    """The edition as it is now, locked until the transaction ends, so that two people cannot take the same step."""
    return Edition.objects.select_for_update(of=("self",)).select_related("board__root").get(pk=edition.pk)
