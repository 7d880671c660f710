"""Keep an answer as it stands 暂存答卷, and hand it in 交卷."""

import math
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.experts.asking import BUDGET, SCALE, Part, pairs_of, parts_of
from kanjian.experts.models import Expert, Panel
from kanjian.experts.results import standing
from kanjian.experts.states import PanelError, require_open
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.scoring import Scheme

NOTE_LENGTH = 300


@transaction.atomic
def save_answer(
    seat: Expert, answers: Mapping[str, float | None], *, by: User, submit: bool = False, note: str = ""
) -> Expert:
    """Keep what is answered so far; with ``submit`` hand it in, after which it stays as it is.

    An inconsistent comparison may be handed in only with a note that says why the expert stands by it: it is shown as
    such and not counted. Raises ``PanelError`` (not_open, handed_in, unknown_part, bad_answer, incomplete,
    inconsistent), ``PermissionDenied`` for anybody but the expert.
    """
    panel = Panel.objects.select_for_update().get(pk=seat.panel_id)
    seat = Expert.objects.select_for_update(of=("self",)).get(pk=seat.pk)
    if seat.user_id != by.pk:
        raise PermissionDenied(_("只有专家本人可以填写"))
    require_open(panel)
    if seat.submitted_at is not None:
        raise PanelError("handed_in", _("您已交卷"))
    parts = parts_of(Scheme.load(panel.version.text), panel.node)
    checked = _checked(panel.method, parts, answers)
    seat.answers, seat.note = checked, note[:NOTE_LENGTH]
    if submit:
        _require_complete(panel.method, parts, seat)
        seat.submitted_at = timezone.now()
        # The ledger says that it was handed in, not what was answered: single judgements stay with the expert.
        append_event("experts.submit_answer", f"panel:{panel.pk}", by=by)
    seat.save()
    return seat


def _checked(method: str, parts: list[Part], answers: Mapping[str, float | None]) -> dict[str, float]:
    known = {pair.key for pair in pairs_of(parts)} if method == Panel.Method.AHP else {part.code for part in parts}
    found: dict[str, float] = {}
    for key, number in answers.items():
        if key not in known:
            raise PanelError("unknown_part", _("征询内容里没有“%(key)s”") % {"key": key})
        if number is None:
            continue
        if not _is_allowed(method, number):
            raise PanelError(
                "bad_answer", _("“%(key)s”的回答 %(number)s 不在允许范围内") % {"key": key, "number": number}
            )
        found[key] = float(number)
    return found


def _is_allowed(method: str, number: float) -> bool:
    if not math.isfinite(number):
        return False
    if method == Panel.Method.AHP:
        return any(math.isclose(number, step) or math.isclose(number, 1 / step) for step in SCALE)
    return 0 <= number <= BUDGET


def _require_complete(method: str, parts: list[Part], seat: Expert) -> None:
    state = standing(method, parts, seat.answers)
    if state.open:
        raise PanelError("incomplete", _("还有 %(number)d 项没有回答") % {"number": state.open})
    if not state.is_complete:
        words = {"given": f"{state.given:g}", "budget": BUDGET}
        raise PanelError("incomplete", _("共分配了 %(given)s 分，应为 %(budget)d 分") % words)
    if not state.is_consistent and not seat.note.strip():
        words = {"ratio": f"{state.ratio:.2f}"}
        raise PanelError(
            "inconsistent", _("判断前后矛盾（一致性比率 %(ratio)s，应小于 0.10）：请修改，或写明坚持的理由") % words
        )
