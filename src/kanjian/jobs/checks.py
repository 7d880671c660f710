"""What ``kanjian check`` asks of jobs."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from kanjian import health
from kanjian.jobs import selectors

SHOWN = 20


@health.check("jobs.failed")
def failures() -> Iterator[health.Problem]:
    """Failed jobs, loud until somebody takes note."""
    found = selectors.unacknowledged_failures()
    for job in found[:SHOWN]:
        reason = job.error.partition("\n")[0]
        message = _("任务“%(name)s”失败：%(reason)s") % {"name": job.name, "reason": reason}
        remedy = _("打开任务 %(id)d 的页面查看原因，处理后点“已知悉”") % {"id": job.pk}
        yield health.Problem("jobs.failed", health.Severity.ERROR, message, remedy)
    more = found.count() - SHOWN
    if more > 0:
        yield health.Problem("jobs.failed", health.Severity.ERROR, _("另有 %(count)d 个失败任务") % {"count": more})


@health.check("jobs.lost")
def lost() -> Iterator[health.Problem]:
    """Running jobs without a sign of life."""
    for job in selectors.lost():
        message = _("任务“%(name)s”超过 %(minutes)d 分钟没有动静") % {
            "name": job.name,
            "minutes": selectors.SILENCE.total_seconds() // 60,
        }
        yield health.Problem("jobs.lost", health.Severity.ERROR, message, _("后台进程可能已退出：重启它并重新提交任务"))


@health.check("jobs.waiting")
def waiting() -> Iterator[health.Problem]:
    """Queued jobs that nobody takes."""
    count = selectors.waiting_too_long().count()
    if count:
        message = _("%(count)d 个任务排队超过 %(minutes)d 分钟") % {
            "count": count,
            "minutes": selectors.QUEUE_TIME.total_seconds() // 60,
        }
        yield health.Problem("jobs.waiting", health.Severity.WARNING, message, _("启动后台进程：manage.py db_worker"))
