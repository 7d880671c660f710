"""The reads behind the pages, for 914 and for 690,000 units: ``python -m bench.boards [--units 914,690000]``.

Prints the median time of each selector for each size, side by side, and what making the large edition cost. The files
are made from a seed in a temporary folder and removed at the end; the database is SQLite in memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from bench.data import Case, make, names, scheme, unit_codes

if TYPE_CHECKING:
    from kanjian.boards.models import Edition

PER_TOWNSHIP, PER_COUNTY = 17, 255
REPEATS = 15


def main() -> None:
    """Make both editions, time the selectors, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--units", default="914,690000", help="sizes, comma-separated")
    sizes = [int(size) for size in options.parse_args().units.split(",")]
    with tempfile.TemporaryDirectory(prefix="kanjian-bench-") as home:
        start_django(Path(home))
        editions = [make_edition(Path(home), size) for size in sizes]
        report(sizes, [timings(edition) for edition in editions])


def start_django(home: Path) -> None:
    """Settings for a throw-away installation."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="kanjian.settings",
        KANJIAN_SECRET_KEY="only-for-the-bench",
        KANJIAN_HOME=str(home),
        KANJIAN_DATABASE_URL="sqlite:///:memory:",
        KANJIAN_LOG_LEVEL="ERROR",
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def make_edition(home: Path, units: int) -> Edition:
    """Compute and store an edition of that many units, and say what it cost."""
    from kanjian.boards.computing import Past, assemble
    from kanjian.boards.store.editions import write_edition
    from kanjian.scoring import Scheme, read_values, score

    tracks = max(3, units // 246)
    case = Case(units, tracks, missing=0.01, within="track")
    table = make(case)
    bands = [{"code": code, "name": code, "at_least": low} for code, low in (("A", 60), ("B", 45), ("C", 0))]
    method = Scheme.load(scheme(table, case) | {"bands": bands})
    release = release_of(units, table.track)
    columns = {code: pl.Series(col, nan_to_null=True) for code, col in zip(names(), table.columns, strict=True)}
    frame = release.units.select("unit", "track").with_columns(**columns)
    start = time.perf_counter()
    result = score(method, read_values(frame, method))
    scored = time.perf_counter()
    before = result.scores.select("unit", "track", pl.col("track_rank").cast(pl.Float64), "score")
    built = assemble(result, "release", release, [Past(f"{n:064d}", method.hash, before) for n in range(7)])
    assembled = time.perf_counter()
    name = write_edition(home, built)
    done = time.perf_counter()
    size = sum(path.stat().st_size for path in (home / "editions" / name).iterdir())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    draws = built.summary["intervals"]["draws"]
    print(f"{units:,} units in {built.summary['tracks']:,} tracks: {size / 2**20:.0f} MiB on disk, peak {peak:.1f} GiB")
    print(f"  score {scored - start:.1f} s, hash and write {done - assembled:.1f} s")
    print(f"  tables with rank intervals of {draws} draws {assembled - scored:.1f} s")
    return record(method, name, built.summary)


def record(method: Any, name: str, summary: dict[str, Any]) -> Edition:
    """The rows that the selectors are handed: a board with two editions."""
    from kanjian.boards.models import Board, Edition, Release, SchemeVersion

    units = summary["units"]
    board = Board.objects.create(code=f"bench-{units}", name="bench", unit_kind="village", is_public=True)
    version = SchemeVersion.objects.create(
        board=board, version="1", text=method.to_yaml(), hash=method.hash, valid_from="2026-Q1"
    )
    frozen = Release.objects.create(board=board, period="2026-Q1", hash="release", rows=units * 46, units=units)
    latest: Edition | None = None
    # The same files twice: what a comparison of two periods costs does not depend on what moved.
    for period in ("2025-Q4", "2026-Q1"):
        latest = Edition.objects.create(
            board=board,
            period=period,
            scheme=version,
            release=frozen,
            previous=latest,
            state="published",
            hash=name,
            units=units,
            ranked=summary["ranked"],
            as_of=frozen.created_at,
        )
    assert latest is not None
    return latest


def release_of(units: int, track: np.ndarray) -> Any:
    """Units with places, without cells: those are given to the scoring directly."""
    from kanjian.boards.store.releases import GROUPS, UNITS, VALUES, ReleaseTables

    number = np.arange(units)
    columns = {
        "unit": unit_codes(units),
        "name": [f"样例村{n}" for n in number],
        "name_en": [f"Village {n}" for n in number],
        "pinyin": [f"yanglicun{n}" for n in number],
        "initials": [f"ylc{n}" for n in number],
        "kind": ["village"] * units,
        "track": [f"T{n:04d}" for n in track],
        "county": [f"C{n // PER_COUNTY:05d}" for n in number],
        "township": [f"D{n // PER_TOWNSHIP:05d}" for n in number],
        "longitude": 118 + number % 997 / 500,
        "latitude": 28 + number % 991 / 500,
        "attributes": ["{}"] * units,
    }
    areas = [("county", f"C{n:05d}", None) for n in range(-(-units // PER_COUNTY))]
    areas += [
        ("township", f"D{n:05d}", f"C{n * PER_TOWNSHIP // PER_COUNTY:05d}") for n in range(-(-units // PER_TOWNSHIP))
    ]
    areas += [("track", f"T{n:04d}", None) for n in range(int(track.max()) + 1)]
    groups = [(kind, code, code, code, parent, None, None, 0) for kind, code, parent in areas]
    return ReleaseTables(
        "2026-Q1",
        pl.DataFrame(schema=VALUES),
        pl.DataFrame(columns, schema=UNITS),
        pl.DataFrame(groups, schema=GROUPS, orient="row"),
    )


def timings(edition: Edition) -> dict[str, float]:
    """Median seconds of what each page reads; the first call of each warms what a server would have warm."""
    from kanjian.boards.selectors import comparing, overview, reasons, table, units
    from kanjian.boards.selectors.editions import files_of
    from kanjian.boards.selectors.shapes import BoardQuery

    files = files_of(edition)
    middle = files.tracks["track"][files.tracks.height // 2]
    codes = files.scores().filter(pl.col("track") == middle).select("unit", "county").head(2).collect()
    one, two = codes["unit"].to_list()
    county = codes["county"][0]
    low = (
        files.scores().filter(pl.col("track") == middle, pl.col("band") == "C").select("unit").head(1).collect().item()
    )
    last = files.summary["units"] // 50

    def page(**asked: Any) -> Callable[[], object]:
        return lambda: table.board_page(edition, BoardQuery(**asked))

    reads: dict[str, Callable[[], object]] = {
        "board, first page": page(),
        "board, last page": page(page=last),
        "board, one track": page(track=middle),
        "board, one county": page(county=county),
        "board, county and band": page(county=county, band="B"),
        "board, one band, page 3": page(band="B", page=3),
        "board, search by name": page(search="村77"),
        "board, search by initials": page(search="ylc77"),
        "board, by score": page(sort="score"),
        "board, by name, page 5": page(sort="name", page=5),
        "summary": lambda: overview.summary(edition),
        "movers": lambda: overview.movers(edition),
        "map": lambda: overview.board_map(edition),
        "unit report": lambda: units.unit_report(edition, one),
        "unit report, its path new": lambda: (reasons._advice.cache_clear(), units.unit_report(edition, low)),
        "compare two units": lambda: comparing.compare_units(edition, one, two),
    }
    return {name: median_time(read) for name, read in reads.items()}


def median_time(read: Callable[[], object]) -> float:
    """Median of ``REPEATS`` calls after one that is not counted."""
    read()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        read()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def report(sizes: list[int], found: list[dict[str, float]]) -> None:
    """One line per read: milliseconds for each size, and the ratio of the last to the first."""
    print(f"{'median ms':<28}" + "".join(f"{size:>12,}" for size in sizes) + f"{'ratio':>8}")
    for name in found[0]:
        times = [each[name] * 1e3 for each in found]
        print(f"{name:<28}" + "".join(f"{ms:>12.1f}" for ms in times) + f"{times[-1] / times[0]:>8.1f}")


if __name__ == "__main__":
    main()
