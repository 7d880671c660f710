"""The hash of a table's content 内容哈希, the same whatever wrote the file.

Parquet files of equal content differ in bytes between encoders, versions and row-group sizes; the hash of an edition
must not. The **table hash** is the SHA-256 of, in this order:

1. the line ``kanjian/table/1``;
2. one line of canonical JSON ``{"columns": [[name, kind], …], "rows": n}`` (keys sorted, no spaces, UTF-8), kinds:
   ``float``, ``int``, ``bool``, ``text``, ``list`` (of float);
3. for each column in that order: n bytes of validity (1 present, 0 null), then the values of all rows —
   ``float``: 8 bytes IEEE-754 little-endian (null and -0.0 as 0.0; NaN is refused); ``int``: 8 bytes two's complement
   little-endian (null as 0); ``bool``: 1 byte; ``text``: n byte lengths as ``int``, then the UTF-8 bytes joined;
   ``list``: n lengths as ``int``, then the items joined as a ``float`` column of their own (validity, values).

The **hash of a folder** is the SHA-256 of canonical JSON naming every table's hash and whatever else identifies it.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

VERSION = b"kanjian/table/1\n"


def canonical_json(value: object) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: equal values give equal bytes. NaN and infinity are refused."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def json_hash(value: object) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def table_hash(frame: pl.DataFrame) -> str:
    """The table hash described above; row and column order count."""
    kinds = {name: _kind(name, dtype) for name, dtype in frame.schema.items()}
    digest = hashlib.sha256(VERSION)
    head: Mapping[str, object] = {"columns": [[name, kind] for name, kind in kinds.items()], "rows": frame.height}
    digest.update(canonical_json(head) + b"\n")
    for name, kind in kinds.items():
        _update(digest, frame[name], kind)
    return digest.hexdigest()


def _kind(name: str, dtype: pl.DataType) -> str:
    if dtype.is_float():
        return "float"
    if dtype.is_integer():
        return "int"
    if dtype == pl.Boolean:
        return "bool"
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return "text"
    if isinstance(dtype, pl.List) and dtype.inner in (pl.Float64, pl.Float32):
        return "list"
    raise TypeError(f"column {name!r}: {dtype} has no canonical form")


def _update(digest: "hashlib._Hash", column: pl.Series, kind: str) -> None:
    """Feed one column: validity, then values."""
    digest.update(column.is_not_null().cast(pl.UInt8).to_numpy().tobytes())
    match kind:
        case "float":
            digest.update(_floats(column))
        case "int":
            digest.update(_integers(column))
        case "bool":
            digest.update(column.fill_null(value=False).cast(pl.UInt8).to_numpy().tobytes())
        case "text":
            text = column.cast(pl.String).fill_null("")
            digest.update(_integers(text.str.len_bytes()))
            digest.update("".join(text.to_list()).encode())
        case _:
            digest.update(_integers(column.list.len()))
            items = column.drop_nulls().explode() if column.list.len().sum() else pl.Series([], dtype=pl.Float64)
            _update(digest, items, "float")


def _floats(column: pl.Series) -> bytes:
    values = column.cast(pl.Float64)
    if values.is_nan().any():
        raise ValueError(f"column {column.name!r} holds NaN; missing is null")
    # Adding 0.0 turns -0.0 into 0.0: the two compare equal, so they must hash equal.
    return (values.fill_null(0.0).to_numpy().astype("<f8") + np.float64(0.0)).tobytes()


def _integers(column: pl.Series) -> bytes:
    return column.cast(pl.Int64).fill_null(0).to_numpy().astype("<i8").tobytes()
