"""Units from files: every problem named, all or nothing, dated, repeatable."""

import io
from datetime import date, timedelta
from unittest.mock import patch

import polars as pl
import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from kanjian.ledger.models import Event
from kanjian.orgs import selectors
from kanjian.orgs.actions import assign_track, import_units
from kanjian.orgs.models import Lineage, Membership, Placement, Post, Track, Unit
from kanjian.orgs.unit_plan import plan_units
from kanjian.orgs.unit_table import UnitTableError, interpret, read_units
from kanjian.tables import CODES, TableError
from kanjian.tables import Problem as TableProblem

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)
CITY = """代码,名称,类别,上级代码,赛道,设立日,经度,纬度,属性:人口,attribute:terrain
V1,荷塘村,村,T1,山区,2020/1/31,120.1,30.9,1200,山区
T1,柳镇,镇,C1,,,,,,
C1,东县,county,C,,,,,,
C,湖城市,市,,,,,,,
V2,石桥村,行政村,T1,平原,2020年2月1日,,,900.5,
"""


def take(text, **options):
    return import_units("单位.csv", text.encode(), **{"by": None, **options})


def problems(text):
    with pytest.raises(UnitTableError) as caught:
        take(text)
    return [(problem.row, problem.column, problem.code) for problem in caught.value.problems]


def test_a_file_in_any_order_becomes_a_tree(db):
    plan = take(CITY, synthetic=True)
    assert plan.summary() == {
        **{"rows": 5, "created": 5, "changed": 0, "moved": 0, "assigned": 2},
        **{"new_tracks": 2, "unchanged": 0, "problems": 0},
    }
    village = Unit.objects.get(code="V1")
    assert [unit.code for unit in selectors.ancestors(village)] == ["C", "C1", "T1"]
    assert (village.kind, village.valid_from, village.longitude) == ("village", date(2020, 1, 31), 120.1)
    assert village.attributes == {"人口": 1200, "terrain": "山区"}
    assert (village.pinyin, village.initials, village.synthetic) == ("hetangcun", "htc", True)
    assert Unit.objects.get(code="V2").valid_from == date(2020, 2, 1)
    assert Unit.objects.get(code="V2").attributes == {"人口": 900.5}
    assert selectors.track_of(Unit.objects.all(), date(2021, 1, 1)) == {"V1": "山区", "V2": "平原"}
    assert Event.objects.latest("sequence").data["created"] == 5


def test_a_second_import_changes_nothing_and_says_nothing(db):
    take(CITY)
    before = list(Unit.objects.values()), list(Membership.objects.values()), Event.objects.count()
    plan = take(CITY)
    assert (plan.unchanged, plan.created.height, plan.changed.height) == (5, 0, 0)
    assert (list(Unit.objects.values()), list(Membership.objects.values()), Event.objects.count()) == before


def test_blank_cells_and_absent_columns_leave_what_is_stored(db):
    take(CITY)
    take("code,name,attribute:households\nV1,,300\n")
    village = Unit.objects.get(code="V1")
    assert village.name == "荷塘村"
    assert village.attributes == {"人口": 1200, "terrain": "山区", "households": 300}
    assert village.parent.code == "T1"


def test_changes_are_spelled_out_in_the_event_with_what_was_before(db):
    take(CITY)
    take("code,name\nV1,荷花村\n")
    village = Unit.objects.get(code="V1")
    assert (village.name, village.initials) == ("荷花村", "hhc")
    (change,) = Event.objects.latest("sequence").data["changes"]
    assert change == {"code": "V1", "name": "荷花村", "name_before": "荷塘村"}


def test_a_changed_parent_is_a_dated_move(db):
    take(CITY)
    take("code,name,kind,parent\nT2,松镇,township,C1\nV1,,,T2\n", day=DAY, document="民政批〔2025〕12号")
    village = Unit.objects.get(code="V1")
    assert selectors.ancestors(village, DAY - timedelta(days=1))[-1].code == "T1"
    assert selectors.ancestors(village, DAY)[-1].code == "T2"
    assert Lineage.objects.get().document == "民政批〔2025〕12号"
    assert Placement.objects.count() == 2


def test_a_move_in_the_future_is_refused_and_nothing_is_written(db):
    take(CITY)
    with pytest.raises(ValidationError):
        take("code,name,kind,parent\nT2,松镇,township,C1\nV1,,,T2\n", day=timezone.localdate() + timedelta(days=1))
    assert not Unit.objects.filter(code="T2").exists()


def test_a_changed_track_begins_on_the_day(db):
    take(CITY)
    take("code,track\nV1,平原\n", day=DAY)
    village = Unit.objects.get(code="V1")
    assert selectors.track_of([village], DAY - timedelta(days=1)) == {"V1": "山区"}
    assert selectors.track_of([village], DAY) == {"V1": "平原"}
    with pytest.raises(ValidationError):
        take("code,track\nV1,丘陵\n", day=DAY - timedelta(days=1))


def test_a_closed_unit_leaves_its_track(db):
    take(CITY)
    take("code,valid_to\nV1,2026-01-01\n")
    assert selectors.track_of(Unit.objects.filter(code="V1"), DAY) == {}
    assert not selectors.units_at(DAY).filter(code="V1").exists()


def test_every_problem_is_named_with_row_and_column(db):
    take(CITY)
    found = problems(
        "code,name,kind,parent,valid_from,valid_to,longitude,latitude\n"
        ",无码,village,T1,,,,\n"  # 2
        "X1,,village,T1,,,,\n"  # 3
        "X2,无类,,T1,,,,\n"  # 4
        "X3,怪类,星系,T1,,,,\n"  # 5
        "X4,孤儿,village,NOPE,,,,\n"  # 6
        "X5,坏日,village,T1,昨天,,,\n"  # 7
        "X6,倒日,village,T1,2026-01-02,2026-01-01,,\n"  # 8
        "X7,远方,village,T1,,,181,ninety\n"  # 9
        "X8,重复,village,T1,,,,\n"  # 10
        "X8,重复,village,T1,,,,\n"  # 11
        f"{'X' * 41},长码,village,T1,,,,\n"  # 12
        "X9,自己,village,X9,,,,\n"  # 13
        "C1,,,V1,,,,\n"  # 14: the county below its own village
        "V1,,,,,2020-01-01,,\n"  # 15: ends before it began
    )
    assert found == [
        (2, "code", "blank_code"),
        (3, "name", "blank_name"),
        (4, "kind", "blank_kind"),
        (5, "kind", "unknown_kind"),
        (6, "parent", "unknown_parent"),
        (7, "valid_from", "bad_date"),
        (8, "valid_to", "interval"),
        (9, "longitude", "bad_degrees"),
        (9, "latitude", "bad_degrees"),
        (11, "code", "duplicate_code"),
        (12, "code", "too_long"),
        (13, "parent", "cycle"),
        (14, "parent", "cycle"),
        (15, "valid_to", "interval"),
    ]
    assert not Unit.objects.filter(code__startswith="X").exists()
    assert Event.objects.filter(verb="orgs.import_units").count() == 1


def test_nothing_new_goes_under_a_closed_unit(db):
    take(CITY)
    take("code,valid_to\nT1,2026-01-01\n")
    assert problems("code,name,kind,parent\nV3,新村,village,T1\n") == [(2, "parent", "closed_parent")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("units.csv", b"name,kind\nx,village\n", "no_code"),
        ("units.csv", b"code,nmae\nx,y\n", "unknown_heading"),
        ("units.csv", "code,代码\nx,y\n".encode(), "duplicate_column"),
        ("units.csv", b"\xff\xfe\xfd", "unreadable"),
        ("units.csv", b"", "unreadable"),
        ("units.xlsx", b"not a workbook", "unreadable"),
        ("units.parquet", b"not parquet", "unreadable"),
        ("units.pdf", b"%PDF", "unknown_type"),
    ],
)
def test_a_file_that_is_no_table_of_units_is_refused_with_its_remedy(name, content, code):
    with pytest.raises(UnitTableError) as caught:
        import_units(name, content, by=None)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.remedy


def test_spreadsheets_parquet_and_gbk_say_the_same_as_utf8(db):
    frame = pl.DataFrame(
        {"代码": [330502, 330503], "名称": ["甲村", "乙村"], "类别": "村", "设立日": [date(2020, 1, 31), None]}
    )
    book, parquet = io.BytesIO(), io.BytesIO()
    frame.write_excel(book)
    frame.write_parquet(parquet)
    text = "代码,名称,类别,设立日\n330502,甲村,村,20200131\n330503,乙村,村,\n"
    files = [
        ("a.xlsx", book.getvalue()),
        ("a.parquet", parquet.getvalue()),
        ("a.csv", text.encode("gbk")),
        ("a.csv", b"\xef\xbb\xbf" + text.encode()),
    ]
    read = [interpret(read_units(*file)).select("code", "name", "kind", "valid_from").rows() for file in files]
    expected = [("330502", "甲村", "village", date(2020, 1, 31)), ("330503", "乙村", "village", None)]
    assert read == [expected] * 4


def test_titles_explanations_and_empty_framed_columns_do_not_disturb():
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        workbook.add_worksheet("说明").write(0, 0, "一行一个单位")
        page = workbook.add_worksheet("单位")
        page.write(0, 0, "湖城市单位表")
        page.write_row(2, 0, ["名 称", "代码", "属性：户数"])
        page.write_row(3, 0, ["甲村", "V1", 300])
        page.write_row(5, 0, ["乙村", "V2"])
        page.write_blank(3, 3, None, workbook.add_format({"border": 1}))
    frame = read_units("单位.xlsx", book.getvalue())
    assert frame.select("row", "code", "name", "attribute:户数").rows() == [
        (4, "V1", "甲村", "300"),
        (6, "V2", "乙村", None),
    ]
    assert read_units("单位.tsv", "单位表\n代码\t名称\nV1\t甲村\n".encode("gb18030"))["row"].to_list() == [3]


def test_a_failed_formula_is_no_blank_cell():
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        page = workbook.add_worksheet()
        page.write_row(0, 0, ["代码", "名称"])
        page.write(1, 0, "V1")
        page.write_formula(1, 1, "=NA()", None, "#N/A")
    with pytest.raises(UnitTableError) as caught:
        read_units("单位.xlsx", book.getvalue())
    (problem,) = caught.value.problems
    assert (problem.row, problem.column, problem.code) == (2, "name", "cell_error")
    assert "#N/A" in problem.message


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("标题\ncode,nmae\nx,y\n", [(2, "nmae", "unknown_heading")]),
        ("code,,\nx,,y\n", [(1, "", "unknown_heading")]),
        ("code,name,name\nx,y,z\n", [(1, "name", "duplicate_column")]),
        ("code,name\nx,y,z\nx,y\nx,y,z,\n", [(2, "", "too_many_cells"), (4, "", "too_many_cells")]),
        ("code,name\n", [(0, "", "unreadable")]),
    ],
)
def test_headings_and_lines_that_are_wrong_are_named_with_their_line(text, found):
    assert problems(text) == found


@pytest.mark.parametrize("code", sorted(CODES.keys() - {"unknown_sheet"}))
def test_whatever_the_reader_of_tables_finds_is_worded(code):
    found = TableProblem(code, 3, value="v", particulars=dict.fromkeys(CODES[code], "p"))
    with patch("kanjian.tables.read_table", side_effect=TableError([found])), pytest.raises(UnitTableError) as caught:
        read_units("a.csv", b"")
    (problem,) = caught.value.problems
    assert problem.message
    assert problem.remedy


def test_a_preview_writes_nothing(db):
    plan = plan_units("单位.csv", CITY.encode())
    assert plan.summary()["created"] == 5
    assert plan.new_tracks == ("山区", "平原")
    assert not Unit.objects.exists()
    assert not Event.objects.exists()


def test_importing_needs_the_whole_city_and_tracks_a_methodologist(
    small_city, administrator, county_administrator, methodologist
):
    text = "code,name,kind,parent\nV9,新村,village,C101\n"
    for person in (county_administrator, methodologist):
        with pytest.raises(PermissionDenied):
            take(text, by=person)
    take(text, by=administrator)
    with pytest.raises(PermissionDenied):
        take("code,track\nV9,hills\n", by=administrator)
    assert not Track.objects.exists()
    Post.objects.create(user=administrator, unit=small_city.city, role="methodologist")
    take("code,track\nV9,hills\n", by=administrator)
    with pytest.raises(ValidationError):
        assign_track(Unit.objects.get(code="V9"), Track.objects.get(), by=administrator)


def test_progress_is_reported(db):
    told = []

    class Listener:
        def start(self, total, message=""):
            told.append([message, total, 0])

        def advance(self, done=1, message=None):  # noqa: ARG002 - the interface has it
            told[-1][2] += done

    take(CITY, reporter=Listener())
    assert told[1:] == [["新建单位", 5, 5], ["归入赛道", 2, 2]]
