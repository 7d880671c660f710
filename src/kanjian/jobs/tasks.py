"""The one task of this room: do a job."""

import json
from contextlib import nullcontext
from typing import Any

from django.db import connection, transaction
from django.utils.module_loading import import_string
from django_tasks import task

from kanjian.jobs.actions import finish
from kanjian.jobs.models import Job
from kanjian.jobs.progress import JobProgress


@task()
def work(job_id: int) -> None:
    """Do the job: call its function with a reporter and its parameters, and note how it ended."""
    job = finish.claim(job_id)
    if job is None:
        return
    progress = JobProgress(job.pk)
    try:
        finish.succeed(job, progress, _call(job, progress))
    except Exception as error:  # noqa: BLE001 - whatever went wrong is the job's state, shown and counted as such
        finish.fail(job, progress, error)
    except BaseException as error:
        finish.fail(job, progress, error)
        raise
    finally:
        progress.close()


def _call(job: Job, progress: JobProgress) -> dict[str, Any] | None:
    # Inside somebody's transaction a failing statement would spoil it: a savepoint keeps the job's own row writable.
    with transaction.atomic() if connection.in_atomic_block else nullcontext():
        result: dict[str, Any] | None = import_string(job.function)(progress, **job.parameters)
        json.dumps(result)  # what cannot be kept is the work's failure, found here and not by a spoilt UPDATE
        return result
