"""Add to a staged set, take out, choose another method 增减更正项."""

from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.actions.staging.common import locked, reopen, require_open
from kanjian.boards.changes import Changes
from kanjian.boards.models import SchemeVersion, StagedItem, StagedSet
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.states import BoardError
from kanjian.ledger.actions import append_event
from kanjian.measures.models import Indicator
from kanjian.orgs.models import User
from kanjian.steps import require_text


@transaction.atomic
def add_correction(
    staged: StagedSet, changes: Changes, *, by: User | None, reason: str, document: str = ""
) -> StagedItem:
    """Put a correction into the set that nobody objected for, with its reason and, where there is one, its document.

    Raises ``BoardError`` (staged_finished, text_missing, nothing_differs, no_unit, no_indicator), ``PermissionDenied``.
    """
    staged = locked(staged)
    policies.require(by, policies.DRAFT_ROLES, staged.board.root)
    require_open(staged)
    reason = require_text(reason, BoardError("text_missing", _("请写明更正的理由")))
    _require_known(staged, changes)
    item = StagedItem.objects.create(
        staged=staged, changes=changes.as_json(), reason=reason[:500], document=document[:120], added_by=by
    )
    reopen(staged)
    data = {"item": item.pk, "changes": item.changes, "reason": item.reason, "document": item.document}
    append_event("boards.add_correction", f"staged:{staged.pk}", by=by, data=data)
    return item


def _require_known(staged: StagedSet, changes: Changes) -> None:
    """There is something, of units of the edition and registered indicators."""
    if not changes:
        raise BoardError("nothing_differs", _("请至少填写一个与现值不同的数值"))
    files = files_of(staged.base)
    strangers = [unit for unit in changes.units() if files.position(unit) is None]
    if strangers:
        raise BoardError("no_unit", _("单位 %(unit)s 不在这一期榜单中") % {"unit": strangers[0]})
    wanted = {cell.indicator for cell in changes.cells}
    unknown = wanted - set(Indicator.objects.filter(code__in=wanted).values_list("code", flat=True))
    if unknown:
        raise BoardError("no_indicator", _("没有登记指标 %(code)s") % {"code": min(unknown)})


@transaction.atomic
def remove_correction(item: StagedItem, *, by: User | None) -> None:
    """Take out a correction that was added by hand; an upheld objection stays until it is applied.

    Raises ``BoardError`` (staged_finished, is_objection), ``PermissionDenied``.
    """
    staged = locked(item.staged)
    policies.require(by, policies.DRAFT_ROLES, staged.board.root)
    require_open(staged)
    if item.objection_id is not None:
        raise BoardError("is_objection", _("成立的异议不能从更正集中去掉"))
    number, changes = item.pk, item.changes
    item.delete()
    reopen(staged)
    data = {"item": number, "changes": changes}
    append_event("boards.remove_correction", f"staged:{staged.pk}", by=by, data=data)


@transaction.atomic
def choose_method(staged: StagedSet, version: SchemeVersion | None, *, by: User | None) -> StagedSet:
    """Compute the candidate by another version of the method; None: by the base's own.

    Raises ``BoardError`` (staged_finished, other_board), ``PermissionDenied``.
    """
    staged = locked(staged)
    policies.require(by, policies.METHOD_ROLES, staged.board.root)
    require_open(staged)
    if version is not None and version.board_id != staged.board_id:
        raise BoardError("other_board", _("方法版本与数据发布不属于同一榜单"))
    staged.scheme = None if version is not None and version.pk == staged.base.scheme_id else version
    staged.save(update_fields=["scheme"])
    reopen(staged)
    data = {"version": version.version if version else staged.base.scheme.version}
    append_event("boards.choose_method", f"staged:{staged.pk}", by=by, data=data)
    return staged
