"""Progress 进度: one interface for long work, whoever watches.

Work takes a ``Reporter`` and does not know whether a page, a terminal or nobody looks::

    def import_values(path: str, *, reporter: Reporter = SILENT) -> int:
        reporter.start(total=rows, message=_("正在写入"))
        for chunk in chunks:
            ...
            reporter.advance(len(chunk))
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from kanjian.jobs.models import Job
from kanjian.jobs.reporter import SILENT, Reporter

__all__ = ["SILENT", "JobProgress", "Reporter", "progress_file"]

INTERVAL = 0.5  # seconds between two writes
MESSAGE_LENGTH = 300


class JobProgress:
    """Writes the progress of one job, at most twice a second, so that other processes see it at once.

    The work usually sits in one all-or-nothing transaction; what is written inside it is invisible until its end and
    gone when it fails. There, PostgreSQL gets the progress through a second connection, and SQLite, which has one
    writer at a time, through a small file ``HOME/jobs/<id>.json`` that ``selectors.standing`` reads.
    """

    def __init__(self, job_id: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._job_id, self._clock = job_id, clock
        self._done, self._total, self._message = 0, 0, ""
        self._written_at = float("-inf")
        self._side: BaseDatabaseWrapper | None = None

    def start(self, total: int, message: str = "") -> None:
        """Begin a step of `total` pieces; written at once."""
        self._done, self._total, self._message = 0, total, message
        self._write()

    def advance(self, done: int = 1, message: str | None = None) -> None:
        """`done` more pieces; a new message is written at once, numbers wait for their turn."""
        self._done += done
        changed = message is not None and message != self._message
        if message is not None:
            self._message = message
        if changed or self._clock() - self._written_at >= INTERVAL:
            self._write()

    def close(self) -> None:
        """Give back what was opened; the last figures go into the job's row with its end."""
        if self._side is not None:
            self._side.close()
        progress_file(self._job_id).unlink(missing_ok=True)

    def figures(self) -> dict[str, Any]:
        """Columns of the job's row."""
        message = self._message[:MESSAGE_LENGTH]
        return {"done": self._done, "total": self._total, "message": message, "heartbeat_at": timezone.now()}

    def _write(self) -> None:
        self._written_at = self._clock()
        values = self.figures()
        if not connection.in_atomic_block:
            Job.objects.filter(pk=self._job_id).update(**values)
        elif connection.vendor == "postgresql":
            self._write_beside(values)
        else:
            _write_file(progress_file(self._job_id), values)

    def _write_beside(self, values: dict[str, Any]) -> None:
        if self._side is None:
            self._side = connections.create_connection(DEFAULT_DB_ALIAS)
        with self._side.cursor() as cursor:
            # SKIP LOCKED: should the transaction beside us hold this row, waiting for it would never end.
            cursor.execute(
                "UPDATE jobs_job SET done = %s, total = %s, message = %s, heartbeat_at = %s"
                " WHERE id IN (SELECT id FROM jobs_job WHERE id = %s FOR UPDATE SKIP LOCKED)",
                [*values.values(), self._job_id],
            )


def progress_file(job_id: int) -> Path:
    """Where the progress of a job lies while its transaction is open on SQLite."""
    return Path(settings.HOME) / "jobs" / f"{job_id}.json"


def _write_file(path: Path, values: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({**values, "heartbeat_at": values["heartbeat_at"].isoformat()}), encoding="utf-8")
    fresh.replace(path)
