"""Compute the first period of a new version under the older one as well 两版并行."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.actions.prepare_edition import WAITING
from kanjian.boards.actions.replay import person_of, replay
from kanjian.boards.models import Edition, Overlap, Replay
from kanjian.boards.overlaps import older_version
from kanjian.boards.states import BoardError
from kanjian.jobs.actions import run
from kanjian.jobs.models import Job
from kanjian.jobs.progress import SILENT, Reporter
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User


def record_overlap(edition: Edition, *, by: User | None, reporter: Reporter = SILENT) -> Overlap:
    """Replay the edition's release under the version before, and record that both are there to be compared.

    Answers the record that is there. Raises ``BoardError`` (no_overlap) where the version is the board's first one or
    has been published before, and what ``replay`` raises.
    """
    policies.require(by, policies.METHOD_ROLES, edition.board.root)
    older = older_version(edition)
    if older is None:
        raise BoardError("no_overlap", _("首个方法版本，或这个版本已经发布过：不需要两版并行"))
    other = replay(edition.board, older, edition.period, by=by, release=edition.release, reporter=reporter)
    return _record(edition, other, by=by)


@transaction.atomic
def _record(edition: Edition, other: Replay, *, by: User | None) -> Overlap:
    found, created = Overlap.objects.get_or_create(edition=edition, defaults={"replay": other, "created_by": by})
    if created:
        data = {
            "period": edition.period,
            "version": edition.scheme.version,
            "older": other.scheme.version,
            "hash": edition.hash,
            "older_hash": other.hash,
        }
        append_event("boards.record_overlap", f"edition:{edition.pk}", by=by, data=data)
    return found


def prepare_overlap(edition: Edition, *, by: User) -> Job:
    """Begin the overlap in the background; the job's result leads to both versions side by side."""
    policies.require(by, policies.METHOD_ROLES, edition.board.root)
    parameters = {"edition": edition.pk, "user": by.pk}
    function = f"{overlap_in_background.__module__}.{overlap_in_background.__qualname__}"
    standing = Job.objects.filter(function=function, parameters=parameters, state__in=WAITING).first()
    if standing is not None:
        return standing
    name = _("两版并行 %(board)s %(period)s") % {"board": edition.board.name[:60], "period": edition.period}
    return run(name, overlap_in_background, parameters, owner=by)


def overlap_in_background(reporter: Reporter, edition: int, user: int) -> dict[str, str]:
    """The background work, with the rights that the person has now."""
    row = Edition.objects.select_related("board__root", "scheme", "release").get(pk=edition)
    found = record_overlap(row, by=person_of(user), reporter=reporter)
    beside = reverse("boards:manage_beside", args=[row.board.code])
    return {"url": f"{beside}?a=r{found.replay_id}&b=e{row.pk}"}
