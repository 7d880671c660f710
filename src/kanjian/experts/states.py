"""The life of a panel as a table 状态."""

from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.experts.models import Panel

State = Panel.State
NEXT: dict[str, str] = {State.DRAFT: State.OPEN, State.OPEN: State.CLOSED, State.CLOSED: State.PROPOSED}
FEWEST = 3  # a panel of one or two is an opinion, and would show who said what


class PanelError(ValueError):
    """An action that cannot be done; ``code`` is stable, the message is in the reader's language."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def require_step(panel: Panel, target: str) -> None:
    """Raise ``PanelError`` (illegal_transition) unless the table allows the step."""
    if NEXT.get(panel.state) == target:
        return
    words = {"panel": panel, "state": State(panel.state).label, "target": State(target).label}
    raise PanelError("illegal_transition", _("“%(panel)s”处于“%(state)s”，不能变为“%(target)s”") % words)


def takes_answers(panel: Panel) -> bool:
    """Open, and the last day is not over."""
    return panel.state == State.OPEN and timezone.localdate() <= panel.closes_on


def require_open(panel: Panel) -> None:
    """Raise ``PanelError`` (not_open) unless the panel takes answers."""
    if not takes_answers(panel):
        raise PanelError("not_open", _("“%(panel)s”不在征询期内，不能再填写") % {"panel": panel})
