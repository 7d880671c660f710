"""Single rows of a table by their number 按行读取: for pages whose rows lie far apart.

Parquet is made to read columns; fifty scattered rows out of 690,000 cost it as much as a scan. ``rows.bin`` holds the
same rows once more, sixteen to a block of compressed JSON, and ``rows.idx`` where each block begins, so that a
row costs one small read whatever the size of the table. Both are made from the table and are no content of their own.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

BLOCK = 16
DATA, INDEX = "rows.bin", "rows.idx"


def write_rows(frame: pl.DataFrame, folder: Path) -> None:
    """Write every row of a table of numbers, texts and lists."""
    ends = [0]
    with (folder / DATA).open("wb") as file:
        for block in frame.iter_slices(BLOCK):
            text = json.dumps(block.rows(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
            ends.append(ends[-1] + file.write(zlib.compress(text.encode(), 3)))
    (folder / INDEX).write_bytes(np.array(ends, dtype="<u8").tobytes())


def read_rows(folder: Path, columns: list[str], positions: Iterable[int]) -> list[dict[str, Any]]:
    """The rows at these positions, in this order; ``columns`` are those of the table."""
    wanted = list(positions)
    blocks = dict(_blocks(folder, {position // BLOCK for position in wanted}))
    return [dict(zip(columns, blocks[at // BLOCK][at % BLOCK], strict=True)) for at in wanted]


def _blocks(folder: Path, numbers: set[int]) -> Iterator[tuple[int, list[list[Any]]]]:
    index = np.memmap(folder / INDEX, dtype="<u8", mode="r")
    with (folder / DATA).open("rb") as file:
        for number in sorted(numbers):
            start, end = (int(each) for each in index[number : number + 2])
            file.seek(start)
            yield number, json.loads(zlib.decompress(file.read(end - start)))
