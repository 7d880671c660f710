"""The life of a panel as a table 状态."""

from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian import steps
from kanjian.experts.models import Panel

State = Panel.State
NEXT: steps.Steps = {State.DRAFT: {State.OPEN}, State.OPEN: {State.CLOSED}, State.CLOSED: {State.PROPOSED}}
FEWEST = 3  # a panel of one or two is an opinion, and would show who said what


class PanelError(steps.StepError):
    """What this room refuses."""


def require_step(panel: Panel, target: Panel.State) -> None:
    """Raise ``PanelError`` (illegal_transition) unless the table allows the step."""
    steps.require_step(NEXT, State(panel.state), target, what=panel, error=PanelError)


def takes_answers(panel: Panel) -> bool:
    """Open, and the last day is not over."""
    return panel.state == State.OPEN and timezone.localdate() <= panel.closes_on


def require_open(panel: Panel) -> None:
    """Raise ``PanelError`` (not_open) unless the panel takes answers."""
    if not takes_answers(panel):
        raise PanelError("not_open", _("“%(panel)s”不在征询期内，不能再填写") % {"panel": panel})
