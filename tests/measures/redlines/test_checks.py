"""Each red line with the facts that cross it and the facts that do not."""

from datetime import date

import pytest

from kanjian.measures import redlines
from kanjian.measures.redlines import RED_LINES, Datum, Held, Severity, Words, scheme_findings
from kanjian.scoring import Scheme

PHOTO, RATE = Datum("P", "走访照片", nature="coverage"), Datum("R", "办结率", nature="timeliness")
LATER = date(2027, 1, 1)


def codes(findings) -> list[tuple[str, str]]:
    return [(each.code, each.item) for each in findings]


def test_every_red_line_says_what_why_how_and_by_which_rule_in_both_languages() -> None:
    assert list(RED_LINES) == [f"R{number:02d}" for number in range(1, 15)]
    for line in RED_LINES.values():
        for text in (line.title, line.why, line.remedy, line.source):
            assert text.zh
            assert text.en
            assert not any("\u4e00" <= sign <= "\u9fff" for sign in text.en)


def test_rules_that_never_bend_know_no_exception() -> None:
    without = {line.code for line in RED_LINES.values() if not line.may_be_excepted}
    assert without == {"R07", "R08", "R09", "R10", "R11", "R13"}


@pytest.mark.parametrize(
    ("datum", "compulsory", "kind", "need", "ends", "found"),
    [
        (PHOTO, True, "village", "", None, True),
        (PHOTO, True, "village", "安全巡查留底", None, True),
        (PHOTO, True, "village", "", LATER, True),
        (PHOTO, True, "village", "安全巡查留底", LATER, False),
        (PHOTO, False, "village", "", None, False),
        (PHOTO, True, "department", "", None, False),
        (RATE, True, "village", "", None, False),
    ],
)
def test_compulsory_photos_need_a_reason_and_an_end(datum, compulsory, kind, need, ends, found) -> None:
    findings = redlines.captured(datum, compulsory=compulsory, reporter_kind=kind, need=need, ends_on=ends)
    assert codes(findings) == ([("R03", "P")] if found else [])


def test_evidence_beside_every_value_needs_a_reason_and_an_end() -> None:
    (found,) = redlines.evidenced(RATE, reporter_kind="village", need="", ends_on=None)
    assert "未说明必要性、没有截止日" in found.detail.zh
    assert not found.refuses
    assert not list(redlines.evidenced(RATE, reporter_kind="village", need="审计要求", ends_on=LATER))
    assert not list(redlines.evidenced(RATE, reporter_kind="department", need="", ends_on=None))


def test_a_datum_already_held_is_named_with_its_place() -> None:
    held = [Held("B1", "经营性收入", Words("系统导入", "imported"))]
    (found,) = redlines.repeated(Datum("X1", "村集体收入", semantic_code="income"), held)
    assert found.code == "R04"
    assert "B1 经营性收入" in found.detail.zh
    assert not list(redlines.repeated(RATE, []))


@pytest.mark.parametrize(("hours", "ceiling", "found"), [(12.0, 12.0, 0), (12.1, 12.0, 1), (99.0, None, 0)])
def test_the_ceiling_itself_is_allowed(hours, ceiling, found) -> None:
    assert len(list(redlines.over_ceiling("village", hours, ceiling, year=2026))) == found


@pytest.mark.parametrize(
    ("basis", "document", "severity"),
    [("", "", Severity.ERROR), ("", "V@note", Severity.WARNING), ("某条例第3条", "", None)],
)
def test_a_veto_cites_the_rule(basis, document, severity) -> None:
    assert [each.severity for each in redlines.vetoed("V", "事故", basis=basis, document=document)] == (
        [severity] if severity else []
    )


def test_persons_are_not_ranked_in_public() -> None:
    assert codes(redlines.personal("cadres", "干部积分排名", public=True)) == [("R07", "cadres")]
    assert not list(redlines.personal("cadres", "干部积分排名", public=False))
    assert not list(redlines.personal("villages", "村榜", "Villages", public=True))


def test_what_a_published_edition_needs() -> None:
    whole = {"method": "2026.1", "as_of": LATER, "has_intervals": True, "had_window": True}
    assert not list(redlines.published("e", "e", **whole))
    for name, code in (("method", "R08"), ("as_of", "R08"), ("has_intervals", "R08"), ("had_window", "R10")):
        assert codes(redlines.published("e", "e", **{**whole, name: None})) == [(code, "e")]


def test_nobody_confirms_alone() -> None:
    assert codes(redlines.self_confirmed("c", "c", reporter_kind="township", chain=["township"])) == [("R09", "c")]
    assert codes(redlines.self_confirmed("c", "c", reporter_kind="village", chain=[])) == [("R09", "c")]
    assert not list(redlines.self_confirmed("c", "c", reporter_kind="village", chain=["township", "office"]))
    (found,) = redlines.self_judged(RATE, answers="农业农村局", answers_is_ranked=True)
    assert (found.code, found.refuses) == ("R09", False)


def test_a_collection_needs_its_ground() -> None:
    assert not list(redlines.grounded("c", "c", document="演示1号", plan_year=2026, ends_on=LATER))
    (found,) = redlines.grounded("c", "c", document=" ", plan_year=None, ends_on=None)
    assert found.detail.zh == "缺少批准文号、计划年度、截止日"


def scheme(*leaves: str, vetoes: str = "[]") -> Scheme:
    rows = "\n".join(f"    - {leaf}" for leaf in leaves)
    head = 'format: kanjian/scheme/1\ncode: s\nversion: "1"\ntree:\n  code: index'
    return Scheme.load(f"{head}\n  vetoes: {vetoes}\n  children:\n{rows}\n")


def test_a_leaf_without_weight_is_shown_and_not_refused() -> None:
    method = scheme(
        "{code: A, name: APP登录次数, weight: 0, rule: {method: direct}}",
        "{code: B, name: 收入, rule: {method: direct}}",
    )
    assert scheme_findings(method) == []


def test_nothing_below_a_branch_without_weight_is_scored() -> None:
    method = scheme(
        "{code: S, weight: 0, children: [{code: A, name: APP登录次数, rule: {method: direct}}]}",
        "{code: B, name: 收入, rule: {method: direct}}",
    )
    assert scheme_findings(method) == []


def test_a_bonus_for_media_is_scored() -> None:
    method = scheme(
        "{code: A, name: 收入, rule: {method: direct}}",
        "{code: F, name: 媒体报道加分, rule: {method: bonus, at_most: 3}}",
    )
    assert codes(scheme_findings(method)) == [("R02", "F")]


def test_a_harmless_leaf_does_not_hide_what_it_reads() -> None:
    method = scheme("{code: A, name: 数字乡村活力, inputs: [K7], rule: {method: direct}}")
    assert scheme_findings(method) == []
    (found,) = scheme_findings(method, {"K7": Datum("K7", "平台登录次数", nature="result")})
    assert (found.code, found.item) == ("R01", "A")
    assert "K7" in found.detail.zh


def test_a_denominator_and_a_computation_belong_to_the_lineage() -> None:
    method = scheme("{code: A, name: 活力, denominator: {input: K8}, rule: {method: direct}}")
    assert codes(scheme_findings(method, {"K8": Datum("K8", "点赞数", nature="result")})) == [("R01", "A")]
    computed = {"A": Datum("A", "活力", nature="result", derived_by="portal.page_views")}
    assert codes(scheme_findings(method, computed)) == [("R01", "A")]


def test_a_veto_on_petitions_is_petitions_scored() -> None:
    veto = "[{code: V, name: 越级上访人次, input: V1, basis: 某规定, effect: {cap: 59}}]"
    assert codes(scheme_findings(scheme("{code: A, name: 收入, rule: {method: direct}}", vetoes=veto))) == [
        ("R11", "V")
    ]


def test_one_datum_under_two_leaves_counts_twice() -> None:
    method = scheme("{code: A, name: 收入, rule: {method: direct}}", "{code: B, name: 营收, rule: {method: direct}}")
    data = {code: Datum(code, code, nature="result", semantic_code="income") for code in "AB"}
    (found,) = scheme_findings(method, data)
    assert (found.code, found.item, found.refuses) == ("R04", "B", False)


def test_the_sample_method_crosses_no_red_line() -> None:
    from kanjian.demo import schemes

    found = [
        each for version in (schemes.FIRST, schemes.NEXT) for each in scheme_findings(schemes.strong_village(version))
    ]
    assert {each.code for each in found} <= {"R06"}
    assert not any(each.refuses for each in found)


def test_every_indicator_of_the_sample_city_has_a_nature_and_the_verdict_that_is_documented() -> None:
    from kanjian.demo import places, schemes
    from kanjian.demo.values import catalogue

    natures = {row["indicator"]: row["nature"] for row in places.rows("natures.csv")}
    data = {
        row["code"]: Datum(row["code"], row["name"], row["name_en"], row["description"], natures.get(row["code"], ""))
        for row in catalogue()
    }
    found = scheme_findings(schemes.strong_village(schemes.FIRST), data)
    assert {each.item for each in found if each.code == "R12"} == {"A3", "A5", "D2", "D6", "F2"}
    assert {each.code for each in found} == {"R06", "R12"}
