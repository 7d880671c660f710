"""What the pages of the boards show and how they answer: filters, parts for htmx, downloads, comparison, method."""

import csv
import io
import json
import re
from html import unescape

import polars as pl
import pytest
from tests.boards.conftest import scheme_text

from kanjian.boards.actions import add_scheme_version
from kanjian.boards.models import Board
from kanjian.boards.selectors import table
from kanjian.boards.selectors.shapes import BoardQuery
from kanjian.boards.sight import Sight
from kanjian.boards.store.editions import ORDERS

pytestmark = pytest.mark.django_db

BOARD = "/boards/villages/2025-Q4/"
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "board-table"}


@pytest.fixture
def read(client_of):
    """A page as an anonymous reader sees it; its status must be 200."""

    def make(address: str, **headers: str) -> str:
        answer = client_of(None).get(address, **headers)
        assert answer.status_code == 200, address
        return answer.content.decode()

    return make


def units_in(page: str) -> list[str]:
    """Codes of the units in the table, from top to bottom."""
    body = page.partition('id="board-table"')[2].partition("</tbody>")[0]
    return re.findall(r"/units/(V\d+)/", body)


def words_of(page: str) -> str:
    """The page's text alone."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL)))


def whole(client_of, address: str) -> bytes:
    answer = client_of(None).get(address)
    assert answer.status_code == 200, address
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


# ---- the board -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "asked",
    [
        "",
        "track=near",
        "track=far&band=B",
        "county=C1&township=C101",
        "search=c0",
        "search=村1&sort=name",
        "search=Village 2",
        "sort=score",
        "sort=movement&descending=1",
        "size=20&page=2",
        "township=C101",  # without its county it is no filter
    ],
)
def test_the_table_shows_what_was_asked_for(season, read, asked: str) -> None:
    values = dict(pair.split("=") for pair in asked.split("&")) if asked else {}
    if "county" not in values:
        values.pop("township", None)
    numbers = {name: int(values.pop(name)) for name in ("page", "size") if name in values}
    query = BoardQuery(descending=values.pop("descending", "") == "1", **values, **numbers)
    wanted = [row.unit for row in table.board_page(season[-1], query, Sight(10)).rows]
    assert wanted
    assert units_in(read(f"{BOARD}?{asked}")) == wanted


def test_htmx_gets_the_table_and_what_depends_on_it_alone(season, read) -> None:
    part = read(f"{BOARD}?county=C1&sort=score", **HTMX)
    assert "<html" not in part
    assert part.lstrip().startswith("<section")
    assert 'id="filter-township" class="kj-filter-slot" hx-swap-oob="true"' in part
    assert "C101" in part.partition('id="filter-township"')[2]
    assert '<option value="score" selected>' in part.partition('id="filter-sort"')[2]
    assert units_in(part) == units_in(read(f"{BOARD}?county=C1&sort=score"))
    # Another target of htmx is a page like any other.
    assert "<html" in read(BOARD, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="main")


def test_filters_keep_each_other_and_the_order(season, read) -> None:
    Board.objects.update(bottom_list="public")  # else nothing is offered worst first, see test_bottom_list
    page = read(f"{BOARD}?track=near&band=B&search=c&sort=score&descending=1")
    form = page.partition('<form class="kj-filters"')[2].partition("</form>")[0]
    assert re.search(r'name="track" value="near"\s+checked', form)
    assert '<option value="B" selected>' in form
    assert 'name="search" value="c"' in form
    assert '<option value="score" selected>' in form
    assert 'name="descending" value="1"' in form
    heads = re.findall(r'class="kj-sort" href="\?([^"]+)"', page)
    assert len(heads) == 5
    for head in heads:
        assert {"track=near", "band=B", "search=c"} <= set(unescape(head).split("&"))


def test_a_second_click_turns_the_order_round(season, read) -> None:
    Board.objects.update(bottom_list="public")
    for asked, state, then in (
        ("sort=score", "descending", "sort=score&amp;descending=1"),
        ("sort=score&descending=1", "ascending", "sort=score"),
        ("sort=name", "ascending", "sort=name&amp;descending=1"),
        ("", "ascending", "sort=rank&amp;descending=1"),
    ):
        head = read(f"{BOARD}?{asked}").partition("aria-sort=")[2]
        assert head.startswith(f'"{state}"'), asked
        assert re.search(r'href="\?([^"]*)"', head).group(1) == then


def test_every_order_of_the_store_has_a_name_or_none() -> None:
    from django.http import QueryDict

    from kanjian.boards.views.tables import sorts

    named = [choice.key for choice in sorts(QueryDict(), BoardQuery())]
    assert named == ["rank", "name", "score", "movement", "coverage"]
    assert set(named) - {"rank"} <= set(ORDERS)


def test_nothing_found_says_so_and_leads_back(season, read) -> None:
    page = read(f"{BOARD}?search=没有这样的村")
    assert "没有符合条件的单位" in page
    assert units_in(page) == []
    assert f'href="{BOARD}"' in page.partition("显示全部")[0].rpartition("<a")[2]


def test_unranked_imputed_and_not_applicable_are_told_apart(season, read) -> None:
    words = words_of(read(f"{BOARD}?search=V029"))
    assert "未排名" in words
    assert "真实数据太少，不参加排名" in words
    report = words_of(read(f"{BOARD}units/V010/"))
    assert "不适用" in report
    empty = words_of(read(f"{BOARD}units/V028/"))
    assert "未采集" in empty
    assert "没有得分" in empty


NONSENSE = [
    "page=0",
    "page=-3",
    "page=abc",
    "page=٣",
    "page=99999999999999999999",
    "size=7&page=2",
    "size=1000000",
    "sort=nonsense",
    "sort=position",
    "sort=&descending=maybe",
    "track=nowhere&county=nowhere&township=nowhere&band=nowhere",
    "search=%00",
    "search=" + "x" * 500,
    "search=[(*",
    "search=%F0%9F%98%80%20'%20%22",
    "search=%FF%FE",
    "track=%00&county=%00&band=%00",
    "search=a&search=b&page=1&page=2",
    "%00=%00&&&=&==",
]


@pytest.mark.parametrize("asked", NONSENSE)
def test_a_bad_address_never_breaks_the_board(season, client_of, asked: str) -> None:
    client = client_of(None)
    assert client.get(f"{BOARD}?{asked}").status_code == 200
    assert client.get(f"{BOARD}?{asked}", **HTMX).status_code == 200
    answer = client.get(f"{BOARD}download.csv?{asked}")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith("\ufeffunit,".encode())


@pytest.mark.parametrize(
    "address",
    [
        "/boards/nowhere/",
        "/boards/villages/2019-Q1/",
        "/boards/villages/nonsense/",
        "/boards/villages/%00/",
        f"{BOARD}units/nobody/",
        f"{BOARD}units/%00/",
        f"{BOARD}units/V003/nothing/",
        f"{BOARD}units/nobody/B1/",
        f"{BOARD}download.exe",
        f"{BOARD}data/secret.txt",
        f"{BOARD}data/..",
        f"{BOARD}data/..%2F..%2Fkanjian.sqlite3",
        f"{BOARD}data/%2Fetc%2Fpasswd",
        "/boards/villages/method/?version=nothing",
        "/boards/villages/method/?version=2025.1&against=nothing",
        "/boards/villages/map/C.geojson",
        "/boards/villages/map/..%2Fsecret.geojson",
    ],
)
def test_what_there_is_not_is_not_found(season, client_of, address: str) -> None:
    assert client_of(None).get(address).status_code == 404


# ---- downloads -----------------------------------------------------------------------------------------------------
def test_csv_is_for_excel_and_holds_what_the_table_shows(season, client_of, read) -> None:
    content = whole(client_of, f"{BOARD}download.csv?track=near&sort=score")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["unit"] for row in rows] == units_in(read(f"{BOARD}?track=near&sort=score"))
    wanted = {row.unit: row.score for row in table.board_page(season[-1], BoardQuery(track="near")).rows}
    assert {row["unit"]: float(row["score"]) if row["score"] else None for row in rows} == wanted


def test_nothing_found_is_a_table_with_a_head(season, client_of) -> None:
    lines = whole(client_of, f"{BOARD}download.csv?search=没有").decode("utf-8-sig").splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("unit,name,name_en,")
    assert whole(client_of, f"{BOARD}download.json?search=没有") == b"[]"
    sheet = pl.read_excel(io.BytesIO(whole(client_of, f"{BOARD}download.xlsx?search=没有")), raise_if_empty=False)
    assert sheet.is_empty()
    assert sheet.columns[:2] == ["unit", "name"]


def test_json_in_pieces_is_one_array(season, client_of, monkeypatch) -> None:
    at_once = json.loads(whole(client_of, f"{BOARD}download.json"))
    monkeypatch.setattr("kanjian.boards.views.data.ROWS", 7)
    assert json.loads(whole(client_of, f"{BOARD}download.json")) == at_once
    assert len(at_once) == 30
    lines = whole(client_of, f"{BOARD}download.csv").decode("utf-8-sig").splitlines()
    assert len(lines) == 31


def test_excel_opens_with_numbers_as_numbers(season, client_of) -> None:
    sheet = pl.read_excel(io.BytesIO(whole(client_of, f"{BOARD}download.xlsx")))
    shown = table.download_frame(season[-1], BoardQuery())
    assert sheet.schema["score"] == pl.Float64
    assert sheet["unit"].to_list() == shown["unit"].to_list()
    assert sheet["score"].to_list() == pytest.approx(shown["score"].to_list(), nan_ok=True)
    assert sheet["name"].to_list() == shown["name"].to_list()


def test_files_of_the_data_page_are_those_it_names(season, client_of, read) -> None:
    import hashlib

    page = read(f"{BOARD}data/")
    listed = re.findall(
        r'href="([^"]+/data/[^"]+\.(?:parquet|yaml|json|bin|idx))".*?title="([0-9a-f]{64})"', page, re.DOTALL
    )
    assert {"scores.parquet", "scheme.yaml", "values.parquet"} <= {link.rpartition("/")[2] for link, _ in listed}
    for link, digest in listed:
        assert hashlib.sha256(whole(client_of, link)).hexdigest() == digest, link
    assert season[-1].hash in page
    assert "kanjian score scheme.yaml values.csv" in page
    # Every file says what is in it.
    contents = re.findall(r"</a></th><td>([^<]*)</td>", page)
    assert len(contents) == len(listed)
    assert all(contents)


# ---- comparison ----------------------------------------------------------------------------------------------------
def test_two_units_by_code_name_or_both(season, read) -> None:
    for left in ("V003", "村03", "村03 V003", "c03"):
        page = read(f"{BOARD}compare/?left={left}&right=V004")
        assert 'name="left" value="村03 V003"' in page
        assert 'name="right" value="村04 V004"' in page
        assert "指标对照" in page


def test_several_fits_are_offered_and_the_rest_is_kept(season, read, client_of) -> None:
    page = read(f"{BOARD}compare/?left=c1&right=V004")
    offered = [unescape(link) for link in re.findall(r'href="(\?left=[^"]+)"', page)]
    assert len(offered) == 8
    assert all("right=V004" in link for link in offered)
    assert "指标对照" not in page
    assert "指标对照" in client_of(None).get(f"{BOARD}compare/{offered[0]}").content.decode()


def test_units_of_two_tracks_are_compared_with_a_word_of_warning(season, read) -> None:
    assert "不在同一赛道" in read(f"{BOARD}compare/?left=V003&right=V020")
    assert "不在同一赛道" not in read(f"{BOARD}compare/?left=V003&right=V004")


def test_a_unit_with_itself_in_another_period(season, read) -> None:
    words = words_of(read(f"{BOARD}compare/?left=V003&with=2025-Q3"))
    assert "2025-Q3 · 近郊" in words
    assert "指标对照" in words
    for period in ("2019-Q1", "nonsense", "%00x"):
        assert "没有可以对比的成绩" in read(f"{BOARD}compare/?left=V003&with={period}")


@pytest.mark.parametrize(
    "asked",
    [
        "left=nobody",
        "left=nobody&right=V003",
        "left=%00",
        "right=V003",
        "left=V003&right=V003",
        "left=[(*&right=)",
        "left=%20",
    ],
)
def test_half_or_foolish_questions_are_answered_in_words(season, read, asked: str) -> None:
    page = read(f"{BOARD}compare/?{asked}")
    if "nobody" in asked:
        assert "本期没有“nobody”这个单位" in page


def test_a_unit_without_score_says_why_there_is_no_split(season, read) -> None:
    assert "有一方没有得分，无法分解" in read(f"{BOARD}compare/?left=V003&right=V028")


def test_parts_of_the_gap_sum_to_it_as_printed(season, read) -> None:
    page = read(f"{BOARD}compare/?left=V003&right=V004")
    data = json.loads(re.search(r'id="chart-gap".*?data-chart-data>(.*?)</script>', page, re.DOTALL).group(1))
    total = data["start"]["value"] + sum(part["value"] for part in data["parts"])
    assert total == pytest.approx(data["end"]["value"], abs=1e-9)


# ---- method, evidence ----------------------------------------------------------------------------------------------
def test_the_method_reads_in_both_languages_with_versions_and_differences(villages, season, client_of, read) -> None:
    add_scheme_version(villages.board, scheme_text("2025.2", 70), valid_from="2026-Q1", by=None)
    page = read("/boards/villages/method/")
    words = words_of(page)
    assert "2025.1 与 2025.2 的差异" in words
    assert "40.0" in words
    assert "70.0" in words
    assert 'id="node-B1"' in page
    assert "等次不高于“良好”" in words
    english = client_of(None).get("/boards/villages/method/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "no better than “Good”" in words_of(english)
    text = client_of(None).get("/boards/villages/method/?format=yaml&version=2025.1")
    assert text["Content-Type"].startswith("application/yaml")
    assert 'version: "2025.1"' in text.content.decode()


def test_departments_have_their_english_names(season, small_city, client_of) -> None:
    small_city.department.name_en = "Agriculture Bureau"
    small_city.department.save()
    english = words_of(client_of(None).get(f"{BOARD}units/V003/", HTTP_ACCEPT_LANGUAGE="en").content.decode())
    assert "Agriculture Bureau" in english
    assert "10 000 yuan" in english or "10,000 yuan" in english
    chinese = words_of(client_of(None).get(f"{BOARD}units/V003/").content.decode())
    assert "农业农村局" in chinese
    assert "万元" in chinese


def test_from_the_cell_to_file_and_line(season, read) -> None:
    page = read(f"{BOARD}units/V003/B2/")
    words = words_of(page)
    assert "season.xlsx" in words
    assert "/measures/cells/V003/B1/2025-Q4/" in page
    assert "/measures/cells/V003/B1/2025-Q3/" in page
    assert f'href="{BOARD}units/V003/#indicator-B2"' in page
    assert '#node-B2"' in page
    assert "未采集" in words_of(read(f"{BOARD}units/V028/B1/"))
    assert "/measures/cells/V028/" not in read(f"{BOARD}units/V028/B1/")
    assert "不适用" in words_of(read(f"{BOARD}units/V010/A2/"))


def test_a_correction_after_the_freeze_is_said(season, read) -> None:
    from kanjian.measures.models import Value

    Value.objects.filter(unit__code="V003", indicator__code="B1", period="2025-Q4").update(value=77.25)
    assert "冻结后已更正为 77.25" in words_of(read(f"{BOARD}units/V003/B1/"))


def test_every_period_of_the_board_is_one_click_away(season, read) -> None:
    report = read(f"{BOARD}units/V003/")
    for period in ("2025-Q1", "2025-Q2", "2025-Q3"):
        assert f"/boards/villages/{period}/units/V003/" in report
        assert read(f"/boards/villages/{period}/units/V003/")


def test_the_first_edition_has_nothing_to_compare_with(published, read) -> None:
    published("2025-Q1")
    assert "没有可以比较的上一期" in read("/boards/villages/2025-Q1/units/V003/")
    assert "第一期" in read("/boards/villages/2025-Q1/")
