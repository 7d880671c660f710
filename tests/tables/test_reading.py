"""Files of every kind as tables: every cell with its line, every refusal with its code."""

import io
import re
import zipfile
from datetime import date

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from kanjian.tables import CODES, UNNAMED, Options, Problem, Source, TableError, normal, read_table

CODE = Options(headings=("code", "代码"))
GRID = st.lists(st.lists(st.text("甲乙ab1 ,;\t\"'=\n", max_size=6), min_size=2, max_size=2), min_size=1, max_size=5)


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        framed = book.add_format({"border": 1})
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, str) and cell.startswith("="):
                        page.write_formula(number, column, cell, framed, "#N/A")
                    elif cell is None:
                        page.write_blank(number, column, None, framed)  # an empty cell with a border, as in forms
                    else:
                        page.write(number, column, cell)
    return buffer.getvalue()


def refusal(name: str, content: bytes, options: Options = CODE) -> list[Problem]:
    with pytest.raises(TableError) as caught:
        read_table(Source(name, content), options)
    return list(caught.value.problems)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_file_says_the_same_in_every_dress(encoding: str, delimiter: str, end: str) -> None:
    text = "代码,名称\nV1,荷塘村\nV2,\n".replace(",", delimiter).replace("\n", end)
    table = read_table(Source("单位.CSV", text.encode(encoding)), CODE)
    assert table.frame.rows(named=True) == [{"代码": "V1", "名称": "荷塘村"}, {"代码": "V2", "名称": None}]
    assert (table.first_row, table.sheet, table.errors) == (2, "", ())


def test_titles_above_the_heading_and_blank_lines_do_not_move_the_lines() -> None:
    table = read_table(Source("a.csv", "全市单位,\n,\n代 码,名称\nV1,甲\n\nV2,乙\n".encode()), CODE)
    assert table.frame.columns == ["代 码", "名称"]
    assert dict(enumerate(table.frame["名称"], start=table.first_row)) == {4: "甲", 5: None, 6: "乙"}


def test_the_first_line_is_the_heading_when_none_is_wanted_or_found() -> None:
    text = "x,y\n代码,2\n"
    assert read_table(Source("a.csv", text.encode())).frame.columns == ["x", "y"]
    assert read_table(Source("a.csv", text.encode()), Options(headings=("nothing",))).frame.columns == ["x", "y"]
    assert read_table(Source("a.csv", (text + "3,4\n").encode()), CODE).frame.columns == ["代码", "2"]


def test_a_heading_is_not_looked_for_among_the_data() -> None:
    lines = ["x"] * 20 + ["code", "1"]
    assert read_table(Source("a.csv", "\n".join(lines).encode()), CODE).first_row == 2
    assert read_table(Source("a.csv", "\n".join(lines[1:]).encode()), CODE).first_row == 21


def test_columns_without_a_heading_can_be_told_apart() -> None:
    table = read_table(Source("a.csv", b"code,,b,\n1,2,3,4\n"), CODE)
    assert table.frame.columns == ["code", f"{UNNAMED}1", "b", f"{UNNAMED}3"]


def test_headings_are_compared_without_spaces_and_case() -> None:
    assert normal(" Unit\u3000Code\n") == "unitcode"
    assert read_table(Source("a.csv", b"title\n CO DE \n1\n"), CODE).frame.columns == ["CO DE"]


def test_the_sheet_with_the_heading_is_found_behind_the_explanations() -> None:
    content = workbook(
        {"说明": [["请填写"]], "数据": [["2026年"], ["代码", "值"], ["V1", 1]], "旧": [["代码"], ["V0"]]}
    )
    found = read_table(Source("a.xlsx", content), CODE)
    assert (found.sheet, found.first_row, found.frame.rows()) == ("数据", 3, [("V1", "1")])
    chosen = read_table(Source("a.xlsx", content), Options(CODE.headings, sheet="旧"))
    assert (chosen.sheet, chosen.frame.rows()) == ("旧", [("V0",)])
    assert refusal("a.xlsx", content, Options(sheet="无")) == [
        Problem("unknown_sheet", value="无", particulars={"known": "说明、数据、旧"})
    ]


def test_a_workbook_keeps_its_texts_and_the_exact_numbers_beside_them() -> None:
    content = workbook({"a": [["code", "x"], ["00123", 1 / 3], ["V2", 1e-12]]})
    table = read_table(Source("a.xlsx", content), CODE)
    assert table.frame["code"].to_list() == ["00123", "V2"]
    assert table.numbers is not None
    assert table.numbers["x"].to_list() == [1 / 3, 1e-12]


def test_failed_formulas_are_named_with_their_cell_behind_empty_framed_cells_too() -> None:
    content = workbook({"a": [["标题", "=NA()"], ["code", "x", "y"], ["V1", None, "=NA()"], ["V2", "=NA()", None]]})
    table = read_table(Source("a.xlsx", content), CODE)
    assert table.errors == (
        Problem("cell_error", 3, "y", "a", "#N/A"),
        Problem("cell_error", 4, "x", "a", "#N/A"),
    )
    assert table.frame.rows() == [("V1", None, None), ("V2", None, None)]


def test_formulas_that_nobody_computed_are_not_blanks() -> None:
    content = workbook({"a": [["code", "x", "y"], ["V1", "=B1&C1", 1], ["V2", "=NA()", 2]]})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    computed, empty = rb'<c r="B2"([^>]*) t="e"><f>(.*?)</f><v>#N/A</v></c>', rb'<c r="B2"\1><f>\2</f><v></v></c>'
    parts["xl/worksheets/sheet1.xml"] = re.sub(computed, empty, sheet)
    assert parts["xl/worksheets/sheet1.xml"] != sheet
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    table = read_table(Source("a.xlsx", buffer.getvalue()), CODE)
    assert table.errors == (
        Problem("cell_error", 2, "x", "a", "=B1&C1"),
        Problem("cell_error", 3, "x", "a", "#N/A"),
    )


def test_parquet_keeps_its_types() -> None:
    frame = pl.DataFrame({"code": [1, 2], "x": [0.1 + 0.2, None], "day": [date(2026, 1, 31), None]})
    source = Source.of_frame(frame, "made")
    table = read_table(source, CODE)
    assert (source.name, table.first_row) == ("made.parquet", 2)
    assert table.frame.equals(frame)
    assert table.frame.schema == frame.schema


@pytest.mark.parametrize("values", [[[1]], [b"\xff"], [{"a": 1}]])
def test_lists_and_bytes_are_no_cells(values: list[object]) -> None:
    source = Source.of_frame(pl.DataFrame({"code": ["a"], "odd": values}), "made")
    (problem,) = refusal(source.name, source.content)
    assert problem.code == "unreadable"
    assert "odd" in problem.particulars["reason"]


def empty_document() -> bytes:
    """A sheet of OpenDocument, which the reader of workbooks understands whatever its name says."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest/>")
        cell = '<table:table-cell office:value-type="string"><text:p>code</text:p></table:table-cell>'
        row = f"<table:table-row>{cell}</table:table-row>"
        sheet = f'<table:table table:name="a">{row}{row}</table:table>'
        body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
        archive.writestr("content.xml", f"<office:document-content>{body}</office:document-content>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "codes"),
    [
        ("a.pdf", b"%PDF", ["unknown_type"]),
        ("code", b"code\n1\n", ["unknown_type"]),
        ("a.csv", b"\xff\xff\xff", ["encoding"]),
        ("a.csv", b"\xff\xfe\xfd", ["encoding"]),
        ("a.csv", b"", ["empty_file"]),
        ("a.csv", b"code,b\n", ["empty_file"]),
        ("a.xlsx", workbook({"a": []}), ["empty_file"]),
        ("a.xlsx", workbook({"a": [["code"]]}), ["empty_file"]),
        ("a.parquet", Source.of_frame(pl.DataFrame({"code": []}), "").content, ["empty_file"]),
        ("a.xlsx", b"not a workbook", ["unreadable"]),
        ("a.xlsx", empty_document(), ["unreadable"]),
        ("a.parquet", b"not parquet", ["unreadable"]),
        ("a.csv", b'code,b\n1,"' + b"9" * 200_000, ["unreadable"]),
        ("a.csv", b"code,a,b,a, b\n1,2,3,4,5\n", ["duplicate_column", "duplicate_column"]),
        ("a.xlsx", workbook({"a": [["code", "code"], [1, 2]]}), ["duplicate_column"]),
    ],
)
def test_what_is_no_table_is_refused_with_its_code(name: str, content: bytes, codes: list[str]) -> None:
    problems = refusal(name, content)
    assert [problem.code for problem in problems] == codes
    for problem in problems:
        assert set(problem.particulars) == set(CODES[problem.code])


@pytest.mark.parametrize("content", [b"\n\n\n", b"\xef\xbb\xbf", b"\r"])
def test_blank_lines_are_an_empty_file(content: bytes) -> None:
    assert refusal("a.csv", content) == [Problem("empty_file")]


def test_a_quotation_mark_that_is_never_closed_is_named_with_its_line() -> None:
    (problem,) = refusal("a.csv", b'code,x\nA,"1\n2"\nB,"2\nC,3\nD,4\n')
    assert problem.particulars["reason"] == "a quotation mark on line 4 is never closed"


def test_every_line_with_too_many_cells_is_named() -> None:
    problems = refusal("a.csv", b"title\ncode,b\n1,2,3\n1,2\n1,2,3,4\n")
    assert [(problem.code, problem.row, dict(problem.particulars)) for problem in problems] == [
        ("too_many_cells", 3, {"cells": "3", "columns": "2"}),
        ("too_many_cells", 5, {"cells": "4", "columns": "2"}),
    ]


def test_an_error_says_place_code_and_particulars() -> None:
    (problem,) = refusal("a.xlsx", workbook({"表": [["code", "b", "b"], [1, 2, 3]]}))
    assert str(problem) == "表/1/b: duplicate_column b"
    assert str(TableError([problem])) == str(problem)
    assert str(TableError.one("encoding")) == "encoding"


def test_separators_inside_of_cells_do_not_count() -> None:
    table = read_table(Source("a.csv", b'code,b\n1,";;;;;;"\n'), CODE)
    assert table.frame.rows() == [("1", ";;;;;;")]


@settings(deadline=None)
@given(GRID)
def test_what_was_written_is_what_is_read(rows: list[list[str]]) -> None:
    """CSV and Parquet: the same texts in the same places. A blank cell is null or an empty text."""
    frame = pl.DataFrame([["k", *row] for row in rows], schema=["code", "a", "b"], orient="row")
    text = frame.write_csv(quote_style="always").encode()
    for name, content in (("a.csv", text), ("a.parquet", Source.of_frame(frame, "").content)):
        table = read_table(Source(name, content), CODE)
        assert table.frame.fill_null("").rows() == frame.rows()


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.tsv", "x.xlsx", "x.parquet"]))
def test_bytes_are_a_table_or_a_refusal(content: bytes, name: str) -> None:
    try:
        assert read_table(Source(name, content), CODE).frame.height
    except TableError as error:
        found = {problem.code for problem in error.problems}
        assert found <= set(CODES)
