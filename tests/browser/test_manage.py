"""A county office makes its own board in a real browser: create, method, values, compute, publish, public ranks."""

from datetime import timedelta
from pathlib import Path

import pytest

pytestmark = pytest.mark.django_db(transaction=True)
SCHEME = """format: kanjian/scheme/1
code: walk
version: "{version}"
name: 强村小榜
name_en: Village strength
bands:
  - {{code: A, name: 优秀, name_en: Excellent, at_least: 60}}
  - {{code: B, name: 良好, name_en: Good, at_least: 0}}
tree:
  code: index
  name: 总分
  name_en: Index
  children:
    - {{code: income, name: 收入, name_en: Income, unit: 万元, source: 农业农村局, weight: {weight},
       rule: {{method: {method}}}}}
    - {{code: redone, name: 重办率, name_en: Redone, unit: "%", direction: down, weight: 40, rule: {{method: minmax}}}}
"""
VALUES = "unit,income,redone\nC10101,10,1\nC10102,20,3\nC10201,30,未采集\n"
WORDS = {
    "zh-hans": {
        "make": "建立榜单",
        "check": "检查",
        "preview": "上传并预览",
        "accept": "确认导入",
        "objection": "开始公示",
        "publish": "发布",
        "confirm": "去确认",
        "problem": "没有这种规则或方法",
        "manage": "管理",
    },
    "en": {
        "make": "Create the board",
        "check": "Check",
        "preview": "Upload and preview",
        "accept": "Import",
        "objection": "Open the objection window",
        "publish": "Publish",
        "confirm": "Go and confirm",
        "problem": "There is no such rule or method",
        "manage": "Manage",
    },
}


def scheme(version: str = "1", weight: int = 60, method: str = "minmax") -> str:
    return SCHEME.format(version=version, weight=weight, method=method)


def sound(visitor) -> None:
    """Nothing for axe to say, nothing sticking out, one primary action at most beside the forms' own."""
    visitor.settle()
    assert visitor.violations() == []
    assert visitor.overflow() == ""


def press(visitor, selector: str = ".kj-main form button.btn-primary") -> None:
    """Press a button and wait for the page that follows."""
    with visitor.page.expect_navigation():
        visitor.page.locator(selector).first.click()
    visitor.settle()


@pytest.fixture
def people(methodologist, administrator, small_city) -> dict:
    from kanjian.orgs.models import Post, User

    checker = User.objects.create_user(username="kezhang", password="password-of-kezhang", display_name="审核科长")
    Post.objects.create(user=checker, unit=small_city.city, role="reviewer")
    return {"maker": methodologist, "boss": administrator, "checker": checker}


@pytest.fixture
def storage(settings, home: Path) -> None:
    storages = dict(settings.STORAGES)
    storages["default"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(home / "files")},
    }
    settings.STORAGES = storages


def create(visitor, words: dict) -> None:
    page = visitor.open("/boards/new/")
    sound(visitor)
    assert page.locator(".kj-form .btn-primary").inner_text() == words["make"]
    page.fill("[name=code]", "walk")
    page.fill("[name=name]", "强村小榜")
    page.fill("[name=name_en]", "Village strength")
    page.fill("[name=unit]", "C")
    page.check("[name=is_public]")
    press(visitor)
    assert page.url.endswith("/boards/walk/manage/")
    sound(visitor)


def add_method(visitor, words: dict) -> None:
    page = visitor.open("/boards/walk/manage/version/")
    sound(visitor)
    page.fill("[name=text]", scheme(method="magic"))
    page.fill("[name=valid_from]", "2026-Q1")
    page.fill("[name=note]", "第一版")
    press(visitor)
    assert words["problem"] in page.locator(".kj-main").inner_text()
    sound(visitor)
    page.fill("[name=text]", scheme())
    press(visitor)
    sound(visitor)
    assert page.locator("[name=register]").is_checked()
    press(visitor, "button[name=accept]")
    assert page.url.endswith("/boards/walk/manage/")
    sound(visitor)


def bring_in(visitor, words: dict, folder: Path) -> None:
    (folder / "values.csv").write_text(VALUES, encoding="utf-8")
    page = visitor.open("/measures/import/")
    page.set_input_files("[name=file]", folder / "values.csv")
    page.fill("[name=period]", "2026-Q1")
    press(visitor)
    with page.expect_navigation():
        page.locator("form[action$='/accept/'] button").click()


def compute(visitor) -> str:
    """The address of the draft."""
    page = visitor.open("/boards/walk/manage/compute/")
    sound(visitor)
    press(visitor, "form[method=post].kj-work-form button")
    sound(visitor)
    return "/" + page.url.split("/", 3)[3]


def publish(visitor, second, words: dict, draft: str) -> None:
    """Signed off and put up by one, who proposes after the window; confirmed by another."""
    from kanjian.boards.models import Edition

    page = visitor.open(draft)
    sound(visitor)
    page.fill("[name=note]", "看过差异 looked at the differences")
    press(visitor, "form[action$='/sign-off/'] button")
    with page.expect_navigation():
        page.locator(".kj-page-actions .btn-primary").click()
    sound(visitor)
    page.fill("[name=days]", "3")
    page.select_option("[name=counted]", "calendar")
    press(visitor, ".kj-work-form .btn-primary")
    sound(visitor)
    edition = Edition.objects.get()
    Edition.objects.update(objection_until=edition.objection_until - timedelta(days=3))
    for person, label in ((visitor, words["publish"]), (second, words["confirm"])):
        page = person.open(draft)
        (primary,) = page.locator("main .btn-primary").all()  # one way on, whoever looks
        assert primary.inner_text().strip() == label
        with page.expect_navigation():
            primary.click()
        sound(person)
        press(person, ".kj-work-form .btn-primary")
        sound(person)


@pytest.mark.parametrize(("width", "language"), [("phone", "zh-hans"), ("desk", "en")])
def test_from_nothing_to_public_ranks(visit, home, storage, people, tmp_path, width, language) -> None:
    words = WORDS[language]
    maker, boss, checker = (
        visit(width=width, language=language, person=people[name]) for name in ("maker", "boss", "checker")
    )
    create(boss, words)
    add_method(maker, words)
    bring_in(boss, words, tmp_path)
    draft = compute(maker)
    publish(checker, boss, words, draft)
    reader = visit(width=width, language=language)
    page = reader.open("/boards/walk/2026-Q1/")
    shown = page.locator("#board-table").inner_text()
    assert shown.index("云岭村") < shown.index("石桥村")
    assert page.get_by_role("link", name=words["manage"], exact=True).count() == 0
    checker.open("/boards/walk/manage/history/")
    sound(checker)
    assert checker.page.locator(".kj-entries li").count() >= 6


@pytest.mark.parametrize(("width", "language"), [("phone", "en"), ("desk", "zh-hans")])
def test_units_come_in_with_a_preview(visit, home, storage, people, tmp_path, width, language) -> None:
    from kanjian.orgs.models import Unit

    table = tmp_path / "units.csv"
    table.write_text("code,name,kind,parent\nC10301,新塘村,village,nowhere\n", encoding="utf-8")
    visitor = visit(width=width, language=language, person=people["boss"])
    page = visitor.open("/people/units/import/")
    sound(visitor)
    page.set_input_files("[name=file]", table)
    press(visitor, ".kj-form button[type=submit]")
    sound(visitor)
    assert "nowhere" in page.locator(".kj-main").inner_text()
    table.write_text("code,name,kind,parent\nC10301,新塘村,village,C101\n", encoding="utf-8")
    page.set_input_files("[name=file]", table)
    press(visitor, ".kj-form button[type=submit]")
    sound(visitor)
    press(visitor, ".kj-page-actions .btn-primary")
    sound(visitor)
    assert Unit.objects.get(code="C10301").parent.code == "C101"
    visitor.open("/people/units/map/")
    sound(visitor)
