"""Compute an edition 计算期次: scheme version × release → files and a draft."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.boards import linting, policies
from kanjian.boards.chains import earlier
from kanjian.boards.models import Edition, Release, SchemeVersion
from kanjian.boards.recomputing import build
from kanjian.boards.states import BoardError
from kanjian.boards.store.editions import EditionTables, write_edition
from kanjian.calendars.periods import Period
from kanjian.jobs.progress import SILENT, Reporter
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.scoring import Scheme


def compute_edition(
    version: SchemeVersion, release: Release, *, by: User | None, reporter: Reporter = SILENT
) -> Edition:
    """Compute a draft: the files first, whole, then the row; a crash in between leaves an orphan folder at worst.

    Movement and sparklines count from the editions of earlier periods that are published at this moment. What is there
    already, not superseded and of the same content, is answered instead of a second copy. Raises ``BoardError``
    (other_board, scheme_not_valid, red_line), ``ValuesError``, ``PermissionDenied``.
    """
    board = version.board
    policies.require(by, policies.METHOD_ROLES, board.root)
    _require_match(version, release)
    scheme = Scheme.load(version.text)
    linting.require_clean(board, scheme)  # an exception that has run out stops the next edition
    history = earlier(board, release.period)
    tables = build(settings.HOME, scheme, release.hash, [edition.hash for edition in history], reporter)
    name = write_edition(settings.HOME, tables)
    return _record(version, release, name, tables, previous=history[-1] if history else None, by=by)


def _require_match(version: SchemeVersion, release: Release) -> None:
    if version.board_id != release.board_id:
        raise BoardError("other_board", _("方法版本与数据发布不属于同一榜单"))
    require_valid(version, release.period)


def require_valid(version: SchemeVersion, period: str) -> None:
    """The version is meant for the period; ``BoardError`` (scheme_not_valid)."""
    if Period.parse(period).start < Period.parse(version.valid_from).start:
        raise BoardError(
            "scheme_not_valid",
            _("方法版本 %(version)s 自 %(start)s 起适用，不能用于 %(period)s")
            % {"version": version.version, "start": version.valid_from, "period": period},
        )


@transaction.atomic
def _record(
    version: SchemeVersion,
    release: Release,
    name: str,
    tables: EditionTables,
    *,
    previous: Edition | None,
    by: User | None,
) -> Edition:
    # The board's row is locked so that two computations at once cannot both add the same content.
    board = type(version.board).objects.select_for_update().get(pk=version.board_id)
    standing = Edition.objects.filter(board=board, hash=name).exclude(state=Edition.State.SUPERSEDED).first()
    if standing is not None:
        return standing
    edition = Edition.objects.create(
        board=board,
        period=release.period,
        scheme=version,
        release=release,
        previous=previous,
        hash=name,
        units=tables.summary["units"],
        ranked=tables.summary["ranked"],
        as_of=release.created_at,
        created_by=by,
    )
    data = {
        "board": board.code,
        "period": release.period,
        "hash": name,
        "scheme": version.hash,
        "release": release.hash,
        "history": tables.history,
        "units": edition.units,
        "ranked": edition.ranked,
    }
    append_event("boards.compute_edition", f"edition:{edition.pk}", by=by, data=data)
    return edition
