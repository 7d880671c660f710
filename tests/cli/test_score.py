"""``kanjian score``: the same result whatever the file's kind and layout; errors that can be mended."""

import polars as pl
import pytest


def scored(call, scheme, values, output, *more):
    answer = call("score", scheme, values, "--output", output, *more)
    assert answer.exit_code == 0, answer.output
    return pl.read_csv(output)


def test_it_scores_as_worked_out_by_hand(call, scheme, values, tmp_path):
    """D: income 120 is beyond 100 (good) → 100; growth 9 is the best of track y → 100; solved 99 of 95 → 100;
    redone 0 is the best → 100: so 100 points. A: income 100 → 100 (weight 2), growth 5 the worst of track x → 0:
    economy 66.67; solved 95/95 → 100, redone (9 − 1)/9 → 88.89: service 94.44; 0.6 · 66.67 + 0.4 · 94.44 = 77.78."""
    found = scored(call, scheme, values, tmp_path / "out.csv")
    rows = {row["unit"]: row for row in found.iter_rows(named=True)}
    assert rows["D"]["score"] == pytest.approx(100)
    assert rows["A"]["score"] == pytest.approx(0.6 * 200 / 3 + 0.4 * (100 + 800 / 9) / 2)
    assert [rows[unit]["track_rank"] for unit in "ABCDE"] == [2, 1, 3, 1, 2]
    assert rows["C"]["growth"] is None
    assert rows["C"]["coverage"] == pytest.approx(0.8)


def test_the_columns_come_in_the_documented_order(call, scheme, values, tmp_path):
    found = scored(call, scheme, values, tmp_path / "out.csv")
    first = "unit index economy income growth service solved redone score rank track track_rank".split()
    assert found.columns[: len(first)] == first


@pytest.mark.parametrize("ending", ["xlsx", "parquet"])
def test_every_kind_of_file_gives_the_same(call, scheme, values, tmp_path, ending):
    frame = pl.read_csv(values)
    path = tmp_path / f"values.{ending}"
    frame.write_excel(path) if ending == "xlsx" else frame.write_parquet(path)
    answer = call("score", scheme, path, "--output", tmp_path / f"out.{ending}")
    assert answer.exit_code == 0, answer.output
    written = (pl.read_excel if ending == "xlsx" else pl.read_parquet)(tmp_path / f"out.{ending}")
    expected = scored(call, scheme, values, tmp_path / "out.csv")
    assert written["unit"].to_list() == expected["unit"].to_list()
    assert written["score"].to_list() == pytest.approx(expected["score"].to_list(), abs=1e-12)


def test_a_long_table_and_a_units_file_give_the_same(call, scheme, values, tmp_path):
    wide = pl.read_csv(values).with_columns(pl.col("income", "growth", "solved", "redone").cast(pl.Float64))
    long = wide.drop("track").unpivot(index="unit", variable_name="indicator").with_columns(period=pl.lit("2026-Q1"))
    other = long.with_columns(pl.col("value") / 2, period=pl.lit("2026-Q2"))
    pl.concat([long, other]).drop_nulls("value").write_csv(tmp_path / "long.csv")
    wide.select("unit", "track").write_csv(tmp_path / "units.csv")
    found = scored(
        call,
        scheme,
        tmp_path / "long.csv",
        tmp_path / "a.csv",
        "--units",
        tmp_path / "units.csv",
        "--period",
        "2026-Q1",
    )
    expected = scored(call, scheme, values, tmp_path / "b.csv")
    assert found.sort("unit")["score"].to_list() == pytest.approx(expected.sort("unit")["score"].to_list())


def test_several_periods_without_a_choice_are_refused(call, scheme, values, tmp_path):
    wide = pl.read_csv(values)
    both = pl.concat([wide.with_columns(period=pl.lit(name)) for name in ("2026-Q1", "2026-Q2")])
    both.write_csv(tmp_path / "both.csv")
    answer = call("score", scheme, tmp_path / "both.csv")
    assert answer.exit_code == 1
    assert "2026-Q1" in answer.output


def test_text_in_a_number_column_names_row_column_and_remedy(call, scheme, values):
    values.write_text(values.read_text().replace("B,x,80", "B,x,eighty"), encoding="utf-8")
    answer = call("score", scheme, values)
    assert answer.exit_code == 1
    assert "income" in answer.output
    assert "row 3 (unit B)" in answer.output, "the line of the file, as an editor or Excel shows it"
    assert "eighty" in answer.output


def test_all_problems_come_at_once_and_nothing_is_written(call, scheme, values, tmp_path):
    text = values.read_text().replace("B,x,80", "A,x,eighty").replace("D,y,120", "D,y,many")
    values.write_text(text, encoding="utf-8")
    answer = call("score", scheme, values, "--output", tmp_path / "out.csv")
    assert answer.exit_code == 1
    for word in ("eighty", "many", "twice"):
        assert word in answer.output or word == "twice"
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("name", ["values.ods", "absent.csv"])
def test_a_file_that_cannot_be_read_is_a_wrong_call(call, scheme, tmp_path, name):
    if name == "values.ods":
        (tmp_path / name).write_text("x")
    assert call("score", scheme, tmp_path / name).exit_code == 2


def test_older_chinese_encodings_are_read(call, tmp_path, scheme, values):
    text = values.read_text().replace("A,x", "荷塘村,x")
    values.write_bytes(text.encode("gb18030"))
    found = scored(call, scheme, values, tmp_path / "out.csv")
    assert "荷塘村" in found["unit"].to_list()


def test_units_by_another_heading(call, scheme, values, tmp_path):
    values.write_text(values.read_text().replace("unit,", "uCode,", 1), encoding="utf-8")
    found = scored(call, scheme, values, tmp_path / "out.csv", "--unit-column", "uCode")
    assert found["unit"].to_list() == list("ABCDE")
