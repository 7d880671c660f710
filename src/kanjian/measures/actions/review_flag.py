"""Answer a flag 核实质疑: what a person found who looked at it. No value is changed by it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.measures.models import Flag
from kanjian.measures.policies import require_review_flag
from kanjian.orgs.models import User

VERDICTS = (Flag.State.ERROR, Flag.State.EXPLAINED, Flag.State.ACCEPTED)


@transaction.atomic
def review_flag(flag: Flag, verdict: str, reason: str, *, by: User) -> Flag:
    """Confirm as an error, note an explanation, or accept with a reason; an answer may be answered anew.

    An error is mended where values are entered, by whoever answers for them: this only says that it is one. Raises
    ``PermissionDenied`` (not a reviewer there, or entered one of the values), ``ValidationError`` (no reason, closed).
    """
    flag = Flag.objects.select_for_update(of=("self",)).select_related("unit", "other").get(pk=flag.pk)
    require_review_flag(by, flag)
    if verdict not in VERDICTS:
        raise ValidationError(_("请选择核实结论"))
    if flag.state == Flag.State.CLOSED:
        raise ValidationError(_("质疑已由系统关闭：原因已不存在"))
    said = reason.strip()
    if not said:
        raise ValidationError(_("请写明理由"))
    before = flag.state
    flag.state = flag.verdict = verdict
    flag.reason, flag.reviewed_by, flag.reviewed_at = said[:300], by, timezone.now()
    flag.save(update_fields=["state", "verdict", "reason", "reviewed_by", "reviewed_at"])
    data = {"key": flag.key, "before": before, "verdict": verdict, "reason": flag.reason, "numbers": flag.numbers}
    append_event("measures.review_flag", f"flag:{flag.pk}", by=by, data=data)
    return flag
