"""Make the panel's weights a version of the method 形成建议版本."""

from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.boards.actions import add_scheme_version
from kanjian.experts import policies
from kanjian.experts.models import Panel
from kanjian.experts.proposing import with_weights
from kanjian.experts.states import PanelError, State, require_step
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.scoring import Scheme


@transaction.atomic
def propose_version(panel: Panel, *, label: str, valid_from: str, by: User | None) -> Panel:
    """Add the scheme with the group's weights under a new label; it is used only when somebody computes with it.

    Raises ``PanelError`` (illegal_transition, label_taken), ``SchemeError``, ``PeriodError``, ``BoardError``,
    ``PermissionDenied``.
    """
    panel = Panel.objects.select_for_update().get(pk=panel.pk)
    policies.require_run(by, panel.board)
    require_step(panel, State.PROPOSED)
    if panel.board.versions.filter(version=label).exists():
        raise PanelError("label_taken", _("方法版本 %(version)s 已存在，请换一个版本号") % {"version": label})
    scheme = Scheme.load(panel.version.text)
    text = with_weights(scheme, panel.node, panel.result["weights"], version=label)
    words = {"title": panel.title, "counted": panel.result["counted"], "base": panel.version.version}
    note = _("专家定权：%(title)s，%(counted)s 份有效答卷，以 %(base)s 为底本") % words
    panel.proposed = add_scheme_version(panel.board, text, by=by, valid_from=valid_from, note=note)
    panel.state = State.PROPOSED
    panel.save(update_fields=["state", "proposed"])
    append_event("experts.propose_version", f"panel:{panel.pk}", by=by, data={"version": label})
    return panel
