"""Compute a period again under any version 重放: never to be published, only to be compared."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.actions.freeze_release import freeze_release
from kanjian.boards.actions.prepare_edition import WAITING
from kanjian.boards.chains import earlier
from kanjian.boards.inputs import indicator_of
from kanjian.boards.models import Board, Edition, Release, Replay, SchemeVersion
from kanjian.boards.recomputing import build
from kanjian.boards.states import BoardError
from kanjian.boards.store.editions import EditionTables, write_edition
from kanjian.boards.store.releases import release_path, values_held
from kanjian.calendars.periods import Period
from kanjian.jobs.actions import run
from kanjian.jobs.models import Job
from kanjian.jobs.progress import SILENT, Reporter
from kanjian.ledger.actions import append_event
from kanjian.orgs.models import User
from kanjian.scoring import Scheme


def replay(
    board: Board,
    version: SchemeVersion,
    period: str,
    *,
    by: User | None,
    release: Release | None = None,
    reporter: Reporter = SILENT,
) -> Replay:
    """Compute the period under the version, whenever the version begins; the files first, then the row.

    ``release``: what to read; by default what the period's edition in force was computed from, or, where that does not
    hold what the version reads, the values of today, frozen. The same content again answers the row that is there.
    Raises ``BoardError`` (other_board, and what freezing raises), ``PeriodError``, ``PermissionDenied``.
    """
    policies.require(by, policies.METHOD_ROLES, board.root)
    if version.board_id != board.pk:
        raise BoardError("other_board", _("方法版本与数据发布不属于同一榜单"))
    stretch = Period.parse(period).code
    scheme = Scheme.load(version.text)
    source = release or _release_in_force(board, stretch, scheme) or freeze_release(board, stretch, by=by)
    history = [edition.hash for edition in earlier(board, stretch)]
    tables = build(settings.HOME, scheme, source.hash, history, reporter)
    return _record(version, source, write_edition(settings.HOME, tables), tables, by=by)


def _release_in_force(board: Board, period: str, scheme: Scheme) -> Release | None:
    """The release under the period's newest edition, the published one first, if it holds what the scheme reads."""
    editions = list(Edition.objects.filter(board=board, period=period).select_related("release"))
    editions.sort(key=lambda edition: (edition.state != Edition.State.PUBLISHED, -edition.pk))
    if not editions:
        return None
    read = {indicator_of(column) for column in scheme.inputs()}
    held = values_held(release_path(settings.HOME, editions[0].release.hash))
    return editions[0].release if read <= held else None


@transaction.atomic
def _record(version: SchemeVersion, release: Release, name: str, tables: EditionTables, *, by: User | None) -> Replay:
    facts = {"units": tables.summary["units"], "ranked": tables.summary["ranked"]}
    found, created = Replay.objects.get_or_create(
        board=version.board,
        scheme=version,
        hash=name,
        defaults={"period": release.period, "release": release, "created_by": by, **facts},
    )
    if created:
        data = {"hash": name, "period": release.period, "version": version.version, "release": release.hash, **facts}
        append_event("boards.replay", f"board:{version.board.code}", by=by, data=data)
    return found


def prepare_replay(board: Board, version: SchemeVersion, period: str, *, by: User) -> Job:
    """Begin a replay in the background; the job's result leads to the comparison. Waiting work is answered as it is.

    Raises ``PeriodError``, ``PermissionDenied``.
    """
    policies.require(by, policies.METHOD_ROLES, board.root)
    stretch = Period.parse(period).code
    parameters = {"version": version.pk, "period": stretch, "user": by.pk}
    function = f"{replay_in_background.__module__}.{replay_in_background.__qualname__}"
    standing = Job.objects.filter(function=function, parameters=parameters, state__in=WAITING).first()
    if standing is not None:
        return standing
    given = {"board": board.name[:50], "period": stretch, "version": version.version}
    return run(_("重放 %(board)s %(period)s（%(version)s）") % given, replay_in_background, parameters, owner=by)


def replay_in_background(reporter: Reporter, version: int, period: str, user: int) -> dict[str, str]:
    """The background work, with the rights that the person has now."""
    row = SchemeVersion.objects.select_related("board__root").get(pk=version)
    found = replay(row.board, row, period, by=person_of(user), reporter=reporter)
    return {"url": f"{reverse('boards:manage_replays', args=[row.board.code])}#replay-{found.pk}"}


def person_of(user: int) -> User:
    """Who asked for background work; ``PermissionDenied`` once the account is closed: None would be the system."""
    person = User.objects.filter(pk=user, is_active=True).first()
    if person is None:
        raise PermissionDenied(_("提交人的账号已停用"))
    return person
