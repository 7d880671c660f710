"""Freeze the values of a board and period into a release 数据发布."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.gathering import gather, wanted
from kanjian.boards.models import Board, Release
from kanjian.boards.states import BoardError
from kanjian.boards.store.releases import ReleaseTables, write_release
from kanjian.calendars.periods import Period
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


def freeze_release(board: Board, period: str, *, by: User | None) -> Release:
    """Write the release's files, then its row: a crash in between leaves an orphan folder, never a row without files.

    The same values again answer the release that is there. Raises ``PeriodError``, ``BoardError`` (no_scheme, no_units,
    no_values), ``PermissionDenied``.
    """
    policies.require(by, policies.METHOD_ROLES, board.root)
    stretch = Period.parse(period)
    what = wanted(board)
    if not what.indicators:
        raise BoardError("no_scheme", _("榜单“%(board)s”还没有方法，请先新增方法版本") % {"board": board})
    tables = gather(board, stretch, what)
    cells = tables.values.filter(period=stretch.code).height
    _require_content(board, stretch, tables, cells)
    name = write_release(settings.HOME, tables)
    return _record(board, stretch.code, name, cells=cells, units=tables.units.height, by=by)


def _require_content(board: Board, period: Period, tables: ReleaseTables, cells: int) -> None:
    place = {"board": board, "period": period.code}
    if tables.units.is_empty():
        raise BoardError(
            "no_units", _("榜单“%(board)s”在 %(period)s 没有单位：请检查榜单的范围和单位的起止日期") % place
        )
    if not cells:
        raise BoardError("no_values", _("榜单“%(board)s”在 %(period)s 没有数据：请先导入或填报") % place)


@transaction.atomic
def _record(board: Board, period: str, name: str, *, cells: int, units: int, by: User | None) -> Release:
    release, created = Release.objects.get_or_create(
        board=board, hash=name, defaults={"period": period, "rows": cells, "units": units, "created_by": by}
    )
    if created:
        data = {"board": board.code, "period": period, "hash": name, "rows": cells, "units": units}
        append_event("boards.freeze_release", f"release:{release.pk}", by=by, data=data)
    return release
