"""Apply a staged set as a whole, or cancel it as a whole 应用、取消更正集."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.actions.objections.common import move, record
from kanjian.boards.actions.proposing import confirmed, lapse
from kanjian.boards.actions.publish import require_whole_files
from kanjian.boards.actions.staging.common import changes_of, fingerprint, in_force, locked, require_open, scheme_of
from kanjian.boards.actions.supersede import replace
from kanjian.boards.changes import Changes
from kanjian.boards.models import Board, Edition, Objection, Proposal, Release, StagedSet
from kanjian.boards.objection_states import TO_APPLY
from kanjian.boards.states import BoardError, State
from kanjian.boards.states import locked as locked_edition
from kanjian.boards.store import releases as release_store
from kanjian.boards.store.editions import open_edition
from kanjian.boards.store.folders import damage
from kanjian.calendars.periods import Period
from kanjian.ledger.actions import append_event
from kanjian.measures.actions.correct_values import Corrected, correct_values
from kanjian.measures.models import Batch
from kanjian.orgs.actions.correct_track import correct_track
from kanjian.orgs.models import Track, Unit, User
from kanjian.steps import require_text


@transaction.atomic
def apply_staged(staged: StagedSet, *, by: User | None) -> Edition:
    """Everything of the set takes effect in one transaction: values, tracks, release, edition, objections.

    The candidate takes the place of the base in the state the base is in. A person confirms what another proposed; the
    system may do both. Raises ``BoardError`` (staged_finished, not_computed, needs_proposal, same_person, stale,
    files_damaged), ``PermissionDenied``; nothing is changed then.
    """
    staged = locked(staged)
    policies.require(by, policies.PUBLISH_ROLES, staged.board.root)
    require_open(staged)
    Board.objects.select_for_update().get(pk=staged.board_id)
    base = locked_edition(staged.base)
    require_fresh(staged, base)
    proposal = confirmed(Proposal.Verb.APPLY, base, by=by)
    _require_files(staged)
    batch = _write(staged, by=by)
    edition = _take_place(staged, base, by=by)
    staged.state, staged.edition, staged.batch = StagedSet.State.APPLIED, edition, batch
    staged.finished_by, staged.finished_at = by, timezone.now()
    staged.save(update_fields=["state", "edition", "batch", "finished_by", "finished_at"])
    objections = _settle(staged, by=by)
    data = {
        "base": base.hash,
        "edition": edition.hash,
        "release": edition.release.hash,
        "state": edition.state,
        "batch": batch.pk if batch else None,
        "objections": objections,
        "proposed_by": proposal.proposed_by.username if proposal and proposal.proposed_by else None,
    }
    append_event("boards.apply_staged", f"staged:{staged.pk}", by=by, data=data)
    return edition


def require_fresh(staged: StagedSet, base: Edition) -> None:
    """The candidate was computed, and from what stands there now; else ``BoardError`` (not_computed, stale)."""
    if staged.state != StagedSet.State.COMPUTED:
        raise BoardError("not_computed", _("先试算，看过差异再应用"))
    standing = in_force(staged.board_id, staged.period)
    if standing is None or standing.pk != base.pk or fingerprint(staged) != staged.fingerprint:
        raise BoardError("stale", _("试算之后，期次或有关数据已经变化：请重新试算、核对差异"))


def _require_files(staged: StagedSet) -> None:
    require_whole_files(staged.edition_hash)
    folder = release_store.folder_of(settings.HOME) / staged.release_hash
    found = list(damage(folder, staged.release_hash))
    if found:
        raise BoardError("files_damaged", _("期次文件已损坏，请重新计算：%(what)s") % {"what": "；".join(found[:3])})


def _write(staged: StagedSet, *, by: User | None) -> Batch | None:
    """Values as a batch of their own, tracks as memberships since the period's first day."""
    changes = changes_of(staged)
    source = _("更正集 #%(number)s %(title)s") % {"number": staged.pk, "title": staged.title}
    _move_tracks(changes, Period.parse(staged.period), source, by=by)
    if not changes.cells:
        return None
    cells = [Corrected(c.unit, c.indicator, c.period, c.value, c.status, c.note) for c in changes.cells]
    return correct_values(cells, source=source, note=_reasons(staged), by=by)


def _reasons(staged: StagedSet) -> str:
    """What the values rest on: the objections and the documents."""
    parts = []
    for item in staged.items.all():
        number = f"{_('异议')} #{item.objection_id}" if item.objection_id else item.document
        parts.append(" ".join(part for part in (number, item.reason) if part))
    return "；".join(parts)


def _move_tracks(changes: Changes, period: Period, source: str, *, by: User | None) -> None:
    tracks = {track.code: track for track in Track.objects.filter(code__in=[each.track for each in changes.tracks])}
    for each in changes.tracks:
        unit = Unit.objects.get(code=each.unit)
        correct_track(unit, tracks[each.track], since=period.start, day=period.end, by=by, reason=source)


def _take_place(staged: StagedSet, base: Edition, *, by: User | None) -> Edition:
    """The candidate's rows, in the place of the base; its window goes on, its publication is renewed."""
    summary = open_edition(settings.HOME, staged.edition_hash).summary
    tables = release_store.read_release(settings.HOME, staged.release_hash)
    cells = tables.values.filter(period=staged.period).height
    given = {"period": staged.period, "rows": cells, "units": tables.units.height, "created_by": staged.computed_by}
    release, _created = Release.objects.get_or_create(board=staged.board, hash=staged.release_hash, defaults=given)
    edition = Edition.objects.create(
        board=staged.board,
        period=staged.period,
        scheme=scheme_of(staged),
        release=release,
        previous=base.previous,
        hash=staged.edition_hash,
        units=summary["units"],
        ranked=summary["ranked"],
        as_of=staged.computed_at or timezone.now(),
        created_by=staged.computed_by,
        objection_opened_at=base.objection_opened_at,
        objection_until=base.objection_until,
        objection_provisional=base.objection_provisional,
    )
    state = base.state
    replace(base, by=by, successor=edition, reason=staged.title)
    lapse(base)
    edition.state = state
    if state == State.PUBLISHED:
        edition.published_at, edition.published_by = timezone.now(), by
    edition.save(update_fields=["state", "published_at", "published_by"])
    return edition


def _settle(staged: StagedSet, *, by: User | None) -> list[int]:
    """The objections of the set are applied."""
    found = Objection.objects.select_for_update().filter(staged_items__staged=staged, state__in=TO_APPLY)
    numbers = []
    for objection in found.select_related("unit").order_by("pk"):
        move(objection, "apply")
        record(objection, "apply", by=by, data={"staged": staged.pk})
        numbers.append(objection.pk)
    return numbers


@transaction.atomic
def cancel_staged(staged: StagedSet, *, by: User | None, reason: str) -> StagedSet:
    """Drop the set as a whole: nothing in force has changed, upheld objections wait for another one.

    Raises ``BoardError`` (staged_finished, text_missing), ``PermissionDenied``.
    """
    staged = locked(staged)
    policies.require(by, policies.PUBLISH_ROLES, staged.board.root)
    require_open(staged)
    reason = require_text(reason, BoardError("text_missing", _("请写明取消的理由")))
    staged.state, staged.reason = StagedSet.State.CANCELLED, reason[:500]
    staged.finished_by, staged.finished_at = by, timezone.now()
    staged.save(update_fields=["state", "reason", "finished_by", "finished_at"])
    staged.proposals.filter(state=Proposal.State.OPEN).update(state=Proposal.State.WITHDRAWN, decided_at=timezone.now())
    append_event("boards.cancel_staged", f"staged:{staged.pk}", by=by, data={"reason": staged.reason})
    return staged
