"""Single rows and positions beside the tables: the same as in the tables, new folders and older ones."""

import json
import struct
import zlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanjian.boards.store.positions import OLDER, read_position, write_positions
from kanjian.boards.store.rows import BLOCK, Rows, read_blocks, write_rows

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
number = st.floats(allow_nan=False, allow_infinity=False)
code = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=9)


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Texts, numbers and lists with gaps."""
    rows = draw(st.integers(0, 40))

    def column(cell: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(st.one_of(st.none(), cell), min_size=rows, max_size=rows))

    return pl.DataFrame(
        {
            "name": pl.Series(column(text), dtype=pl.String),
            "score": pl.Series(column(number), dtype=pl.Float64),
            "rank": pl.Series(column(st.integers(0, 2**32 - 1)), dtype=pl.UInt32),
            "line": pl.Series(column(st.lists(number, max_size=4)), dtype=pl.List(pl.Float64)),
            "sure": pl.Series(column(st.booleans()), dtype=pl.Boolean),
        }
    )


@QUICK
@given(table=tables(), data=st.data())
def test_rows_are_those_of_the_table(tmp_path: Path, table: pl.DataFrame, data: st.DataObject) -> None:
    write_rows(table, tmp_path, "scores")
    wanted = data.draw(st.lists(st.integers(0, table.height - 1), max_size=8)) if table.height else []
    assert Rows(tmp_path, "scores").read(wanted) == [table.row(at, named=True) for at in wanted]


def test_nobody_asks_for_rows_that_are_not_there(tmp_path: Path) -> None:
    assert not Rows(tmp_path, "scores").exists
    write_rows(pl.DataFrame({"a": [1]}), tmp_path, "scores")
    assert Rows(tmp_path, "scores").exists
    with pytest.raises(struct.error):
        Rows(tmp_path, "scores").read([5])


def test_older_folders_keep_being_read(tmp_path: Path) -> None:
    table = pl.DataFrame({"name": [f"村{n}" for n in range(3 * BLOCK + 1)], "score": np.linspace(0, 1, 3 * BLOCK + 1)})
    ends = [0]
    with (tmp_path / "rows.bin").open("wb") as file:
        for block in table.iter_slices(BLOCK):
            ends.append(ends[-1] + file.write(zlib.compress(json.dumps(block.rows()).encode())))
    (tmp_path / "rows.idx").write_bytes(np.array(ends, dtype="<u8").tobytes())
    wanted = [3 * BLOCK, 0, BLOCK, BLOCK - 1]
    assert read_blocks(tmp_path, table.columns, wanted) == [table.row(at, named=True) for at in wanted]
    table.select(unit="name", position=pl.int_range(pl.len())).sort("unit").write_parquet(tmp_path / OLDER)
    assert read_position(tmp_path, "村17") == 17
    assert read_position(tmp_path, "村") is None


@QUICK
@given(codes=st.lists(code, unique=True, max_size=40), other=code)
def test_every_unit_is_found_at_its_position(tmp_path: Path, codes: list[str], other: str) -> None:
    units = pl.DataFrame({"unit": pl.Series(codes, dtype=pl.String), "position": np.arange(len(codes))})
    write_positions(units, tmp_path)
    assert [read_position(tmp_path, each) for each in codes] == list(range(len(codes)))
    if other not in codes:
        assert read_position(tmp_path, other) is None
