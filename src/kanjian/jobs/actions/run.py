"""Hand work over to the background 提交任务."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.module_loading import import_string

from kanjian.jobs.models import Job
from kanjian.jobs.tasks import work


def run(
    name: str,
    function: str | Callable[..., Mapping[str, Any] | None],
    parameters: Mapping[str, Any] | None = None,
    *,
    owner: AbstractBaseUser | None,
) -> Job:
    """Queue ``function(reporter, **parameters)`` and return its job, as it stands when this returns.

    `function` is a function of a module, or its dotted path; it may return a mapping that JSON can say, kept as the
    job's result (``{"url": "/…"}`` makes the job's page lead on). `parameters` must be what JSON can say.

    Without a worker (the default backend) the work is done before this returns; with the database backend
    (``KANJIAN_TASKS_BACKEND=django_tasks_db.DatabaseBackend``) a worker takes it once the transaction is committed.
    A failure is never raised here: it is the job's state, on its page and in the health checks.
    """
    path = function if isinstance(function, str) else f"{function.__module__}.{function.__qualname__}"
    if not callable(import_string(path)):
        raise TypeError(f"{path} is not a function")
    with transaction.atomic():
        job = Job.objects.create(name=name, function=path, parameters=dict(parameters or {}), owner_id=_key(owner))
        queued = _is_queue()
        if queued:
            work.enqueue(job.pk)
    if not queued:
        # Outside the transaction above: the work opens its own, and its progress can be seen.
        work.enqueue(job.pk)
    job.refresh_from_db()
    return job


def _is_queue() -> bool:
    """Whether the backend only notes the work down, so that the note must share the job's transaction."""
    return work.get_backend().supports_get_result


def _key(owner: AbstractBaseUser | None) -> Any:
    return None if owner is None else owner.pk
