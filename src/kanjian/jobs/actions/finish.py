"""Begin and end a job 开始与结束: every step is a compare-and-swap, so two workers never do the same work."""

import logging
import traceback
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from kanjian.jobs.models import Job
from kanjian.jobs.progress import JobProgress

logger = logging.getLogger(__name__)
FRAMES = 6
ERROR_LENGTH = 4_000


def claim(job_id: int) -> Job | None:
    """Take a queued job; None when somebody else has it or it is gone."""
    now = timezone.now()
    queued = Job.objects.filter(pk=job_id, state=Job.State.QUEUED)
    taken = queued.update(state=Job.State.RUNNING, started_at=now, heartbeat_at=now)
    return Job.objects.get(pk=job_id) if taken else None


def succeed(job: Job, progress: JobProgress, result: Mapping[str, Any] | None) -> None:
    """The work is done."""
    _end(job, progress, state=Job.State.DONE, result=dict(result or {}))


def fail(job: Job, progress: JobProgress, error: BaseException) -> None:
    """The work failed: keep the reason and the last frames for the page, the whole in the log."""
    logger.error("job %s (%s) failed", job.pk, job.name, exc_info=error)
    _end(job, progress, state=Job.State.FAILED, error=summary(error))


def summary(error: BaseException) -> str:
    """The exception's own words, then the last frames, innermost last; file names without folders."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    lines = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
    head = "".join(traceback.format_exception_only(error)).strip()
    return "\n".join([head, *lines])[:ERROR_LENGTH].replace("\x00", "")


def _end(job: Job, progress: JobProgress, **values: Any) -> None:
    running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING)
    running.update(finished_at=timezone.now(), **progress.figures(), **values)
