"""File an objection 提出异议."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards.actions.objections.assign import take
from kanjian.boards.actions.objections.common import locked, record
from kanjian.boards.attachments import attach, check_files
from kanjian.boards.changes import CellChange
from kanjian.boards.clocks import DECISION_DAYS, working_days_after
from kanjian.boards.independence import choose
from kanjian.boards.models import Edition, Objection
from kanjian.boards.objection_policies import is_window_open, stands_for
from kanjian.boards.objection_states import UNDECIDED
from kanjian.boards.objection_terms import wanted_changes
from kanjian.boards.states import BoardError
from kanjian.orgs.models import Unit, User
from kanjian.steps import require_text
from kanjian.tables import Source


def file_objection(
    edition: Edition,
    unit: Unit,
    kind: str,
    *,
    by: User | None,
    grounds: str,
    node: str = "",
    cells: Sequence[CellChange] = (),
    track: str = "",
    files: Sequence[Source] = (),
) -> Objection:
    """Object to an edition in its window, for a unit one has a post at or above; a reviewer is found at once.

    ``node``: the indicator, or the veto; ``cells``: values as they should read; ``track``: where the unit belongs. The
    decision is due ten working days later. Raises ``BoardError`` (window_closed, text_missing, filed_already, no_unit,
    what ``wanted_changes`` and ``check_files`` say, no_calendar), ``PermissionDenied``.
    """
    _require_right(edition, unit, by)
    grounds = require_text(grounds, BoardError("text_missing", _("请写明理由")))
    changes = wanted_changes(edition, unit.code, kind, node=node, cells=cells, track=track)
    check_files(files)
    due = working_days_after(timezone.localdate(), DECISION_DAYS)
    with transaction.atomic():
        _require_new(edition, unit, kind, node)
        objection = Objection.objects.create(
            edition=edition,
            unit=unit,
            kind=kind,
            node=node,
            grounds=grounds,
            changes=changes.as_json(),
            filed_by=by,
            filed_at=timezone.now(),
            due_on=due.day,
            due_provisional=due.provisional,
        )
        attach(objection, files, by=by)
        record(objection, "file", by=by, data={"node": node, "due": due.day, "files": len(files)})
        objection = locked(objection)
        reviewer = choose(objection)
        if reviewer is not None:
            take(objection, reviewer, by=None)
    return objection


def _require_right(edition: Edition, unit: Unit, by: User | None) -> None:
    """Somebody who stands for the unit, in the window."""
    if by is not None and not stands_for(by, unit, edition.board):
        raise PermissionDenied(_("只有该单位或它的上级乡镇、区县的填报、审核人员可以提出异议"))
    if not is_window_open(edition) and not (by is None and edition.state == Edition.State.OBJECTION):
        raise BoardError("window_closed", _("这一期不在公示期内，不能提出异议"))


def _require_new(edition: Edition, unit: Unit, kind: str, node: str) -> None:
    """One open objection per unit and matter: the second would only wait for the first."""
    Unit.objects.select_for_update().get(pk=unit.pk)
    same = Objection.objects.filter(
        edition__board=edition.board_id, edition__period=edition.period, unit=unit, kind=kind, node=node
    )
    if same.filter(state__in=UNDECIDED).exists():
        raise BoardError("filed_already", _("这件事已经提出异议，正在处理中"))
