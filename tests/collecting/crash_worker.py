"""Steps of the crash test, each in a process of its own: prepare, die in the middle of accepting, finish, count."""

import json
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import django

VILLAGES, PERIOD = 40, "2026-Q1"


class Killer:
    """A reporter that kills its own process once so many cells are written, without a chance to clean up."""

    def __init__(self, after: int) -> None:
        self.left = after

    def start(self, total: int, message: str = "") -> None:
        """Nothing to see yet."""

    def advance(self, done: int = 1, message: str | None = None) -> None:  # noqa: ARG002
        """Count down."""
        self.left -= done
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def prepare() -> None:
    """Forty villages whose sheets lie at the office."""
    from django.core.management import call_command
    from django.utils import timezone

    from kanjian.collecting import actions
    from kanjian.collecting.cells import Cell
    from kanjian.collecting.models import Sheet
    from kanjian.measures.actions import define_indicator
    from kanjian.orgs.models import Unit

    call_command("migrate", verbosity=0, skip_checks=True)
    city = Unit.objects.create(code="C", name="城", kind="city")
    owner = Unit.objects.create(code="D", name="局", kind="department", parent=city)
    Unit.objects.bulk_create(Unit(code=f"V{n}", name=f"村{n}", kind="village", parent=city) for n in range(VILLAGES))
    indicators = [define_indicator(code, by=None, name=code) for code in ("A1", "A2")]
    today = timezone.localdate()
    ground = {"document": "1号", "plan_year": 2026, "ends_on": today + timedelta(days=9), "name": "报", "owner": owner}
    kinds = {"subject_kind": "village", "reporter_kind": "village", "chain": ["office"]}
    collection = actions.create_collection("c", root=city, by=None, **ground, **kinds)
    actions.set_fields(collection, [actions.FieldSpec(each) for each in indicators], by=None)
    collection = actions.activate_collection(collection, by=None)
    actions.open_window(collection, PERIOD, opens_on=today, due_on=today, closes_on=today, by=None)
    for number, sheet in enumerate(Sheet.objects.select_related("reporter")):
        cells = [Cell(sheet.reporter.code, code, number) for code in ("A1", "A2")]
        actions.record_entries(sheet, cells, by=None, origin="web")
        actions.submit(sheet, by=None)


def accept(killer: Killer | None = None) -> None:
    """All sheets at once, in chunks of twenty cells."""
    from kanjian.collecting import actions
    from kanjian.collecting.models import Sheet
    from kanjian.jobs.progress import SILENT
    from kanjian.measures.store import writing

    writing.CHUNK = 20
    actions.accept(list(Sheet.objects.all()), by=None, reporter=killer or SILENT)


def stage() -> None:
    """A second window, filled in by the department in a workbook that waits for acceptance; one cell stands already."""
    from django.utils import timezone
    from tests.collecting.workbooks import fill

    from kanjian.collecting import actions
    from kanjian.collecting.cells import Cell
    from kanjian.collecting.models import Collection, Sheet, Window
    from kanjian.collecting.workbooks.template import template_of
    from kanjian.measures.intake import Source
    from kanjian.orgs.models import Post, User

    Collection.objects.update(reporter_kind="department")
    today = timezone.localdate()
    given = {"period": "2026-Q2", "opens_on": today, "due_on": today, "closes_on": today}
    collection = Collection.objects.select_related("owner").get()
    window = Window.objects.create(collection=collection, **given)
    sheet = Sheet.objects.create(window=window, reporter=collection.owner)
    actions.record_entries(sheet, [Cell("V0", "A1", 7)], by=None, origin="web")
    officer = User.objects.create_user("officer")
    Post.objects.create(user=officer, unit=collection.owner, role="reporter")
    cells = {f"{column}{row}": row for column in "CD" for row in range(5, 5 + VILLAGES)}
    content = fill(template_of(sheet), "填报数据", cells)
    actions.stage_workbook(sheet, Source("filled.xlsx", content), by=officer)


def write(*, dies: bool = False) -> None:
    """Accept the workbook; to die when all its cells are written and only the event is missing."""
    from kanjian.collecting.actions import record_entries  # noqa: F401 - the module below is its file
    from kanjian.collecting.actions.accept_workbook import write_workbook
    from kanjian.jobs.progress import SILENT
    from kanjian.measures.models import Upload

    if dies:
        module = sys.modules["kanjian.collecting.actions.record_entries"]
        module.append_event = lambda *_given, **_more: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[attr-defined]
    write_workbook(SILENT, Upload.objects.get().pk)


def count_workbook() -> None:
    """What is there of the second window."""
    from kanjian.collecting.models import Entry, PastEntry, Sheet
    from kanjian.ledger.selectors import verify_chain
    from kanjian.measures.models import Upload

    state = {
        "entries": Entry.objects.filter(sheet__window__period="2026-Q2").count(),
        "past": PastEntry.objects.count(),
        "version": Sheet.objects.get(window__period="2026-Q2").version,
        "upload": Upload.objects.get().state,
        "ledger": verify_chain().is_whole,
    }
    Path(sys.argv[2]).write_text(json.dumps(state), encoding="utf-8")


def count() -> None:
    """What is there."""
    from kanjian.collecting.models import Entry, Sheet, Step
    from kanjian.ledger.selectors import verify_chain
    from kanjian.measures.models import Batch, Value

    state = {
        "values": Value.objects.count(),
        "batches": Batch.objects.count(),
        "accepted": Sheet.objects.filter(state="accepted").count(),
        "at_office": Sheet.objects.filter(level="office").count(),
        "steps": Step.objects.filter(verb="accept").count(),
        "entries": Entry.objects.count(),
        "ledger": verify_chain().is_whole,
    }
    Path(sys.argv[2]).write_text(json.dumps(state), encoding="utf-8")


if __name__ == "__main__":
    django.setup()
    match sys.argv[1]:
        case "prepare":
            prepare()
        case "crash":
            accept(Killer(after=50))
        case "finish":
            accept()
        case "count":
            count()
        case "stage":
            stage()
        case "crash-workbook":
            write(dies=True)
        case "finish-workbook":
            write()
        case "count-workbook":
            count_workbook()
