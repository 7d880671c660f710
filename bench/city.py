"""`python -m bench.city`: what making and loading the sample city costs, first time and again.

    python -m bench.city [--database postgresql://user@host:port/empty_database]

Without --database a SQLite file in a folder that is removed afterwards. Bars: generation < 5 s, generation and loading
< 20 s together on an idle machine with two cores.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.imports import _start


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
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
        print(f"{'data folder':24} {size / 2**20:6.1f} MiB")


def measure(what: str, work: Callable[[], object]) -> None:
    """Run once and print the seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    print(f"{what:24} {time.perf_counter() - wall:6.2f} s, processor {time.process_time() - processor:6.2f} s")


if __name__ == "__main__":
    main()
