"""Failed work, until somebody takes note."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext

from kanjian.jobs.models import Job
from kanjian.orgs.models import User
from kanjian.portal.selectors.to_dos.item import ToDo


def failed_jobs(user: User) -> Iterator[ToDo]:
    """The person's own work that failed."""
    for job in Job.objects.filter(owner=user, state=Job.State.FAILED, acknowledged_at=None)[:5]:
        note = job.message or gettext("没有完成，数据未改动")
        yield ToDo("alert-triangle", job.name, note, reverse("jobs:detail", args=[job.pk]), is_urgent=True)
