"""Ask the experts 开始征询."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.experts import policies
from kanjian.experts.models import Panel
from kanjian.experts.states import FEWEST, PanelError, State, require_step
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def open_panel(panel: Panel, *, by: User | None) -> Panel:
    """From now on the experts may answer. Raises ``PanelError`` (illegal_transition, few_experts, past_day)."""
    panel = Panel.objects.select_for_update().get(pk=panel.pk)
    policies.require_run(by, panel.board)
    require_step(panel, State.OPEN)
    if panel.experts.count() < FEWEST:
        raise PanelError("few_experts", _("至少邀请 %(number)d 位专家") % {"number": FEWEST})
    if panel.closes_on < timezone.localdate():
        raise PanelError("past_day", _("截止日 %(day)s 已过") % {"day": panel.closes_on})
    panel.state = State.OPEN
    panel.save(update_fields=["state"])
    append_event("experts.open_panel", f"panel:{panel.pk}", by=by, data={"experts": panel.experts.count()})
    return panel
