"""Many writers at once: no gap, no fork."""

import os
import subprocess
import sys
import threading

import pytest
from django.db import connections, transaction

from kanjian.ledger.actions import append_event
from kanjian.ledger.models import Event
from kanjian.ledger.selectors import verify_chain

WRITER = """
import django; django.setup()
from django.core.management import call_command
from django.db import transaction
from kanjian.ledger.actions import append_event
import sys
if sys.argv[1] == "migrate":
    call_command("migrate", "ledger", verbosity=0)
    raise SystemExit
for number in range(25):
    with transaction.atomic():
        append_event("test.write", f"writer:{sys.argv[1]}", by=None, data={"number": number})
"""
VERIFIER = """
import django; django.setup()
from kanjian.ledger.selectors import verify_chain
result = verify_chain()
assert result.is_whole, result
print(result.events)
"""


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_threads_on_postgresql_make_one_chain(is_postgres):
    if not is_postgres:
        pytest.skip("set KANJIAN_TEST_DATABASE_URL to a PostgreSQL address")
    failures: list[BaseException] = []
    barrier = threading.Barrier(6)

    def write(writer: int) -> None:
        try:
            barrier.wait(timeout=30)
            for number in range(20):
                with transaction.atomic():
                    append_event("test.write", f"writer:{writer}", by=None, data={"number": number})
                    if number % 5 == 4:
                        transaction.set_rollback(True)
        except Exception as error:  # noqa: BLE001 - the main thread asserts there was none
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    assert list(Event.objects.values_list("sequence", flat=True)) == list(range(1, 6 * 16 + 1))
    assert verify_chain().is_whole


def test_processes_on_one_sqlite_file_make_one_chain(tmp_path):
    environment = {**os.environ, "KANJIAN_DATABASE_URL": f"sqlite:///{tmp_path}/ledger.sqlite3"}

    def start(code: str, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-c", code, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def finish(process: subprocess.Popen) -> str:
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
        return output.decode()

    finish(start(WRITER, "migrate"))
    writers = [start(WRITER, str(number)) for number in range(3)]
    for writer in writers:
        finish(writer)
    assert finish(start(VERIFIER)).strip() == "75"
