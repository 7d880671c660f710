"""Publish an edition 发布."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.actions.supersede import replace
from kanjian.boards.models import Edition
from kanjian.boards.states import BoardError, State, locked, require_step
from kanjian.boards.store import editions as store
from kanjian.boards.store.folders import damage
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def publish(edition: Edition, *, by: User | None) -> Edition:
    """Make an edition the valid one of its board and period; the one published before is superseded in the same step.

    Its files are read and compared with their hashes first, so that nothing damaged is ever published. The event names
    who computed and who published. Raises ``BoardError`` (illegal_transition, window_open, files_damaged),
    ``PermissionDenied``.
    """
    edition = locked(edition)
    policies.require(by, policies.PUBLISH_ROLES, edition.board.root)
    require_step(edition, State.PUBLISHED)
    _require_closed_window(edition)
    _require_whole_files(edition)
    standing = Edition.objects.select_for_update().filter(
        board=edition.board, period=edition.period, state=State.PUBLISHED
    )
    replaced = [replace(old, by=by, successor=edition, reason="") for old in standing]
    edition.state, edition.published_at, edition.published_by = State.PUBLISHED, timezone.now(), by
    edition.save(update_fields=["state", "published_at", "published_by"])
    data = {
        "hash": edition.hash,
        "period": edition.period,
        "computed_by": edition.created_by.username if edition.created_by else None,
        "replaces": [old.pk for old in replaced],
    }
    append_event("boards.publish", f"edition:{edition.pk}", by=by, data=data)
    return edition


def _require_closed_window(edition: Edition) -> None:
    until = edition.objection_until
    if until is None or timezone.localdate() <= until:
        raise BoardError("window_open", _("公示期到 %(day)s 为止，届满后才能发布") % {"day": until})


def _require_whole_files(edition: Edition) -> None:
    found = list(damage(store.folder_of(settings.HOME) / edition.hash, edition.hash))
    if found:
        raise BoardError("files_damaged", _("期次文件已损坏，请重新计算：%(what)s") % {"what": "；".join(found[:3])})
