"""A department's officer downloads the template, fills it in, uploads it, mends a mistake, and writes it."""

from pathlib import Path

import pytest
from tests.collecting.conftest import department_ground, draft, holder, indicators  # noqa: F401 - fixtures
from tests.collecting.workbooks import fill

from kanjian.collecting.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer(small_city, settings, tmp_path):
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    return holder("keyuan", "农业科员", "reporter", small_city.department)


@pytest.mark.parametrize(("width", "language", "data"), [("desk", "zh-hans", "填报数据"), ("phone", "en", "Data")])
def test_from_the_template_to_the_sheet(visit, department_ground, officer, tmp_path, width, language, data) -> None:  # noqa: F811
    visitor = visit(width=width, language=language, person=officer)
    sheet = department_ground.sheet("C-NY")
    here = f"/collecting/sheets/{sheet.pk}/workbook/"

    def is_sound(step: str) -> None:
        assert (step, visitor.violations()) == (step, [])
        assert (step, visitor.overflow()) == (step, "")

    def upload(cells: dict[str, object], name: str) -> None:
        file = tmp_path / name
        file.write_bytes(fill(template, data, cells))
        page = visitor.open(here)
        page.locator("input[type=file]").set_input_files(file)
        page.locator("form.kj-form button[type=submit]").click()
        visitor.settle()

    page = visitor.open(here)
    is_sound("start")
    with page.expect_download() as download:
        page.locator(".kj-page-actions a").click()
    template = Path(download.value.path()).read_bytes()
    upload({"C5": "many", "D6": 180}, "wrong.xlsx")
    is_sound("problems")
    assert page.locator("form[action$='/accept/']").count() == 0
    assert not Entry.objects.exists()
    upload({"C5": 12.5, "C6": 8, "D6": 80}, "right.xlsx")
    is_sound("preview")
    page.locator("form[action$='/accept/'] button").click()
    visitor.settle()
    is_sound("written")
    assert sorted(Entry.objects.values_list("unit__code", "value")) == [
        ("C10101", 12.5),
        ("C10102", 8.0),
        ("C10102", 80.0),
    ]
