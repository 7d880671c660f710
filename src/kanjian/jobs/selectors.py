"""Reads of jobs."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from kanjian.jobs.models import Job
from kanjian.jobs.progress import progress_file

SILENCE = timedelta(minutes=15)  # a running job without a sign of life for longer has lost its worker
QUEUE_TIME = timedelta(minutes=10)  # a queued job older than this has no worker


@dataclass(frozen=True)
class Standing:
    """How far a job is 进展; `share` is 0..1 or None when the total is unknown."""

    done: int
    total: int
    message: str
    heartbeat_at: datetime | None

    @property
    def share(self) -> float | None:
        """Part of the work that is done."""
        return min(self.done / self.total, 1.0) if self.total else None

    @property
    def percent(self) -> int | None:
        """The share in whole per cent, rounded down."""
        return None if self.share is None else int(self.share * 100)


def standing(job: Job) -> Standing:
    """The job's row, or the file beside it while a transaction on SQLite keeps the row back."""
    row = Standing(job.done, job.total, job.message, job.heartbeat_at)
    if job.is_over:
        return row
    try:
        content = json.loads(progress_file(job.pk).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return row
    seen = datetime.fromisoformat(content["heartbeat_at"])
    if row.heartbeat_at is not None and row.heartbeat_at > seen:
        return row
    return Standing(content["done"], content["total"], content["message"], seen)


def unacknowledged_failures() -> QuerySet[Job]:
    """Failed jobs nobody has taken note of."""
    return Job.objects.filter(state=Job.State.FAILED, acknowledged_at=None)


def lost(now: datetime | None = None) -> list[Job]:
    """Running jobs whose worker has fallen silent."""
    limit = (now or timezone.now()) - SILENCE
    running = Job.objects.filter(state=Job.State.RUNNING)
    return [job for job in running if (standing(job).heartbeat_at or job.created_at) < limit]


def waiting_too_long(now: datetime | None = None) -> QuerySet[Job]:
    """Queued jobs that no worker takes."""
    return Job.objects.filter(state=Job.State.QUEUED, created_at__lt=(now or timezone.now()) - QUEUE_TIME)
