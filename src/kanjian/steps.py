"""Steps 办理步骤: what refuses one, and the table of states that says which may follow which.

A room makes its error a subclass of ``StepError``, so that its pages catch what is theirs, and writes the life
of each of its things once, as a table::

    NEXT: Steps = {State.DRAFT: {State.OPEN}, State.OPEN: {State.CLOSED}}
    require_step(NEXT, State(panel.state), State.OPEN, what=panel, error=PanelError)
"""

from collections.abc import Collection, Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext as _

# State → the states that one step leads to; a state without an entry is an end.
Steps = Mapping[str, Collection[str]]


class StepError(ValueError):
    """A step that cannot be taken; ``code`` is stable, the message says in the reader's language what to do."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def may_step(steps: Steps, state: str, target: str) -> bool:
    """Whether the table allows the step."""
    return target in steps.get(state, ())


def require_step(
    steps: Steps, state: TextChoices, target: TextChoices, *, what: object, error: type[StepError]
) -> None:
    """Raise the room's error (illegal_transition) unless the table allows the step; ``what`` names the thing."""
    if may_step(steps, state, target):
        return
    words = {"what": what, "state": state.label, "target": target.label}
    raise error("illegal_transition", _("“%(what)s”处于“%(state)s”，不能变为“%(target)s”") % words)


def require_text(text: str, error: StepError) -> str:
    """The text without blanks around it; raises the error when nothing is left."""
    text = text.strip()
    if not text:
        raise error
    return text
