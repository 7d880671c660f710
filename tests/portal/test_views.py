"""The portal's pages: who sees what, what is said when there is nothing, and how errors look."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import path

from kanjian.boards.models import Board, Edition, Release, SchemeVersion
from kanjian.jobs.models import Job
from kanjian.measures.models import Batch, Indicator, Upload, Value

pytestmark = pytest.mark.django_db

SCHEME = """
format: kanjian/scheme/1
code: try
version: "1"
name: 试
scale: 100
tree:
  code: index
  name: 试
  aggregate: {method: arithmetic}
  children:
    - {code: X1, name: 甲, weight: 1, direction: up, rule: {method: minmax}}
    - {code: X2, name: 乙, weight: 1, direction: up, rule: {method: minmax}}
"""


@pytest.fixture
def board(small_city, home) -> Board:
    """A public board of villages with one published edition, whose files are not there."""
    board = Board.objects.create(code="try", name="试验榜", root=small_city.city, unit_kind="village", is_public=True)
    scheme = SchemeVersion.objects.create(board=board, version="1", text=SCHEME, hash="a" * 64, valid_from="2026-Q1")
    release = Release.objects.create(board=board, period="2026-Q1", hash="b" * 64, rows=3, units=3)
    _edition(board, scheme, release, Edition.State.PUBLISHED)
    return board


def _edition(board, scheme, release, state) -> Edition:
    as_of = datetime(2026, 4, 1, tzinfo=UTC)
    fields = {
        "board": board,
        "scheme": scheme,
        "release": release,
        "state": state,
        "as_of": as_of,
        "units": 3,
        "ranked": 3,
    }
    return Edition.objects.create(period="2026-Q1", hash="c" * 64, **fields)


def text_of(response) -> str:
    return response.content.decode()


def test_empty_home_says_what_to_do_next(client):
    page = text_of(client.get("/", headers={"accept-language": "zh"}))
    assert "还没有可以查看的榜单" in page
    assert "/accounts/login/" in page


def test_home_says_that_files_are_broken_and_still_opens(client, board):
    response = client.get("/", headers={"accept-language": "zh"})
    assert response.status_code == 200
    assert "kanjian check" in text_of(response)
    assert "试验榜" in text_of(response)


def test_internal_board_is_not_on_a_strangers_home(client_of, board, xiaowang, administrator):
    Board.objects.update(is_public=False)
    assert "试验榜" in text_of(client_of(administrator).get("/"))
    assert "试验榜" not in text_of(client_of(None).get("/"))
    assert "试验榜" not in text_of(client_of(xiaowang).get("/"))


def test_person_without_a_post_is_told_so(client_of, xiaowang):
    assert "还没有岗位" in text_of(client_of(xiaowang).get("/", headers={"accept-language": "zh"}))


def test_reporter_sees_what_is_not_collected(client_of, board, small_city, village_clerk):
    batch = Batch.objects.create(source="test.csv")
    indicator = Indicator.objects.create(code="X1", name="甲")
    unit = small_city.village
    Value.objects.create(unit=unit, indicator=indicator, period="2026-Q1", value=1.0, batch=batch)
    page = text_of(client_of(village_clerk).get("/", headers={"accept-language": "zh"}))
    assert "试验榜 2026-Q1：还有 1 个数据未采集" in page
    assert f"/boards/try/2026-Q1/units/{unit.code}/" in page


@pytest.mark.parametrize("source", ["imported", "computed", "reference"])
def test_what_others_bring_is_no_gap_of_the_village(client_of, board, small_city, village_clerk, source):
    """X2 comes from a department's file, is computed, or is official: the clerk could not enter it."""
    batch = Batch.objects.create(source="test.csv")
    indicator = Indicator.objects.create(code="X1", name="甲")
    Value.objects.create(unit=small_city.village, indicator=indicator, period="2026-Q1", value=1.0, batch=batch)
    Indicator.objects.create(code="X2", name="乙", source=source, department=small_city.department)
    page = text_of(client_of(village_clerk).get("/", headers={"accept-language": "zh"}))
    assert "没有等你处理的事" in page


def test_nothing_missing_is_no_to_do(client_of, board, small_city, village_clerk):
    batch = Batch.objects.create(source="test.csv")
    for code, status, value in (("X1", "present", 1.0), ("X2", "not_applicable", None)):
        indicator = Indicator.objects.create(code=code, name=code)
        cell = {"unit": small_city.village, "indicator": indicator, "period": "2026-Q1", "batch": batch}
        Value.objects.create(value=value, status=status, **cell)
    page = text_of(client_of(village_clerk).get("/", headers={"accept-language": "zh"}))
    assert "没有等你处理的事" in page


def test_reader_has_no_gaps_to_fill(client_of, board, ligong):
    assert "未采集" not in text_of(client_of(ligong).get("/", headers={"accept-language": "zh"}))


def test_draft_waits_for_the_administrator_only(client_of, board, administrator, village_clerk):
    edition = board.editions.get()
    _edition(board, edition.scheme, edition.release, Edition.State.DRAFT)
    words = "审核草稿：试验榜 2026-Q1"
    assert words in text_of(client_of(administrator).get("/", headers={"accept-language": "zh"}))
    assert words not in text_of(client_of(village_clerk).get("/", headers={"accept-language": "zh"}))


@pytest.mark.parametrize(("day", "words"), [("2020-01-01", "公示期满"), ("2999-01-01", "公示到 2999-01-01")])
def test_objection_window_says_until_when(client_of, board, administrator, day, words):
    edition = board.editions.get()
    waiting = _edition(board, edition.scheme, edition.release, Edition.State.OBJECTION)
    Edition.objects.filter(pk=waiting.pk).update(objection_until=day)
    page = text_of(client_of(administrator).get("/", headers={"accept-language": "zh"}))
    assert words in page
    assert f"/boards/try/manage/{waiting.pk}/" in page


def test_an_open_window_is_said_to_the_unit(client_of, board, village_clerk, administrator, xiaowang, small_city):
    edition = board.editions.get()
    waiting = _edition(board, edition.scheme, edition.release, Edition.State.OBJECTION)
    Edition.objects.filter(pk=waiting.pk).update(objection_until="2999-01-01")
    report, words = f"/boards/try/2026-Q1/units/{small_city.village.code}/", "2999-01-01 前可以提出异议"
    page = text_of(client_of(village_clerk).get("/", headers={"accept-language": "zh"}))
    assert report in page
    assert words in page
    for other in (administrator, xiaowang):
        assert words not in text_of(client_of(other).get("/", headers={"accept-language": "zh"}))
    Edition.objects.filter(pk=waiting.pk).update(objection_until="2020-01-01")
    assert words not in text_of(client_of(village_clerk).get("/", headers={"accept-language": "zh"}))


def test_first_step_of_an_empty_installation(client_of, administrator, ligong):
    assert 'href="/boards/new/"' in text_of(client_of(administrator).get("/"))
    assert 'href="/boards/new/"' not in text_of(client_of(ligong).get("/"))


def test_upload_that_waits_is_a_to_do(client_of, village_clerk, administrator):
    Upload.objects.create(source="三季度.xlsx", sha256="0" * 64, file="x", created_by=village_clerk)
    words = "待确认的导入：三季度.xlsx"
    assert words in text_of(client_of(village_clerk).get("/", headers={"accept-language": "zh"}))
    assert words not in text_of(client_of(administrator).get("/", headers={"accept-language": "zh"}))


@pytest.mark.parametrize(
    ("who", "there", "absent"),
    [
        (None, ["/boards/", "/help/"], ["/measures/", "/people/users/", "/people/health/"]),
        ("xiaowang", ["/people/me/", "/accounts/logout/"], ["/measures/", "/people/users/", "/people/health/"]),
        ("ligong", ["/measures/"], ["/people/users/", "/people/health/"]),
        ("administrator", ["/measures/", "/people/users/", "/people/health/"], []),
    ],
)
def test_navigation_offers_what_the_person_may_open(request, client_of, who, there, absent):
    client = client_of(request.getfixturevalue(who) if who else None)
    page = text_of(client.get("/help/"))
    assert [address for address in there if f'href="{address}"' not in page] == []
    assert [address for address in absent if f'href="{address}"' in page] == []
    assert {address: client.get(address).status_code for address in there if "logout" not in address} == dict.fromkeys(
        (address for address in there if "logout" not in address), 200
    )


def test_failed_work_comes_first(client_of, board, administrator):
    Job.objects.create(name="导入数据", function="x", owner=administrator, state=Job.State.FAILED)
    edition = board.editions.get()
    _edition(board, edition.scheme, edition.release, Edition.State.DRAFT)
    page = text_of(client_of(administrator).get("/", headers={"accept-language": "zh"}))
    assert page.index("导入数据") < page.index("审核草稿")


def test_home_needs_few_queries(client, board, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        client.get("/")


@pytest.mark.parametrize("address", ["/help/", "/robots.txt", "/accounts/login/"])
def test_open_pages(client, address):
    assert client.get(address).status_code == 200


def test_robots_keep_out_of_filtered_views(client):
    assert "Disallow: /*?" in text_of(client.get("/robots.txt"))


def test_only_reading_is_allowed(client):
    assert client.post("/help/").status_code == 405


def test_every_page_forbids_inline_and_foreign_content(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_pages_have_no_inline_script_or_style(client):
    for address in ("/", "/help/", "/accounts/login/", "/nowhere/"):
        page = text_of(client.get(address))
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<style" not in page


def _forbidden(_request):
    raise PermissionDenied("此操作需要“审核”岗位")


def _broken(_request):
    raise RuntimeError("secret detail")


def _urls() -> list:
    from django.urls import include

    return [path("forbidden/", _forbidden), path("broken/", _broken), path("", include("kanjian.urls"))]


@pytest.fixture
def error_pages(settings):
    """Two addresses that fail on purpose."""
    import sys
    from types import ModuleType

    module = ModuleType("kanjian_error_urls")
    module.urlpatterns = _urls()
    sys.modules[module.__name__] = module
    settings.ROOT_URLCONF = module.__name__


def test_forbidden_says_what_is_needed(client, error_pages):
    response = client.get("/forbidden/", headers={"accept-language": "zh"})
    assert response.status_code == 403
    assert "此操作需要“审核”岗位" in text_of(response)


def test_broken_page_tells_no_detail(client, error_pages):
    client.raise_request_exception = False
    response = client.get("/broken/", headers={"accept-language": "en"})
    assert response.status_code == 500
    assert "Something went wrong" in text_of(response)
    assert "secret detail" not in text_of(response)


def test_unknown_page_offers_the_way_back(client):
    response = client.get("/nowhere/<script>/", headers={"accept-language": "zh"})
    assert response.status_code == 404
    assert "没有这个页面" in text_of(response)
    assert "<script>/" not in text_of(response)


def test_lost_form_token_is_explained():
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/accounts/login/", headers={"accept-language": "zh"})
    assert response.status_code == 403
    assert "页面过期了" in text_of(response)


def test_filing_number_is_in_the_footer(client, settings):
    settings.FILING_NUMBER = "浙ICP备00000000号"
    assert "浙ICP备00000000号" in text_of(client.get("/help/"))


def test_badge_of_the_sample_city_is_on_every_page(client, settings):
    assert "演示数据 / synthetic" not in text_of(client.get("/help/"))
    settings.DEMO = True
    for address in ("/", "/help/", "/accounts/login/", "/nowhere/"):
        assert "演示数据 / synthetic" in text_of(client.get(address))
