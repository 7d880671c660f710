"""Bad input, one by one: a clear message with place and remedy, the right exit code, no trace, nothing half-written."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from kanjian import cli
from kanjian.cli import tables

HEAD = "unit,track,income,growth,solved,redone"
TEXT = f"{HEAD}\nA,x,100,5,95,1\nB,x,80,7,90,2\nC,x,60,,80,3\nD,y,120,9,99,0\nE,y,40,-2,70,9\n"


@pytest.fixture
def refused(call: Any, scheme: Path, tmp_path: Path) -> Callable[..., str]:
    """What is said about a file that cannot be scored; checks code and that nothing was written."""

    def run(content: str | bytes, *more: object, name: str = "values.csv", code: int = 1) -> str:
        path, output = tmp_path / name, tmp_path / "out.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        before = set(tmp_path.iterdir())
        answer = call("score", scheme, path, "--output", output, *more)
        assert answer.exit_code == code, answer.output
        assert isinstance(answer.exception, SystemExit)
        assert set(tmp_path.iterdir()) == before
        return answer.output

    return run


@pytest.fixture
def scored(call: Any, scheme: Path, tmp_path: Path) -> Callable[..., tuple[str, pl.DataFrame]]:
    """What is said about a file that can be scored, and the result."""

    def run(content: str | bytes, *more: object, name: str = "values.csv") -> tuple[str, pl.DataFrame]:
        path, output = tmp_path / name, tmp_path / "out.parquet"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        answer = call("score", scheme, path, "--output", output, *more)
        assert answer.exit_code == 0, answer.output
        return answer.output, pl.read_parquet(output)

    return run


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (TEXT.replace("B,x,80", "B,x,eighty"), ["income, row 3 (unit B)", "'eighty' is not a number"]),
        (TEXT.replace("B,x,80", "B,x,８０"), ["income, row 3", "write 80 in half-width"]),
        (TEXT.replace("B,x,80", 'B,x,"1,080"'), ["income, row 3", "write 1080 without separators"]),
        (TEXT.replace("95,1", "95%,1"), ["solved, row 2", "write 95 without the per cent sign"]),
        (TEXT + "A,x,1,2,3,4\n", ["unit, row 7", "occurs in rows 2, 7; keep one"]),
        (TEXT.replace("B,x", ",x"), ["unit, row 3", "has no unit code"]),
        ("", ["no rows"]),
        ("\n\n\n", ["no rows"]),
        (HEAD + "\n", ["no rows"]),
        (HEAD + "\nA,x,,,,\nB,x,,,,\n", ["no unit has any value"]),
        (TEXT.replace(",redone", ",again"), ["redone: the column is missing"]),
        (TEXT.replace("track", "region"), ["group column 'track' is missing"]),
        (TEXT.replace("unit,", "code,"), ["no column 'unit'", "--unit-column", "code, track, income"]),
        (TEXT.replace("growth,", "income,", 1), ["row 1", "heading 'income' occurs twice"]),
        (TEXT.replace("7,90,2", "7,90,2,9,9"), ["row 3", "8 cells but 6 headings"]),
        (TEXT.replace("B,x", '"B,x'), ["a quotation mark on line 3 is never closed"]),
        (TEXT.replace("A,x", "caf\u00e9,x").encode("latin-1"), ["neither UTF-8 nor GB 18030"]),
    ],
)
def test_each_fault_of_a_table_is_named(refused: Any, content: str | bytes, words: list[str]) -> None:
    said = refused(content)
    for word in words:
        assert word in said


@pytest.mark.parametrize(("name", "word"), [("values.xlsx", "cannot be read"), ("values.parquet", "cannot be read")])
@pytest.mark.parametrize("content", [TEXT, ""])
def test_a_file_that_is_not_what_its_ending_says(refused: Any, name: str, word: str, content: str) -> None:
    assert word in refused(content, name=name)


def test_units_outside_the_list_are_refused(refused: Any, tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text("unit,track\nA,x\nB,x\nC,x\nD,y\n")
    assert "row 6: unknown unit 'E'" in refused(TEXT, "--units", tmp_path / "units.csv")


def test_periods(refused: Any) -> None:
    both = "\n".join(["period," + HEAD, *(f"{p},{row}" for p in ("Q1", "Q2") for row in TEXT.splitlines()[1:])])
    assert "rows of several periods (Q1, Q2)" in refused(both)
    assert "no rows for period 'Q3'" in refused(both, "--period", "Q3")
    assert "no column 'period'" in refused(TEXT, "--period", "Q1")
    assert "row 8 (unit B)" in refused(both.replace("Q2,B,x,80", "Q2,B,x,?"), "--period", "Q2")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (TEXT.replace("B,x,80", "B,x,inf"), ["income: 1 infinite value(s) read as missing"]),
        (TEXT.replace("B,x,80", "B,x,1e400"), ["income: 1 infinite value(s) read as missing"]),
        (HEAD + "\nA,x,100,5,95,1\n", ["one unit only"]),
        (TEXT.replace("-2", "9"), ["growth: in 1 of 2 groups (track) all have one value"]),
        (TEXT.replace("\n", ",z\n"), ["columns the scheme does not use: z"]),
        (TEXT.replace("7,90,2", "7,,"), ["1 of 5 units are not ranked: 1 coverage (share of collected data"]),
    ],
)
def test_what_can_be_scored_is_told(scored: Any, content: str, words: list[str]) -> None:
    said, _ = scored(content)
    for word in words:
        assert word in said


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-16"),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace(",", ";").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace("C,x", "\n,,,,,\nC,x").encode(),
        TEXT.replace("income", " In come ").encode(),
        ("强村富民指数,,,,,\n2026年,,,,,\n" + TEXT).encode(),
    ],
    ids=["utf-16", "mark", "tabs", "semicolons", "old line ends", "blank rows", "blanks in headings", "titles"],
)
def test_every_dress_of_a_table_gives_the_same(scored: Any, content: bytes) -> None:
    said, plain = scored(TEXT)
    assert "!" not in said
    assert scored(content)[1].equals(plain)


def test_codes_stay_text_with_their_zeros(scored: Any) -> None:
    renamed = TEXT.replace("\nA,", "\n001,").replace("\nB,", "\n01,").replace("\nC,", "\n1,")
    assert scored(renamed)[1]["unit"].to_list() == ["001", "01", "1", "D", "E"]


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    page.write(number, column, cell)
    return path


ROWS: list[list[Any]] = [line.split(",") for line in TEXT.splitlines()]
NUMBERS = [[*row[:2], *(float(cell) if cell else None for cell in row[2:])] for row in ROWS[1:]]


def test_a_workbook_with_title_empty_rows_and_more_sheets(call: Any, scheme: Path, scored: Any, tmp_path: Path) -> None:
    data = [["强村富民指数"], [], ROWS[0], *NUMBERS[:2], [], *NUMBERS[2:]]
    path = workbook(
        tmp_path / "book.xlsx", {"说明": [["请填写"]], "数据": data, "旧": [ROWS[0], ["Z", "x", 1, 1, 1, 1]]}
    )
    plain = scored(TEXT)[1]
    said = call("score", scheme, path, "--output", tmp_path / "a.parquet")
    assert said.exit_code == 0, said.output
    assert pl.read_parquet(tmp_path / "a.parquet").equals(plain)
    old = call("score", scheme, path, "--sheet", "旧", "--output", tmp_path / "b.csv")
    assert old.exit_code == 0, old.output
    assert pl.read_csv(tmp_path / "b.csv")["unit"].to_list() == ["Z"]
    absent = call("score", scheme, path, "--sheet", "无")
    assert absent.exit_code == 2
    assert "sheets: 说明、数据、旧" in absent.output


def test_the_line_of_a_wrong_cell_below_blank_rows_is_that_of_the_sheet(
    call: Any, scheme: Path, tmp_path: Path
) -> None:
    data = [["标题"], ROWS[0], NUMBERS[0], [], ["B", "x", "八十", 7, 90, 2]]
    answer = call("score", scheme, workbook(tmp_path / "book.xlsx", {"a": data}))
    assert answer.exit_code == 1
    assert "income, row 5 (unit B): '八十' is not a number" in answer.output


def test_numbers_of_a_workbook_are_exact(call: Any, scheme: Path, tmp_path: Path) -> None:
    exact = 30 + 70 / 3
    path = workbook(tmp_path / "book.xlsx", {"a": [ROWS[0], ["A", "x", exact, 5, 95, 1], *NUMBERS[1:]]})
    assert call("score", scheme, path, "--output", tmp_path / "out.parquet").exit_code == 0
    points = pl.read_parquet(tmp_path / "out.parquet")["income"][0]
    assert points == pytest.approx(60 + 40 / 3, rel=1e-14)


def test_failed_formulas_are_named_and_computed_ones_are_read(call: Any, scheme: Path, tmp_path: Path) -> None:
    for shown, code in ((80, 0), ("#DIV/0!", 1)):
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet("数据")
            for number, row in enumerate([ROWS[0], *NUMBERS]):
                page.write_row(number, 0, row)
            page.write_formula(2, 2, "=C2-20", None, shown)
        answer = call("score", scheme, path)
        assert answer.exit_code == code, answer.output
    assert "sheet 数据, column income, row 3: the formula shows #DIV/0!" in answer.output


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("out.docx", "ending .docx is not known"),
        ("out", "ending (none) is not known"),
        ("folder.csv", "is a folder"),
        ("values.csv/out.csv", "cannot be made"),
        ("values.csv", "one of the files that are read"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_the_work(
    call: Any, scheme: Path, values: Path, tmp_path: Path, output: str, word: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    before = values.read_bytes()
    answer = call("score", scheme, values, "--output", tmp_path / output)
    assert answer.exit_code == 2
    assert word in answer.output
    assert "units" not in answer.output
    assert values.read_bytes() == before


def test_a_missing_folder_is_made(call: Any, scheme: Path, values: Path, tmp_path: Path) -> None:
    assert call("score", scheme, values, "--output", tmp_path / "a" / "b" / "out.csv").exit_code == 0
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["out.csv"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device"), MemoryError()])
def test_what_is_interrupted_leaves_the_old_file_whole(
    call: Any, scheme: Path, values: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old")

    def torn(frame: pl.DataFrame, path: Path) -> None:
        path.write_text("half of it")
        raise error

    monkeypatch.setattr(pl.DataFrame, "write_csv", torn)
    answer = call("score", scheme, values, "--output", out)
    assert answer.exit_code != 0
    assert out.read_text() == "old"
    assert not [path for path in tmp_path.iterdir() if "part" in path.name]
    assert "No space left" in answer.output or not isinstance(error, OSError)


def test_too_many_rows_for_a_sheet_are_said(
    monkeypatch: pytest.MonkeyPatch, call: Any, scheme: Path, values: Path
) -> None:
    monkeypatch.setattr(tables, "EXCEL_ROWS", 3)
    answer = call("score", scheme, values, "--output", values.with_name("out.xlsx"))
    assert answer.exit_code == 1
    assert "a sheet holds 3 rows, here are 5; write .csv or .parquet" in answer.output


def test_brackets_in_names_are_not_markup(call: Any, scheme: Path, values: Path) -> None:
    values.write_text(values.read_text().replace("\nA,", "\n[red]A[/],"))
    assert "[red]A[/]" in call("score", scheme, values).output


def test_what_nobody_foresaw_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> None:
        raise ZeroDivisionError("a fault\nwith two lines [x]")

    monkeypatch.setattr("kanjian.cli.app.app", broken)
    monkeypatch.delenv("KANJIAN_DEBUG", raising=False)
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 3
    said = capsys.readouterr().err
    assert "unexpected ZeroDivisionError: a fault with two lines [x]" in said
    assert "KANJIAN_DEBUG=1" in said
    assert "Traceback" not in said
    monkeypatch.setenv("KANJIAN_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main()


def test_a_reader_that_has_seen_enough_is_no_fault(scheme: Path, values: Path) -> None:
    command = f'"{sys.executable}" -c "from kanjian.cli import main; main()" scheme schema | head -1'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, env=os.environ, check=False
    )
    assert "Traceback" not in done.stderr
    assert "unexpected" not in done.stderr
