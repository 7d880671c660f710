"""Where a unit's row stands 单位所在行: from the code of a unit to its position in the tables of an edition.

``index.bin`` holds the codes in the order of their bytes, each as long as the longest (``width`` bytes of UTF-8, filled
up with zeros), each with its position; the first four bytes are the width. Numbers are little-endian, four bytes. A
code is found by halving, twenty small reads among 690,000, so nothing of it is kept in memory.

Folders written before hold ``index.parquet`` instead: the columns ``unit`` and ``position``, by code.
"""

import os
from bisect import bisect_left
from pathlib import Path

import numpy as np
import polars as pl

INDEX, OLDER = "index.bin", "index.parquet"


def write_positions(scores: pl.DataFrame, folder: Path) -> None:
    """Write the positions of all units; ``scores`` holds ``unit`` (none twice, none with a zero byte), ``position``."""
    ordered = scores.select("unit", "position").sort("unit")
    codes = [code.encode() for code in ordered["unit"]]
    width = max(map(len, codes), default=1)
    records = np.empty(len(codes), dtype=[("unit", f"S{width}"), ("position", "<u4")])
    records["unit"], records["position"] = codes, ordered["position"].to_numpy()
    (folder / INDEX).write_bytes(width.to_bytes(4, "little") + records.tobytes())


def read_position(folder: Path, unit: str) -> int | None:
    """The position of a unit, None for one that is not in the edition."""
    try:
        with (folder / INDEX).open("rb", 0) as file:
            return _Records(file.fileno()).position(unit.encode())
    except FileNotFoundError:
        found = pl.scan_parquet(folder / OLDER).filter(pl.col("unit") == unit).select("position").collect()
        return int(found.item()) if found.height else None


class _Records:
    """An open index."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._width = self._number(0)
        self._count = (os.fstat(file).st_size - 4) // (self._width + 4)

    def position(self, unit: bytes) -> int | None:
        wanted = unit.ljust(self._width, b"\0")
        at = bisect_left(range(self._count), wanted, key=self._code)
        if at == self._count or self._code(at) != wanted:
            return None
        return self._number(self._start(at) + self._width)

    def _code(self, at: int) -> bytes:
        return os.pread(self._file, self._width, self._start(at))

    def _number(self, start: int) -> int:
        return int.from_bytes(os.pread(self._file, 4, start), "little")

    def _start(self, at: int) -> int:
        return 4 + at * (self._width + 4)
