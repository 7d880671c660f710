"""The portal in a real browser: accessible, in place at every width, quiet, in both languages."""

import re

import pytest

pytestmark = pytest.mark.django_db(transaction=True)

CHINESE = re.compile(r"[㐀-鿿]")


PAGES = {"/": 200, "/help/": 200, "/accounts/login/": 200, "/no-such-page/": 404}


@pytest.mark.parametrize("width", ["phone", "desk", "wall"])
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_pages_are_accessible_and_fit(visit, language, width):
    visitor = visit(width=width, language=language)
    for path, status in PAGES.items():
        visitor.open(path, status=status)
        assert (path, visitor.violations()) == (path, [])
        assert (path, visitor.overflow()) == (path, "")


def test_dark_pages_are_accessible(visit):
    visitor = visit(theme="dark")
    for path, status in PAGES.items():
        page = visitor.open(path, status=status)
        assert page.locator("html").get_attribute("data-bs-theme") == "dark"
        assert (path, visitor.violations()) == (path, [])


def test_english_pages_have_no_chinese_text(visit):
    visitor = visit(language="en")
    for path, status in PAGES.items():
        page = visitor.open(path, status=status)
        # Names of languages, the product's own name and the bilingual badge are Chinese on purpose.
        text = page.evaluate(
            """() => {
              const kept = '[lang^="zh"]:not(html), .kj-synthetic, script';
              for (const element of document.querySelectorAll(kept)) element.remove();
              return document.body.innerText + document.title;
            }"""
        )
        assert (path, CHINESE.findall(text)) == (path, [])


def test_language_switch_keeps_the_page(visit):
    visitor = visit()
    page = visitor.open("/help/?from=test")
    page.locator("summary", has_text="语言").click()
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state("networkidle")
    assert page.url.endswith("/help/?from=test")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", level=1).inner_text() == "About and help"


def test_theme_switch_is_kept(visit):
    visitor = visit()
    page = visitor.open("/")
    page.get_by_label("切换深浅色").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    visitor.open("/help/")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_skip_link_leads_to_the_content(visit):
    page = visit().open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_escape_closes_a_menu_and_gives_the_focus_back(visit):
    page = visit().open("/")
    page.locator("summary", has_text="语言").press("Enter")
    assert page.locator("details.kj-menu").first.get_attribute("open") is not None
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.locator("details.kj-menu").first.get_attribute("open") is None
    assert "语言" in page.evaluate("document.activeElement.textContent")


def test_logging_in_shows_what_waits(visit, village_clerk):
    visitor = visit()
    page = visitor.open("/accounts/login/")
    page.get_by_label("用户名").fill("cunwenshu")
    page.get_by_label("密码").fill("password-of-cunwenshu")
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(visitor.home + "/")
    assert page.get_by_role("heading", name="我的待办").is_visible()
    assert "荷塘村 · 填报" in page.locator("main").inner_text()
    assert visitor.violations() == []


def test_wrong_password_is_said_in_place(visit, village_clerk):
    visitor = visit()
    page = visitor.open("/accounts/login/")
    page.get_by_label("用户名").fill("cunwenshu")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert visitor.violations() == []
