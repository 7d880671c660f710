"""Systems of record: one datum has one source, and each source has its own way in."""

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from kanjian import health
from kanjian.ledger.models import Event
from kanjian.measures import derived
from kanjian.measures.actions import compute_indicators, define_indicator, import_values, register_indicators
from kanjian.measures.blank_forms import blank_form
from kanjian.measures.definitions import read_definitions
from kanjian.measures.intake import IntakeError, Options, Source, read_table
from kanjian.measures.intake.systems import is_release_note
from kanjian.measures.models import Batch, Indicator, Revision, Value

pytestmark = pytest.mark.django_db
Q1 = Options(period="2026-Q1")


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def doubling(indicators, storage):
    """A computation: twice what A1 says; its answer can be changed."""
    factor = [2.0]

    def double(units, period, of):
        cells = Value.objects.filter(unit__in=units, indicator__code=of or "A1", period=period)
        rows = [(code, value * factor[0]) for code, value in cells.values_list("unit__code", "value")]
        frame = pl.DataFrame(rows, schema={"unit": pl.String, "value": pl.Float64}, orient="row")
        said = {"status": "present", "note": "", "basis": f"{of} {period}"}
        return frame.with_columns(pl.lit(text).alias(name) for name, text in said.items())

    derived.register("tests.double", double, "两倍", lambda unit, period, _of, _reader: [
        derived.Basis(f"{unit.name} {period} A1", "/measures/")
    ])  # fmt: skip
    yield factor
    derived._computations.pop("tests.double")


@pytest.fixture
def computed(doubling) -> Indicator:
    return define_indicator(
        "D1", by=None, name="两倍收入", source="computed", derived_by="tests.double:A1", maximum=50.0
    )


def refused(text: str, options: Options = Q1, by=None) -> list[tuple[str, int, str]]:
    with pytest.raises(IntakeError) as caught:
        import_values(Source("a.csv", text.encode()), options, by=by)
    assert not Batch.objects.exists()
    items = caught.value.findings.items
    assert all(item.message and item.remedy for item in items)
    return [(item.code, item.row, item.column) for item in items]


def test_what_belongs_to_another_system_is_cleared_or_refused(small_city) -> None:
    define_indicator("A1", by=None, name="x", source="entered", reporter_kind="village")
    with pytest.raises(ValidationError, match="没有这一项"):
        define_indicator("A1", by=None, release_note="年鉴")
    define_indicator("A1", by=None, source="reference", release_note="统计年鉴，2026-03")
    indicator = Indicator.objects.get()
    assert (indicator.reporter_kind, indicator.release_note) == ("", "统计年鉴，2026-03")
    assert Event.objects.last().data["changes"]["reporter_kind"] == ["village", ""]


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ({"source": "entered"}, "由哪一级填报"),
        ({"source": "computed"}, "选定一种计算：.*boards.rank_gain"),
        ({"source": "computed", "derived_by": "rooms.nothing"}, "选定一种计算"),
        ({"source": "nothing"}, "nothing"),
    ],
)
def test_a_system_that_says_too_little_is_refused(small_city, definition, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        define_indicator("A1", by=None, name="x", **definition)


def test_definitions_in_a_file_may_name_the_system(small_city) -> None:
    text = "编码,名称,来源方式,填报层级,发布说明,语义编码\n"
    text += "A1,户数,填报,村,,households\nA2,收入,统计引用,,年鉴,\nA3,件数,,,,\n"
    found = read_definitions(Source("a.csv", text.encode()))
    register_indicators(found, by=None)
    assert list(Indicator.objects.values_list("code", "source", "reporter_kind", "release_note", "semantic_code")) == [
        ("A1", "entered", "village", "", "households"),
        ("A2", "reference", "", "年鉴", ""),
        ("A3", "imported", "", "", ""),
    ]
    # A table without these columns leaves what is registered.
    register_indicators(read_definitions(Source("b.csv", "编码,名称\nA1,户数（户）\n".encode())), by=None)
    assert Indicator.objects.get(code="A1").reporter_kind == "village"
    with pytest.raises(IntakeError) as caught:
        read_definitions(Source("c.csv", "编码,名称,来源方式,填报层级\nA1,户数,猜测,银河\n".encode()))
    assert [(item.code, item.row) for item in caught.value.findings.items] == [("bad_system", 2), ("bad_kind", 2)]


def test_a_computed_indicator_cannot_be_imported(computed) -> None:
    assert refused("unit,A1,D1\nC10101,1,2\nC10102,1,3\n") == [("computed_indicator", 2, "D1")]
    assert refused("unit,indicator,value,period\nC10101,A1,1,2026-Q1\nC10102,D1,3,2026-Q1\n", Options()) == [
        ("computed_indicator", 3, "value")
    ]
    # An empty column of a form says nothing and disturbs nobody.
    import_values(Source("a.csv", b"unit,A1,D1\nC10101,1,\n"), Q1, by=None)


@pytest.mark.parametrize(
    ("note", "is_one"),
    [
        ("统计公报，2026-03-20", True),
        ("Statistical communiqué, March 2026年", True),
        ("年鉴 2025年", True),
        ("公报 2026-Q1", True),
        ("2026-03-20", False),
        ("统计公报", False),
        ("", False),
    ],
)
def test_a_release_note_names_publication_and_date(note: str, is_one: bool) -> None:
    assert is_release_note(note) is is_one


def test_official_statistics_need_their_release(indicators, storage, client_of, administrator) -> None:
    define_indicator("A3", by=None, source="reference")
    text = "unit,A3\nC10101,4\n"
    assert refused(text) == [("no_release_note", 2, "A3")]
    assert refused(text, Options(period="2026-Q1", note="给领导的表")) == [("no_release_note", 2, "A3")]
    client = client_of(administrator)
    data = {"file": _file(text), "period": "2026-Q1", "note": "统计公报，2026-04-18"}
    answer = client.post(reverse("measures:import"), data, follow=True)
    client.post(answer.redirect_chain[-1][0] + "accept/")
    assert Batch.objects.get().note == "统计公报，2026-04-18"
    page = text_of(client.get(reverse("measures:cell", args=["C10101", "A3", "2026-Q1"])))
    assert "官方统计" in page
    assert "统计公报，2026-04-18" in page


def _file(text: str):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("a.csv", text.encode())


def test_entered_values_come_by_file_only_from_the_whole_with_a_reason(
    indicators, storage, administrator, county_administrator, village_clerk
) -> None:
    define_indicator("A1", by=None, source="entered", reporter_kind="village")
    text, reason = "unit,A1\nC10101,4\n", Options(period="2026-Q1", note="系统停机，按纸质表补录")
    for person in (county_administrator, village_clerk):
        assert refused(text, reason, person) == [("entered_indicator", 2, "A1")]
    assert refused(text, Q1, administrator) == [("no_reason", 2, "A1")]
    assert import_values(Source("a.csv", text.encode()), reason, by=administrator).batch.note == reason.note


def test_the_empty_form_has_no_column_that_would_be_refused(computed, village_clerk, administrator) -> None:
    define_indicator("A1", by=None, source="entered", reporter_kind="village")

    def headings(person) -> set[str]:
        return set(read_table(Source("f.xlsx", blank_form(person)), Options()).frame.columns)

    assert {"A2", "A3"} <= headings(village_clerk)
    assert not {"A1", "D1"} & headings(village_clerk)
    assert "A1" in headings(administrator)
    assert "D1" not in headings(administrator)


def test_computed_values_are_written_as_every_value_is(computed, doubling, bring_in, methodologist) -> None:
    bring_in("unit,A1\nC10101,10\nC10102,20\n")
    done = compute_indicators("2026年一季度", by=methodologist)
    assert (done.preview.new, done.batch.source, done.batch.created_by) == (
        2,
        "computed-2026-Q1.parquet",
        methodologist,
    )
    assert Value.objects.get(unit__code="C10102", indicator=computed).value == 40.0
    assert Event.objects.last().verb == "measures.compute_indicators"
    again = compute_indicators("2026-Q1", by=None)
    assert (again.batch, again.preview.unchanged) == (None, 2)
    bring_in("unit,A1\nC10102,21\n", name="更正.csv")
    third = compute_indicators("2026-Q1", by=None, only=["D1"])
    assert (third.batch.new, third.batch.changed) == (0, 1)
    assert Revision.objects.get(indicator=computed).value == 40.0


def test_a_computation_that_goes_wrong_writes_nothing(computed, doubling, bring_in) -> None:
    bring_in("unit,A1\nC10101,10\nC10102,20\n")
    doubling[0] = 3.0  # 60 is above the indicator's maximum
    with pytest.raises(IntakeError, match="高于指标上限"):
        compute_indicators("2026-Q1", by=None)
    for wrong in ({"period": "某期"}, {"period": "2026-Q1", "only": ["A1"]}, {"period": "2025-Q1"}):
        with pytest.raises(ValidationError):
            compute_indicators(**wrong, by=None)
    Indicator.objects.filter(code="D1").update(derived_by="rooms.gone")
    with pytest.raises(ValidationError, match=r"D1 两倍收入: rooms\.gone"):
        compute_indicators("2026-Q1", by=None)
    assert [problem.code for problem in health.run(["measures.computations"])] == ["measures.computations"]
    assert not Value.objects.filter(indicator=computed).exists()


def test_the_evidence_of_a_computed_cell_says_what_it_stands_on(computed, bring_in, client_of, ligong) -> None:
    bring_in("unit,A1\nC10101,10\n")
    compute_indicators("2026-Q1", by=None)
    page = text_of(client_of(ligong).get(reverse("measures:cell", args=["C10101", "D1", "2026-Q1"])))
    assert "两倍" in page
    assert '<a href="/measures/">荷塘村 2026-Q1 A1</a>' in page
    assert "tests.double:A1" in page  # the line of the file that is kept
    assert "计算依据" not in text_of(client_of(ligong).get(reverse("measures:cell", args=["C10101", "A1", "2026-Q1"])))


def test_the_same_datum_twice_is_reported(indicators, client_of, methodologist) -> None:
    define_indicator("A1", by=None, semantic_code="income")
    assert health.run(["measures.duplicates"]) == []
    data = {"source": "imported", "semantic_code": "income"}
    page = text_of(client_of(methodologist).post(reverse("measures:system", args=["A2"]), data, follow=True))
    assert "同一语义编码已用于：A1 集体经济收入" in page
    assert Event.objects.last().data["same_datum"] == ["A1"]
    (problem,) = health.run(["measures.duplicates"])
    assert "A1 集体经济收入、A2 垃圾分类率" in problem.message


def test_the_system_is_set_on_the_indicators_page(indicators, client_of, methodologist) -> None:
    client = client_of(methodologist)
    here = reverse("measures:system", args=["A1"])
    assert "boards.rank_gain" in text_of(client.get(here))
    page = text_of(client.post(here, {"source": "entered", "reporter_kind": ""}))
    assert "填报的指标要说明由哪一级填报" in page
    page = text_of(client.post(here, {"source": "entered", "reporter_kind": "village"}, follow=True))
    assert "填报（村）" in page


def test_a_computed_indicator_is_computed_from_its_page(computed, bring_in, client_of, methodologist) -> None:
    bring_in("unit,A1\nC10101,10\n")
    client = client_of(methodologist)
    page = text_of(client.get(reverse("measures:indicator", args=["D1"])))
    assert "重新计算" in page
    here = reverse("measures:compute", args=["D1"])
    page = text_of(client.post(here, {"period": "2026-Q1"}, follow=True))
    assert Value.objects.get(indicator=computed).value == 20.0
    page = text_of(client.post(here, {"period": "某期"}, follow=True))
    assert "不是周期" in page


@pytest.mark.parametrize("person", ["xiaowang", "ligong", "village_clerk", "reviewer", "county_administrator"])
def test_strangers_neither_set_systems_nor_compute(request, computed, client_of, person: str) -> None:
    somebody = request.getfixturevalue(person)
    client = client_of(somebody)
    assert client.get(reverse("measures:system", args=["A1"])).status_code == 403
    assert client.post(reverse("measures:system", args=["A1"]), {"source": "reference"}).status_code == 403
    assert client.post(reverse("measures:compute", args=["D1"]), {"period": "2026-Q1"}).status_code == 403
    assert client_of(None).get(reverse("measures:system", args=["A1"])).status_code == 302
    with pytest.raises(PermissionDenied):
        compute_indicators("2026-Q1", by=somebody)
    assert Indicator.objects.get(code="A1").source == "imported"
