"""A question about a value in a real browser: the list, its evidence, an answer; a rule tried when saved."""

import numpy as np
import pytest

pytestmark = pytest.mark.django_db(transaction=True)
QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1")


@pytest.fixture
def flagged(small_city, settings, tmp_path):
    from kanjian.measures.actions import define_indicator, import_values, run_quality
    from kanjian.measures.intake import Options, Source
    from kanjian.orgs.models import Unit

    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    for code, name, name_en in (("A1", "集体经济收入", "Collective income"), ("A3", "信访件数", "Petitions")):
        define_indicator(code, name=name, name_en=name_en, by=None, department=small_city.department)
    for n in range(10, 24):
        Unit.objects.create(code=f"C101{n}", name=f"村{n}", kind="village", parent=small_city.township)
    rng = np.random.default_rng(1)
    for quarter in QUARTERS:
        last = quarter == QUARTERS[-1]
        rows = [f"C101{n},{100 + n + rng.integers(0, 9) / 10},3" for n in range(10, 24)]
        rows.append(f"C10101,{1043 if last else 103 + rng.integers(0, 9) / 10},3")
        text = "unit,A1,A3\n" + "\n".join(rows) + "\n"
        import_values(Source("q.csv", text.encode()), Options(period=quarter), by=None)
    run_quality(small_city.city, QUARTERS[-1], by=None)


@pytest.mark.parametrize(("width", "language"), [("desk", "zh-hans"), ("phone", "en")])
def test_from_the_list_to_an_answer(visit, flagged, reviewer, width, language) -> None:
    visitor = visit(width=width, language=language, person=reviewer)

    def is_sound(step: str) -> None:
        assert (step, visitor.violations()) == (step, [])
        assert (step, visitor.overflow()) == (step, "")

    page = visitor.open("/measures/flags/")
    is_sound("list")
    page.locator("#flags tbody a").first.click()
    visitor.settle()
    is_sound("flag")
    page.locator("textarea[name=reason]").fill("原始凭证为104.3")
    page.locator("form[action$='/review/'] button").click()
    visitor.settle()
    is_sound("answered")
    assert "原始凭证为104.3" in page.locator("main").inner_text()


def test_a_rule_is_tried_when_it_is_saved(visit, flagged, methodologist) -> None:
    visitor = visit(width="desk", language="zh-hans", person=methodologist)
    page = visitor.open("/measures/rules/new/")
    for name, text in (
        ("code", "r-1"),
        ("name", "不翻三倍"),
        ("left", "A1"),
        ("right", "3 × A1@-4"),
        ("instruction", "核对"),
    ):
        page.locator(f"input[name={name}]").fill(text)
    page.locator("select[name=operator]").select_option("less_equal")
    assert visitor.violations() == []
    page.locator("form.kj-form button[type=submit]").click()
    visitor.settle()
    assert visitor.violations() == []
    assert "荷塘村" in page.locator("#trial").inner_text()
    visitor.open("/measures/rules/")
    assert visitor.violations() == []
