"""Add a version of a board's method 新增方法版本."""

from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.boards import linting, policies
from kanjian.boards.models import Board, SchemeVersion
from kanjian.boards.states import BoardError
from kanjian.calendars.periods import Period
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.scoring import Scheme


@transaction.atomic
def add_scheme_version(board: Board, text: str, *, by: User | None, valid_from: str, note: str = "") -> SchemeVersion:
    """Check the scheme's text and store it under its own version label.

    The same content again answers the stored row. Another content under a label is taken only while no edition stands
    on it: what has been used never changes. Raises ``SchemeError`` with every problem of the text, ``PeriodError`` for
    ``valid_from``, ``BoardError`` (version_used; red_line: see ``linting``), ``PermissionDenied``.
    """
    policies.require(by, policies.METHOD_ROLES, board.root)
    scheme = Scheme.load(text)
    period = Period.parse(valid_from).code
    version = SchemeVersion.objects.select_for_update().filter(board=board, version=scheme.version).first()
    if version is not None and version.hash == scheme.hash:
        return version
    linting.require_clean(board, scheme)
    verb = "boards.add_scheme_version" if version is None else "boards.replace_scheme_text"
    before = version.hash if version else None
    if version is None:
        version = SchemeVersion(board=board, version=scheme.version)
    elif version.editions.exists():
        raise BoardError(
            "version_used",
            _("方法版本 %(version)s 已用于发布，不能修改：请改用新的版本号") % {"version": version.version},
        )
    version.text, version.hash, version.valid_from, version.note = text, scheme.hash, period, note
    version.created_by = by
    version.save()
    data = {"version": version.version, "hash": version.hash, "replaces": before, "valid_from": period, "note": note}
    append_event(verb, f"board:{board.code}", by=by, data=data)
    return version
