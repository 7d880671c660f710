"""Ask for leave to cross a red line 申请红线例外."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.measures.models import RedLineException
from kanjian.measures.redlines import RED_LINES
from kanjian.measures.subjects import subject_of
from kanjian.orgs.models import User

LONGEST = timedelta(days=366)


@transaction.atomic
def ask_exception(
    code: str, subject: str, *, by: User, document: str, signer: str, reason: str, expires_on: date, item: str = ""
) -> RedLineException:
    """Write down that someone asks for it; nothing changes until another person grants it.

    ``subject`` is ``kind:identifier`` as the rooms above register it. Raises ``ValidationError`` for a red line that
    knows no exceptions, missing particulars, an end that is past or more than a year away, a second open request;
    ``PermissionDenied`` unless the person may ask for the subject.
    """
    found = subject_of(subject, by)
    if found is None or not found.is_visible:
        raise ValidationError({"subject": _("没有这个方法、榜单或采集项目")})
    if not found.may_ask:
        raise PermissionDenied(_("只有该方法或采集项目的负责人可以申请例外"))
    _check(code, expires_on)
    asked = RedLineException(
        code=code,
        subject=subject,
        item=item.strip(),
        document=document.strip(),
        signer=signer.strip(),
        reason=reason.strip(),
        expires_on=expires_on,
        asked_by=by,
        asked_at=timezone.now(),
    )
    asked.full_clean()
    asked.save()
    data: dict[str, object] = {"code": code, "item": asked.item, "document": asked.document, "signer": asked.signer}
    data |= {"reason": asked.reason, "expires_on": expires_on, "exception": asked.pk}
    append_event("measures.ask_exception", subject, by=by, data=data)
    return asked


def _check(code: str, expires_on: date) -> None:
    line = RED_LINES.get(code)
    if line is None:
        raise ValidationError({"code": _("没有编号为“%(code)s”的红线") % {"code": code}})
    if not line.may_be_excepted:
        raise ValidationError({"code": _("%(code)s 没有例外，请按说明修改") % {"code": code}})
    today = timezone.localdate()
    if expires_on < today:
        raise ValidationError({"expires_on": _("到期日已过")})
    if expires_on > today + LONGEST:
        raise ValidationError({"expires_on": _("例外最长一年，到期重新申请")})
