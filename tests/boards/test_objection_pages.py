"""The pages of objections and staged sets: a clerk objects, a reviewer decides, two people apply; and strangers."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kanjian.boards.models import Edition, Objection, StagedSet
from kanjian.measures.models import Value

pytestmark = pytest.mark.django_db
PERIOD = "2025-Q4"
INSIDE = {"clerk", "township", "methodologist", "kezhang", "administrator", "fuhe"}


def address(name: str, *arguments: object) -> str:
    return reverse(f"boards:{name}", args=["villages", *arguments])


def text_of(response) -> str:
    assert response.status_code == 200, response.status_code
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())


@pytest.fixture
def people(office, xiaowang, ligong, client_of) -> dict[str, Client]:
    named = {name: getattr(office, name) for name in INSIDE} | {"xiaowang": xiaowang, "ligong": ligong}
    return {name: client_of(person) for name, person in named.items()} | {"anonymous": Client()}


def filed_through_the_page(clerk: Client) -> Objection:
    """What is missing or wrong is said in the form; then it is filed with its file."""
    page = address("object", PERIOD, "V004")
    assert "数值有误" in text_of(clerk.get(page))
    assert "下一步" in text_of(clerk.get(page + "?kind=value"))
    form = page + "?kind=value&node=B1"
    text_of(clerk.post(form, {"value_0": "250", "grounds": " "}))
    bad = SimpleUploadedFile("x.pdf", b"MZ not a pdf")
    assert "x.pdf" in text_of(clerk.post(form, {"value_0": "250", "grounds": "漏计", "evidence": [bad]}))
    assert not Objection.objects.exists()
    proof = SimpleUploadedFile("证明.pdf", b"%PDF-1.4 proof")
    answer = clerk.post(form, {"value_0": "250", "grounds": "漏计一笔", "evidence": [proof]})
    objection = Objection.objects.get()
    assert answer["Location"] == address("objection", objection.pk)
    assert "如果成立" in text_of(clerk.get(answer["Location"]))
    return objection


def upheld_through_the_page(objection: Objection, clerk: Client, reviewer: Client) -> None:
    def step(who: Client, verb: str, **given: object) -> str:
        who.post(address("objection_step", objection.pk, verb), given)
        objection.refresh_from_db()
        return objection.state

    assert step(reviewer, "accept") == "accepted"
    assert step(reviewer, "ask", text="请补合同") == "asked"
    step(clerk, "answer", text="合同见附件", evidence=[SimpleUploadedFile("合同.pdf", b"%PDF-1.4 x")])
    step(reviewer, "review", text="与合同一致")
    wrong = {"decision": "uphold", "reason": "no_proof", "answer": "成立"}
    assert step(reviewer, "decide", **wrong) == "reviewed"
    assert step(reviewer, "decide", **{**wrong, "reason": "value_wrong"}) == "upheld"
    assert objection.files.count() == 2


def applied_through_the_page(maker: Client, first: Client, second: Client) -> None:
    place = maker.post(address("staged_open", PERIOD))["Location"]
    staged = StagedSet.objects.get()
    assert "写指标" in text_of(maker.post(place + "add/", {"unit": "V006", "reason": "x"}))
    maker.post(place + "add/", {"unit": "V006", "indicator": "B3", "value": "0", "reason": "执法局更正"})
    maker.post(place + "compute/")
    page = text_of(first.get(place))
    assert "应用之后" in page
    assert "数据更正" in page
    first.post(place + "propose/")
    first.post(place + "apply/")
    staged.refresh_from_db()
    assert staged.state == "computed"  # one person alone applies nothing
    assert "确认应用" in text_of(second.get("/"))
    second.post(place + "apply/")
    staged.refresh_from_db()
    assert staged.state == "applied"


def test_an_objection_through_the_pages_from_the_phone_to_the_corrected_edition(shown, people, office) -> None:
    """Filed with a file, accepted, asked, answered, reviewed, upheld; computed, proposed, confirmed."""
    clerk = people["clerk"]
    assert "我有异议" in text_of(clerk.get(address("report", PERIOD, "V004")))
    assert "我有异议" not in text_of(people["kezhang"].get(address("report", PERIOD, "V004")))
    objection = filed_through_the_page(clerk)
    reviewer = next(people[name] for name in INSIDE if getattr(office, name) == objection.assignee)
    upheld_through_the_page(objection, clerk, reviewer)
    applied_through_the_page(people["methodologist"], people["kezhang"], people["administrator"])
    objection.refresh_from_db()
    assert objection.state == "applied"
    assert Value.objects.get(unit__code="V004", indicator__code="B1", period=PERIOD).value == 250.0
    first = people["kezhang"]
    assert "更正集" in text_of(first.get(address("evidence", PERIOD, "V004", "B1")))  # where the value came from
    story = text_of(first.get(address("manage_history")))
    for words in ("签署", "收到异议", "成立", "试算更正集", "应用更正集"):
        assert words in story, words


def test_evidence_is_taken_so_often_and_no_more(shown, people, one_upload) -> None:
    form = address("object", PERIOD, "V004") + "?kind=value&node=B1"
    assert people["clerk"].post(form, {"value_0": "250", "grounds": " "}).status_code == 200
    assert people["clerk"].post(form, {"value_0": "250", "grounds": "漏计"}).status_code == 429
    assert not Objection.objects.exists()


def test_who_may_open_what(filed, people, shown) -> None:
    """Before the decision an objection is as if it were not there for others; its file is for insiders alone."""
    file = filed.files.get()
    pages = {
        "objection": (address("objection", filed.pk), INSIDE),
        "objection_file": (address("objection_file", filed.pk, file.pk), INSIDE),
        "object": (address("object", PERIOD, "V004"), {"clerk", "township"}),
        "objections": (address("objections", PERIOD), {*people}),
    }
    for name, (page, allowed) in pages.items():
        for who, client in people.items():
            answer = client.get(page)
            assert (answer.status_code == 200) == (who in allowed), (name, who, answer.status_code)


def test_once_decided_the_public_reads_reason_and_answer_and_no_names(filed, people, office) -> None:
    from .objecting import decided

    decided(filed, "reject", "value_right")
    for who in ("anonymous", "xiaowang", "ligong"):
        for page in (address("objection", filed.pk), address("objections", PERIOD)):
            page_text = text_of(people[who].get(page))
            assert "经核实" in page_text
            assert "B1 收入" in " ".join(re.sub(r"<[^>]+>", " ", page_text).split())
            for secret in ("漏计一笔", "村文书四", str(filed.assignee), "证明.pdf", "查了原始凭证"):
                assert secret not in page_text, (who, secret)
        assert people[who].get(address("objection_file", filed.pk, filed.files.get().pk)).status_code != 200


def test_nobody_else_takes_a_step(filed, people, office) -> None:
    reviewer = next(name for name in INSIDE if getattr(office, name) == filed.assignee)
    for who, client in people.items():
        if who != reviewer:
            assert client.post(address("objection_step", filed.pk, "accept"), {}).status_code in {302, 403, 404}
    filed.refresh_from_db()
    assert filed.state == "filed"
    assert people[reviewer].get(address("objection_step", filed.pk, "accept")).status_code == 405
    assert people[reviewer].post(address("objection_step", filed.pk, "burn"), {}).status_code == 404


def test_staged_sets_are_for_those_who_work_on_the_board(published, villages, people) -> None:
    from kanjian.boards.actions.staging import open_staged

    published(PERIOD)
    staged = open_staged(villages.board, PERIOD, by=None)
    workers = {"methodologist", "kezhang", "administrator", "fuhe"}
    for who, client in people.items():
        assert (client.get(address("staged", staged.pk)).status_code == 200) == (who in workers), who
        if who not in workers:
            client.post(address("staged_step", staged.pk, "cancel"), {"reason": "x"})
    staged.refresh_from_db()
    assert staged.state == "open"


def test_the_review_page_puts_the_largest_surprise_first_and_says_why(published, computed, people) -> None:
    published("2025-Q3")
    draft = computed(PERIOD)
    page = people["kezhang"].get(address("manage_edition", draft.pk))
    rows = page.context["difference"].rows
    surprises = [row.surprise for row in rows if row.surprise is not None]
    assert surprises == sorted(surprises, reverse=True)
    moved = next(row for row in rows if row.places)
    assert sum(cause.points for cause in moved.causes) == pytest.approx(moved.places)
    assert [named.code for named in page.context["difference"].vetoed] == ["V003"]
    assert "审核签署" in text_of(page)
    people["kezhang"].post(address("manage_sign_off", draft.pk), {"note": "看过"})
    assert "开始公示" in text_of(people["kezhang"].get(address("manage_edition", draft.pk)))


def test_the_window_of_a_new_method_takes_objections_though_another_edition_stands(published, villages, people, office):
    from tests.boards.conftest import scheme_text

    from kanjian.boards.actions import add_scheme_version, compute_edition, open_objection

    standing = published(PERIOD)
    version = add_scheme_version(villages.board, scheme_text("2025.2", 55), valid_from=PERIOD, by=None)
    fresh = open_objection(compute_edition(version, standing.release, by=None), by=None, days=3)
    assert "我有异议" in text_of(people["clerk"].get(address("report", PERIOD, "V004")))
    form = address("object", PERIOD, "V004") + "?kind=method"
    people["clerk"].post(form, {"grounds": "权重偏高"})
    assert Objection.objects.get().edition == fresh
    assert Edition.objects.get(pk=standing.pk).state == "published"
