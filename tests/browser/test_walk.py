"""From rank to evidence in a real browser, in both languages: board → report → cell → line, every step accessible."""

import re

import pytest
from tests.boards.conftest import computed, published, season, villages

__all__ = ["computed", "published", "season", "villages"]  # fixtures: thirty villages, four quarters

pytestmark = pytest.mark.django_db(transaction=True)

CHINESE = re.compile(r"[㐀-鿿]")
BOARD = "/boards/villages/2025-Q4/"
WORDS = """() => {
  const kept = '[lang^="zh"]:not(html), .kj-synthetic, script, [data-chart], pre, code';
  const copy = document.querySelector('main').cloneNode(true);
  for (const element of copy.querySelectorAll(kept)) element.remove();
  return copy.textContent;
}"""


@pytest.fixture
def sample_city(home, settings):
    """The sample city with its first two quarters, loaded as `kanjian demo` loads it."""
    from kanjian.demo.load import load_city
    from kanjian.demo.values import PERIODS

    settings.DEMO = True
    return load_city(periods=PERIODS[:2])


def check(visitor, step: str) -> None:
    """The page as it is now: accessible, within the screen, charts drawn."""
    visitor.settle()
    assert (step, visitor.violations()) == (step, [])
    assert (step, visitor.overflow()) == (step, "")


@pytest.mark.parametrize("width", ["phone", "desk"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_rank_to_the_line_of_the_file(visit, season, language, width):
    """Home → board → search by initials → report → indicator's cell → the line it was read from."""
    visitor = visit(language=language, width=width)
    page = visitor.open("/")
    check(visitor, "home")
    page.locator("main a[href^='/boards/villages/']").first.click()
    check(visitor, "board")
    page.get_by_role("searchbox").fill("c03")
    page.wait_for_url("**search=c03**")
    found = page.locator("#board-table tbody a[href*='/units/']")
    found.first.wait_for()
    assert found.count() == 1
    check(visitor, "search")
    found.click()
    check(visitor, "report")
    assert page.locator("h1").inner_text().startswith("Village 3" if language == "en" else "村03")
    page.locator("main table a[href$='/V003/B1/']").first.click()
    check(visitor, "cell")
    assert "season.xlsx" in page.locator("main").inner_text()
    page.get_by_role("link", name="season.xlsx").click()
    check(visitor, "line")
    assert page.url.endswith("/measures/cells/V003/B1/2025-Q4/")
    # The village's values stand in line 5 of the file.
    assert re.search(r"(^|\n)5(\n|$)", page.locator("main").inner_text())


@pytest.mark.parametrize(
    ("language", "width", "theme"),
    [("zh-hans", "phone", "light"), ("en", "phone", "light"), ("en", "desk", "dark"), ("zh-hans", "wall", "light")],
)
def test_every_page_of_the_boards_is_accessible_and_fits(visit, season, language, width, theme):
    visitor = visit(language=language, width=width, theme=theme)
    for step, address in {
        "boards": "/boards/",
        "filtered": f"{BOARD}?track=near&band=B&county=C1",
        "nothing found": f"{BOARD}?search=nobody",
        "unranked": f"{BOARD}units/V028/",
        "first edition": "/boards/villages/2025-Q1/units/V003/",
        "not applicable": f"{BOARD}units/V010/A2/",
        "method": "/boards/villages/method/",
        "data": f"{BOARD}data/",
        "choose": f"{BOARD}compare/",
        "several fit": f"{BOARD}compare/?left=c1&right=V004",
        "units": f"{BOARD}compare/?left=V003&right=V020",
        "periods": f"{BOARD}compare/?left=V003&with=2025-Q3",
        "no such period": f"{BOARD}compare/?left=V003&with=2019-Q1",
    }.items():
        visitor.open(address)
        check(visitor, step)


def test_switching_the_language_keeps_the_page_and_what_was_asked(visit, season):
    visitor = visit()
    page = visitor.open(f"{BOARD}?track=near&sort=score")
    page.locator("summary", has_text="语言").click()
    page.get_by_role("button", name="English").click()
    visitor.settle()
    assert page.url.endswith(f"{BOARD}?track=near&sort=score")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("radio", name="Suburban").is_checked()


def test_filters_work_together_and_the_way_back_works(visit, season):
    """A track, a county and an order, one after the other: each keeps the others, and the browser goes back."""
    visitor = visit()
    page = visitor.open(BOARD)
    page.get_by_text("近郊", exact=False).first.click()
    page.wait_for_url("**track=near**")
    page.get_by_label("区县").select_option("C1")
    page.wait_for_url("**county=C1**")
    page.get_by_label("乡镇街道").select_option("C101")
    page.wait_for_url("**township=C101**")
    page.get_by_role("link", name="得分", exact=True).click()
    page.wait_for_url("**sort=score**")
    visitor.settle()
    for part in ("track=near", "county=C1", "township=C101"):
        assert part in page.url
    codes = page.locator("#board-table tbody a[href*='/units/']").evaluate_all("links => links.map(a => a.pathname)")
    assert len(codes) == 9
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("得分")
    page.go_back()
    page.wait_for_url(lambda address: "sort=score" not in address)
    visitor.settle()
    # The page is fetched again: a kept copy would hold dead pictures, and styles that the policy refuses.
    assert page.locator("th[aria-sort]").inner_text().startswith("赛道名次")
    assert page.locator("[data-chart] svg").count() == page.locator("[data-chart]").count() > 0


def test_on_a_phone_the_list_is_sorted_by_a_list(visit, season, administrator):
    # The public sees the last places of every track in no order of their own.
    visitor = visit(width="phone", person=administrator)
    page = visitor.open(BOARD)
    page.get_by_label("排序").select_option("score")
    page.wait_for_url("**sort=score**")
    visitor.settle()
    shown = page.locator("#board-table .kj-at-score").all_inner_texts()
    scores = [float(text.split()[0]) for text in shown if text[0].isdigit()]
    assert len(scores) > 20
    assert scores == sorted(scores, reverse=True)


def test_heads_stay_in_sight_where_the_table_has_room(visit, season):
    page = visit().open(BOARD)
    page.locator("#board-table tbody tr").nth(25).scroll_into_view_if_needed()
    page.mouse.wheel(0, 400)
    page.wait_for_function("window.scrollY > 600")
    top = page.locator("#board-table thead th").first.bounding_box()["y"]
    assert -1 <= top <= 1


def test_english_pages_speak_english(visit, sample_city):
    """Names have English ones in the sample city; what a method says about itself is in its own language."""
    visitor = visit(language="en")
    page = visitor.open("/boards/strong-village/")
    report = page.locator("#board-table tbody a[href*='/units/']").first.get_attribute("href")
    for address in ("/", "/boards/", "/boards/strong-village/", report, f"{report}B1/"):
        words = visitor.open(address).evaluate(WORDS)
        assert (address, CHINESE.findall(words)) == (address, [])


def test_search_by_initials_changes_the_table_alone(visit, sample_city):
    from kanjian.orgs.models import Unit

    wanted = Unit.objects.filter(kind="village", synthetic=True).exclude(initials="").order_by("code")[40]
    page = visit().open("/boards/strong-village/")
    page.evaluate("document.querySelector('h1').dataset.same = 'yes'")
    page.get_by_role("searchbox").fill(wanted.initials)
    page.wait_for_url("**search=**")
    assert page.locator("h1").get_attribute("data-same") == "yes"
    assert page.get_by_role("link", name=wanted.name, exact=True).first.is_visible()
    rows = page.locator("#board-table tbody a[href*='/units/']").all_inner_texts()
    assert len(rows) < 50


def test_the_sample_city_is_accessible_from_board_to_evidence(visit, sample_city):
    """Real lengths of names, three tracks, a map: what the small board does not have."""
    visitor = visit(language="en", width="phone", theme="dark")
    page = visitor.open("/boards/strong-village/")
    check(visitor, "board")
    page.locator("#board-table tbody a[href*='/units/']").first.click()
    check(visitor, "report")
    assert page.locator("[data-chart=radar] svg").count() == 1
    page.locator("main table a[href*='/units/'][href$='/B1/']").first.click()
    check(visitor, "evidence")
