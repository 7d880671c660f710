"""Every kind of chart in a real browser: drawn, true to its numbers, readable in light, dark and at every width."""

import importlib.util
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.django_db(transaction=True)

_SPEC = importlib.util.spec_from_file_location("kanjian_gallery", Path(__file__).with_name("gallery.py"))
gallery = importlib.util.module_from_spec(_SPEC)
sys.modules["kanjian_gallery"] = gallery


@pytest.fixture(autouse=True)
def _gallery_is_served(settings):
    _SPEC.loader.exec_module(gallery)
    settings.ROOT_URLCONF = "kanjian_gallery"


def texts(page, name: str) -> list[str]:
    """All words in one chart's picture."""
    return page.locator(f"#chart-{name} svg text").all_text_contents()


@pytest.mark.parametrize(("width", "theme"), [("phone", "light"), ("desk", "dark"), ("wall", "light")])
def test_all_charts_are_drawn_accessible_and_fit(visit, width, theme):
    visitor = visit(width=width, theme=theme)
    page = visitor.open("/gallery/")
    assert page.locator("[data-chart-state=drawn] svg").count() == len(gallery.records())
    assert visitor.violations() == []
    assert visitor.overflow() == ""


def test_waterfall_names_every_part_with_its_sign(visit):
    page = visit().open("/gallery/?only=waterfall")
    words = texts(page, "waterfall")
    assert {"68.25", "+3.50", "−0.75", "−1.25", "0.00", "69.75"} <= set(words)
    # Bars are as long as their parts: 3.5 is 3.5 / 0.75 times as long as 0.75.
    boxes = page.locator("#chart-waterfall svg path").evaluate_all(
        "paths => paths.map(p => [p.getAttribute('fill'), p.getBBox().width]).filter(([fill, w]) => fill && w > 5)"
    )
    by_length = sorted((width for fill, width in boxes if fill not in {"none", "transparent"}), reverse=True)
    assert by_length[0] / by_length[2] == pytest.approx(3.5 / 0.75, rel=0.05)


def test_missing_dimension_is_named_and_bridged_not_zero(visit):
    page = visit().open("/gallery/?only=radar-with-gap")
    assert any("未采集" in text for text in texts(page, "radar-with-gap"))
    bridged = page.evaluate(
        """async () => {
          const { bridged } = await import("/static/kanjian/charts/radar.js");
          return [bridged([1, null, 1, 1, 1, 1]), bridged([1, null, null, null, 1, 1])];
        }"""
    )
    # Between two equal neighbours 120° apart the straight line passes at cos 60°.
    assert bridged[0] == pytest.approx([1, 0.5, 1, 1, 1, 1])
    assert bridged[1] is None


def test_history_leaves_a_gap_and_marks_the_new_method(visit):
    page = visit().open("/gallery/?only=history")
    assert "方法有变" in texts(page, "history")


def test_a_click_on_an_area_opens_its_page(visit):
    visitor = visit()
    page = visitor.open("/gallery/?only=map")
    box = page.locator("#chart-map svg").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.42, box["y"] + box["height"] * 0.7)
    page.wait_for_url("**/help/?area=0")


def test_tooltip_shows_names_as_text(visit, monkeypatch):
    evil = gallery.charts.Waterfall(
        gallery.charts.Part("<img src=x onerror=alert(1)>", 1.0), [], gallery.charts.Part("end", 1.0)
    )
    monkeypatch.setattr(gallery, "records", lambda: {"waterfall": evil})
    page = visit().open("/gallery/")
    box = page.locator("#chart-waterfall svg").bounding_box()
    for x in range(0, 100, 5):
        page.mouse.move(box["x"] + box["width"] * x / 100, box["y"] + 23)
    assert page.locator("img[src=x]").count() == 0
    assert "</script" not in page.locator("#chart-waterfall [data-chart-data]").inner_text()


def test_theme_switch_redraws(visit):
    page = visit().open("/gallery/?only=waterfall")
    colours = "[...document.querySelectorAll('#chart-waterfall svg text')].map(t => t.getAttribute('fill')).join()"
    light = page.evaluate(colours)
    page.get_by_label("切换深浅色").click()
    page.wait_for_function(f"before => ({colours}) !== before", arg=light)


def test_narrower_window_redraws_to_fit(visit):
    visitor = visit(width="wall")
    page = visitor.open("/gallery/?only=history")
    page.set_viewport_size({"width": 375, "height": 800})
    width = "document.querySelector('#chart-history svg').getBoundingClientRect().width"
    page.wait_for_function(f"() => {width} < 340")
    assert visitor.overflow() == ""


def test_english_words(visit):
    page = visit(language="en").open("/gallery/?only=history")
    assert "Method changed" in texts(page, "history")


def test_map_that_cannot_be_loaded_says_so_and_leaves_the_table(visit, monkeypatch):
    visitor = visit()
    visitor.watched.may_fail(visitor.home + "/nowhere.geojson")
    broken = gallery.charts.Map("/nowhere.geojson", [gallery.charts.MapArea("C1", "一县", 1.0)])
    monkeypatch.setattr(gallery, "records", lambda: {"map": broken})
    page = visitor.page
    page.goto(visitor.home + "/gallery/")
    page.wait_for_selector("[data-chart-state=failed]")
    assert "图没有加载成功" in page.locator("#chart-map").inner_text()
    assert page.locator("#chart-map table").is_visible()
    # The error is also in the console, for whoever mends it.
    assert any("map /nowhere.geojson: 404" in problem for problem in visitor.watched.problems)
    visitor.watched.problems.clear()
