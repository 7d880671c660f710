"""The linter of boards: lineage from the database, refusal, exceptions of two people, and their end."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from kanjian import health
from kanjian.boards.actions import add_scheme_version, create_board
from kanjian.boards.linting import lint, lint_version, require_clean, subject_of_board, subject_of_version
from kanjian.boards.states import BoardError
from kanjian.ledger.models import Event
from kanjian.measures.actions import ask_exception, decide_exception, revoke_exception
from kanjian.measures.models import Indicator, RedLineException
from kanjian.scoring import Scheme

CLEAN = """format: kanjian/scheme/1
code: s
version: "{version}"
tree:
  code: index
  children:
    - {{code: A, name: {name}, inputs: [K1], rule: {{method: direct}}}}
    - {{code: B, name: 收入, rule: {{method: direct}}}}
"""


def text(name: str = "数字乡村活力", version: str = "1") -> str:
    return CLEAN.format(name=name, version=version)


@pytest.fixture
def board(small_city):
    return create_board(
        code="villages", name="村榜", unit_kind="village", root=small_city.city, is_public=True, by=None
    )


@pytest.fixture
def log_ins(db) -> Indicator:
    return Indicator.objects.create(code="K1", name="平台登录次数", nature="system_use")


def asked(board, person, **given) -> RedLineException:
    particulars = {
        "code": "R01",
        "subject": subject_of_version(board, "1"),
        "document": "演示应急〔2026〕1号",
        "signer": "王某（虚构）",
        "reason": "防汛值守需要",
        "expires_on": timezone.localdate() + timedelta(days=30),
    }
    return ask_exception(**(particulars | given), by=person)


@pytest.fixture
def deputy(small_city):
    from tests.conftest import _holder

    return _holder("fuguanliyuan", "副管理员", "administrator", small_city.city)


def test_lineage_finds_what_the_leaf_does_not_say(board, log_ins) -> None:
    found = lint(board, Scheme.load(text()))
    assert [(each.finding.code, each.finding.item) for each in found.refusing] == [("R01", "A")]


def test_a_version_that_crosses_a_red_line_is_refused_and_leaves_nothing(board, log_ins, methodologist) -> None:
    events = Event.objects.count()
    with pytest.raises(BoardError) as caught:
        add_scheme_version(board, text(), by=methodologist, valid_from="2026-Q1")
    assert caught.value.code == "red_line"
    assert "K1" in str(caught.value)
    assert not board.versions.exists()
    assert Event.objects.count() == events


def test_an_exception_of_two_people_lets_it_pass_until_its_last_day(
    board, log_ins, methodologist, administrator
) -> None:
    exception = asked(board, methodologist)
    with pytest.raises(BoardError):
        add_scheme_version(board, text(), by=methodologist, valid_from="2026-Q1")
    decide_exception(exception, by=administrator, grant=True, decision="同意")
    version = add_scheme_version(board, text(), by=methodologist, valid_from="2026-Q1")
    (judged,) = [each for each in lint_version(version).judged if each.finding.code == "R01"]
    assert judged.exception == exception
    verbs = list(Event.objects.filter(subject="scheme:villages/1").values_list("verb", flat=True).order_by("sequence"))
    assert verbs == ["measures.ask_exception", "measures.grant_exception"]
    assert not health.run(["measures.red_lines"])

    RedLineException.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert lint_version(version).refusing
    with pytest.raises(BoardError):
        require_clean(board, Scheme.load(version.text))
    (problem,) = health.run(["measures.red_lines"])
    assert problem.severity is health.Severity.ERROR
    assert "例外已到期" in problem.remedy


def test_an_exception_for_the_board_covers_every_version_and_one_item_only_where_it_says_so(
    board, log_ins, methodologist, administrator
) -> None:
    exception = asked(board, methodologist, subject=subject_of_board(board), item="B")
    decide_exception(exception, by=administrator, grant=True)
    assert lint(board, Scheme.load(text(version="2"))).refusing
    whole = asked(board, methodologist, subject=subject_of_board(board))
    decide_exception(whole, by=administrator, grant=True)
    assert not lint(board, Scheme.load(text(version="2"))).refusing


def test_nobody_grants_the_own_request(board, administrator, deputy) -> None:
    exception = asked(board, administrator)
    with pytest.raises(PermissionDenied):
        decide_exception(exception, by=administrator, grant=True)
    assert decide_exception(exception, by=deputy, grant=True).state == "granted"


def test_the_database_itself_refuses_one_person_for_both(board, administrator) -> None:
    exception = asked(board, administrator)
    with pytest.raises(IntegrityError), transaction.atomic():
        RedLineException.objects.filter(pk=exception.pk).update(state="granted", decided_by=administrator)


def test_only_administrators_of_the_whole_decide(board, methodologist, county_administrator, village_clerk) -> None:
    exception = asked(board, methodologist)
    for person in (county_administrator, village_clerk):
        with pytest.raises(PermissionDenied):
            decide_exception(exception, by=person, grant=True)


def test_who_is_not_in_charge_does_not_ask(board, village_clerk, ligong) -> None:
    for person in (village_clerk, ligong):
        with pytest.raises(PermissionDenied):
            asked(board, person)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "R11"}, "code"),
        ({"code": "R99"}, "code"),
        ({"subject": "scheme:nowhere/1"}, "subject"),
        ({"subject": "planet:mars"}, "subject"),
        ({"document": " "}, "document"),
        ({"signer": ""}, "signer"),
        ({"reason": ""}, "reason"),
        ({"expires_on": timezone.localdate() - timedelta(days=1)}, "expires_on"),
        ({"expires_on": timezone.localdate() + timedelta(days=400)}, "expires_on"),
    ],
)
def test_a_request_without_its_particulars_is_refused(board, methodologist, given, field) -> None:
    with pytest.raises(ValidationError) as caught:
        asked(board, methodologist, **given)
    assert field in caught.value.message_dict
    assert not RedLineException.objects.exists()


def test_one_open_request_at_a_time_and_a_decided_one_stays_decided(board, methodologist, administrator) -> None:
    exception = asked(board, methodologist)
    with pytest.raises(ValidationError):
        asked(board, methodologist)
    decide_exception(exception, by=administrator, grant=False, decision="依据不足")
    with pytest.raises(ValidationError):
        decide_exception(exception, by=administrator, grant=True)
    assert asked(board, methodologist).pk != exception.pk


def test_a_revoked_exception_covers_nothing(board, log_ins, methodologist, administrator) -> None:
    exception = decide_exception(asked(board, methodologist), by=administrator, grant=True)
    with pytest.raises(ValidationError):
        revoke_exception(exception, by=administrator, decision="")
    revoke_exception(exception, by=administrator, decision="值守结束")
    assert lint(board, Scheme.load(text())).refusing


def test_petition_volume_has_no_exception(board, methodologist) -> None:
    with pytest.raises(BoardError):
        add_scheme_version(board, text(name="信访总量"), by=methodologist, valid_from="2026-Q1")


def test_a_public_board_of_persons_is_refused(small_city) -> None:
    board = create_board(
        code="p", name="干部积分排名", unit_kind="village", root=small_city.city, is_public=True, by=None
    )
    assert [each.finding.code for each in lint(board, Scheme.load(text())).refusing] == ["R07"]


def test_a_league_of_departments_says_who_judges_itself(small_city) -> None:
    board = create_board(code="d", name="部门榜", unit_kind="department", root=small_city.city, by=None)
    Indicator.objects.create(code="B", name="收入", nature="result", department=small_city.department)
    found = [each.finding for each in lint(board, Scheme.load(text())).judged if each.finding.code == "R09"]
    assert [(each.item, each.refuses) for each in found] == [("B", False)]


def test_the_method_page_prints_findings_and_exceptions_for_everybody(
    board, log_ins, methodologist, administrator, client_of
) -> None:
    decide_exception(asked(board, methodologist), by=administrator, grant=True)
    add_scheme_version(board, text(), by=methodologist, valid_from="2026-Q1")
    page = client_of(None).get("/boards/villages/method/").content.decode()
    for words in ("R01", "已批准例外", "演示应急〔2026〕1号", "王某（虚构）", "防汛值守需要"):
        assert words in page


def test_the_working_page_shows_the_red_line_and_offers_no_acceptance(board, log_ins, methodologist, client_of) -> None:
    client = client_of(methodologist)
    given = {"text": text(), "valid_from": "2026-Q1", "note": "试"}
    words = client.post(reverse("boards:manage_version", args=["villages"]), given).content.decode()
    assert "触碰红线" in words
    assert "确认新增" not in words
