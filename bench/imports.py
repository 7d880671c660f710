"""`python -m bench.imports`: a million values into an empty database of each kind, and the reads that pages need.

    python -m bench.imports [--rows 1000000] [--database postgresql://user@host:port/empty_database]

Without --database a SQLite file in a folder that is removed afterwards.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

INDICATORS, PERIODS = 46, tuple(f"{year}-Q{quarter}" for year in (2024, 2025) for quarter in (1, 2, 3, 4))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kanjian-bench-") as folder:
        _start(options.database or f"sqlite:///{folder}/bench.sqlite3", Path(folder))
        table = _table(options.rows)
        _measure_imports(table)
        _measure_reads()


def _start(database: str, home: Path) -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="kanjian.settings",
        KANJIAN_SECRET_KEY="only-for-measuring",
        KANJIAN_HOME=str(home),
        KANJIAN_DATABASE_URL=database,
        KANJIAN_LOG_LEVEL="WARNING",
    )
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _table(rows: int) -> pl.DataFrame:
    """A shuffled long table over as many units as it takes; units and indicators are registered."""
    from kanjian.measures.models import Indicator
    from kanjian.orgs.models import Unit

    cells = INDICATORS * len(PERIODS)
    units = -(-rows // cells)
    Unit.objects.bulk_create(
        [Unit(code=f"U{number:05d}", name=f"村{number}", kind="village") for number in range(units)], batch_size=1000
    )
    Indicator.objects.bulk_create(
        Indicator(code=f"I{number:02d}", name=f"指标{number}", minimum=0, maximum=1e6) for number in range(INDICATORS)
    )
    number = pl.int_range(rows, eager=True)
    code = pl.Series([f"U{unit:05d}" for unit in range(units)])
    indicator = pl.Series([f"I{each:02d}" for each in range(INDICATORS)])
    frame = pl.DataFrame(
        {
            "unit": code.gather(number // cells),
            "period": pl.Series(PERIODS).gather(number % len(PERIODS)),
            "indicator": indicator.gather(number // len(PERIODS) % INDICATORS),
            "value": np.random.default_rng(1).random(rows) * 1000,
        }
    )
    return frame.sample(fraction=1, shuffle=True, seed=2)


class Watcher:
    """Counts what progress is told."""

    def __init__(self) -> None:
        self.told = 0

    def start(self, total: int, message: str = "") -> None:
        pass

    def advance(self, done: int = 1, message: str | None = None) -> None:  # noqa: ARG002
        self.told += 1


def _measure_imports(table: pl.DataFrame) -> None:
    from kanjian.measures.actions import import_values, preview_values
    from kanjian.measures.intake import Source

    for title, frame in (("new", table), ("replaced", table.with_columns(pl.col("value") + 1))):
        source = Source("long.csv", frame.write_csv().encode())
        _timed(f"preview, every cell {title}", lambda source=source: preview_values(source, by=None))
        watcher = Watcher()
        seconds = _timed(
            f"import, every cell {title}",
            lambda source=source, watcher=watcher: import_values(source, by=None, reporter=watcher),
        )
        print(f"{'':44} {frame.height / seconds:>10,.0f} rows/s, progress told {watcher.told} times")


def _measure_reads() -> None:
    from kanjian.measures.selectors import values_long, values_wide
    from kanjian.orgs.models import Unit

    villages = Unit.objects.filter(code__lt="U00914")
    codes = [f"I{number:02d}" for number in range(INDICATORS)]
    for _ in range(2):
        _timed("values_wide, 914 units × 46, one period", lambda: values_wide(villages, codes, PERIODS[-1]))
        _timed("values_long, 914 units × 46 × 8 periods", lambda: values_long(villages, codes, PERIODS))


def _timed(title: str, work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    print(f"{title:44} {seconds:>8.2f} s")
    return seconds


if __name__ == "__main__":
    main()
