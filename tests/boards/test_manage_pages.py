"""The working pages: from nothing to a published ranking through the web, and every wrong turn on the way."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kanjian.boards.models import Board, Edition, SchemeVersion
from kanjian.jobs.models import Job
from kanjian.ledger.models import Event
from kanjian.measures.models import Indicator
from kanjian.orgs.models import Post, User

pytestmark = pytest.mark.django_db
SMALL = """
format: kanjian/scheme/1
code: small
version: "{version}"
name: 小榜
tree:
  code: index
  name: 总分
  children:
    - code: income
      name: 收入
      name_en: Income
      unit: 万元
      source: 农业农村局
      weight: {weight}
      rule: {{method: minmax}}
    - {{code: redone, name: 重办率, unit: "%", direction: down, weight: 40, rule: {{method: minmax}}}}
"""


def small(version: str = "1", weight: int = 60) -> str:
    return SMALL.format(version=version, weight=weight)


def address(name: str, *arguments: object) -> str:
    return reverse(f"boards:{name}", args=arguments)


def text_of(response) -> str:
    assert response.status_code == 200, response.status_code
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())


@pytest.fixture
def city_reviewer(small_city) -> User:
    """审核科长, reviewer of the whole city."""
    person = User.objects.create_user(username="kezhang", password="password-of-kezhang", display_name="审核科长")
    Post.objects.create(user=person, unit=small_city.city, role="reviewer")
    return person


@pytest.fixture
def board(home, small_city) -> Board:
    return Board.objects.create(code="small", name="小榜", unit_kind="village", root=small_city.city, is_public=True)


@pytest.fixture
def method(client_of: Callable[..., Client], methodologist: User) -> Client:
    return client_of(methodologist)


def scheme_form(text: str, **more: str) -> dict[str, str]:
    return {"text": text, "valid_from": "2026-Q1", "note": "第一版", **more}


def added(client: Client, board: Board, text: str) -> SchemeVersion:
    """The version, taken through check and acceptance, with its indicators."""
    checked = client.post(address("manage_version", board.code), scheme_form(text))
    shown = checked.context["preview"].scheme.hash
    answer = client.post(
        address("manage_version", board.code), scheme_form(text, shown=shown, accept="1", register="1")
    )
    assert answer.status_code == 302, text_of(answer)
    return board.versions.get(version=checked.context["preview"].scheme.version)


def bring_in(client: Client, table: str, period: str) -> None:
    """Values through the import's own pages."""
    file = SimpleUploadedFile("values.csv", table.encode())
    place = client.post(reverse("measures:import"), {"file": file, "period": period})["Location"]
    answer = client.post(place + "accept/")
    assert answer.status_code == 302
    assert "stale" not in answer["Location"]


TABLE = "unit,income,redone\nC10101,10,1\nC10102,20,3\nC10201,30,2\n"


@pytest.fixture
def draft(board, method, administrator, client_of) -> Edition:
    """A draft of 2026-Q1, made through the pages."""
    added(method, board, small())
    bring_in(client_of(administrator), TABLE, "2026-Q1")
    method.post(address("manage_compute", "small"), {"period": "2026-Q1", "version": "1"})
    return board.editions.get()


def signed(checker: Client, edition: Edition, days: str = "1") -> None:
    """Signed off and put up for objection, by the one who reviews."""
    checker.post(address("manage_sign_off", "small", edition.pk), {"note": "看过差异"})
    checker.post(address("manage_objection", "small", edition.pk), {"days": days})


def published(first: Client, second: Client, edition: Edition) -> None:
    """Proposed by one, confirmed by another, after the window."""
    close_window(edition)
    first.post(address("manage_publish", "small", edition.pk))
    page = second.get(address("manage_publish", "small", edition.pk))
    second.post(address("manage_publish", "small", edition.pk), {"proposal": page.context["proposal"].pk})


def close_window(edition: Edition) -> None:
    """The last day of objections was yesterday."""
    Edition.objects.filter(pk=edition.pk).update(objection_until=timezone.localdate() - timedelta(days=1))


def test_from_nothing_to_a_public_ranking(
    home, small_city, administrator, methodologist, city_reviewer, client_of
) -> None:
    boss, maker, checker = (client_of(person) for person in (administrator, methodologist, city_reviewer))
    given = {"code": "small", "name": "小榜", "unit": "C", "unit_kind": "village", "is_public": "on"}
    assert boss.post(address("create"), given)["Location"] == address("manage", "small")
    board = Board.objects.get()
    assert (board.root, board.is_public) == (small_city.city, True)

    added(maker, board, small())
    income = Indicator.objects.get(code="income")
    assert (income.name, income.unit_of_measure, income.department) == ("收入", "万元", small_city.department)
    assert not Indicator.objects.get(code="redone").higher_is_better
    bring_in(boss, TABLE, "2026-Q1")

    page = text_of(maker.get(address("manage_compute", "small")))
    assert "100.0%" in page
    answer = maker.post(address("manage_compute", "small"), {"period": "2026-Q1", "version": "1"})
    edition = Edition.objects.get()
    assert answer["Location"] == address("manage_edition", "small", edition.pk)
    assert edition.created_by == methodologist
    assert Client().get(address("board", "small", "2026-Q1")).status_code == 404

    signed(checker, edition, "3")
    published(boss, checker, edition)
    edition.refresh_from_db()
    assert (edition.state, edition.published_by) == ("published", city_reviewer)
    page = text_of(Client().get(address("board", "small", "2026-Q1")))
    assert page.index("云岭村") < page.index("荷塘村")  # 60 + 20 against 0 + 40

    story = text_of(checker.get(address("manage_history", "small")))
    for words in ("创建榜单", "新增方法版本 1", "冻结 2026-Q1 数据", "计算 2026-Q1 草稿", "开始公示", "发布 2026-Q1"):
        assert words in story, words
    assert "方法员" in story
    assert "审核科长" in story


def test_a_broken_scheme_lists_every_problem_and_changes_nothing(board, method) -> None:
    broken = small().replace("method: minmax", "method: magic", 1).replace("weight: 40", "weight: -1")
    answer = method.post(address("manage_version", "small"), scheme_form(broken))
    page = text_of(answer)
    assert {finding.path for finding in answer.context["findings"]} == {"tree.income.rule.method", "tree.redone.weight"}
    assert "没有这种规则或方法" in page
    assert not board.versions.exists()


def test_problems_speak_the_language_of_the_page(board, method) -> None:
    method.cookies["django_language"] = "en"
    answer = method.post(address("manage_version", "small"), scheme_form("format: kanjian/scheme/1\n"))
    found = {finding.path: finding.what for finding in answer.context["findings"]}
    assert found["code"] == "A required entry is missing"


def test_text_that_is_no_yaml_a_file_in_another_encoding_and_no_text_at_all(board, method) -> None:
    assert "YAML" in text_of(method.post(address("manage_version", "small"), scheme_form("a: [b")))
    file = SimpleUploadedFile("方法.yaml", small().encode("gb18030"))
    assert "UTF-8" in text_of(method.post(address("manage_version", "small"), {**scheme_form(""), "file": file}))
    assert "请选择方法文件" in text_of(method.post(address("manage_version", "small"), scheme_form("")))
    assert not board.versions.exists()


def test_files_of_methods_are_taken_so_often_and_no_more(board, method, one_upload) -> None:
    form = address("manage_version", "small")
    assert method.post(form, scheme_form(small())).status_code == 200
    assert method.post(form, scheme_form(small("2"))).status_code == 429
    assert method.get(form).status_code == 200  # looking costs nothing


def test_only_what_was_shown_is_accepted(board, method) -> None:
    shown = method.post(address("manage_version", "small"), scheme_form(small())).context["preview"].scheme.hash
    other = scheme_form(small(weight=70), shown=shown, accept="1")
    assert text_of(method.post(address("manage_version", "small"), other))
    assert not board.versions.exists()


def test_differences_and_a_used_version(draft, method) -> None:
    answer = method.post(address("manage_version", "small"), scheme_form(small(weight=70)))
    assert answer.context["preview"].is_used
    assert [(line.path, line.before, line.after) for line in answer.context["preview"].differences] == [
        ("tree.income.weight", "60.0", "70.0")
    ]
    forced = scheme_form(small(weight=70), shown=answer.context["preview"].scheme.hash, accept="1")
    page = text_of(method.post(address("manage_version", "small"), forced, follow=True))
    assert "不能修改" in page
    assert draft.scheme.text == SchemeVersion.objects.get().text


def test_a_second_submit_changes_nothing(board, method) -> None:
    for _twice in range(2):
        added_version = added(method, board, small())
    assert board.versions.get() == added_version
    assert Event.objects.filter(verb="boards.add_scheme_version").count() == 1
    assert Event.objects.filter(verb="measures.define_indicator").count() == 2


def test_missing_indicators_can_be_registered_later(board, method) -> None:
    shown = method.post(address("manage_version", "small"), scheme_form(small())).context["preview"].scheme.hash
    method.post(address("manage_version", "small"), scheme_form(small(), shown=shown, accept="1"))
    assert not Indicator.objects.exists()
    page = method.get(address("manage", "small"))
    assert page.context["desk"].step == "indicators"
    method.post(address("manage_indicators", "small"))
    assert Indicator.objects.count() == 2
    assert method.get(address("manage", "small")).context["desk"].step == "values"


def test_computing_twice_gives_one_draft(draft, method) -> None:
    answer = method.post(address("manage_compute", "small"), {"period": "2026-Q1", "version": "1"})
    assert answer["Location"] == address("manage_edition", "small", draft.pk)
    assert Edition.objects.count() == 1


def test_the_same_work_does_not_wait_twice(draft, method, methodologist) -> None:
    job = Job.objects.get(function__endswith="freeze_and_compute")
    Job.objects.filter(pk=job.pk).update(state="running", result={})
    answer = method.post(address("manage_compute", "small"), {"period": "2026-Q1", "version": "1"})
    assert answer["Location"] == reverse("jobs:detail", args=[job.pk])
    assert Job.objects.filter(function__endswith="freeze_and_compute").count() == 1


def test_computing_without_values_fails_aloud_and_leaves_nothing(board, method) -> None:
    added(method, board, small())
    answer = method.post(address("manage_compute", "small"), {"period": "2026-Q1", "version": "1"}, follow=True)
    assert "没有数据" in text_of(answer)
    assert not Edition.objects.exists()
    assert not board.releases.exists()


@pytest.mark.parametrize("given", [{}, {"period": "soon", "version": "1"}, {"period": "2026-Q1", "version": "9"}])
def test_computing_nonsense_is_refused(draft, method, given) -> None:
    assert "请选择周期和方法版本" in text_of(method.post(address("manage_compute", "small"), given, follow=True))


def test_steps_out_of_order_are_refused_in_words(draft, city_reviewer, client_of) -> None:
    checker = client_of(city_reviewer)
    for step, given in (("publish", {}), ("supersede", {"reason": "试"})):
        assert "这一步现在不能做" in text_of(checker.get(address(f"manage_{step}", "small", draft.pk)))
        page = text_of(checker.post(address(f"manage_{step}", "small", draft.pk), given, follow=True))
        assert "不能变为" in page
    unsigned = text_of(checker.post(address("manage_objection", "small", draft.pk), {"days": "3"}, follow=True))
    assert "签署意见" in unsigned
    signed(checker, draft, "3")
    assert "届满后才能发布" in text_of(checker.post(address("manage_publish", "small", draft.pk), follow=True))
    again = text_of(checker.post(address("manage_objection", "small", draft.pk), {"days": "3"}, follow=True))
    assert "不能变为" in again
    draft.refresh_from_db()
    assert draft.state == "objection"


@pytest.mark.parametrize("days", ["", "0", "-1", "61", "x"])
def test_a_window_has_one_to_sixty_days(draft, city_reviewer, client_of, days) -> None:
    answer = client_of(city_reviewer).post(address("manage_objection", "small", draft.pk), {"days": days})
    assert answer.status_code == 200
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_taking_down_needs_a_reason_which_the_history_keeps(draft, city_reviewer, administrator, client_of) -> None:
    checker, boss = client_of(city_reviewer), client_of(administrator)
    signed(checker, draft)
    published(boss, checker, draft)
    assert checker.post(address("manage_supersede", "small", draft.pk), {"reason": " "}).status_code == 200
    checker.post(address("manage_supersede", "small", draft.pk), {"reason": "来源有误"})
    draft.refresh_from_db()
    assert draft.state == "published"  # one person alone takes nothing down
    page = boss.get(address("manage_supersede", "small", draft.pk))
    assert "来源有误" in text_of(page)
    boss.post(address("manage_supersede", "small", draft.pk), {"proposal": page.context["proposal"].pk})
    draft.refresh_from_db()
    assert draft.state == "superseded"
    assert "来源有误" in text_of(checker.get(address("manage", "small")))


def test_who_computed_is_told_not_to_publish(draft, methodologist, small_city, client_of) -> None:
    Post.objects.create(user=methodologist, unit=small_city.city, role="reviewer")
    page = text_of(client_of(methodologist).get(address("manage_objection", "small", draft.pk)))
    assert "您自己计算的" in page


def test_a_correction_shows_what_it_changes_and_replaces(
    draft, method, administrator, city_reviewer, client_of
) -> None:
    checker, boss = client_of(city_reviewer), client_of(administrator)
    signed(checker, draft)
    published(boss, checker, draft)
    bring_in(boss, TABLE.replace("C10101,10", "C10101,40"), "2026-Q1")
    method.post(address("manage_compute", "small"), {"period": "2026-Q1", "version": "1"})
    fresh = Edition.objects.get(state="draft")
    page = checker.get(address("manage_edition", "small", fresh.pk))
    found = page.context["difference"]
    assert page.context["is_correction"]
    assert not page.context["is_in_front"]
    assert (found.up, found.down, found.level, found.both) == (1, 1, 1, 3)
    assert found.rows[0].unit == "C10101"
    signed(checker, fresh)
    published(boss, checker, fresh)
    draft.refresh_from_db()
    assert draft.state == "superseded"


def test_an_older_draft_is_overtaken(draft, method, administrator, client_of) -> None:
    bring_in(client_of(administrator), TABLE.replace("C10101,10", "C10101,40"), "2026-Q1")
    method.post(address("manage_compute", "small"), {"period": "2026-Q1", "version": "1"})
    page = method.get(address("manage", "small"))
    assert [line.is_overtaken for line in page.context["lines"]] == [False, True]
    assert len(page.context["desk"].waiting) == 1
    assert "已有更新的一份" in text_of(method.get(address("manage_edition", "small", draft.pk)))


def test_lost_files_are_said_not_a_crash(draft, method, home) -> None:
    folder = home / "editions" / draft.hash
    folder.rename(home / "elsewhere")
    page = text_of(method.get(address("manage_edition", "small", draft.pk)))
    assert "请重新计算" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": "new"}, "已被使用"),
        ({"code": "small"}, "已被使用"),
        ({"code": "中 文"}, ""),
        ({"unit": "nowhere"}, "没有此代码的单位"),
        ({"unit_kind": "planet"}, ""),
        ({"name": ""}, ""),
    ],
)
def test_a_wrong_board_is_refused_in_the_form(board, administrator, client_of, change, words) -> None:
    given = {"code": "other", "name": "另榜", "unit": "C", "unit_kind": "village", **change}
    answer = client_of(administrator).post(address("create"), given)
    assert words in text_of(answer)
    assert answer.context["form"].errors
    assert Board.objects.count() == 1


def test_a_county_makes_boards_of_its_own_part_only(home, small_city, county_administrator, client_of) -> None:
    clerk = client_of(county_administrator)
    for unit in ("", "C", "C2"):
        given = {"code": "county", "name": "县榜", "unit": unit, "unit_kind": "village"}
        assert clerk.post(address("create"), given).status_code == 200, unit
    given["unit"] = "C1"
    assert clerk.post(address("create"), given).status_code == 302
    assert Board.objects.get().root == small_city.county
