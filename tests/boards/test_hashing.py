"""The content hash: the same whatever wrote the file, different for anything that means something else."""

import hashlib
import json
import struct

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjian.boards.store.hashing import canonical_json, file_hash, json_hash, table_hash

TABLE = pl.DataFrame(
    {
        "unit": ["甲", "乙", None],
        "score": [1.5, None, -0.0],
        "rank": [1, None, 3],
        "kept": [True, None, False],
        "line": [[1.0, None], [], None],
    },
    schema={
        "unit": pl.String,
        "score": pl.Float64,
        "rank": pl.UInt32,
        "kept": pl.Boolean,
        "line": pl.List(pl.Float64),
    },
)


def test_the_documented_recipe_written_out_by_hand() -> None:
    """Somebody with nothing but the docstring gets the same digest."""
    head = {
        "columns": [["unit", "text"], ["score", "float"], ["rank", "int"], ["kept", "bool"], ["line", "list"]],
        "rows": 3,
    }
    text = json.dumps(head, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    parts = [
        b"kanjian/table/1\n",
        text.encode() + b"\n",
        b"\x01\x01\x00" + struct.pack("<3q", 3, 3, 0) + "甲乙".encode(),
        b"\x01\x00\x01" + struct.pack("<3d", 1.5, 0.0, 0.0),
        b"\x01\x00\x01" + struct.pack("<3q", 1, 0, 3),
        b"\x01\x00\x01" + b"\x01\x00\x00",
        b"\x01\x01\x00" + struct.pack("<3q", 2, 0, 0) + b"\x01\x00" + struct.pack("<2d", 1.0, 0.0),
    ]
    assert table_hash(TABLE) == hashlib.sha256(b"".join(parts)).hexdigest()


def test_encoders_do_not_count(tmp_path) -> None:
    ways = [("zstd", 1), ("snappy", 2), ("uncompressed", 1000)]
    found = set()
    bytes_of = set()
    for compression, group in ways:
        path = tmp_path / f"{compression}.parquet"
        TABLE.write_parquet(path, compression=compression, row_group_size=group)
        found.add(table_hash(pl.read_parquet(path)))
        bytes_of.add(file_hash(path))
    assert found == {table_hash(TABLE)}
    assert len(bytes_of) == 3


@pytest.mark.parametrize(
    "other",
    [
        TABLE.with_columns(score=pl.col("score").fill_null(0.0)),
        TABLE.with_columns(unit=pl.col("unit").fill_null("")),
        TABLE.with_columns(rank=pl.col("rank").cast(pl.Float64)),
        TABLE.with_columns(line=pl.col("line").fill_null(pl.lit([], dtype=pl.List(pl.Float64)))),
        TABLE.rename({"score": "points"}),
        TABLE.select("score", "unit", "rank", "kept", "line"),
        TABLE.reverse(),
        TABLE.head(2),
        TABLE.with_columns(score=pl.Series([1.5 + 2**-52, None, 0.0])),
    ],
    ids=[
        "null is not 0",
        "null is not ''",
        "kind",
        "null is not []",
        "name",
        "column order",
        "row order",
        "rows",
        "one bit",
    ],
)
def test_what_means_something_else_hashes_differently(other: pl.DataFrame) -> None:
    assert table_hash(other) != table_hash(TABLE)


def test_texts_cannot_run_into_each_other() -> None:
    assert table_hash(pl.DataFrame({"a": ["ab", "c"]})) != table_hash(pl.DataFrame({"a": ["a", "bc"]}))


def test_both_zeros_are_one_number_and_nan_is_none() -> None:
    assert table_hash(pl.DataFrame({"a": [0.0]})) == table_hash(pl.DataFrame({"a": [-0.0]}))
    with pytest.raises(ValueError, match="NaN"):
        table_hash(pl.DataFrame({"a": [float("nan")]}))


def test_a_table_of_a_hundred_thousand_rows_hashes_by_pieces_as_a_whole() -> None:
    """Rows may come from several files; only the whole counts."""
    whole = pl.DataFrame({"n": range(100_000), "t": [f"村{n}" for n in range(100_000)]})
    assert table_hash(pl.concat([whole[:40_000], whole[40_000:]])) == table_hash(whole)


@given(
    st.dictionaries(
        st.text(), st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    )
)
def test_json_does_not_depend_on_the_order_of_keys(data: dict[str, object]) -> None:
    turned = dict(reversed(list(data.items())))
    assert canonical_json(data) == canonical_json(turned)
    assert json.loads(canonical_json(data)) == data
    assert len(json_hash(data)) == 64


def test_json_refuses_what_is_no_json_number() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"a": float("inf")})
