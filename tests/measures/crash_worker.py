"""Steps of the crash test, each in a process of its own: prepare, crash in the middle of an import, count."""

import json
import os
import signal
import sys
from pathlib import Path

import django

UNITS, PERIOD = 400, "2026-Q1"


class Killer:
    """A reporter that kills its own process after so many written cells, without a chance to clean up."""

    def __init__(self, after: int) -> None:
        self.writing, self.left = False, after

    def start(self, total: int, message: str = "") -> None:  # noqa: ARG002
        self.writing = total > 0

    def advance(self, done: int = 1, message: str | None = None) -> None:  # noqa: ARG002
        self.left -= done if self.writing else 0
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def table(factor: int) -> bytes:
    lines = [f"U{number:04d},{number * factor},{number + factor}" for number in range(UNITS)]
    return "\n".join(["unit,A1,A2", *lines]).encode()


def prepare() -> None:
    from django.core.management import call_command

    from kanjian.measures.actions import define_indicator
    from kanjian.orgs.models import Unit

    call_command("migrate", verbosity=0, skip_checks=True)
    Unit.objects.bulk_create(Unit(code=f"U{n:04d}", name=f"村{n}", kind="village") for n in range(UNITS))
    for code in ("A1", "A2"):
        define_indicator(code, by=None, name=f"指标{code}")
    bring_in(1)


def bring_in(factor: int, killer: Killer | None = None) -> None:
    from kanjian.jobs.progress import SILENT
    from kanjian.measures.actions import import_values
    from kanjian.measures.intake import Options, Source
    from kanjian.measures.store import writing

    writing.CHUNK = 100
    source = Source(f"{factor}.csv", table(factor))
    import_values(source, Options(period=PERIOD), by=None, reporter=killer or SILENT)


def count() -> None:
    from kanjian.ledger.selectors import verify_chain
    from kanjian.measures.models import Batch, Revision, Value

    state = {
        "values": Value.objects.count(),
        "sum": sum(Value.objects.values_list("value", flat=True)),
        "batches": Batch.objects.count(),
        "revisions": Revision.objects.count(),
        "ledger": verify_chain().is_whole,
    }
    Path(sys.argv[2]).write_text(json.dumps(state), encoding="utf-8")


if __name__ == "__main__":
    django.setup()
    match sys.argv[1]:
        case "prepare":
            prepare()
        case "crash":
            bring_in(2, Killer(after=350))
        case "finish":
            bring_in(2)
        case "count":
            count()
