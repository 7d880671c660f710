"""Single rows of a table by their number 按行读取: for pages that show a few rows out of very many.

Parquet is made to read columns; fifty scattered rows out of 690,000 cost it as much as a scan, and one row of a wide
table the unpacking of thousands. Here every row is a piece of JSON of its own, so that it costs one small read and
nothing around it is unpacked. Made from a table when it is written, and no content of its own.

- ``rows-NAME.bin``: the head, then the rows one after the other. The head is compressed JSON ``{"columns": […],
  "sample": "…"}``; each row is a JSON list in the order of the columns, compressed against the sample, a few rows of
  the same table, without which so short a text would hardly shrink.
- ``rows-NAME.idx``: where each piece ends, the head first, as 8-byte little-endian numbers.

Folders written before hold ``rows.bin`` and ``rows.idx`` instead: sixteen rows to a block of compressed JSON.
"""

import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

WINDOW = 12  # bits: compression looks back 4 KB, the length of the sample
LEVEL, MEMORY = 3, 5  # of zlib: more would cost more time than it saves bytes
SAMPLED = 16  # rows of the sample at most
ROWS_AT_ONCE = 4096
BLOCK = 16  # rows in a block of the older files

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def write_rows(frame: pl.DataFrame, folder: Path, name: str) -> None:
    """Write every row of a table of numbers, texts and lists."""
    sample = _sample(frame)
    head = zlib.compress(_json({"columns": frame.columns, "sample": sample}).encode())
    fresh = zlib.compressobj(LEVEL, zlib.DEFLATED, WINDOW, MEMORY, zlib.Z_DEFAULT_STRATEGY, sample.encode())
    ends = [len(head)]
    with (folder / f"rows-{name}.bin").open("wb") as file:
        file.write(head)
        for part in frame.iter_slices(ROWS_AT_ONCE):
            for row in part.rows():
                packing = fresh.copy()
                packed = packing.compress(_json(row).encode()) + packing.flush()
                file.write(packed)
                ends.append(ends[-1] + len(packed))
    (folder / f"rows-{name}.idx").write_bytes(np.array(ends, dtype="<u8").tobytes())


def _sample(frame: pl.DataFrame) -> str:
    """Rows from all over the table, as much as compression looks back; at least a letter, since none is no sample."""
    rows = frame.gather_every(max(1, frame.height // SAMPLED)).rows()
    return "\n".join(_json(row) for row in rows)[: 1 << WINDOW] or "-"


class Rows:
    """Reads of one table's rows. Keeps the head in memory and no file open."""

    def __init__(self, folder: Path, name: str) -> None:
        self._data, self._ends = folder / f"rows-{name}.bin", folder / f"rows-{name}.idx"

    @cached_property
    def exists(self) -> bool:
        """Whether the folder has the files: those written before it had them do not."""
        return self._ends.exists()

    @cached_property
    def _head(self) -> tuple[list[str], bytes]:
        with self._data.open("rb") as data, self._ends.open("rb") as ends:
            (end,) = struct.unpack("<Q", ends.read(8))
            head = json.loads(zlib.decompress(data.read(end)))
        return head["columns"], head["sample"].encode()

    def read(self, positions: Iterable[int]) -> list[dict[str, Any]]:
        """The rows at these positions, in this order."""
        columns, sample = self._head
        found = []
        with self._data.open("rb", 0) as data, self._ends.open("rb", 0) as ends:
            for at in positions:
                start, end = struct.unpack("<QQ", os.pread(ends.fileno(), 16, 8 * at))
                packed = os.pread(data.fileno(), end - start, start)
                row = json.loads(zlib.decompressobj(WINDOW, sample).decompress(packed))
                found.append(dict(zip(columns, row, strict=True)))
        return found


def read_blocks(folder: Path, columns: list[str], positions: Iterable[int]) -> list[dict[str, Any]]:
    """The rows at these positions from the older files; ``columns`` are those of the table."""
    wanted = list(positions)
    blocks = dict(_blocks(folder, {position // BLOCK for position in wanted}))
    return [dict(zip(columns, blocks[at // BLOCK][at % BLOCK], strict=True)) for at in wanted]


def _blocks(folder: Path, numbers: set[int]) -> Iterator[tuple[int, list[list[Any]]]]:
    index = np.memmap(folder / "rows.idx", dtype="<u8", mode="r")
    with (folder / "rows.bin").open("rb") as file:
        for number in sorted(numbers):
            start, end = (int(each) for each in index[number : number + 2])
            file.seek(start)
            yield number, json.loads(zlib.decompress(file.read(end - start)))
