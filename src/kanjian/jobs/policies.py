"""Who may look at a job: its owner and administrators.

Posts and roles are known one floor above, so the user's model answers (``User.is_administrator``).
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from kanjian.jobs.models import Job

Person = AbstractBaseUser | AnonymousUser


def may_see(user: Person, job: Job) -> bool:
    """Whether the person may open the job's page."""
    return visible_to(user).filter(pk=job.pk).exists()


def visible_to(user: Person) -> QuerySet[Job]:
    """Jobs the person may see, newest first."""
    if not user.is_authenticated or not user.is_active:
        return Job.objects.none()
    if getattr(user, "is_administrator", False):
        return Job.objects.all()
    return Job.objects.filter(owner_id=user.pk)
