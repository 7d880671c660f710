"""Files of every kind, right and wrong, without a database."""

import io
from datetime import date

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from kanjian.measures.intake import IntakeError, Options, Source
from kanjian.measures.intake.checking import Checked, check
from kanjian.measures.intake.problems import KEPT, TEXTS, Problem
from kanjian.measures.intake.reference import INDICATORS, UNITS, Reference
from kanjian.tables import CODES
from kanjian.tables import Problem as TableProblem

REFERENCE = Reference(
    units=pl.DataFrame(
        [
            (1, "V1", "荷塘村", None, None),
            (2, "V2", "石桥村", None, None),
            (3, "V3", "同名村", None, None),
            (4, "V4", "同名村", None, None),
            (5, "V5", "旧村", None, date(2025, 7, 1)),
            (6, "V6", "新村", date(2025, 7, 1), None),
        ],
        schema=UNITS,
        orient="row",
    ),
    indicators=pl.DataFrame(
        [
            (10, "A1", "集体经济收入", 0.0, None, "万元", "imported", None),
            (11, "A2", "垃圾分类率", 0.0, 100.0, "%", "imported", None),
            (12, "A3", "信访件数", None, None, "件", "imported", None),
        ],
        schema=INDICATORS,
        orient="row",
    ),
    today=date(2026, 11, 22),
    successors={5: "新村（V6）"},
)


def run(text: str | bytes, name: str = "values.csv", *, reference: Reference = REFERENCE, **options) -> Checked:
    content = text.encode() if isinstance(text, str) else text
    return check(Source(name, content), Options(**{"period": "2026-Q1", **options}), reference)


def cells(checked: Checked) -> list[tuple[int, int, str, float | None, str]]:
    return checked.clean.select("unit_id", "indicator_id", "period", "value", "status").rows()


def wrong(checked: Checked) -> list[tuple[str, int, str]]:
    return [(problem.code, problem.row, problem.column) for problem in checked.findings.items]


def workbook(*rows: tuple[object, ...], sheet: str = "数据") -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("说明").write(0, 0, "请填写数据表")
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str) and cell.startswith("="):
                    page.write_formula(number, column, cell, None, "#N/A")
                elif cell is not None:
                    page.write(number, column, cell)
    return buffer.getvalue()


def test_a_wide_table_keeps_zero_missing_and_not_applicable_apart() -> None:
    checked = run("单位编码,单位名称,A1,A2,A3\nV1,荷塘村,0,未采集,\nV2,石桥村,12.5,不适用,3\n")
    assert not checked.findings
    assert cells(checked) == [
        (1, 10, "2026-Q1", 0.0, "present"),
        (1, 11, "2026-Q1", None, "missing"),
        (2, 10, "2026-Q1", 12.5, "present"),
        (2, 11, "2026-Q1", None, "not_applicable"),
        (2, 12, "2026-Q1", 3.0, "present"),
    ]
    assert (checked.rows, checked.cells, checked.blank) == (2, 6, 1)
    assert checked.clean["row"].to_list() == [2, 2, 3, 3, 3]


def test_blank_says_missing_only_when_asked() -> None:
    assert cells(run("unit,A1\nV1,\n", blank_is_missing=True)) == [(1, 10, "2026-Q1", None, "missing")]
    assert cells(run("unit,A1\nV1,\n")) == []


def test_a_long_table_with_status_and_note() -> None:
    checked = run(
        "unit,period,indicator,value,status,note\n"
        "V1,2026-Q1,A1,1.5,,见附件\n"
        "V1,2026年第二季度,集体经济收入,,未采集,\n"
        "石桥村,2026-Q1,A2,,not_applicable,\n"
        "V2,2026-Q2,A3,7,present,\n",
        period="",
    )
    assert not checked.findings
    assert cells(checked) == [
        (1, 10, "2026-Q1", 1.5, "present"),
        (1, 10, "2026-Q2", None, "missing"),
        (2, 11, "2026-Q1", None, "not_applicable"),
        (2, 12, "2026-Q2", 7.0, "present"),
    ]
    assert checked.clean["note"].to_list() == ["见附件", "", "", ""]


def test_titles_above_the_heading_and_blank_lines_keep_the_line_numbers() -> None:
    checked = run("强村富民指数,,\n填报时间：,2026,\n\n单位,A1,A2\nV1,1,2\n\nV2,3,300\n")
    assert cells(checked) == [
        (1, 10, "2026-Q1", 1.0, "present"),
        (1, 11, "2026-Q1", 2.0, "present"),
        (2, 10, "2026-Q1", 3.0, "present"),
    ]
    assert wrong(checked) == [("blank_unit", 6, "单位"), ("above_maximum", 7, "A2")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    text = "单位,集体经济收入,备注\n荷塘村,1234.5,镇里核过\n".replace(",", delimiter)
    assert cells(run(text.encode(encoding))) == [(1, 10, "2026-Q1", 1234.5, "present")]


def test_a_spreadsheet_gives_exact_numbers_and_names_its_sheet() -> None:
    content = workbook(
        ("2026年一季度", None, None, None),
        ("单位", "A1", "A2", "A3"),
        ("V1", 1 / 3, 0.1, 1e-9),
        ("V2", "未采集", "12%", True),
        ("V3", "=NA()", 5, 6),
    )
    checked = run(content, "values.xlsx", sheet="数据")
    assert cells(checked) == [
        (1, 10, "2026-Q1", 1 / 3, "present"),
        (1, 11, "2026-Q1", 0.1, "present"),
        (1, 12, "2026-Q1", 1e-9, "present"),
        (2, 10, "2026-Q1", None, "missing"),
        (3, 11, "2026-Q1", 5.0, "present"),
        (3, 12, "2026-Q1", 6.0, "present"),
    ]
    assert wrong(checked) == [("percent", 4, "A2"), ("not_number", 4, "A3"), ("cell_error", 5, "A1")]
    assert {problem.sheet for problem in checked.findings.items} == {"数据"}
    assert "#N/A" in checked.findings.items[-1].message


def test_a_month_that_a_spreadsheet_turned_into_a_date_is_still_a_month() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["unit", "period", "A1"])
        page.write_row(1, 0, ["V1"])
        page.write_datetime(1, 1, date(2026, 3, 1), book.add_format({"num_format": "yyyy-mm"}))
        page.write(1, 2, 4)
    assert cells(run(buffer.getvalue(), "v.xlsx", period="")) == [(1, 10, "2026-03", 4.0, "present")]


def test_parquet_keeps_types_and_nan_is_a_blank() -> None:
    frame = pl.DataFrame(
        {"unit": ["V1", "V2", "V3"], "A1": [0.1 + 0.2, float("nan"), float("inf")], "A2": [1, None, 3]}
    )
    checked = check(Source.of_frame(frame, "made"), Options(period="2026-Q1"), REFERENCE)
    assert cells(checked) == [
        (1, 10, "2026-Q1", 0.1 + 0.2, "present"),
        (1, 11, "2026-Q1", 1.0, "present"),
        (3, 11, "2026-Q1", 3.0, "present"),
    ]
    assert wrong(checked) == [("not_finite", 4, "A1")]
    assert checked.blank == 2


def test_numbers_as_people_write_them() -> None:
    checked = run('unit,A3\nV1,"1,234.5"\nV2,１２\n')
    assert [row[3] for row in cells(checked)] == [1234.5, 12.0]
    checked = run('unit,A3\nV1,"1,23"\nV2,12元\nV3,1e5\nV4,\n')
    assert wrong(checked) == [("not_number", 2, "A3"), ("not_number", 3, "A3")]


# One wrong cell of every kind, and what is said of it.
WRONG = (
    "unit,period,indicator,value,status,note\n"
    "V9,2026-Q1,A1,1,,\n"
    "同名村,2026-Q1,A1,1,,\n"
    ",2026-Q1,A1,1,,\n"
    "V1,2026-Q7,A1,1,,\n"
    "V1,,A1,1,,\n"
    "V1,2027-Q1,A1,1,,\n"
    "V5,2026-Q1,A1,1,,\n"
    "V6,2025-Q1,A1,1,,\n"
    "V1,2026-Q1,B9,1,,\n"
    "V1,2026-Q1,,1,,\n"
    "V1,2026-Q1,A1,很多,,\n"
    "V1,2026-Q1,A1,-1,,\n"
    "V1,2026-Q1,A2,101,,\n"
    "V1,2026-Q1,A2,5%,,\n"
    "V1,2026-Q1,A2,/,,\n"
    "V1,2026-Q1,A2,inf,,\n"
    "V1,2026-Q1,A2,5,maybe,\n"
    "V1,2026-Q1,A2,5,missing,\n"
    f"V1,2026-Q1,A2,5,,{'长' * 301}\n"
    "V1,2026-Q1,A3,1,,\n"
    "荷塘村,2026-Q1,信访件数,2,,\n"
)
NAMED = [
    ("unknown_unit", 2, "unit"),
    ("ambiguous_unit", 3, "unit"),
    ("blank_unit", 4, "unit"),
    ("bad_period", 5, "period"),
    ("blank_period", 6, "period"),
    ("future_period", 7, "period"),
    ("unit_closed", 8, "unit"),
    ("unit_not_yet", 9, "unit"),
    ("unknown_indicator", 10, "indicator"),
    ("blank_indicator", 11, "indicator"),
    ("not_number", 12, "value"),
    ("below_minimum", 13, "value"),
    ("above_maximum", 14, "value"),
    ("percent", 15, "value"),
    ("unclear_blank", 16, "value"),
    ("not_finite", 17, "value"),
    ("bad_status", 18, "status"),
    ("status_conflict", 19, "status"),
    ("note_too_long", 20, "value"),
    ("duplicate_cell", 22, "value"),
]


def test_every_kind_of_wrong_cell_is_named_with_place_and_remedy() -> None:
    checked = run(
        WRONG,
        period="",
    )
    assert wrong(checked) == NAMED
    texts = {problem.code: f"{problem.message} {problem.remedy}" for problem in checked.findings.items}
    assert "V9" in texts["unknown_unit"]
    assert "新村（V6）" in texts["unit_closed"]
    assert "100" in texts["above_maximum"]
    assert "%" in texts["percent"]
    assert "21" in texts["duplicate_cell"]
    assert all(problem.message and problem.remedy for problem in checked.findings.items)


def test_the_period_that_was_chosen_binds_the_rows() -> None:
    checked = run("unit,period,A1\nV1,2026-Q1,1\nV2,2026-Q2,1\n", period="2026-Q1")
    assert wrong(checked) == [("other_period", 3, "period")]
    assert "2026-Q1" in checked.findings.items[0].message


def test_two_columns_of_one_indicator_are_a_duplicate() -> None:
    assert wrong(run("unit,A1,集体经济收入\nV1,1,1\n")) == [("duplicate_cell", 2, "集体经济收入")]
    # A blank says nothing, so it repeats nothing.
    assert not run("unit,A1,集体经济收入\nV1,1,\n").findings


def test_only_units_in_scope_are_taken() -> None:
    scoped = Reference(REFERENCE.units, REFERENCE.indicators, REFERENCE.today, scope=frozenset([1]))
    checked = run("unit,A1\nV1,1\nV2,1\n", reference=scoped)
    assert wrong(checked) == [("outside_scope", 3, "unit")]
    nobody = Reference(REFERENCE.units, REFERENCE.indicators, REFERENCE.today, scope=frozenset())
    assert checked.findings.total == 1
    assert run("unit,A1\nV1,1\nV2,1\n", reference=nobody).findings.total == 2


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("村编号x,A1\nV1,1\n", "v.csv", "no_unit_column"),
        ("unit,B1\nV1,1\n", "v.csv", "unknown_indicator_column"),
        ("unit,单位名称\nV1,荷塘村\n", "v.csv", "no_indicator_column"),
        ("unit,A1,A1\nV1,1,2\n", "v.csv", "duplicate_column"),
        ("unit,A1\n", "v.csv", "empty_file"),
        ("", "v.csv", "empty_file"),
        ("unit,A1\nV1,1,2\n", "v.csv", "too_many_cells"),
        (b"\xff\xff\xff", "v.csv", "encoding"),
        ("x", "v.pdf", "unknown_type"),
        ("not a workbook", "v.xlsx", "unreadable"),
        ("not parquet", "v.parquet", "unreadable"),
        (workbook(), "v.xlsx", "empty_file"),
    ],
)
def test_files_that_are_no_table_are_refused_by_name(text: str | bytes, name: str, code: str) -> None:
    checked = run(text, name)
    assert [problem.code for problem in checked.findings.items] == [code]
    assert checked.clean.is_empty()


def test_the_sheet_with_the_data_is_found_behind_the_explanations() -> None:
    checked = run(workbook(("unit", "A1"), ("V1", 1)), "V.XLSX")
    assert (checked.sheet, len(cells(checked))) == ("数据", 1)


def test_unknown_sheets_periods_and_shapes_are_refused() -> None:
    content = workbook(("unit", "A1"), ("V1", 1))
    checked = run(content, "v.xlsx", sheet="没有")
    assert checked.findings.items[0].code == "unknown_sheet"
    assert "数据" in checked.findings.items[0].remedy
    assert wrong(run("unit,A1\nV1,1\n", period="")) == [("no_period", 1, "")]
    assert wrong(run("unit,A1\nV1,1\n", period="2026-Q9")) == [("bad_option_period", 0, "")]
    assert wrong(run("unit,A1\nV1,1\n", shape="long")) == [("unknown_shape", 1, "")]


def test_old_line_ends_and_unclosed_quotation_marks() -> None:
    assert len(cells(run("unit,A1\rV1,1\rV2,2\r"))) == 2
    checked = run('unit,A1\nV1,"' + "9" * 200_000)
    assert [problem.code for problem in checked.findings.items] == ["unreadable"]


def test_unknown_columns_can_be_left_out_knowingly() -> None:
    checked = run("unit,A1,面积\nV1,1,2\n", skip_unknown_columns=True)
    assert len(cells(checked)) == 1
    assert checked.layout.skipped == ("面积",)


def test_columns_can_be_named_in_the_options() -> None:
    checked = run("自然村,何时,A1\nV1,2026-Q1,1\n", unit_column="自然村", period_column="何时", period="")
    assert len(cells(checked)) == 1


def test_the_list_of_problems_is_capped_and_the_count_is_not() -> None:
    text = "unit,A1\n" + "".join(f"X{number},x\n" for number in range(1000))
    findings = run(text).findings
    assert len(findings.items) == KEPT
    assert findings.total == 2000
    assert findings.counts == {"unknown_unit": 1000, "not_number": 1000}
    assert [problem.row for problem in findings.items] == sorted(problem.row for problem in findings.items)


def test_an_error_says_the_first_three_problems_and_the_number_of_the_others() -> None:
    error = IntakeError(run("unit,A1\nX1,x\nX2,x\nX3,x\n").findings)
    assert "X1" in str(error)
    assert str(error).endswith("(+3)")


def test_whatever_the_reader_of_tables_finds_is_worded() -> None:
    for code, names in CODES.items():
        problem = Problem.of(TableProblem(code, 3, "A1", "数据", "v", dict.fromkeys(names, "p")))
        assert str(problem) == f"数据/3/A1: {problem.message}"
        assert problem.remedy


def test_every_text_can_be_filled_in() -> None:
    names = "reason value known cells columns from to successors expected limit unit first"
    every = dict.fromkeys(names.split(), "x")
    for message, remedy in TEXTS.values():
        assert message % every
        assert remedy % every


finite = st.floats(allow_nan=False, allow_infinity=False)


@settings(deadline=None)
@given(st.lists(st.lists(st.none() | finite, min_size=2, max_size=2), min_size=1, max_size=4))
def test_one_table_in_every_shape_and_format_is_the_same_cells(rows: list[list[float | None]]) -> None:
    """CSV and Parquet, wide and long: the same cells, every number to the last bit."""
    columns = {name: [row[position] for row in rows] for position, name in enumerate(["A3", "信访件数二"])}
    codes = [f"V{number + 1}" for number in range(len(rows))]
    both = pl.concat(
        [
            REFERENCE.indicators,
            pl.DataFrame([(13, "A4", "信访件数二", None, None, "", "imported", None)], schema=INDICATORS, orient="row"),
        ]
    )
    reference = Reference(REFERENCE.units, both, REFERENCE.today)
    schema = {"unit": pl.String, "A3": pl.Float64, "信访件数二": pl.Float64}
    wide = pl.DataFrame({"unit": codes, **columns}, schema=schema)
    long = wide.unpivot(["A3", "信访件数二"], index="unit", variable_name="indicator").with_columns(
        period=pl.lit("2026-Q1")
    )
    expected = [
        (number + 1, indicator, "2026-Q1", value, "present")
        for number, row in enumerate(rows)
        for indicator, value in zip((12, 13), row, strict=True)
        if value is not None
    ]
    for frame in (wide, long):
        for source in (Source("x.csv", frame.write_csv().encode()), Source.of_frame(frame, "x")):
            checked = check(source, Options(period="2026-Q1"), reference)
            assert not checked.findings
            assert cells(checked) == expected


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["x.csv", "x.xlsx", "x.parquet"]))
def test_no_content_whatever_is_an_exception(content: bytes, name: str) -> None:
    checked = run(content, name)
    assert checked.clean.height + checked.blank <= checked.cells


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_whatever_is_an_exception(text: str) -> None:
    for name in ("x.csv", "x.tsv"):
        checked = run("unit,A1,A2\n" + text, name)
        assert checked.clean.height + checked.blank <= checked.cells
        assert checked.findings or checked.cells == 2 * checked.rows
