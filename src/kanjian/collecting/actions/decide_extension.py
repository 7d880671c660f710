"""Grant or refuse an extension 审批延期."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.collecting.actions.ask_extension import LONGEST, check_until
from kanjian.collecting.models import Extension
from kanjian.collecting.policies import may_decide
from kanjian.collecting.states import CollectingError
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def decide_extension(
    extension: Extension, *, by: User | None, grant: bool, decision: str, until: date | None = None
) -> Extension:
    """Asked → granted (until the day asked for, or another one) or refused, with the reason, by somebody else.

    Raises ``CollectingError`` (decided, no_reason, bad_until), ``PermissionDenied``.
    """
    rows = Extension.objects.select_for_update(of=("self",)).select_related("window__collection__root", "reporter")
    extension = rows.get(pk=extension.pk)
    if by is not None and not may_decide(by, extension):
        raise PermissionDenied(_("延期由考评办审批，申请人自己不能审批"))
    if extension.state != Extension.State.ASKED:
        raise CollectingError("decided", _("这份申请已经审批过"))
    decision = decision.strip()
    if not 0 < len(decision) <= LONGEST:
        raise CollectingError("no_reason", _("请写明理由（1 到 300 个字）"))
    if grant:
        extension.until = until or extension.until
        check_until(extension.window.closes_on, extension.until)
    extension.state = Extension.State.GRANTED if grant else Extension.State.REFUSED
    extension.decided_by, extension.decided_at, extension.decision = by, timezone.now(), decision
    extension.save(update_fields=["state", "until", "decided_by", "decided_at", "decision"])
    data = {"state": extension.state, "until": extension.until, "decision": decision}
    append_event("collecting.decide_extension", f"extension:{extension.pk}", by=by, data=data)
    return extension
