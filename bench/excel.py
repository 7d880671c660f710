"""`python -m bench.excel`: a quarter of a city by Excel, 914 units × 46 fields = 42,044 values, preview included.

    python -m bench.excel [--units 914] [--fields 46] [--database postgresql://user@host:port/empty_database]

Both ways in: an import of values by an administrator, and a department's sheet of a collection (template, upload,
preview, acceptance). Without --database a SQLite file in a folder that is removed afterwards.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from bench.imports import _start

PERIOD, BEFORE = "2025-Q4", "2025-Q3"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.excel", description=__doc__)
    parser.add_argument("--units", type=int, default=914)
    parser.add_argument("--fields", type=int, default=46)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kanjian-bench-") as folder:
        _start(options.database or f"sqlite:///{folder}/bench.sqlite3", Path(folder))
        _city(options.units, options.fields)
        print(f"{options.units:,} units × {options.fields} fields = {options.units * options.fields:,} values\n")
        _import(options.units, options.fields)
        _collect()


def _city(units: int, fields: int) -> None:
    from kanjian.measures.models import Indicator
    from kanjian.orgs.models import Post, Unit, User

    city = Unit.objects.create(code="C", name="市", kind="city")
    department = Unit.objects.create(code="D", name="局", kind="department", parent=city)
    Unit.objects.bulk_create(
        Unit(code=f"U{number:05d}", name=f"村{number}", kind="village", parent=city) for number in range(units)
    )
    Indicator.objects.bulk_create(
        Indicator(code=f"I{number:02d}", name=f"指标{number}", minimum=0, maximum=1e6, department=department)
        for number in range(fields)
    )
    officer = User.objects.create_user("officer")
    Post.objects.create(user=officer, unit=department, role="reporter")


def _import(units: int, fields: int) -> None:
    """The import of values: a wide table as an office makes it, every cell a number with six digits."""
    import xlsxwriter

    from kanjian.measures.actions import import_values, preview_values
    from kanjian.measures.intake import Options, Source

    for title, period, seed in (("new", PERIOD, 1), ("replaced", PERIOD, 2), ("new, the period before", BEFORE, 3)):
        numbers = np.random.default_rng(seed).random((units, fields)).round(2) * 1000
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            page = book.add_worksheet("数据")
            page.write_row(0, 0, ["单位编码", *(f"I{number:02d}" for number in range(fields))])
            for row in range(units):
                page.write_row(row + 1, 0, [f"U{row:05d}", *numbers[row].round(2).tolist()])
        source, options = Source("quarter.xlsx", buffer.getvalue()), Options(period=period)
        preview = _timed(f"import, {title}: preview", lambda s=source, o=options: preview_values(s, o, by=None))
        work = _timed(
            f"import, {title}: write",
            lambda s=source, o=options, p=preview[1]: import_values(s, o, by=None, expected=p.fingerprint),
        )
        print(f"{'':52} {preview[0] + work[0]:>7.2f} s together")


def _collect() -> None:
    """A department's sheet: template, filled in, uploaded, looked at, accepted; then once more with every value new."""
    from kanjian.collecting import actions
    from kanjian.collecting.workbooks.template import template_of
    from kanjian.measures.intake import Source
    from kanjian.orgs.models import User

    sheet, officer = _sheet(), User.objects.get(username="officer")
    _seconds, template = _timed("sheet: template", lambda: template_of(sheet))
    for title, shift in (("new", 1.0), ("every value changed", 2.0)):
        source = Source("sheet.xlsx", _filled(template, shift))
        staged = _timed(
            f"sheet, {title}: upload and preview", lambda s=source: actions.stage_workbook(sheet, s, by=officer)
        )
        upload = staged[1]
        done = _timed(f"sheet, {title}: write", lambda u=upload: actions.accept_workbook(u, by=officer))
        if done[1].state != "accepted":
            raise SystemExit(f"not accepted: {upload.preview} {upload.job.error}")
        counts = {name: upload.preview[name] for name in ("new", "changed", "unchanged", "finding_count")}
        print(f"{'':52} {staged[0] + done[0]:>7.2f} s together  {counts}")


def _sheet() -> Any:
    from kanjian.collecting.models import Collection, Field, Sheet, Window
    from kanjian.measures.models import Indicator
    from kanjian.orgs.models import Unit

    city, department = Unit.objects.get(code="C"), Unit.objects.get(code="D")
    collection = Collection.objects.create(
        code="all",
        name="全部指标",
        root=city,
        owner=department,
        subject_kind="village",
        reporter_kind="department",
        chain=["department", "office"],
        state="active",
    )
    Field.objects.bulk_create(
        Field(collection=collection, indicator=indicator) for indicator in Indicator.objects.all()
    )
    window = Window.objects.create(
        collection=collection,
        period=PERIOD,
        opens_on=date(2025, 1, 1),
        due_on=date(2099, 1, 1),
        closes_on=date(2099, 1, 1),
    )
    made = Sheet.objects.create(window=window, reporter=department)
    return Sheet.objects.select_related("reporter", "window__collection__root", "window__collection__owner").get(
        pk=made.pk
    )


def _filled(template: bytes, shift: float) -> bytes:
    """The template as a person would fill it in: every blank cell of the data gets a number."""
    import re

    from tests.collecting.workbooks import edit, part_of

    place, count = part_of(template, "填报数据"), iter(range(10**9))

    def change(parts: dict[str, bytes]) -> None:
        xml = parts[place].decode()
        blank = re.compile(r'<c r="((?!A\d|B\d)[A-Z]+\d+)"( s="\d+")/>')
        parts[place] = blank.sub(
            lambda found: f'<c r="{found[1]}"{found[2]}><v>{round(next(count) % 9973 / 100 + shift, 2)}</v></c>', xml
        ).encode()

    return edit(template, change)


def _timed(title: str, work: Callable[[], Any]) -> tuple[float, Any]:
    began, busy = time.perf_counter(), time.process_time()
    found = work()
    seconds, worked = time.perf_counter() - began, time.process_time() - busy
    print(f"{title:52} {seconds:>7.2f} s   (processor {worked:.2f} s)", flush=True)
    return seconds, found


if __name__ == "__main__":
    main()
