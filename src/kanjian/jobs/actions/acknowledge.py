"""Take note of a failed job 知悉失败, so that the health page may fall silent about it."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kanjian.jobs import policies
from kanjian.jobs.models import Job


def acknowledge(job: Job, *, by: policies.Person) -> Job:
    """Note when the failure was seen; once noted it stays. Raises ``PermissionDenied``."""
    if not policies.may_see(by, job):
        raise PermissionDenied
    Job.objects.filter(pk=job.pk, state=Job.State.FAILED, acknowledged_at=None).update(acknowledged_at=timezone.now())
    job.refresh_from_db()
    return job
