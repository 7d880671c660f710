"""A village clerk on the phone, with the connection cut in between; a township that returns; both languages, axe."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from tests.collecting.conftest import cast, draft, ground, indicators  # noqa: F401 - fixtures

from kanjian.collecting import actions
from kanjian.collecting.cells import Cell
from kanjian.collecting.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
V = "C10101"


def cell(page, code: str):
    return page.locator(f'[data-indicator="{code}"]')


def type_in(page, code: str, text: str) -> None:
    cell(page, code).locator("[data-value]").fill(text)
    cell(page, code).locator("[data-value]").blur()


def test_the_connection_is_cut_and_nothing_is_lost(visit, ground, cast) -> None:  # noqa: F811
    clerk = visit(width="phone", person=cast.clerk)
    page = clerk.open(f"/collecting/sheets/{ground.sheet().pk}/")
    assert not clerk.overflow()
    assert clerk.violations() == []
    type_in(page, "A1", "12.5")
    expect(cell(page, "A1").locator("[data-cell-state]")).to_have_text("已保存")
    # Cut: what is typed waits in this browser, also across closing the tab.
    page.context.set_offline(True)
    type_in(page, "A2", "80")
    expect(cell(page, "A2").locator("[data-cell-state]")).to_have_text("待发送")
    expect(page.locator("[data-form-state]")).to_contain_text("没有网络")
    page.locator("[data-submit]").click()
    expect(page.locator("[data-form-state]")).to_contain_text("没有网络")
    assert Entry.objects.count() == 1
    assert ground.sheet().state == "open"
    kept = page.evaluate("() => Object.values(localStorage).some((text) => text.includes('80'))")
    assert kept
    page.close()
    page.context.set_offline(False)
    clerk.page = page = page.context.new_page()
    clerk.open(f"/collecting/sheets/{ground.sheet().pk}/")
    expect(cell(page, "A2").locator("[data-value]")).to_have_value("80")
    expect(cell(page, "A2").locator("[data-cell-state]")).to_have_text("已保存")
    assert set(Entry.objects.values_list("value", flat=True)) == {12.5, 80}
    assert page.evaluate("() => Object.keys(localStorage).filter((key) => key.startsWith('kj-sheet')).length") == 0
    page.locator("[data-submit]").click()
    page.wait_for_load_state("networkidle")
    assert ground.sheet().state == "submitted"
    # A cut connection is an error in the console of the browser; it is what this test does.
    clerk.watched.problems[:] = [text for text in clerk.watched.problems if "ERR_INTERNET_DISCONNECTED" not in text]


def test_refused_kept_and_two_people_at_one_cell(visit, ground, cast) -> None:  # noqa: F811
    clerk = visit(width="phone", person=cast.clerk)
    page = clerk.open(f"/collecting/sheets/{ground.sheet().pk}/")
    type_in(page, "A2", "180")
    expect(cell(page, "A2").locator("[data-problem]")).to_have_text("高于上限 100")
    page.reload()
    expect(cell(page, "A2").locator("[data-value]")).to_have_value("180")  # not stored, not lost
    type_in(page, "A2", "18")
    expect(cell(page, "A2").locator("[data-cell-state]")).to_have_text("已保存")
    # Somebody else fills the other field meanwhile.
    actions.record_entries(ground.sheet(), [Cell(V, "A1", 7)], by=cast.colleague, origin="web")
    type_in(page, "A1", "9")
    expect(cell(page, "A1").locator("[data-theirs]")).to_contain_text("7")
    assert Entry.objects.get(indicator__code="A1").value == 7
    assert clerk.violations() == []
    cell(page, "A1").locator("[data-keep-mine]").click()
    expect(cell(page, "A1").locator("[data-cell-state]")).to_have_text("已保存")
    assert Entry.objects.get(indicator__code="A1").value == 9


def test_the_township_returns_it_and_everything_is_accessible(visit, ground, cast) -> None:  # noqa: F811
    number = ground.sheet().pk
    actions.record_entries(ground.sheet(), [Cell(V, "A1", 5), Cell(V, "A2", 50)], by=cast.clerk, origin="web")
    actions.submit(ground.sheet(), by=cast.clerk)
    until = ground.window.closes_on + timedelta(days=2)
    actions.ask_extension(ground.sheet("C10102"), by=None, reason="停电", until=until)
    township = visit(person=cast.township, language="en", theme="dark")
    page = township.open(f"/collecting/windows/{ground.window.pk}/waiting/township/")
    assert township.violations() == []
    page.get_by_role("link", name="荷塘村").click()
    page.locator("details", has_text="Return for changes").locator("summary").first.click()
    assert township.violations() == []
    page.locator("[name=comment]").fill("收入口径不对")
    page.get_by_role("button", name="Return", exact=True).click()
    page.wait_for_load_state("networkidle")
    assert ground.sheet().state == "returned"
    clerk = visit(width="phone", person=cast.clerk)
    page = clerk.open(f"/collecting/sheets/{number}/")
    expect(page.locator(".kj-message-warning")).to_contain_text("收入口径不对")
    for path in ("/collecting/", f"/collecting/sheets/{number}/history/"):
        clerk.open(path)
        assert clerk.violations() == [], path
        assert not clerk.overflow(), path
    office = visit(person=cast.office)
    for path in ("/collecting/", f"/collecting/windows/{ground.window.pk}/", "/collecting/extensions/"):
        office.open(path)
        assert office.violations() == [], path
    manager = visit(person=cast.manager)
    for path in ("", "new/", f"{ground.collection.code}/", f"{ground.collection.code}/fields/"):
        manager.open(f"/collecting/manage/{path}")
        assert manager.violations() == [], path
