"""What all workbooks have in common 表格文件: texts stay texts, and pages come out of the printer whole."""

import io

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

A4 = 9
ACROSS = 16  # columns that can still be read when they are put beside each other on one page


def new_book(buffer: io.BytesIO) -> xlsxwriter.Workbook:
    """An empty workbook; texts of people never run as formulas and never become links."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    return xlsxwriter.Workbook(buffer, options)


def for_paper(page: Worksheet, columns: int, *, heading: tuple[int, int] | None = None, names: int = 0) -> None:
    """A4 across, pages numbered; the heading rows (first, last) and, over several pages, ``names`` columns repeated."""
    page.set_paper(A4)
    page.set_landscape()
    page.set_margins(left=0.5, right=0.5)
    page.set_footer("&L&A&C&P / &N")
    if heading is not None:
        page.repeat_rows(*heading)
    if columns <= ACROSS:
        page.fit_to_pages(1, 0)
    elif names:
        page.repeat_columns(0, names - 1)
