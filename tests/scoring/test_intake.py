"""Reading tables as people have them: every fault names its place and its remedy."""

from typing import Any

import polars as pl
import pytest

from kanjian.scoring import Scheme, ValuesError, read_values, score

HEAD = {"format": "kanjian/scheme/1", "code": "test", "version": "1"}


@pytest.fixture(name="scheme")
def scheme_fixture() -> Scheme:
    return Scheme.load(
        {
            **HEAD,
            "tracks": {"by": "track"},
            "tree": {
                "code": "index",
                "children": [{"code": code, "rule": {"method": "minmax"}} for code in ("a", "b")],
            },
        }
    )


def table(**columns: list[Any]) -> pl.DataFrame:
    base: dict[str, list[Any]] = {"unit": ["u1", "u2", "u3"], "track": ["x", "x", "y"]}
    return pl.DataFrame({**base, "a": [1.0, 2.0, 3.0], "b": [4.0, 5.0, 6.0], **columns}, strict=False)


def problems(frame: pl.DataFrame, scheme: Scheme, **settings: Any) -> dict[str, str]:
    with pytest.raises(ValuesError) as caught:
        read_values(frame, scheme, **settings)
    return {problem.path: problem.message for problem in caught.value.problems}


def test_wide_table(scheme: Scheme) -> None:
    values = read_values(table(a=[1, None, 3], spare=["?", "?", "?"]), scheme)
    assert values.frame.columns == ["unit", "track", "a", "b"]
    assert values.frame["a"].dtype == pl.Float64
    assert values.frame["a"].to_list() == [1, None, 3]
    assert values.na is None
    assert [note.code for note in values.notes] == ["unused_column"]


def test_long_table_gives_the_same_as_a_wide_one(scheme: Scheme) -> None:
    wide = table(a=[1.0, None, 3.0])
    long = wide.unpivot(["a", "b"], index=["unit", "track"], variable_name="indicator", value_name="value").drop_nulls()
    found = read_values(long, scheme).frame.sort("unit")
    assert found.equals(read_values(wide, scheme).frame.sort("unit").select(found.columns))


def test_markers_tell_missing_from_not_applicable(scheme: Scheme) -> None:
    values = read_values(table(a=["未采集", "不适用", " 3.5 "], b=["NA", "N/A", ""]), scheme)
    assert values.frame["a"].to_list() == [None, None, 3.5]
    assert values.na is not None
    assert values.na["a"].to_list() == [False, True, False]
    assert values.na["b"].to_list() == [False, True, False]


def test_markers_can_be_set_by_the_scheme(scheme: Scheme) -> None:
    own = Scheme.load({**scheme.to_dict(), "markers": {"missing": ["", "x"], "not_applicable": ["/"]}})
    values = read_values(table(a=["x", "/", "3"]), own)
    assert values.frame["a"].to_list() == [None, None, 3]
    assert values.na is not None
    assert values.na["a"].to_list() == [False, True, False]
    assert "is not a number" in problems(table(a=["未采集", "1", "2"]), own)["a, row 1 (unit u1)"]


def test_nan_and_infinity_become_missing_with_a_note(scheme: Scheme) -> None:
    frame = table(a=[float("nan"), 2.0, 3.0], b=[4.0, float("inf"), float("-inf")])
    values = read_values(frame, scheme)
    assert values.frame["a"].to_list() == [None, 2, 3]
    assert values.frame["b"].to_list() == [4, None, None]
    messages = [note.message for note in values.notes if note.code == "not_finite"]
    assert messages == ["a: 1 NaN value(s) read as missing", "b: 2 infinite value(s) read as missing"]


def test_numbers_nobody_can_reckon_with_are_refused(scheme: Scheme) -> None:
    found = problems(table(a=["1e308", "-1e308", "3"]), scheme)
    assert found["a, row 1 (unit u1)"] == "1e+308 is too large to be true"
    assert found["a, row 2 (unit u2)"] == "-1e+308 is too large to be true"


@pytest.mark.parametrize(
    ("cell", "remedy"),
    [
        ("1,234.5", "write 1234.5 without separators"),
        ("1，234", "write 1234 without separators"),
        ("85.3%", "write 85.3 without the per cent sign"),
        ("85％", "write 85 without the per cent sign"),
        ("８０．５", "write 80.5 in half-width characters"),
        ("\N{MINUS SIGN}5", "write -5 in half-width characters"),
        ("80万元", "write 80 if that is the value in the indicator's unit"),
        ("较好", "write a number, leave the cell empty if it was not collected, or 不适用"),
    ],
)
def test_text_in_a_number_column_names_row_column_and_remedy(scheme: Scheme, cell: str, remedy: str) -> None:
    found = problems(table(a=["1", cell, "3"]), scheme)
    assert f"'{cell}' is not a number; {remedy}" in found["a, row 2 (unit u2)"]


def test_row_numbers_begin_where_the_sheet_begins(scheme: Scheme) -> None:
    frame = pl.DataFrame({"unit": ["u1", "u1"], "track": ["x", "x"], "a": ["1", "?"], "b": [1.0, 2.0]})
    found = problems(frame, scheme, first_row=2)
    assert "a, row 3 (unit u1)" in found
    assert "occurs in rows 2, 3" in found["unit, row 3"]


def test_a_column_called_like_an_inner_one_is_just_a_column(scheme: Scheme) -> None:
    frame = table(a=["1", "?", "3"]).with_columns(pl.lit(7).alias("row number"), period=pl.lit("2026"))
    assert "a, row 2 (unit u2)" in problems(frame, scheme, period="2026")


def test_a_period_of_a_table_without_periods_is_refused(scheme: Scheme) -> None:
    assert "no column 'period' to find period '2026' in" in problems(table(), scheme, period="2026")["period"]


def test_codes_that_came_as_floats_are_whole_numbers(scheme: Scheme) -> None:
    frame = table().with_columns(unit=pl.Series([330502001.0, 330502002.0, 330502003.0]))
    values = read_values(frame, scheme, units=["330502001", "330502002", "330502003"])
    assert values.frame["unit"].to_list() == ["330502001", "330502002", "330502003"]


def test_all_bad_cells_are_counted_but_not_all_are_listed(scheme: Scheme) -> None:
    rows = 100
    frame = pl.DataFrame(
        {"unit": [f"u{i}" for i in range(rows)], "track": ["x"] * rows, "a": ["?"] * rows, "b": [1.0] * rows}
    )
    found = problems(frame, scheme)
    assert len(found) == 21
    assert found["a"] == "… and 80 more cells like these"


def test_every_problem_at_once(scheme: Scheme) -> None:
    frame = pl.DataFrame({"unit": ["u1", "u1", "", "u9"], "a": ["1", "x", "3", "4"]})
    found = problems(frame, scheme, units=["u1", "u2"])
    assert "occurs in rows 1, 2; keep one" in found["unit, row 2"]
    assert "has no unit code" in found["unit, row 3"]
    assert "unknown unit 'u9'" in found["unit, row 4"]
    assert "'x' is not a number" in found["a, row 2 (unit u1)"]
    assert "the column is missing" in found["b"]
    assert "group column 'track' is missing" in found["track"]


def test_duplicate_unit_and_indicator_in_a_long_table(scheme: Scheme) -> None:
    long = pl.DataFrame(
        {"unit": ["u1", "u2", "u1"], "track": ["x"] * 3, "indicator": ["a", "a", "a"], "value": [1, 2, 3]}
    )
    assert "occurs in rows 1, 3" in problems(long, scheme)["a, unit, row 3"]


def test_bad_cell_in_a_long_table_keeps_its_row_number(scheme: Scheme) -> None:
    long = pl.DataFrame(
        {
            "unit": ["u1", "u1", "u2", "u2"],
            "period": ["2025", "2026", "2025", "2026"],
            "track": ["x"] * 4,
            "indicator": ["a", "a", "a", "a"],
            "value": ["1", "2", "3", "4%"],
        }
    )
    assert "write 4 without" in problems(long, scheme, period="2026")["a, row 4 (unit u2)"]


def test_mixed_periods_need_a_choice(scheme: Scheme) -> None:
    frame = table(period=["2025Q1", "2025Q2", "2025Q2"])
    found = problems(frame, scheme)
    assert found["period"] == "rows of several periods (2025Q1, 2025Q2); choose one with period"
    assert read_values(frame, scheme, period="2025Q2").frame["unit"].to_list() == ["u2", "u3"]
    assert "periods: 2025Q1, 2025Q2" in problems(frame, scheme, period="2024")["period"]


def test_one_period_needs_no_choice(scheme: Scheme) -> None:
    assert read_values(table(period=["2025"] * 3), scheme).height == 3


def test_groups_may_come_with_the_units(scheme: Scheme) -> None:
    units = pl.DataFrame({"unit": ["u3", "u2", "u1", "u0"], "track": ["p", "q", None, "q"]})
    values = read_values(table().drop("track"), scheme, units=units)
    assert values.frame["track"].to_list() == [None, "q", "p"]
    messages = {note.code: note.message for note in values.notes}
    assert messages["unit_without_values"] == "1 known unit(s) without a row: u0"
    assert messages["no_group"] == "1 unit(s) without track"


def test_a_list_of_units_with_a_repetition(scheme: Scheme) -> None:
    assert "names some twice: u1" in problems(table(), scheme, units=["u1", "u1"])["units"]


def test_an_indicator_without_any_value_is_flagged_and_counts_as_missing(scheme: Scheme) -> None:
    values = read_values(table(b=[None, None, None]), scheme)
    assert [note.code for note in values.notes] == ["empty_indicator"]
    result = score(scheme, values)
    assert result.scores["score"].to_list() == [0, 50, 100]
    assert result.scores["coverage"].to_list() == [0.5, 0.5, 0.5]
    assert result.scores["b"].to_list() == [None, None, None]


def test_a_constant_column_is_flagged(scheme: Scheme) -> None:
    result = score(scheme, read_values(table(b=[5, 5, 5]), scheme))
    assert [note.code for note in result.notes] == ["constant"]
    assert result.scores["b"].to_list() == [100, 100, 100]


def test_nothing_to_score_is_an_error(scheme: Scheme) -> None:
    assert "no unit has any value" in problems(table(a=[None] * 3, b=[None] * 3), scheme)[""]
    assert "no rows" in problems(table().head(0), scheme)[""]


def test_one_unit_only_is_flagged(scheme: Scheme) -> None:
    result = score(scheme, read_values(table().head(1), scheme))
    assert "one_unit" in [note.code for note in result.notes]
    assert result.scores["score"].to_list() == [100]
    assert result.scores["rank"].to_list() == [1]
    assert result.scores["track_size"].to_list() == [1]


def test_unit_column_by_another_name_and_type(scheme: Scheme) -> None:
    frame = table().with_columns(uCode=pl.Series([7, 8, 9])).drop("unit")
    assert read_values(frame, scheme, unit="uCode").frame["unit"].to_list() == ["7", "8", "9"]
    assert "no column 'unit' with unit codes" in problems(frame, scheme)["unit"]


@pytest.mark.parametrize(
    "column", [pl.Series([1, 2, 3]), pl.Series([True, False, True]), pl.Series(["1", "2", "3"]).cast(pl.Categorical)]
)
def test_other_types_of_numbers(scheme: Scheme, column: pl.Series) -> None:
    assert read_values(table().with_columns(a=column), scheme).frame["a"].dtype == pl.Float64


def test_dates_are_no_numbers(scheme: Scheme) -> None:
    frame = table().with_columns(a=pl.Series(["2025-01-01"] * 3).str.to_date())
    assert "column holds Date, not numbers" in problems(frame, scheme)["a"]


def test_unknown_grades_are_refused() -> None:
    rule = {"method": "grade", "grades": [{"label": "好", "points": 100}, {"label": "一般", "points": 60}]}
    scheme = Scheme.load({**HEAD, "tree": {"code": "g", "rule": rule}})
    found = problems(pl.DataFrame({"unit": ["u1", "u2"], "g": ["好", "差"]}), scheme)
    assert found["g, row 2 (unit u2)"] == "'差' is not a number; the grades are 好, 一般"
    found = problems(pl.DataFrame({"unit": ["u1", "u2"], "g": [1, 7]}), scheme)
    assert found["g, row 2 (unit u2)"] == "7 is no grade; the grades are 好, 一般"


def test_values_that_lack_a_column_are_refused_by_every_step(scheme: Scheme) -> None:
    values = read_values(table(), scheme)
    short = type(values)(values.frame.drop("b"))
    with pytest.raises(ValuesError, match="number column 'b' is missing"):
        score(scheme, short)


def test_a_unit_in_two_groups(scheme: Scheme) -> None:
    long = pl.DataFrame(
        {"unit": ["u1", "u1"], "track": ["x", "y"], "indicator": ["a", "b"], "value": [1.0, 2.0]},
    )
    assert problems(long, scheme)["track"] == "unit 'u1' stands in several groups (x, y); give it one"
