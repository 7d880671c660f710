"""Sheets by Excel: a template out, a filled one in, and everything that may be wrong with it."""

import io
import zipfile

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from tests.collecting.workbooks import edit, fill, part_of, source

from kanjian.collecting import actions
from kanjian.collecting.actions.accept_workbook import write_workbook
from kanjian.collecting.cells import Cell
from kanjian.collecting.models import Entry, PastEntry, Sheet
from kanjian.collecting.states import CollectingError
from kanjian.collecting.workbooks.layout import KEY_SHEET
from kanjian.collecting.workbooks.preview import SheetPreview, preview_workbook
from kanjian.collecting.workbooks.problems import TEXTS, Problem, WorkbookError
from kanjian.collecting.workbooks.reading import Workbook
from kanjian.collecting.workbooks.template import template_of
from kanjian.jobs.progress import SILENT
from kanjian.ledger.models import Event
from kanjian.measures.models import Upload
from kanjian.tables import Options, Source, TableError, read_table
from kanjian.tables.guarding import refuse_bombs

pytestmark = pytest.mark.django_db
V = "C10101"
DATA, NOTES = "填报数据", "备注"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}


@pytest.fixture
def officer(small_city):
    """农业科员, reporter of the department."""
    from tests.collecting.conftest import holder

    return holder("keyuan", "农业科员", "reporter", small_city.department)


def said(sheet: Sheet) -> dict[tuple[str, str], tuple[float | None, str, str]]:
    rows = Entry.objects.filter(sheet=sheet).values_list("unit__code", "indicator__code", "value", "status", "note")
    return {(unit, code): (value, status, note) for unit, code, value, status, note in rows}


def problems(sheet: Sheet, content: bytes, name: str = "填好的.xlsx") -> list[tuple[str, str, int, str]]:
    preview, cells = preview_workbook(sheet, source(content, name), by=None)
    assert not preview.may_apply
    assert all(problem["message"]["en"] and problem["remedy"]["zh-hans"] for problem in preview.problems)
    assert cells == [] or preview.problem_count
    return [(each["code"], each["sheet"], each["row"], each["column"]) for each in preview.problems]


def accepted(sheet: Sheet, content: bytes, by) -> Upload:
    upload = actions.stage_workbook(sheet, source(content), by=by)
    return actions.accept_workbook(upload, by=by)


def test_a_clerks_template_is_a_form_and_comes_back(ground, cast) -> None:
    sheet = ground.sheet()
    actions.record_entries(sheet, [Cell(V, "A2", 40)], by=cast.clerk, origin=Entry.Origin.WEB)
    content = template_of(ground.sheet())
    table = read_table(source(content), Options(headings=("indicator_code",), sheet=DATA))
    assert table.frame.rows()[0][:4] == ("A1", "集体经济收入 *", "万元", None)
    assert table.frame.rows()[1][:4] == ("A2", "垃圾分类率", "%", "40")
    filled = fill(content, DATA, {"D5": 12.5, "F5": "含一次性收入", "D6": None, "E6": "不适用"})
    upload = accepted(ground.sheet(), filled, cast.clerk)
    assert (upload.state, upload.preview["new"], upload.preview["changed"]) == ("accepted", 1, 1)
    assert said(sheet) == {
        (V, "A1"): (12.5, "present", "含一次性收入"),
        (V, "A2"): (None, "not_applicable", ""),
    }
    entry = Entry.objects.get(indicator__code="A1")
    assert (entry.origin, entry.upload, entry.row, entry.entered_by) == ("excel", upload, 5, cast.clerk)
    assert PastEntry.objects.get().value == 40.0
    assert Event.objects.filter(verb="collecting.record_entries").last().data["upload"] == upload.pk


def test_a_departments_template_holds_all_villages_notes_and_the_period_before(department_ground, officer) -> None:
    from kanjian.measures.models import Batch, Value

    before = Batch.objects.create(source="二季度")
    Value.objects.create(
        unit=department_ground.sheet("C-NY").reporter.parent.children.get(code="C1").children.first().children.first(),
        indicator=department_ground.indicators["A1"],
        period="2026-Q2",
        value=7.5,
        batch=before,
    )
    content = template_of(department_ground.sheet("C-NY"))
    table = read_table(source(content), Options(headings=("unit_code",), sheet="上期"))
    assert table.frame.rows()[0][:3] == ("C10101", "荷塘村", "7.5")
    filled = fill(content, DATA, {"C5": 1.25, "C6": "未采集", "C7": 3, "D7": "不适用"})
    filled = fill(filled, NOTES, {"C6": "账本送审"})
    sheet = department_ground.sheet("C-NY")
    accepted(sheet, filled, officer)
    assert said(sheet) == {
        ("C10101", "A1"): (1.25, "present", ""),
        ("C10102", "A1"): (None, "missing", "账本送审"),
        ("C10201", "A1"): (3.0, "present", ""),
        ("C10201", "A2"): (None, "not_applicable", ""),
    }
    # The next template carries all of it, and uploading it unchanged changes nothing.
    preview, _cells = preview_workbook(department_ground.sheet("C-NY"), source(template_of(sheet)), by=officer)
    assert (preview.new, preview.changed, preview.cleared, preview.problem_count) == (0, 0, 0, 0)
    cleared = fill(template_of(department_ground.sheet("C-NY")), DATA, {"C5": None})
    preview, _cells = preview_workbook(department_ground.sheet("C-NY"), source(cleared), by=officer)
    assert (preview.new, preview.changed, preview.cleared) == (0, 0, 1)


def test_a_template_is_locked_guided_and_validated(ground, department_ground) -> None:
    form = template_of(ground.sheet())
    with zipfile.ZipFile(io.BytesIO(form)) as archive:
        data = archive.read(part_of(form, DATA)).decode()
        book = archive.read("xl/workbook.xml").decode()
    assert "<sheetProtection" in data
    assert '<dataValidation type="list"' in data
    assert '"未采集,不适用"' in data
    assert '<dataValidation type="decimal"' in data
    assert 'state="veryHidden"' in book
    table = template_of(department_ground.sheet("C-NY"))
    with zipfile.ZipFile(io.BytesIO(table)) as archive:
        xml = archive.read(part_of(table, DATA)).decode()
        guide = archive.read("xl/sharedStrings.xml").decode()
    assert "D5&gt;=0" in xml
    assert 'D5="不适用"' in xml
    assert "没有数据写“未采集”" in guide
    assert "0 – 100" in guide


def test_a_template_in_another_language_is_read_as_well(ground, cast) -> None:
    with translation.override("en"):
        content = template_of(ground.sheet())
    filled = fill(content, "Data", {"D5": 3, "E6": "not applicable"})
    accepted(ground.sheet(), filled, cast.clerk)
    assert said(ground.sheet())[V, "A2"] == (None, "not_applicable", "")


CELLS = {
    "text": ({"D5": "很多"}, [("not_number", DATA, 5, "D")]),
    "percent": ({"D6": "95%"}, [("percent", DATA, 6, "D")]),
    "too much": ({"D6": 101}, [("above_maximum", DATA, 6, "D")]),
    "tick box": ({"D5": True}, [("not_number", DATA, 5, "D")]),
    "unclear": ({"D5": "—"}, [("unclear_blank", DATA, 5, "D")]),
    "failed formula": ({"D5": "#DIV/0!"}, [("cell_error", DATA, 5, "D")]),
    "formula without a result": ({"D5": "=A1*2"}, [("cell_error", DATA, 5, "D")]),
    "status": ({"E5": "也许"}, [("bad_status", DATA, 5, "E")]),
    "both": ({"D5": 4, "E5": "未采集"}, [("status_conflict", DATA, 5, "D")]),
    "long note": ({"D5": 4, "F5": "长" * 301}, [("note_too_long", DATA, 5, "D")]),
    "other code": ({"A5": "B9"}, [("foreign_indicator", DATA, 5, "A")]),
    "code gone": ({"A5": None}, [("blank_unit", DATA, 5, "A")]),
    "twice": ({"A6": "A1"}, [("repeated", DATA, 6, "A")]),
    "heading gone": ({"D4": "数"}, [("no_heading", DATA, 4, ""), ("unknown_heading", DATA, 4, "D")]),
    "heading twice": ({"D4": "status"}, [("duplicate_column", DATA, 4, "")]),
    "extra column": ({"H5": 3}, [("unknown_heading", DATA, 4, "H")]),
}


@pytest.mark.parametrize("case", CELLS)
def test_wrong_cells_are_refused_with_their_place(ground, cast, case: str) -> None:
    cells, found = CELLS[case]
    sheet = ground.sheet()
    content = fill(template_of(sheet), DATA, cells)
    assert problems(sheet, content) == found
    upload = actions.stage_workbook(sheet, source(content), by=cast.clerk)
    with pytest.raises(ValidationError):
        actions.accept_workbook(upload, by=cast.clerk)
    assert not Entry.objects.exists()


def _merged(parts) -> None:
    name = next(name for name in parts if name.endswith("sheet2.xml"))
    parts[name] = parts[name].replace(
        b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="D5:D6"/></mergeCells>'
    )


def _macro(parts) -> None:
    parts["xl/vbaProject.bin"] = b"x"


def _renamed(parts) -> None:
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(DATA.encode(), "我的表".encode())


def _keyless(parts) -> None:
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(KEY_SHEET.encode(), b"other")


def _old_format(parts) -> None:
    name = "xl/sharedStrings.xml"
    parts[name] = parts[name].replace(b"kanjian-sheet/1", b"kanjian-sheet/0")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_merged, "merged"),
        (_macro, "macros"),
        (_renamed, "no_sheet"),
        (_keyless, "not_template"),
        (_old_format, "other_format"),
    ],
)
def test_damaged_templates_are_refused(ground, change, code: str) -> None:
    sheet = ground.sheet()
    assert [found[0] for found in problems(sheet, edit(template_of(sheet), change))] == [code]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("表.csv", b"code,A1\n", "not_workbook"),
        ("表.xls", b"\xd0\xcf\x11\xe0", "not_workbook"),
        ("表.xlsm", b"", "macros"),
        ("表.xlsx", b"\xd0\xcf\x11\xe0 encrypted", "unreadable"),
        ("表.xlsx", b"", "unreadable"),
    ],
)
def test_other_files_are_refused(ground, name: str, content: bytes, code: str) -> None:
    assert [found[0] for found in problems(ground.sheet(), content, name)] == [code]


def test_another_workbook_is_no_template(ground) -> None:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("表").write_row(0, 0, ["indicator_code", "value"])
    assert [found[0] for found in problems(ground.sheet(), buffer.getvalue())] == ["not_template"]


def test_a_bomb_is_refused_before_it_is_unpacked(ground, monkeypatch) -> None:
    monkeypatch.setattr("kanjian.collecting.workbooks.reading.LARGEST", 3_000_000)

    def swell(parts) -> None:
        parts["xl/worksheets/huge.xml"] = b"0" * 4_000_000

    content = edit(template_of(ground.sheet()), swell)
    assert len(content) < 50_000
    assert [found[0] for found in problems(ground.sheet(), content)] == ["too_large"]
    # The archive's own word is not taken for it: the size in its directory says one byte.
    at = content.rindex(b"xl/worksheets/huge.xml") - 46
    lying = content[: at + 24] + (1).to_bytes(4, "little") + content[at + 28 :]
    with pytest.raises(TableError, match="too_large"):
        refuse_bombs(lying, 3_000_000)
    monkeypatch.setattr("kanjian.tables.workbook.refuse_bombs", lambda found: refuse_bombs(found, 1000))
    with pytest.raises(TableError, match="too_large"):
        read_table(Source("a.xlsx", content))


def test_templates_of_another_window_unit_or_state_are_told_apart(ground, draft, indicators) -> None:
    from tests.collecting.conftest import opened

    other = opened(draft("other"), indicators)
    sheet = ground.sheet()
    assert problems(sheet, template_of(other.sheet())) == [("other_window", "", 0, "")]
    assert problems(sheet, template_of(ground.sheet("C10102"))) == [("other_reporter", "", 0, "")]
    old = template_of(sheet)
    ground.indicators["A1"].maximum = 5.0
    ground.indicators["A1"].save()
    assert problems(ground.sheet(), old) == [("outdated", "", 0, "")]


def test_foreign_and_repeated_units_are_named_by_row(department_ground) -> None:
    sheet = department_ground.sheet("C-NY")
    content = fill(template_of(sheet), DATA, {"A5": "C2", "A7": "C10102", "C9": 5})
    assert problems(sheet, content) == [
        ("foreign_unit", DATA, 5, "A"),
        ("repeated", DATA, 7, "A"),
        ("blank_unit", DATA, 9, "A"),
    ]


def test_what_was_previewed_is_what_is_written(ground, cast) -> None:
    sheet = ground.sheet()
    upload = actions.stage_workbook(sheet, source(fill(template_of(sheet), DATA, {"D5": 9})), by=cast.clerk)
    actions.record_entries(sheet, [Cell(V, "A1", 5)], by=cast.colleague, origin=Entry.Origin.WEB)
    done = actions.accept_workbook(upload, by=cast.clerk)
    assert done.job.result["url"].endswith("?stale=1")
    assert said(sheet)[V, "A1"][0] == 5.0
    # The new preview says whose change it would undo; accepting it is then a decision.
    preview = SheetPreview.from_json(done.preview)
    assert (preview.changed, preview.overtaken, preview.differences[0]["by_other"]) == (1, 1, "代办员")
    assert actions.accept_workbook(done, by=cast.clerk).state == "accepted"
    assert said(sheet)[V, "A1"][0] == 9.0
    # A second worker that takes the same job finds it done.
    write_workbook(SILENT, done.pk)
    assert Entry.objects.count() == 1


def test_unusual_values_are_told_before_they_are_written(ground, cast) -> None:
    from kanjian.measures.models import Batch, Value

    batch = Batch.objects.create(source="往期")
    unit = ground.sheet().reporter
    for quarter, value in enumerate((10.0, 10.4, 10.8, 11.0, 11.3, 11.9, 12.2, 12.4)):
        period = f"{2024 + (quarter + 2) // 4}-Q{(quarter + 2) % 4 + 1}"
        Value.objects.create(unit=unit, indicator=ground.indicators["A1"], period=period, value=value, batch=batch)
    content = template_of(ground.sheet())
    preview, _cells = preview_workbook(ground.sheet(), source(fill(content, DATA, {"D5": 9000})), by=cast.clerk)
    assert preview.may_apply
    assert [(found["code"], found["row"], found["column"]) for found in preview.findings] == [
        ("unlike_history", 5, "D")
    ]
    noted = fill(content, DATA, {"D5": 9000, "F5": "拆迁补偿"})
    assert preview_workbook(ground.sheet(), source(noted), by=cast.clerk)[0].finding_count == 0


def test_a_closed_window_takes_no_workbook(ground, cast, close_window) -> None:
    content = template_of(ground.sheet())
    upload = actions.stage_workbook(ground.sheet(), source(fill(content, DATA, {"D5": 9})), by=cast.clerk)
    close_window(ground)
    with pytest.raises(CollectingError):
        actions.stage_workbook(ground.sheet(), source(content), by=cast.clerk)
    with pytest.raises(CollectingError):
        actions.accept_workbook(upload, by=cast.clerk)
    assert not Entry.objects.exists()


def test_every_problem_has_its_words() -> None:
    every = dict.fromkeys("value expected reason limit first".split(), "x")
    for code in TEXTS:
        problem = Problem(code, DATA, 3, "B", every)
        assert problem.message
        assert problem.remedy
    assert str(WorkbookError([Problem("macros", "表", 1, "A")])) == "表/1/A: 文件带有宏"


def test_the_pages_lead_from_the_template_to_the_entries(ground, cast, client_of) -> None:
    client, sheet = client_of(cast.clerk), ground.sheet()
    here = reverse("collecting:workbook", args=[sheet.pk])
    assert "下载模板" in client.get(here).content.decode()
    answer = client.get(reverse("collecting:workbook_template", args=[sheet.pk]))
    assert "attachment" in answer["Content-Disposition"]
    bad = fill(answer.content, DATA, {"D6": 400})
    page = client.post(here, {"file": SimpleUploadedFile("错.xlsx", bad)}, follow=True).content.decode()
    assert "高于上限 100" in page
    assert "确认写入" not in page
    good = fill(answer.content, DATA, {"D5": 12, "D6": 40})
    page = client.post(here, {"file": SimpleUploadedFile("对.xlsx", good)}, follow=True).content.decode()
    assert "确认写入" in page
    upload = Upload.objects.first()
    page = client.post(reverse("collecting:workbook_accept", args=[upload.pk]), follow=True).content.decode()
    assert "已写入填报单：新增 2" in page
    # Uploads of sheets are no imports of values.
    assert client.get(reverse("measures:upload", args=[upload.pk])).status_code == 404
    assert "对.xlsx" not in client.get(reverse("measures:import")).content.decode()


def test_a_cancelled_upload_writes_nothing(ground, cast, client_of) -> None:
    sheet = ground.sheet()
    upload = actions.stage_workbook(sheet, source(fill(template_of(sheet), DATA, {"D5": 9})), by=cast.clerk)
    page = client_of(cast.clerk).post(reverse("collecting:workbook_cancel", args=[upload.pk]), follow=True)
    assert "没有写入任何数据" in page.content.decode()
    assert not Entry.objects.exists()


def test_strangers_are_turned_away(ground, cast, client_of, xiaowang, ligong) -> None:
    sheet = ground.sheet()
    upload = actions.stage_workbook(sheet, source(fill(template_of(sheet), DATA, {"D5": 9})), by=cast.clerk)
    pages = {
        reverse("collecting:workbook", args=[sheet.pk]): "get",
        reverse("collecting:workbook_template", args=[sheet.pk]): "get",
        reverse("collecting:workbook_upload", args=[upload.pk]): "get",
        reverse("collecting:workbook_accept", args=[upload.pk]): "post",
        reverse("collecting:workbook_cancel", args=[upload.pk]): "post",
    }
    for number, (here, method) in enumerate(pages.items()):
        assert getattr(client_of(xiaowang), method)(here).status_code == 404, here
        assert getattr(client_of(None), method)(here).status_code == 302, here
        # Readers see that there is a sheet, but do not fill it in; another's upload is not theirs.
        assert getattr(client_of(ligong), method)(here).status_code == (403 if number < 2 else 404), here
        assert getattr(client_of(cast.colleague), method)(here).status_code == (200 if number < 2 else 404), here
    for person in (xiaowang, ligong, cast.township, cast.manager):
        with pytest.raises(PermissionDenied):
            actions.stage_workbook(sheet, source(b""), by=person)
    with pytest.raises(PermissionDenied):
        actions.accept_workbook(upload, by=cast.colleague)
    assert not Entry.objects.exists()


def test_reading_costs_no_more_queries_for_more_units(department_ground, django_assert_max_num_queries) -> None:
    sheet = department_ground.sheet("C-NY")
    content = source(template_of(sheet))
    with django_assert_max_num_queries(8):
        Workbook(content, sheet).read()
