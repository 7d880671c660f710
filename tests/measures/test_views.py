"""Every page: what it shows, and who is turned away."""

import io
import re
from collections.abc import Iterator

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kanjian.measures import policies, usage
from kanjian.measures.comparing import reference_for
from kanjian.measures.intake import Options, Source
from kanjian.measures.intake.checking import check
from kanjian.measures.models import Batch, Revision, Upload, Value

pytestmark = pytest.mark.django_db
Q1 = "unit,A1,A2,A3\nC10101,10,50,0\nC10102,20,不适用,\nC10201,30,未采集,3\n"
CELL = ("measures:cell", ("C10101", "A1", "2026-Q1"))


def address(name: str, *arguments: object) -> str:
    return reverse(name, args=arguments)


def text_of(response) -> str:
    assert response.status_code == 200, response.status_code
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())


def file(text: str = Q1, name: str = "一季度.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


@pytest.fixture
def uploaded(client_of, village_clerk, indicators, storage) -> Upload:
    """村文书's own file, checked and waiting."""
    data = {"file": file("unit,A1\nC10101,5\n", "村.csv"), "period": "2026-Q1"}
    client_of(village_clerk).post(address("measures:import"), data)
    return Upload.objects.get()


@pytest.fixture
def public_rule() -> Iterator[list[bool]]:
    """A rule as a board would register it; the list says what it answers."""
    answer = [False]

    def rule(unit, indicator, period) -> bool:
        return answer[0] and (unit.code, indicator.code, period) == ("C10101", "A1", "2026-Q1")

    policies.shows_publicly(rule)
    yield answer
    policies._public_rules.remove(rule)


def test_the_list_shows_coverage_of_the_period(bring_in, client_of, ligong) -> None:
    bring_in(Q1)
    bring_in("unit,A1\nC10101,11\n", period="2026-Q2")
    page = text_of(client_of(ligong).get(address("measures:index"), {"period": "2026-Q1"}))
    assert "3 项指标，2026年第一季度的覆盖情况" in page
    row = page[page.index("垃圾分类率") :]
    assert re.search(r"越高越好\s+农业农村局\s+1\s+1\s+1", row)
    assert "垃圾分类率" not in text_of(client_of(ligong).get(address("measures:index"), {"search": "A1"}))
    assert "2026年第二季度" in text_of(client_of(ligong).get(address("measures:index")))


def test_an_indicator_tells_what_it_is_and_who_uses_it(bring_in, client_of, ligong) -> None:
    bring_in(Q1)

    def finder(indicator, reader):
        return [usage.Usage(f"强村指数 uses {indicator.code}", "/boards/x/")]

    usage.finds_usages(finder)
    try:
        page = text_of(client_of(ligong).get(address("measures:indicator", "A2")))
    finally:
        usage._finders.remove(finder)
    assert "强村指数 uses A2" in page
    assert "0 … 100" in page
    assert "50.0%" in page


def test_a_cell_shows_value_source_line_and_past(bring_in, client_of, ligong, administrator) -> None:
    bring_in(Q1, name="一季度.csv")
    bring_in("unit,A1\nC10101,12\n", name="更正.csv")
    page = text_of(client_of(ligong).get(address(*[CELL[0], *CELL[1]])))
    assert "12" in page
    assert "万元" in page
    assert "更正.csv" in page
    assert "第 2 行，原样显示" in page
    assert "一季度.csv" in page[page.index("修订记录") :]
    assert address("measures:batch", Batch.objects.get(source="更正.csv").pk) not in page
    assert "批次" in text_of(client_of(administrator).get(address("measures:cell", "C10101", "A1", "2026-Q1")))


def test_a_cell_that_was_never_written_says_so(bring_in, client_of, ligong) -> None:
    bring_in(Q1)
    page = text_of(client_of(ligong).get(address("measures:cell", "C10102", "A3", "2026-Q1")))
    assert "未采集" in page
    not_applicable = text_of(client_of(ligong).get(address("measures:cell", "C10102", "A2", "2026-Q1")))
    assert "不适用" in not_applicable


def test_a_cell_costs_a_fixed_number_of_queries(bring_in, client_of, ligong, django_assert_max_num_queries) -> None:
    for quarter in range(1, 4):
        bring_in(Q1.replace("10,50", f"{quarter},50"), period=f"2026-Q{quarter}")
        bring_in(Q1.replace("10,50", f"{quarter + 9},50"), period=f"2026-Q{quarter}")
    client = client_of(ligong)
    with django_assert_max_num_queries(12):
        client.get(address("measures:cell", "C10101", "A1", "2026-Q1"))


@pytest.mark.parametrize("path", ["C99/A1/2026-Q1", "C10101/B9/2026-Q1", "C10101/A1/2026-Q9"])
def test_cells_that_cannot_be_are_not_found(bring_in, client_of, ligong, path: str) -> None:
    assert client_of(ligong).get(f"/measures/cells/{path}/").status_code == 404


def test_a_public_board_opens_its_cells_to_everyone_without_names(
    bring_in, client_of, xiaowang, public_rule, administrator, indicators
) -> None:
    batch = bring_in(Q1)
    Batch.objects.filter(pk=batch.pk).update(created_by=administrator)
    here = address("measures:cell", "C10101", "A1", "2026-Q1")
    assert client_of(xiaowang).get(here).status_code == 404
    assert client_of(None).get(here).status_code == 302
    public_rule[0] = True
    for person in (None, xiaowang):
        page = text_of(client_of(person).get(here))
        assert "values.csv" in page
        assert "管理员" not in page
        assert "原始行" not in page
        assert "各期数值" not in page
    assert client_of(xiaowang).get(address("measures:cell", "C10102", "A1", "2026-Q1")).status_code == 404


def test_a_batch_lists_its_rows_and_gives_the_file_back(bring_in, client_of, administrator) -> None:
    batch = bring_in(Q1)
    client = client_of(administrator)
    page = text_of(client.get(address("measures:batch", batch.pk)))
    assert "8 个" in page
    assert "荷塘村" in page
    answer = client.get(address("measures:batch_file", batch.pk))
    assert b"".join(answer.streaming_content) == Q1.encode()
    assert "attachment" in answer["Content-Disposition"]


def test_upload_preview_accept(client_of, administrator, indicators, storage) -> None:
    client = client_of(administrator)
    answer = client.post(address("measures:import"), {"file": file(), "period": "2026年一季度"}, follow=True)
    page = text_of(answer)
    assert re.search(r"新增\s+8", page)
    assert "确认导入" in page
    assert not Value.objects.exists()
    upload = Upload.objects.get()
    page = text_of(client.post(address("measures:accept", upload.pk), follow=True))
    assert "已导入：新增 8，改动 0" in page
    assert Value.objects.count() == 8
    upload.refresh_from_db()
    assert upload.state == Upload.State.ACCEPTED
    assert upload.batch == Batch.objects.get()
    # A second click on an old page writes nothing.
    client.post(address("measures:accept", upload.pk))
    assert Batch.objects.count() == 1


def test_a_wrong_file_shows_its_problems_and_cannot_be_accepted(client_of, administrator, indicators, storage) -> None:
    client = client_of(administrator)
    bad = Q1.replace("10,50", "很多,500")
    page = text_of(client.post(address("measures:import"), {"file": file(bad), "period": "2026-Q1"}, follow=True))
    assert "“很多”不是数字" in page
    assert "500 高于指标上限 100" in page
    assert "列出前 2 个，共 2 个" in page
    assert "确认导入" not in page
    client.post(address("measures:accept", Upload.objects.get().pk))
    assert not Value.objects.exists()


def test_problems_are_told_in_the_readers_language(client_of, administrator, indicators, storage) -> None:
    client = client_of(administrator)
    client.post(address("measures:import"), {"file": file(Q1.replace("10,", "x,")), "period": "2026-Q1"})
    here = address("measures:upload", Upload.objects.get().pk)
    assert "“x”不是数字" in text_of(client.get(here))
    page = text_of(client.get(here, headers={"accept-language": "en"}))
    assert "is not a number" in page


def test_values_that_changed_after_the_preview_are_shown_again(
    client_of, administrator, bring_in, indicators, storage
) -> None:
    bring_in(Q1)
    client = client_of(administrator)
    client.post(address("measures:import"), {"file": file(Q1.replace("10,", "11,")), "period": "2026-Q1"})
    bring_in("unit,A1\nC10101,99\n")
    page = text_of(client.post(address("measures:accept", Upload.objects.get().pk), follow=True))
    assert "数据已被他人修改" in page
    assert "99" in page
    assert Value.objects.get(unit__code="C10101", indicator__code="A1").value == 99.0
    text_of(client.post(address("measures:accept", Upload.objects.get().pk), follow=True))
    assert Value.objects.get(unit__code="C10101", indicator__code="A1").value == 11.0
    assert Revision.objects.count() == 2


def test_a_cancelled_upload_leaves_no_file(uploaded, client_of, village_clerk, storage) -> None:
    assert (storage / uploaded.file).exists()
    page = text_of(client_of(village_clerk).post(address("measures:cancel", uploaded.pk), follow=True))
    assert "没有写入任何数据" in page
    assert not (storage / uploaded.file).exists()
    client_of(village_clerk).post(address("measures:accept", uploaded.pk))
    assert not Value.objects.exists()


def test_a_file_that_a_batch_stands_on_is_kept(client_of, administrator, bring_in, indicators, storage) -> None:
    bring_in(Q1)
    client = client_of(administrator)
    client.post(address("measures:import"), {"file": file(Q1), "period": "2026-Q1"})
    client.post(address("measures:cancel", Upload.objects.get().pk))
    assert (storage / Batch.objects.get().file).exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"period": "2026-Q1"}, "必填"),
        ({"file": file(name="x.pdf"), "period": "2026-Q1"}, "请选择 XLSX、CSV 或 Parquet 文件"),
        ({"file": file(), "period": "某月"}, "不是周期"),
    ],
)
def test_wrong_forms_say_what_is_wrong(client_of, administrator, data, message: str) -> None:
    if "file" in data:
        data["file"].seek(0)
    page = client_of(administrator).post(address("measures:import"), data)
    assert message in text_of(page)
    assert not Upload.objects.exists()


def test_the_blank_form_comes_back_readable(client_of, village_clerk, indicators, storage) -> None:
    content = client_of(village_clerk).get(address("measures:template")).content
    checked = check(Source("form.xlsx", content), Options(period="2026-Q1"), reference_for(None))
    assert not checked.findings
    assert (checked.rows, checked.cells, checked.blank) == (1, 3, 3)
    frame = pl.read_excel(io.BytesIO(content), sheet_id=2, has_header=False)
    assert frame.row(2)[:2] == ("C10101", "荷塘村")


PAGES = {
    "measures:index": (),
    "measures:indicator": ("A1",),
    "measures:import": (),
    "measures:template": (),
}


@pytest.mark.parametrize("name", PAGES)
def test_strangers_are_turned_away(name: str, client_of, xiaowang, indicators) -> None:
    here = address(name, *PAGES[name])
    assert client_of(xiaowang).get(here).status_code == 403
    answer = client_of(None).get(here)
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("person", ["ligong", "reviewer", "methodologist"])
def test_who_enters_nothing_cannot_import(person: str, request, client_of, indicators) -> None:
    client = client_of(request.getfixturevalue(person))
    assert client.get(address("measures:import")).status_code == 403
    assert client.post(address("measures:import"), {"file": file(), "period": "2026-Q1"}).status_code == 403


def test_uploads_are_their_owners_business(uploaded, client_of, administrator, xiaowang) -> None:
    for name in ("measures:upload", "measures:accept", "measures:cancel"):
        here = address(name, uploaded.pk)
        method = "get" if name == "measures:upload" else "post"
        assert getattr(client_of(administrator), method)(here).status_code == 404
        assert getattr(client_of(xiaowang), method)(here).status_code == 403
        assert getattr(client_of(None), method)(here).status_code == 302
    uploaded.refresh_from_db()
    assert uploaded.state == Upload.State.STAGED


def test_batches_are_for_their_owner_and_readers_of_the_whole(
    uploaded, client_of, village_clerk, ligong, xiaowang, methodologist
) -> None:
    client_of(village_clerk).post(address("measures:accept", uploaded.pk))
    batch = Batch.objects.get()
    for name in ("measures:batch", "measures:batch_file"):
        here = address(name, batch.pk)
        assert client_of(village_clerk).get(here).status_code == 200
        assert client_of(methodologist).get(here).status_code == 200
        assert client_of(ligong).get(here).status_code == 403
        assert client_of(xiaowang).get(here).status_code == 403
        assert client_of(None).get(here).status_code == 302


def test_readers_see_cells_of_their_units_only(bring_in, client_of, village_clerk, ligong) -> None:
    bring_in(Q1)
    assert client_of(village_clerk).get(address("measures:cell", "C10101", "A1", "2026-Q1")).status_code == 200
    assert client_of(village_clerk).get(address("measures:cell", "C10102", "A1", "2026-Q1")).status_code == 404
    assert client_of(ligong).get(address("measures:cell", "C2", "A1", "2026-Q1")).status_code == 404
