"""Invite experts 邀请专家."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.experts import policies
from kanjian.experts.models import Expert, Panel
from kanjian.experts.states import PanelError, State
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def invite(panel: Panel, experts: Mapping[User, float], *, by: User | None) -> None:
    """Seat exactly these people with their influence; a seat whose answer is in stays as it is.

    Raises ``PanelError`` (panel_over, has_answered, bad_influence), ``PermissionDenied``.
    """
    panel = Panel.objects.select_for_update().get(pk=panel.pk)
    policies.require_run(by, panel.board)
    if panel.state not in {State.DRAFT, State.OPEN}:
        raise PanelError("panel_over", _("“%(panel)s”已截止，不能再改专家名单") % {"panel": panel})
    if any(not influence > 0 for influence in experts.values()):
        raise PanelError("bad_influence", _("专家权重必须大于 0"))
    seated = {seat.user_id: seat for seat in panel.experts.all()}
    wanted = {user.pk: influence for user, influence in experts.items()}
    for user_id, seat in seated.items():
        _keep_or_remove(seat, wanted.get(user_id))
    for user_id, influence in wanted.items():
        if user_id not in seated:
            Expert.objects.create(panel=panel, user_id=user_id, influence=influence)
    names = {user.username: influence for user, influence in experts.items()}
    append_event("experts.invite", f"panel:{panel.pk}", by=by, data={"experts": names})


def _keep_or_remove(seat: Expert, influence: float | None) -> None:
    if influence == seat.influence:
        return
    if seat.submitted_at is not None:
        raise PanelError("has_answered", _("“%(expert)s”已交卷，不能移除或改权重") % {"expert": seat.user})
    if influence is None:
        seat.delete()
    else:
        seat.influence = influence
        seat.save(update_fields=["influence"])
