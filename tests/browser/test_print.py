"""The report on paper: one A4 sheet in both languages, nothing left out that it must hold, no letter below six
points."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.boards.conftest import computed, published, season, villages

__all__ = ["computed", "published", "season", "villages"]  # fixtures: thirty villages, four quarters

pytestmark = pytest.mark.django_db(transaction=True)

BOARD = "/boards/strong-village/2025-Q1/"
SMALLEST = 6.0  # points
A4_INSIDE = (703, 1024)  # px: 210 × 297 mm without the margins of print.css
# Font size of every piece of text that is seen, in points: a drawing's letters shrink with the drawing.
SIZES = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
    if (!text || element.closest('script, style, .visually-hidden') || !element.checkVisibility()) continue;
    if (!element.getClientRects().length) continue;
    const scale = element instanceof SVGElement ? Math.abs(element.getScreenCTM().d) : 1;
    found.push([text.slice(0, 40), parseFloat(getComputedStyle(element).fontSize) * scale * 0.75]);
  }
  return found;
}"""
# What sticks out of the sheet to the right.
WIDE = """() => [...document.querySelectorAll('main *')].filter(
  (e) => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.visually-hidden')
).map((e) => e.outerHTML.slice(0, 100))"""


@pytest.fixture
def sample_city(home, settings):
    """The sample city with two quarters: 46 indicators, three tracks, real lengths of names."""
    from kanjian.demo.load import load_city
    from kanjian.demo.values import PERIODS

    settings.DEMO = True
    return load_city(periods=PERIODS[:2])


def sheets(pdf: bytes) -> int:
    """How many pages a PDF of Chromium has; its page objects are not compressed."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def words(pdf: bytes, folder: Path) -> str:
    """The text of a PDF without any white space, as poppler reads it."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext: install poppler-utils")
    (folder / "report.pdf").write_bytes(pdf)
    read = subprocess.run(["pdftotext", "report.pdf", "-"], cwd=folder, capture_output=True, check=True)
    return re.sub(r"\s", "", read.stdout.decode())


def some_units() -> list[str]:
    """The best, some in the middle and the last, and one with an imputed value: rows, causes and steps differ."""
    from kanjian.boards.selectors import editions, table
    from kanjian.boards.selectors.shapes import BoardQuery
    from kanjian.orgs.models import User

    administrator = User.objects.filter(posts__role="administrator").first()
    edition = editions.edition_for(administrator, "strong-village", "2025-Q1")
    rows = [table.board_page(edition, BoardQuery(page=number, size=100)).rows for number in (1, 4, 9)]
    imputed = next(row for page in rows for row in page if row.imputed)
    return [rows[0][0].unit, rows[1][50].unit, rows[2][-1].unit, imputed.unit]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_report_is_one_sheet(visit, sample_city, language):
    visitor = visit(language=language)
    for unit in some_units():
        page = visitor.open(f"{BOARD}units/{unit}/")
        assert (unit, sheets(page.pdf(prefer_css_page_size=True, print_background=True))) == (unit, 1)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_dark_or_narrow_screen_prints_the_same_sheet(visit, sample_city, language, tmp_path):
    """What the screen looks like is no matter: one sheet with the same rows, dark letters on white."""
    address = f"{BOARD}units/{some_units()[1]}/"
    rows = []
    for width, theme in (("desk", "light"), ("phone", "dark"), ("wall", "light")):
        page = visit(language=language, width=width, theme=theme).open(address)
        pdf = page.pdf(prefer_css_page_size=True)
        assert (width, sheets(pdf)) == (width, 1)
        rows.append(sorted(re.findall(r"[A-F]\d+[^\W\d]{3}", words(pdf, tmp_path))))
        page.emulate_media(media="print")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        ink = page.evaluate("getComputedStyle(document.querySelector('.kj-indicators tr[id] th')).color")
        assert ink in {"rgb(0, 0, 0)", "rgb(27, 40, 46)"}
    assert len(rows[0]) > 40
    assert rows[0] == rows[1] == rows[2]


def test_the_sheet_holds_what_a_report_must(visit, sample_city, tmp_path):
    unit = some_units()[1]
    page = visit().open(f"{BOARD}units/{unit}/")
    printed = words(page.pdf(prefer_css_page_size=True), tmp_path)
    counts = {"A": 9, "B": 10, "C": 9, "D": 8, "E": 5, "F": 5}
    codes = [f"{letter}{number + 1}" for letter, count in counts.items() for number in range(count)]
    names = [name.split() for name in page.locator(".kj-indicators tbody tr[id] th").all_inner_texts()]
    assert [name[0] for name in names] == codes
    # Long names go on in a second line, which poppler reads after the rest of the row.
    assert [name for name in names if (name[0] + name[1])[:8] not in printed] == []
    for part in "得分 等次 赛道名次 名次区间 强项 弱项 为什么变了 自身变化 满分可再加 责任部门".split():
        assert part in printed
    for part in "方法版本 数据截至 期次哈希 演示数据".split():
        assert part in printed
    assert "打印" not in printed


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_letter_is_below_six_points_and_nothing_sticks_out(visit, sample_city, language):
    visitor = visit(language=language)
    page = visitor.open(f"{BOARD}units/{some_units()[1]}/")
    across, down = A4_INSIDE
    page.set_viewport_size({"width": across, "height": down})
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    sizes = page.evaluate(SIZES)
    assert len(sizes) > 250
    assert sum(1 for text, _ in sizes if re.search(r"\d", text)) > 150
    assert [(text, round(size, 2)) for text, size in sizes if size < SMALLEST] == []
    assert page.evaluate(WIDE) == []


def test_a_report_of_few_indicators_is_one_sheet_too(visit, season):
    """No band above, no score, the first edition: the parts that are missing leave no empty sheet."""
    visitor = visit()
    for address in ("2025-Q4/units/V003/", "2025-Q4/units/V028/", "2025-Q1/units/V003/"):
        page = visitor.open(f"/boards/villages/{address}")
        assert (address, sheets(page.pdf(prefer_css_page_size=True))) == (address, 1)
