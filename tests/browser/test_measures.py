"""From a file to a cell's evidence in a real browser: upload, look, mend, accept, follow the number to its line."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = "单位编码,A1,A2\nC10101,10,50\nC10102,20,不适用\n"
WRONG = "单位编码,A1,A2\nC10101,很多,500\nC10102,21,不适用\n"
SECOND = "单位编码,A1,A2\nC10101,11,50\nC10102,21,不适用\n"


@pytest.fixture
def indicators(small_city, settings, tmp_path):
    from kanjian.measures.actions import define_indicator

    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    common = {"by": None, "minimum": 0.0, "department": small_city.department}
    define_indicator("A1", name="集体经济收入", name_en="Collective income", unit_of_measure="万元", **common)
    define_indicator("A2", name="垃圾分类率", name_en="Waste sorted", unit_of_measure="%", maximum=100.0, **common)


def upload(visitor, folder: Path, text: str, name: str) -> None:
    file = folder / name
    file.write_text(text, encoding="utf-8-sig")
    page = visitor.open("/measures/import/")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("input[name=period]").fill("2026-Q1")
    page.locator("form.kj-form button[type=submit]").click()
    visitor.settle()


@pytest.mark.parametrize(("width", "language"), [("desk", "zh-hans"), ("phone", "zh-hans"), ("desk", "en")])
def test_from_the_file_to_the_line_of_a_cell(visit, indicators, administrator, tmp_path, width, language) -> None:
    visitor = visit(width=width, language=language, person=administrator)

    def is_sound(step: str) -> None:
        assert (step, visitor.violations()) == (step, [])
        assert (step, visitor.overflow()) == (step, "")

    visitor.open("/measures/import/")
    is_sound("form")
    upload(visitor, tmp_path, FIRST, "一季度.csv")
    visitor.page.locator("form[action$='/accept/'] button").click()
    visitor.settle()
    upload(visitor, tmp_path, WRONG, "错表.csv")
    is_sound("problems")
    assert visitor.page.locator("form[action$='/accept/']").count() == 0
    upload(visitor, tmp_path, SECOND, "更正.csv")
    is_sound("differences")
    visitor.page.locator("form[action$='/accept/'] button").click()
    visitor.settle()
    is_sound("accepted")
    visitor.page.locator(".kj-page-actions a").click()
    visitor.settle()
    is_sound("batch")
    visitor.page.locator("main table a", has_text="11").first.click()
    visitor.settle()
    is_sound("cell")
    text = visitor.page.locator("main").inner_text()
    assert "一季度.csv" in text
    assert "更正.csv" in text
    visitor.open("/measures/")
    is_sound("indicators")
    visitor.page.locator("main table a").first.click()
    visitor.settle()
    is_sound("indicator")
