"""What the steps of an objection share: locked rows, who may, the record of the step."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards.independence import parts
from kanjian.boards.models import Objection, ObjectionStep
from kanjian.boards.objection_policies import is_assignee, stands_for
from kanjian.boards.objection_states import require_move
from kanjian.boards.states import BoardError
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User

RELATED = ("edition__board__root", "edition__release", "edition__scheme", "unit", "assignee")


def locked(objection: Objection) -> Objection:
    """The objection as it is now, locked until the transaction ends."""
    rows = Objection.objects.select_for_update(of=("self",)).select_related(*RELATED)
    return rows.get(pk=objection.pk)


def require_reviewer(objection: Objection, by: User | None) -> None:
    """The person it is assigned to, with no part in it. ``PermissionDenied``, ``BoardError`` (not_independent)."""
    if by is None:
        return
    if not is_assignee(by, objection):
        raise PermissionDenied(_("这件异议由另一位复核人处理"))
    require_independent(by, objection)


def require_independent(person: User, objection: Objection) -> None:
    """Refuse somebody who had a part in it, and say which."""
    found = parts(person, objection)
    if found:
        words = _("、").join(part.words for part in found)
        text = _("%(person)s不能复核异议 #%(number)s，需要回避：%(why)s")
        raise BoardError("not_independent", text % {"person": person, "number": objection.pk, "why": words})


def require_party(objection: Objection, by: User | None) -> None:
    """Somebody who stands for the unit. ``PermissionDenied``."""
    if by is not None and not stands_for(by, objection.unit, objection.edition.board):
        raise PermissionDenied(_("只有该单位或它的上级乡镇、区县的填报、审核人员可以办理"))


def move(objection: Objection, verb: str, *fields: str) -> None:
    """Take the step of the table and save it with the fields that changed with it."""
    objection.state = require_move(objection, verb)
    objection.save(update_fields=["state", *fields])


def record(
    objection: Objection,
    verb: str,
    *,
    by: User | None,
    comment: str = "",
    is_late: bool | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """The step as a row and as an event of the ledger; texts of people stay out of the ledger."""
    reason = objection.reason if is_late is not None else ""
    objection.steps.create(
        verb=verb,
        state=objection.state,
        round=objection.round,
        reason=reason,
        comment=comment,
        is_late=is_late,
        by=by,
        at=timezone.now(),
    )
    given = {
        "edition": objection.edition_id,
        "unit": objection.unit.code,
        "kind": objection.kind,
        "state": objection.state,
        "round": objection.round,
    }
    if reason:
        given |= {"code": reason, "late": is_late}
    append_event(f"boards.objection_{verb}", f"objection:{objection.pk}", by=by, data={**given, **(data or {})})


def last_step(objection: Objection, verb: str) -> ObjectionStep | None:
    """The newest step of that verb."""
    return objection.steps.filter(verb=verb).order_by("-pk").first()
