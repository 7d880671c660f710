"""Single rows and positions say what the tables say, and folders written before they were are still read."""

import json
import math
import shutil
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kanjian.boards.selectors.editions import files_of
from kanjian.boards.store.editions import SCORES, EditionFiles
from kanjian.boards.store.positions import read_position, write_positions
from kanjian.boards.store.rows import BLOCK, ROWS_AT_ONCE, Rows, read_blocks, write_rows

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SCHEMA = {"n": pl.UInt32, "i": pl.Int64, "x": pl.Float64, "名": pl.String, "l": pl.List(pl.Float64)}
ROW = st.tuples(
    st.integers(0, 2**32 - 1) | st.none(),
    st.integers(-(2**63), 2**63 - 1) | st.none(),
    st.floats(allow_nan=False) | st.none(),
    TEXT | st.none(),
    st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.none(), max_size=9) | st.none(),
)


def same(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Equal in value, type and sign of zero."""
    return repr(left) == repr(right)


@FEW
@given(rows=st.lists(ROW, min_size=1, max_size=50), data=st.data())
@example(rows=[(0, -1, -0.0, '"\\\n\0村𠮷', [None, 1e-320])], data=None)
@example(rows=[(None, None, math.inf, None, None)], data=None)
def test_rows_are_those_of_the_table(tmp_path: Path, rows: list[Any], data: Any) -> None:
    """Odd numbers, nulls and texts of all kinds come back as the table gives them, in the order asked for."""
    table = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    table.write_parquet(tmp_path / "table.parquet")
    write_rows(table, tmp_path, "table")
    places = st.lists(st.integers(0, len(rows) - 1), max_size=20)
    wanted = data.draw(places) if data is not None else [0, 0]
    parquet = pl.read_parquet(tmp_path / "table.parquet")
    for at, found in zip(wanted, Rows(tmp_path, "table").read(wanted), strict=True):
        assert same(found, parquet.row(at, named=True))


def test_many_rows_and_none(tmp_path: Path) -> None:
    size = ROWS_AT_ONCE + 3
    table = pl.DataFrame({"n": range(size), "名": [f"村{n}" if n % 7 else None for n in range(size)]})
    write_rows(table, tmp_path, "many")
    wanted = [size - 1, 0, ROWS_AT_ONCE, ROWS_AT_ONCE - 1, 0]
    assert Rows(tmp_path, "many").read(wanted) == [table.row(n, named=True) for n in wanted]
    assert Rows(tmp_path, "many").read([]) == []
    assert not Rows(tmp_path, "other").exists
    write_rows(table.head(0), tmp_path, "none")
    assert Rows(tmp_path, "none").exists
    assert Rows(tmp_path, "none").read([]) == []


def test_equal_tables_give_equal_files(tmp_path: Path) -> None:
    table = pl.DataFrame({"n": range(100), "名": [f"村{n}" for n in range(100)]})
    for name in ("a", "b"):
        write_rows(table, tmp_path, name)
    for kind in ("bin", "idx"):
        assert (tmp_path / f"rows-a.{kind}").read_bytes() == (tmp_path / f"rows-b.{kind}").read_bytes()


def test_a_row_that_was_damaged_is_refused(tmp_path: Path) -> None:
    write_rows(pl.DataFrame({"名": [f"一个很长的名字{n}" for n in range(20)]}), tmp_path, "t")
    data = bytearray((tmp_path / "rows-t.bin").read_bytes())
    data[-8] ^= 0xFF
    (tmp_path / "rows-t.bin").write_bytes(data)
    with pytest.raises(zlib.error):
        Rows(tmp_path, "t").read([19])


CODE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@FEW
@given(codes=st.lists(CODE, unique=True, max_size=40), strangers=st.lists(CODE, max_size=5), data=st.data())
@example(codes=["", "村", "村1", "a", "aa", "A"], strangers=["村2", "b", "aaaaaaaaaaaaaaaaaa"], data=None)
def test_positions_are_those_of_the_table(tmp_path: Path, codes: list[str], strangers: list[str], data: Any) -> None:
    places = data.draw(st.permutations(range(len(codes)))) if data is not None else list(range(len(codes)))
    frame = pl.DataFrame({"unit": codes, "position": places}, schema={"unit": pl.String, "position": pl.UInt32})
    write_positions(frame, tmp_path)
    for code, place in zip(codes, places, strict=True):
        assert read_position(tmp_path, code) == place
    for code in set(strangers) - set(codes):
        assert read_position(tmp_path, code) is None


def older(folder: Path, scores: pl.DataFrame) -> None:
    """Take away what folders did not have in the beginning, and put there what they had instead."""
    for path in (*folder.glob("rows-*"), folder / "index.bin"):
        path.unlink()
    ends = [0]
    with (folder / "rows.bin").open("wb") as file:
        for block in scores.iter_slices(BLOCK):
            ends.append(ends[-1] + file.write(zlib.compress(json.dumps(block.rows()).encode())))
    (folder / "rows.idx").write_bytes(np.array(ends, dtype="<u8").tobytes())
    scores.select("unit", "position").sort("unit").write_parquet(folder / "index.parquet")


def test_an_edition_answers_as_its_tables_do_and_as_older_folders_did(season, tmp_path: Path) -> None:
    files = files_of(season[-1])
    details = files.table("details")
    scores = files.table("scores")
    shutil.copytree(files.folder, tmp_path / "older")
    older(tmp_path / "older", scores)
    for each in (files, EditionFiles(tmp_path / "older")):
        for row in details.iter_rows(named=True):
            assert each.position(row["unit"]) == row["position"]
            found = each.detail(row["unit"])
            assert found is not None
            assert same({name: found[name] for name in row}, row)
            assert each.row(row["unit"]) == {name: row[name] for name in SCORES.names()}
        assert each.detail("nobody") is None
        assert each.row("nobody") is None
        assert each.rows([29, 0, 17, 17]) == [scores.row(at, named=True) for at in (29, 0, 17, 17)]


def test_blocks_of_older_folders(tmp_path: Path) -> None:
    size = 2 * BLOCK + 3
    table = pl.DataFrame({"unit": [f"村{n}" for n in range(size)], "position": range(size)})
    write_rows(table, tmp_path, "x")
    write_positions(table, tmp_path)
    older(tmp_path, table)
    wanted = [size - 1, 0, BLOCK, BLOCK - 1, 0]
    assert read_blocks(tmp_path, table.columns, wanted) == [table.row(n, named=True) for n in wanted]
    assert [read_position(tmp_path, code) for code in ("村7", "nobody")] == [7, None]
