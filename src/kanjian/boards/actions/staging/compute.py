"""Compute what a staged set would lead to 试算: files of a candidate, nothing in force changes."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.actions.compute_edition import require_valid
from kanjian.boards.actions.staging.common import changes_of, fingerprint, in_force, locked, require_open, scheme_of
from kanjian.boards.changes import applied
from kanjian.boards.effects import noted_by
from kanjian.boards.models import StagedSet
from kanjian.boards.recomputing import build
from kanjian.boards.states import BoardError
from kanjian.boards.store.editions import open_edition, write_edition
from kanjian.boards.store.releases import read_release, write_release
from kanjian.jobs.progress import SILENT, Reporter
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.scoring import Scheme


def compute_staged(staged: StagedSet, *, by: User | None, reporter: Reporter = SILENT) -> StagedSet:
    """Write a candidate release (the base's with all changes in place) and a candidate edition, named by their hashes.

    A crash leaves folders that nobody refers to. Where the base was replaced meanwhile, the set moves on to the edition
    in force. Raises ``BoardError`` (staged_finished, nothing_in_force, nothing_staged, clash, scheme_not_valid, stale),
    ``PermissionDenied``, ``StoreError``.
    """
    policies.require(by, policies.METHOD_ROLES, staged.board.root)
    staged = _on_firm_ground(staged)
    changes, version, before = changes_of(staged), scheme_of(staged), fingerprint(staged)
    if not changes and version.pk == staged.base.scheme_id:
        raise BoardError("nothing_staged", _("更正集是空的：先加入更正项，或选择另一个方法版本"))
    require_valid(version, staged.period)
    scheme = Scheme.load(version.text)
    release = applied(changes, read_release(settings.HOME, staged.base.release.hash), noted_by(scheme))
    release_hash = write_release(settings.HOME, release)
    identity = open_edition(settings.HOME, staged.base.hash).manifest.identity
    history = [str(each) for each in identity["history"]] if isinstance(identity["history"], list) else []
    edition_hash = write_edition(settings.HOME, build(settings.HOME, scheme, release_hash, history, reporter))
    return _record(staged, (release_hash, edition_hash, before), by=by)


@transaction.atomic
def _on_firm_ground(staged: StagedSet) -> StagedSet:
    """The set with a base that is in force."""
    staged = locked(staged)
    require_open(staged)
    base = in_force(staged.board_id, staged.period)
    if base is None:
        raise BoardError("nothing_in_force", _("%(period)s 没有公示中或已发布的期次") % {"period": staged.period})
    if base.pk != staged.base_id:
        staged.base = base
        staged.save(update_fields=["base"])
    return staged


@transaction.atomic
def _record(staged: StagedSet, found: tuple[str, str, str], *, by: User | None) -> StagedSet:
    staged = locked(staged)
    require_open(staged)
    release_hash, edition_hash, before = found
    if fingerprint(staged) != before:
        raise BoardError("stale", _("试算期间内容已经变化，请重新试算"))
    staged.release_hash, staged.edition_hash, staged.fingerprint = release_hash, edition_hash, before
    staged.state, staged.computed_by, staged.computed_at = StagedSet.State.COMPUTED, by, timezone.now()
    staged.save()
    data = {
        "base": staged.base.hash,
        "release": release_hash,
        "edition": edition_hash,
        "scheme": scheme_of(staged).hash,
    }
    append_event("boards.compute_staged", f"staged:{staged.pk}", by=by, data=data)
    return staged
