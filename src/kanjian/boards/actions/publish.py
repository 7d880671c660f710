"""Publish an edition 发布."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.actions.proposing import confirmed
from kanjian.boards.actions.supersede import replace
from kanjian.boards.models import Edition, Objection, Proposal
from kanjian.boards.objection_states import BLOCKING
from kanjian.boards.overlaps import require_overlap
from kanjian.boards.states import BoardError, State, locked, require_step
from kanjian.boards.store import editions as store
from kanjian.boards.store.folders import damage
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


@transaction.atomic
def publish(edition: Edition, *, by: User | None) -> Edition:
    """Make an edition the valid one of its board and period; the one published before is superseded in the same step.

    A person confirms what another person proposed (``propose_publication``); the system may do both. Files are read and
    compared with their hashes first, so that nothing damaged is ever published, and no objection may be open. The event
    names who computed, who proposed and who confirmed. Raises ``BoardError`` (illegal_transition, window_open,
    objections_open, overlap_missing, files_damaged, needs_proposal, same_person), ``PermissionDenied``.
    """
    edition = locked(edition)
    policies.require(by, policies.PUBLISH_ROLES, edition.board.root)
    require_publishable(edition)
    proposal = confirmed(Proposal.Verb.PUBLISH, edition, by=by)
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
        "proposed_by": proposal.proposed_by.username if proposal and proposal.proposed_by else None,
        "replaces": [old.pk for old in replaced],
    }
    append_event("boards.publish", f"edition:{edition.pk}", by=by, data=data)
    return edition


def require_publishable(edition: Edition) -> None:
    """Everything that publishing asks for except the second person; ``BoardError`` says what is lacking."""
    require_step(edition, State.PUBLISHED)
    until = edition.objection_until
    if until is None or timezone.localdate() <= until:
        raise BoardError("window_open", _("公示期到 %(day)s 为止，届满后才能发布") % {"day": until})
    _require_settled(edition)
    require_overlap(edition)
    require_whole_files(edition.hash)


def _require_settled(edition: Edition) -> None:
    """Every objection to the board's period is decided, and what was upheld is applied."""
    open_ones = Objection.objects.filter(
        edition__board=edition.board_id, edition__period=edition.period, state__in=BLOCKING
    )
    numbers = list(open_ones.order_by("pk").values_list("pk", flat=True))
    if numbers:
        listed = "、".join(f"#{number}" for number in numbers[:8])
        text = _("还有 %(count)s 件异议没有决定或更正：%(numbers)s")
        raise BoardError("objections_open", text % {"count": len(numbers), "numbers": listed})


def require_whole_files(name: str) -> None:
    """The files of an edition are there and say what they said; ``BoardError`` (files_damaged)."""
    found = list(damage(store.folder_of(settings.HOME) / name, name))
    if found:
        raise BoardError("files_damaged", _("期次文件已损坏，请重新计算：%(what)s") % {"what": "；".join(found[:3])})
