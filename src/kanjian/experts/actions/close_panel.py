"""Close a panel and reckon the group's weights 截止并汇总."""

from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.experts import policies
from kanjian.experts.asking import parts_of
from kanjian.experts.models import Panel
from kanjian.experts.results import group
from kanjian.experts.states import FEWEST, PanelError, State, require_step
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.scoring import Scheme


@transaction.atomic
def close_panel(panel: Panel, *, by: User | None) -> Panel:
    """Take no more answers and keep the group's weights with the panel.

    Raises ``PanelError`` (illegal_transition, few_answers: fewer than three that can be counted), ``PermissionDenied``.
    """
    panel = Panel.objects.select_for_update().get(pk=panel.pk)
    policies.require_run(by, panel.board)
    require_step(panel, State.CLOSED)
    parts = parts_of(Scheme.load(panel.version.text), panel.node)
    handed_in = panel.experts.filter(submitted_at__isnull=False)
    found = group(panel.method, parts, [(seat.influence, seat.answers) for seat in handed_in])
    if found is None or found.counted < FEWEST:
        raise PanelError("few_answers", _("可计入的答卷不足 %(number)d 份，不能汇总") % {"number": FEWEST})
    panel.state = State.CLOSED
    panel.result = {
        "weights": dict(found.weights),
        "spread": dict(found.spread),
        "counted": found.counted,
        "left_out": found.left_out,
        "ratio": found.ratio,
    }
    panel.save(update_fields=["state", "result"])
    append_event("experts.close_panel", f"panel:{panel.pk}", by=by, data=panel.result)
    return panel
