"""`python -m bench.city`: what making and loading the sample city costs, and publishing its quarters once more.

    python -m bench.city [--database postgresql://user@host:port/empty_database]

Without --database a SQLite file in a folder that is removed afterwards. Bars on an idle machine with two cores:
generation < 5 s; freezing, computing and publishing a quarter of 914 villages ≤ 2 s. Loading has none: it also
collects, checks, pairs, asks experts and draws up the red lines of eight quarters.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bench.imports import _start

if TYPE_CHECKING:
    from kanjian.boards.models import SchemeVersion


def main() -> None:
    """Generate, load, load again; print wall and processor seconds of each."""
    parser = argparse.ArgumentParser(prog="python -m bench.city", description=__doc__)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    os.environ["KANJIAN_DEMO"] = "1"
    with tempfile.TemporaryDirectory(prefix="kanjian-bench-") as folder:
        _start(options.database or f"sqlite:///{folder}/bench.sqlite3", Path(folder))
        from kanjian.demo.city import make_city
        from kanjian.demo.load import load_city

        measure("generate", make_city)
        measure("load (with generation)", load_city)
        measure("load again", load_city)
        publish_again()
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
        print(f"{'data folder':24} {size / 2**20:6.1f} MiB")


def publish_again() -> None:
    """The quarters of the sample city on a board beside its own: freeze, compute, publish."""
    from kanjian.boards.actions import add_scheme_version, compute_edition, create_board, freeze_release, open_objection
    from kanjian.boards.actions import publish as publish_edition
    from kanjian.boards.models import Board

    own = Board.objects.get(code="strong-village")
    board = create_board(code="beside", name="另一榜", unit_kind=own.unit_kind, root=own.root, is_public=True, by=None)
    for version in own.versions.order_by("valid_from"):
        add_scheme_version(board, version.text, valid_from=version.valid_from, by=None)
    for edition in own.editions.filter(state="published").order_by("period"):
        version = board.versions.get(version=edition.scheme.version)

        def whole(period: str = edition.period, version: SchemeVersion = version) -> None:
            found = compute_edition(version, freeze_release(board, period, by=None), by=None)
            publish_edition(open_objection(found, by=None, days=0), by=None)

        measure(f"publish {edition.period}", whole)


def measure(what: str, work: Callable[[], object]) -> None:
    """Run once and print the seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    print(f"{what:24} {time.perf_counter() - wall:6.2f} s, processor {time.process_time() - processor:6.2f} s")


if __name__ == "__main__":
    main()
