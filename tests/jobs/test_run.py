"""Work is done, its progress is seen, its failure is loud."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction
from django.utils import timezone
from django_tasks import task_backends
from django_tasks_db import DatabaseBackend
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from kanjian import health
from kanjian.jobs import actions
from kanjian.jobs.actions.finish import claim
from kanjian.jobs.models import Job
from kanjian.jobs.progress import SILENT, JobProgress, progress_file
from kanjian.jobs.selectors import Standing, standing

ADD = f"{__name__}.add"

# Work that the tests hand over; each function takes a reporter first, as every job does.
seen: list[Standing] = []


def add(reporter, *, numbers):
    reporter.start(len(numbers), "相加")
    total = 0
    for number in numbers:
        total += number
        reporter.advance()
    return {"sum": total}


def divide(reporter, *, by):
    return {"quotient": 1 / by}


def break_the_transaction(reporter):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")


def return_nonsense(reporter):
    return {"object": object()}


def write_then_fail(reporter):
    """All or nothing: the person made here must be gone, the progress told on the way must not."""
    with transaction.atomic():
        reporter.start(10, "写入")
        reporter.advance(4, "写入第 4 行")
        get_user_model().objects.create_user("nobody")
        # What another process would see at this moment.
        seen.append(standing(seen_from_outside(Job.objects.get(function__endswith="write_then_fail"))))
        raise ValueError("第 5 行有误")


def seen_from_outside(job):
    """On SQLite the row as it was before the transaction; on PostgreSQL the row as a second connection reads it."""
    if connection.vendor == "sqlite":
        return job
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT done, total, message FROM jobs_job WHERE id = %s", [job.pk])
            job.done, job.total, job.message = cursor.fetchone()
    finally:
        other.close()
    return job


@pytest.fixture
def work_off():
    """The database backend; the fixture is a function that works the queue off and counts what was done."""
    task_backends["default"] = DatabaseBackend(alias="default", params={})

    def run_worker() -> int:
        before = DBTaskResult.objects.successful().count()
        Worker(
            queue_names=["default"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id="test",
            excluded_queue_names=[],
        ).run()
        return DBTaskResult.objects.successful().count() - before

    yield run_worker
    del task_backends["default"]


@pytest.mark.django_db
def test_work_is_done_and_its_result_kept(home, xiaowang):
    job = actions.run("相加", ADD, {"numbers": [1, 2, 3]}, owner=xiaowang)
    assert (job.state, job.result, job.error) == (Job.State.DONE, {"sum": 6}, "")
    assert (job.done, job.total, job.message) == (3, 3, "相加")
    assert job.started_at <= job.finished_at
    assert job.owner == xiaowang


@pytest.mark.django_db
def test_a_function_may_be_given_itself(home):
    assert actions.run("相加", add, {"numbers": [4]}, owner=None).result == {"sum": 4}


@pytest.mark.django_db
@pytest.mark.parametrize("path", [f"{__name__}.no_such", "no.such.module.f", f"{__name__}.seen"])
def test_what_is_no_function_is_refused_before_it_is_queued(path):
    with pytest.raises((ImportError, TypeError)):
        actions.run("?", path, owner=None)
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_failure_is_the_jobs_state_and_loud_until_somebody_takes_note(home, xiaowang, ligong):
    job = actions.run("相除", divide, {"by": 0}, owner=xiaowang)
    assert job.state == Job.State.FAILED
    assert job.error.startswith("ZeroDivisionError: division by zero")
    assert "test_run.py" in job.error
    (problem,) = health.run(["jobs.failed"])
    assert problem.severity is health.Severity.ERROR
    assert "相除" in problem.message
    assert "ZeroDivisionError" in problem.message
    with pytest.raises(PermissionDenied):
        actions.acknowledge(job, by=ligong)
    actions.acknowledge(job, by=xiaowang)
    assert health.run(["jobs.failed"]) == []


@pytest.mark.django_db
def test_a_spoilt_statement_does_not_spoil_the_callers_transaction(home):
    job = actions.run("坏", break_the_transaction, owner=None)
    assert job.state == Job.State.FAILED
    assert "no_such_table" in job.error


@pytest.mark.django_db
def test_a_result_that_cannot_be_kept_is_a_failure(home):
    assert actions.run("无", return_nonsense, owner=None).state == Job.State.FAILED


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_transaction_is_open_and_after_it_fell(home):
    seen.clear()
    job = actions.run("写入", write_then_fail, owner=None)
    assert not get_user_model().objects.filter(username="nobody").exists()
    (during,) = seen
    assert (during.done, during.total, during.message, during.percent) == (4, 10, "写入第 4 行", 40)
    assert (job.state, job.done, job.total) == (Job.State.FAILED, 4, 10)
    assert "第 5 行有误" in job.error
    assert not progress_file(job.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_row_locked_by_the_transaction_itself_does_not_stop_the_work(home):
    job = Job.objects.create(name="锁", function=ADD)
    progress = JobProgress(job.pk)
    with transaction.atomic():
        Job.objects.filter(pk=job.pk).update(name="锁住")
        progress.start(5, "写")
        progress.advance(2, "还在写")
    progress.close()
    assert progress.figures()["done"] == 2


@pytest.mark.django_db(transaction=True)
def test_writes_are_throttled(home, django_assert_num_queries):
    ticks = iter(range(0, 1000))
    progress = JobProgress(Job.objects.create(name="多", function=ADD).pk, clock=lambda: next(ticks) / 100)
    with django_assert_num_queries(1):
        progress.start(1000, "写")
    with django_assert_num_queries(2):
        for _ in range(100):
            progress.advance()


@pytest.mark.django_db
def test_a_job_is_taken_once():
    job = Job.objects.create(name="一次", function=ADD)
    assert claim(job.pk) is not None
    assert claim(job.pk) is None
    assert claim(job.pk + 1) is None


@pytest.mark.django_db
def test_lost_and_waiting_jobs_are_found(home):
    now = timezone.now()
    silent = Job.objects.create(name="失联", function=ADD, state="running", heartbeat_at=now - timedelta(minutes=16))
    Job.objects.create(name="正常", function=ADD, state="running", heartbeat_at=now)
    waiting = Job.objects.create(name="排队", function=ADD)
    Job.objects.filter(pk=waiting.pk).update(created_at=now - timedelta(minutes=11))
    (lost,) = health.run(["jobs.lost"])
    assert silent.name in lost.message
    (problem,) = health.run(["jobs.waiting"])
    assert problem.severity is health.Severity.WARNING


def test_a_standing_knows_its_share():
    assert Standing(1, 3, "", None).percent == 33
    assert Standing(5, 3, "", None).percent == 100
    assert Standing(5, 0, "", None).percent is None


def test_work_runs_without_anybody_watching():
    assert add(SILENT, numbers=[1, 2]) == {"sum": 3}


@pytest.mark.django_db(transaction=True)
def test_the_database_backend_notes_the_work_down_with_the_job(home, work_off):
    with transaction.atomic():
        job = actions.run("相加", ADD, {"numbers": [1]}, owner=None)
        assert job.state == Job.State.QUEUED
        transaction.set_rollback(True)
    assert work_off() == 0
    job = actions.run("相加", ADD, {"numbers": [1, 2]}, owner=None)
    assert job.state == Job.State.QUEUED
    assert work_off() == 1
    job.refresh_from_db()
    assert (job.state, job.result) == (Job.State.DONE, {"sum": 3})
