"""`python -m bench.province`: a province of 30,000 villages and its 12 months in PostgreSQL, then people on its pages.

    python -m bench.province --database postgresql://user@host:port/empty_database [--villages 30000] [--months 12]
    python -m bench.province --database postgresql://… --home FOLDER    keep it, or look at what was kept

Prints what the import of a month costs (Parquet, and once as CSV), what freezing, computing and publishing costs, and
how fast board and report answer 50 people: bars are ≤ 30 s for 1.38 M values, and p95 ≤ 200 ms. Everything it makes
lies in the database named and in a folder that is removed, or kept with ``--home``; the server listens on the loopback
alone.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from bench.data import Case, make, names, scheme
from bench.imports import _start, _timed
from bench.visitors import Visits, report, visit

PER_TOWNSHIP, PER_COUNTY = 17, 300
BANDS = [{"code": code, "name": code, "at_least": low} for code, low in (("A", 60), ("B", 45), ("C", 0))]
STARTING = 60  # seconds


def main() -> None:
    """Make the province, measure what making it costs, send the visitors."""
    options = _options()
    months = [f"2025-{month:02d}" for month in range(1, options.months + 1)]
    with contextlib.ExitStack() as after:
        folder = options.home or after.enter_context(tempfile.TemporaryDirectory(prefix="kanjian-bench-"))
        _start(options.database, Path(folder))
        with_visitors(options, kept() or make_province(options.villages, months), months)


def kept() -> list[str]:
    """Codes of the villages of an earlier run; none in an empty database."""
    from kanjian.orgs.models import Unit

    return list(Unit.objects.filter(kind="village").order_by("code").values_list("code", flat=True))


def make_province(villages: int, months: list[str]) -> list[str]:
    """Everything from the units to the published editions; codes of the villages."""
    codes = province(villages)
    publish(fill(codes, months), months)
    return codes


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.province", description=__doc__)
    parser.add_argument("--database", required=True, help="an empty PostgreSQL database")
    parser.add_argument("--home", help="folder that keeps the files between runs")
    parser.add_argument("--villages", type=int, default=30_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--people", type=int, default=50, help="people at the same time")
    parser.add_argument("--seconds", type=int, default=60, help="how long they stay")
    parser.add_argument("--thinking", type=float, default=3.0, help="seconds a person looks at a page, on average")
    return parser.parse_args()


def province(villages: int) -> list[str]:
    """Counties, townships, villages in three tracks; codes of the villages."""
    from django.db import connection

    from kanjian.orgs.models import Membership, Track, Unit

    root = Unit.objects.create(code="P", name="样例省", kind="city", synthetic=True)
    counties = Unit.objects.bulk_create(
        Unit(code=f"C{n:04d}", name=f"样例县{n}", kind="county", parent=root) for n in range(-(-villages // PER_COUNTY))
    )
    townships = Unit.objects.bulk_create(
        Unit(code=f"T{n:05d}", name=f"样例镇{n}", kind="township", parent=counties[n * PER_TOWNSHIP // PER_COUNTY])
        for n in range(-(-villages // PER_TOWNSHIP))
    )
    units = Unit.objects.bulk_create(
        [
            Unit(code=f"V{n:06d}", name=f"样例村{n}", kind="village", parent=townships[n // PER_TOWNSHIP])
            for n in range(villages)
        ],
        batch_size=5000,
    )
    tracks = [Track.objects.create(code=f"track{n}", name=f"赛道{n}", order=n) for n in range(3)]
    Membership.objects.bulk_create(
        [Membership(unit=unit, track=tracks[n % 3]) for n, unit in enumerate(units)], batch_size=5000
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what the database does by itself within a minute
    return [unit.code for unit in units]


def fill(codes: list[str], months: list[str]) -> object:
    """Indicators, a board with its method, and every month's values by import."""
    from kanjian.boards.actions import add_scheme_version, create_board
    from kanjian.measures.actions import import_values
    from kanjian.measures.intake import Options, Source
    from kanjian.measures.models import Indicator
    from kanjian.orgs.models import Unit

    Indicator.objects.bulk_create(Indicator(code=code, name=f"指标{code}") for code in names())
    case = Case(len(codes), 3, missing=0.01, within="track")
    method = scheme(make(case), case) | {"bands": BANDS, "code": "province"}
    board = create_board(
        code="province",
        name="样例省榜",
        unit_kind="village",
        root=Unit.objects.get(code="P"),
        is_public=True,
        synthetic=True,
        by=None,
    )
    add_scheme_version(board, json.dumps(method), valid_from=months[0], by=None)
    values = f"{len(codes) * len(names()):,} values"
    for number, month in enumerate(months):
        frame = month_of(codes, number)
        as_csv = number == 1
        source = Source(f"{month}.csv", frame.write_csv().encode()) if as_csv else Source.of_frame(frame, month)
        kind = "CSV" if as_csv else "Parquet"
        _timed(
            f"import {values}, {month}, {kind}",
            lambda s=source, m=month: import_values(s, Options(period=m, blank_is_missing=True), by=None),
        )
    return board


def month_of(codes: list[str], number: int) -> pl.DataFrame:
    """One month as a wide table; every month moves a little."""
    table = make(Case(len(codes), 3, missing=0.01))
    rng = np.random.default_rng(number)
    columns = {
        code: pl.Series(np.round(column * (1 + rng.normal(0, 0.03, len(codes))), 4), nan_to_null=True)
        for code, column in zip(names(), table.columns, strict=True)
    }
    return pl.DataFrame({"单位编码": codes, **columns})


def publish(board: object, months: list[str]) -> None:
    """Freeze, compute and publish every month."""
    from kanjian.boards.actions import compute_edition, freeze_release, open_objection
    from kanjian.boards.actions import publish as publish_edition
    from kanjian.boards.models import Board

    assert isinstance(board, Board)
    version = board.versions.get()
    for month in months:

        def whole(month: str = month) -> None:
            edition = compute_edition(version, freeze_release(board, month, by=None), by=None)
            publish_edition(open_objection(edition, by=None, days=0), by=None)

        _timed(f"freeze, compute, publish {month}", whole)


def with_visitors(options: argparse.Namespace, codes: list[str], months: list[str]) -> None:
    """Serve on the loopback and let people look: once thinking between pages, once as fast as they can."""
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "kanjian", "serve", "--port", str(port), "--workers", "2"]
    environment = {**os.environ, "KANJIAN_HTTPS": "0", "KANJIAN_LOG_LEVEL": "ERROR"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            _wait_for(port, server)
            plan = Visits("province", codes, months, options.people, options.seconds)
            visit(port, plan, thinking=0.5, seconds=10)  # what a server has warm after ten seconds
            print(report("people who look at a page for a while", visit(port, plan, thinking=options.thinking)))
            print(report("no pause at all (saturation)", visit(port, plan, thinking=0.0, seconds=20)))
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(STARTING * 4):
        if server.poll() is not None:
            sys.exit("the server stopped before it answered")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.25)
        else:
            return
    sys.exit(f"the server did not answer within {STARTING} s")


if __name__ == "__main__":
    main()
