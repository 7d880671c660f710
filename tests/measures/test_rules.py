"""Cross-field rules: define, change, retire, import from a file, try against a period; pages and strangers."""

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kanjian.ledger.models import Event
from kanjian.measures.actions import define_rule, import_rules, retire_rule
from kanjian.measures.intake import IntakeError, Source
from kanjian.measures.models import Rule
from kanjian.measures.selectors.rules import trial

pytestmark = pytest.mark.django_db
RULE = {
    "name": "收入不小于信访",
    "left": "A1",
    "operator": "greater_equal",
    "right": "A3 * 2",
    "instruction": "核对两项",
}
FILE = """编码,名称,左式,关系,右式,重要性,处理要求
r-1,收入不小于信访,A1,≥,A3,高,核对
r-2,分类率不过百,A2,<=,100,,核对
"""


def source(text: str) -> Source:
    return Source("rules.csv", text.encode())


def last_event() -> Event:
    return Event.objects.order_by("-sequence").first()


def text_of(response, status: int = 200) -> str:
    assert response.status_code == status, response.status_code
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())


def test_a_rule_is_defined_changed_and_retired(indicators, methodologist) -> None:
    rule = define_rule("r-1", by=methodologist, **RULE)
    assert (rule.importance, rule.created_by, rule.retired_at) == ("medium", methodologist, None)
    assert last_event().verb == "measures.define_rule"
    assert last_event().data["changes"]["left"] == [None, "A1"]
    events = Event.objects.count()
    define_rule("r-1", by=methodologist, **RULE)
    assert Event.objects.count() == events  # nothing changed, nothing happened
    define_rule("r-1", by=methodologist, importance="high")
    assert last_event().data["changes"] == {"importance": ["medium", "high"]}
    with pytest.raises(ValidationError, match="理由"):
        retire_rule(rule, reason=" ", by=methodologist)
    assert retire_rule(rule, reason="口径变化", by=methodologist).retired_at is not None
    assert (last_event().verb, last_event().data) == ("measures.retire_rule", {"reason": "口径变化"})
    with pytest.raises(ValidationError, match="已停用"):
        retire_rule(rule, reason="再停", by=methodologist)
    assert define_rule("r-1", by=methodologist).retired_at is None
    assert last_event().data["changes"] == {"retired": [True, False]}


def test_rules_are_the_methodologists_business(indicators, reviewer, village_clerk, county_administrator) -> None:
    rule = define_rule("r-1", by=None, **RULE)
    for stranger in (reviewer, village_clerk, county_administrator):
        with pytest.raises(PermissionDenied):
            define_rule("r-2", by=stranger, **RULE)
        with pytest.raises(PermissionDenied):
            retire_rule(rule, reason="不要", by=stranger)
        with pytest.raises(PermissionDenied):
            import_rules(source(FILE), by=stranger)
    assert Rule.objects.get().retired_at is None


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"left": "A1 +"}, "left", "没有写完"),
        ({"right": "Z9 / A1"}, "right", "没有指标：Z9"),
        ({"left": "A1@-1", "right": "3"}, "left", "本期"),
        ({"operator": "is"}, "operator", ""),
        ({"name": ""}, "name", ""),
        ({"unit_kind": "planet"}, "unit_kind", ""),
    ],
)
def test_a_wrong_rule_is_refused_at_its_column(indicators, change: dict, column: str, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        define_rule("r-1", by=None, **{**RULE, **change})
    assert words in " ".join(caught.value.message_dict[column])
    assert not Rule.objects.exists()
    with pytest.raises(TypeError, match="colour"):
        define_rule("r-1", by=None, **RULE, colour="red")


def test_rules_come_from_a_file_all_or_none(indicators) -> None:
    done = import_rules(source(FILE), by=None)
    assert (done.created, done.changed, done.unchanged) == (("r-1", "r-2"), (), ())
    assert list(Rule.objects.values_list("code", "operator", "importance")) == [
        ("r-1", "greater_equal", "high"),
        ("r-2", "less_equal", "medium"),
    ]
    done = import_rules(source(FILE.replace("A3", "A3 + 1")), by=None)
    assert (done.created, done.changed, done.unchanged) == ((), ("r-1",), ("r-2",))
    done = import_rules(source(FILE), by=None, only_missing=True)
    assert Rule.objects.get(code="r-1").right == "A3 + 1"
    events = Event.objects.count()
    broken = "r-3,新,A1,≥,0,中,核对\nr-4,坏,A1 +,≥,Z9,中,核对\nr-5,坏,A1,约等于,1,特急,\nr-5,又,A1,=,1,低,核对\n"
    with pytest.raises(IntakeError) as caught:
        import_rules(source(FILE + broken), by=None)
    assert [(p.row, p.column, p.code) for p in caught.value.findings.items] == [
        (6, "instruction", "blank_rule"),
        (6, "operator", "bad_operator"),
        (6, "importance", "bad_importance"),
        (7, "code", "repeated_rule"),
    ]
    with pytest.raises(IntakeError) as caught:
        import_rules(source(FILE + "".join(broken.splitlines(keepends=True)[:2])), by=None)
    assert [(p.row, p.column) for p in caught.value.findings.items] == [(5, "left"), (5, "right")]
    assert Rule.objects.count() == 2
    assert Event.objects.count() == events
    with pytest.raises(IntakeError) as caught:
        import_rules(source("编码,名称\nr-1,x\n"), by=None)
    assert {p.value for p in caught.value.findings.items} == {"left", "operator", "right", "instruction"}


def test_a_trial_counts_who_breaks_it(bring_in, ligong, village_clerk) -> None:
    bring_in("unit,A1,A3\nC10101,10,3\nC10102,5,3\nC10201,7,\n")
    rule = define_rule("r-1", by=None, **RULE)
    found = trial(rule, "2026-Q1", ligong)
    assert (found.units, found.kept, found.broken, found.not_applicable) == (3, 1, 1, 1)
    assert [(each.unit.code, each.left, each.right) for each in found.examples] == [("C10102", 5, 6)]
    own = trial(rule, "2026-Q1", village_clerk)
    assert (own.units, own.broken) == (1, 0)  # only what the reader may see
    assert trial(rule, "2030-Q1", ligong).units == 0
    rule.unit_kind = "township"
    assert trial(rule, "2026-Q1", ligong).units == 0


def test_the_pages_of_rules(bring_in, client_of, ligong, methodologist) -> None:
    bring_in("unit,A1,A3\nC10101,10,3\nC10102,5,3\n")
    client = client_of(methodologist)
    assert "还没有勾稽关系" in text_of(client.get(reverse("measures:rules")))
    page = client.post(reverse("measures:new_rule"), {"code": "r-1", **RULE, "left": "A1 +", "importance": "high"})
    assert "没有写完" in text_of(page, 422)
    answer = client.post(reverse("measures:new_rule"), {"code": "r-1", **RULE, "importance": "high"}, follow=True)
    page = text_of(answer)
    assert "勾稽关系已保存" in page
    assert "石桥村" in page
    assert "荷塘村" not in page
    again = client.post(reverse("measures:new_rule"), {"code": "r-1", **RULE, "importance": "high"})
    assert "已有这个编码" in text_of(again, 422)
    edit = reverse("measures:edit_rule", args=["r-1"])
    assert 'value="A3 * 2"' in client.get(edit).content.decode()
    changed = client.post(edit, {**RULE, "importance": "low", "right": "A3"}, follow=True)
    assert "没有单位违反" in text_of(changed)
    upload = client.post(
        reverse("measures:import_rules"), {"file": SimpleUploadedFile("r.csv", FILE.encode())}, follow=True
    )
    assert "新增 1 条，改动 1 条" in text_of(upload)
    bad = {"file": SimpleUploadedFile("r.csv", FILE.replace("A1", "Z9").encode())}
    assert "没有指标：Z9" in text_of(client.post(reverse("measures:import_rules"), bad), 422)
    assert client.post(reverse("measures:import_rules"), {"file": SimpleUploadedFile("r.txt", b"x")}).status_code == 422
    reader = client_of(ligong)
    assert "新增勾稽关系" not in text_of(reader.get(reverse("measures:rules")))
    assert "停用" not in text_of(reader.get(reverse("measures:rule", args=["r-1"])))
    retired = client.post(reverse("measures:retire_rule", args=["r-1"]), {"reason": "口径变化"}, follow=True)
    assert "已停用" in text_of(retired)
    assert "理由" in text_of(client.post(reverse("measures:retire_rule", args=["r-2"]), {"reason": ""}, follow=True))


def test_files_of_rules_are_taken_so_often_and_no_more(indicators, client_of, methodologist, one_upload) -> None:
    client, form = client_of(methodologist), reverse("measures:import_rules")
    assert client.post(form).status_code == 200  # nothing chosen
    assert client.post(form).status_code == 429


@pytest.mark.parametrize("name", ["rules", "rule", "new_rule", "edit_rule", "import_rules", "retire_rule"])
def test_strangers_see_no_rules(name: str, indicators, client_of, xiaowang, ligong) -> None:
    define_rule("r-1", by=None, **RULE)
    address = reverse(f"measures:{name}", args=["r-1"] if name in {"rule", "edit_rule", "retire_rule"} else [])
    ask = "post" if name == "retire_rule" else "get"
    assert getattr(client_of(None), ask)(address).status_code == 302
    assert getattr(client_of(xiaowang), ask)(address).status_code == 403
    assert getattr(client_of(ligong), ask)(address).status_code == (200 if name in {"rules", "rule"} else 403)
