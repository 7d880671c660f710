"""Freeze and compute in the background 冻结并计算."""

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.actions.compute_edition import compute_edition
from kanjian.boards.actions.freeze_release import freeze_release
from kanjian.boards.models import SchemeVersion
from kanjian.calendars.periods import Period
from kanjian.jobs.actions import run
from kanjian.jobs.models import Job
from kanjian.jobs.progress import Reporter
from kanjian.orgs.models import User

WAITING = (Job.State.QUEUED, Job.State.RUNNING)


def prepare_edition(version: SchemeVersion, period: str, *, by: User) -> Job:
    """Begin to freeze the period's values and to compute a draft of them; the job's result leads to the draft.

    The same work that is waiting or running already is answered instead of a second job. Raises ``PeriodError``,
    ``PermissionDenied``; everything else that may go wrong is the job's failure, told on its page.
    """
    policies.require(by, policies.METHOD_ROLES, version.board.root)
    stretch = Period.parse(period).code
    parameters = {"version": version.pk, "period": stretch, "user": by.pk}
    function = f"{freeze_and_compute.__module__}.{freeze_and_compute.__qualname__}"
    standing = Job.objects.filter(function=function, parameters=parameters, state__in=WAITING).first()
    if standing is not None:
        return standing
    name = _("计算 %(board)s %(period)s") % {"board": version.board.name[:60], "period": stretch}
    return run(name, freeze_and_compute, parameters, owner=by)


def freeze_and_compute(reporter: Reporter, version: int, period: str, user: int) -> dict[str, str]:
    """The background work, with the rights that the person has now."""
    row = SchemeVersion.objects.select_related("board__root").get(pk=version)
    person = User.objects.filter(pk=user, is_active=True).first()
    if person is None:  # None would be the system itself, which may do everything
        raise PermissionDenied(_("提交人的账号已停用"))
    reporter.start(0, _("冻结数据"))
    release = freeze_release(row.board, period, by=person)
    edition = compute_edition(row, release, by=person, reporter=reporter)
    return {"url": reverse("boards:manage_edition", args=[row.board.code, edition.pk])}
