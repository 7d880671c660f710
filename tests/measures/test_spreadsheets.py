"""Workbooks: what people wrote stays text, and what is printed can be read."""

import io
import zipfile

import pytest

from kanjian.measures.spreadsheets import ACROSS, for_paper, new_book

pytestmark = pytest.mark.filterwarnings("error")

PARTS = ("worksheets/sheet1", "workbook", "sharedStrings")


def parts(columns: int, text: str = "甲") -> tuple[str, str, str]:
    """The sheet, the workbook and the shared texts of a book with one page, as XML."""
    buffer = io.BytesIO()
    with new_book(buffer) as file:
        page = file.add_worksheet("名单")
        page.write_row(0, 0, [text] * columns)
        for_paper(page, columns, heading=(0, 0), names=2)
    archive = zipfile.ZipFile(buffer)
    sheet, book, texts = (archive.read(f"xl/{name}.xml").decode() for name in PARTS)
    return sheet, book, texts


@pytest.mark.parametrize("text", ["=1+1", "=cmd|' /C calc'!A0", "https://kanjian.example"])
def test_texts_stay_texts(text: str) -> None:
    sheet, _book, texts = parts(1, text)
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert text.replace("'", "&#39;") in texts or text in texts


def test_a_page_is_a4_across_with_its_heading_on_every_sheet() -> None:
    sheet, book, _texts = parts(ACROSS)
    assert 'paperSize="9"' in sheet
    assert 'orientation="landscape"' in sheet
    assert 'fitToHeight="0"' in sheet
    assert "fitToPage" in sheet
    assert "名单!$1:$1" in book


def test_a_wide_table_runs_over_several_pages_that_name_their_rows() -> None:
    sheet, book, _texts = parts(ACROSS + 1)
    assert "fitToPage" not in sheet
    assert "$A:$B" in book
