"""The quality run: flags once, closed when the cause is gone, answered by somebody else; no value is ever changed."""

import re
import sys
from datetime import timedelta

import numpy as np
import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from kanjian import health
from kanjian.jobs.models import Job
from kanjian.ledger.models import Event
from kanjian.measures import policies
from kanjian.measures.actions import define_rule, import_values, retire_rule, review_flag, run_quality, start_quality
from kanjian.measures.intake import Options, Source
from kanjian.measures.models import Batch, Flag, QualityRun, Revision, Value
from kanjian.measures.quality import Threshold, check_all, gather
from kanjian.measures.selectors import flags as reads
from kanjian.orgs.models import Post, Unit, User
from kanjian.portal.selectors.to_dos import to_dos

pytestmark = pytest.mark.django_db
QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1")
NOW = QUARTERS[-1]
SLIP = "C10101"  # 荷塘村 loses a decimal point


def table(quarter: int, *, slip: bool) -> str:
    """A1 of the three villages of the small city and 20 more of 松镇, growing by little."""
    rng = np.random.default_rng(quarter)
    codes = ["C10101", "C10102", "C10201", *(f"C102{n}" for n in range(10, 30))]
    lines = [f"{code},{100 + n + quarter + rng.integers(0, 10) / 10:.1f}" for n, code in enumerate(codes)]
    if slip:
        lines[0] = f"{SLIP},1043"
    return "unit,A1\n" + "\n".join(lines) + "\n"


@pytest.fixture
def villages(small_city, bring_in) -> None:
    for n in range(10, 30):
        Unit.objects.create(code=f"C102{n}", name=f"村{n}", kind="village", parent=small_city.other_township)
    for place, quarter in enumerate(QUARTERS):
        bring_in(table(place, slip=quarter == NOW), quarter)


@pytest.fixture
def flag(villages, small_city) -> Flag:
    run_quality(small_city.city, NOW, by=None)
    return Flag.objects.get()


def values_now() -> list[tuple]:
    return list(Value.objects.order_by("pk").values_list("pk", "value", "status", "note", "batch"))


def counts() -> tuple[int, int, int]:
    return Value.objects.count(), Revision.objects.count(), Batch.objects.count()


def last_event() -> Event:
    return Event.objects.order_by("-sequence").first()


def text_of(response, status: int = 200) -> str:
    assert response.status_code == status, response.status_code
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())


def mend(value: float = 104.0, by: User | None = None) -> None:
    import_values(Source("mended.csv", f"unit,A1\n{SLIP},{value}\n".encode()), Options(period=NOW), by=by)


def test_a_run_asks_and_changes_no_value(villages, small_city, methodologist) -> None:
    before, rows = values_now(), counts()
    made = run_quality(small_city.city, NOW, by=methodologist)
    assert values_now() == before
    assert counts() == rows
    assert (made.cells, made.found, made.new, made.closed) == (23, 1, 1, 0)
    flag = Flag.objects.get()
    assert (flag.kind, flag.unit.code, flag.indicator.code, flag.period) == ("outlier", SLIP, "A1", NOW)
    assert flag.numbers["value"] == 1043
    assert flag.strength > 8
    event = last_event()
    assert (event.verb, event.actor) == ("measures.run_quality", "fangfayuan")
    assert event.data["new"] == [f"outlier:{NOW}:{SLIP}:A1"]


def test_a_second_run_makes_no_second_flag(flag, small_city) -> None:
    made = run_quality(small_city.city, NOW, by=None)
    assert (made.found, made.new, made.closed) == (1, 0, 0)
    again = Flag.objects.get()
    assert (again.pk, again.first_run_id != made.pk, again.last_run) == (flag.pk, True, made)


def test_a_run_that_is_cut_off_leaves_nothing(villages, small_city, monkeypatch) -> None:
    module = sys.modules["kanjian.measures.actions.run_quality"]

    def pulled(*_words, **_more) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(module, "append_event", pulled)
    with pytest.raises(ConnectionResetError):
        run_quality(small_city.city, NOW, by=None)
    assert (QualityRun.objects.count(), Flag.objects.count()) == (0, 0)


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_mended_value_closes_its_flag(flag, small_city, reviewer, confirmed: bool) -> None:
    if confirmed:
        review_flag(flag, "error", "小数点", by=reviewer)
    mend()
    made = run_quality(small_city.city, NOW, by=None)
    flag.refresh_from_db()
    assert (made.found, made.closed, flag.state) == (0, 1, "closed")
    assert flag.verdict == ("error" if confirmed else "")  # what a person said stays
    assert last_event().data["closed"] == [flag.key]
    with pytest.raises(ValidationError, match="已由系统关闭"):
        review_flag(flag, "accepted", "好", by=reviewer)
    mend(1043)
    assert run_quality(small_city.city, NOW, by=None).new == 1
    flag.refresh_from_db()
    assert (flag.state, flag.verdict) == ("open", "")


@pytest.mark.parametrize("verdict", ["explained", "accepted"])
def test_an_answer_stays_until_the_value_changes(flag, small_city, reviewer, verdict: str) -> None:
    review_flag(flag, verdict, "处置旧厂房，有合同", by=reviewer)
    assert run_quality(small_city.city, NOW, by=None).new == 0
    flag.refresh_from_db()
    assert (flag.state, flag.reason, flag.reviewed_by) == (verdict, "处置旧厂房，有合同", reviewer)
    # Somebody else's correction moves the median, not the question.
    import_values(Source("x.csv", b"unit,A1\nC10201,103\n"), Options(period=NOW), by=None)
    run_quality(small_city.city, NOW, by=None)
    flag.refresh_from_db()
    assert flag.state == verdict
    mend(2086)
    assert run_quality(small_city.city, NOW, by=None).new == 1
    flag.refresh_from_db()
    assert (flag.state, flag.reviewed_by) == ("open", None)


def test_an_answer_is_recorded_and_changes_no_value(flag, reviewer) -> None:
    before, rows = values_now(), counts()
    with pytest.raises(ValidationError, match="理由"):
        review_flag(flag, "error", "  ", by=reviewer)
    with pytest.raises(ValidationError, match="结论"):
        review_flag(flag, "closed", "好", by=reviewer)
    found = review_flag(flag, "error", "原始凭证为104.3", by=reviewer)
    assert (found.state, found.reviewed_by) == ("error", reviewer)
    assert last_event().verb == "measures.review_flag"
    assert last_event().data["before"] == "open"
    review_flag(flag, "explained", "凭证有两张", by=reviewer)
    assert last_event().data["before"] == "error"
    assert values_now() == before
    assert counts() == rows


def test_who_may_answer(flag, small_city, village_clerk, ligong, methodologist, administrator, reviewer) -> None:
    strangers = [village_clerk, ligong, methodologist, administrator, None]
    elsewhere = User.objects.create_user(username="songzhen")
    Post.objects.create(user=elsewhere, unit=small_city.other_township, role="reviewer")
    for stranger in (*strangers, elsewhere):
        with pytest.raises(PermissionDenied):
            review_flag(flag, "accepted", "好", by=stranger)
    Post.objects.create(user=reviewer, unit=small_city.village, role="reporter")
    mend(1050, by=reviewer)
    with pytest.raises(PermissionDenied, match="自己填报"):
        review_flag(flag, "accepted", "我填的没错", by=reviewer)
    flag.refresh_from_db()
    assert flag.state == "open"


def test_rooms_above_name_who_entered(flag, reviewer) -> None:
    from kanjian.measures import entering

    def clerks(units, indicator, period):
        return [reviewer.pk] if (flag.unit_id in units, indicator, period) == (True, flag.indicator_id, NOW) else []

    entering.knows_who_entered(clerks)
    try:
        assert not policies.may_review_flag(reviewer, flag)
    finally:
        entering._sources.remove(clerks)
    assert policies.may_review_flag(reviewer, flag)


def test_a_pair_needs_a_reviewer_of_both(flag, small_city, reviewer) -> None:
    flag.kind, flag.other, flag.indicator = "copied_neighbour", small_city.far_village, None
    assert not policies.may_review_flag(reviewer, flag)
    flag.other = small_city.sister_village
    assert policies.may_review_flag(reviewer, flag)


def test_who_sees_flags(flag, small_city, ligong, village_clerk, reviewer, xiaowang, methodologist) -> None:
    for person, sees in ((village_clerk, 1), (reviewer, 1), (methodologist, 1), (ligong, 0), (xiaowang, 0)):
        assert policies.visible_flags(person).count() == sees, person
    boss = User.objects.create_superuser(username="root")
    assert policies.visible_flags(boss).count() == 1


def test_who_may_run(villages, small_city, ligong, village_clerk, county_administrator, reviewer) -> None:
    for stranger in (ligong, village_clerk, county_administrator, reviewer):
        with pytest.raises(PermissionDenied):
            run_quality(small_city.city, NOW, by=stranger)
    assert run_quality(small_city.county, NOW, by=county_administrator).found == 1
    with pytest.raises(ValidationError, match="没有数据"):
        run_quality(small_city.city, "2031-Q1", by=None)
    with pytest.raises(ValidationError, match="不是周期"):
        run_quality(small_city.city, "昨天", by=None)
    assert QualityRun.objects.count() == 1


def test_rules_are_checked_over_all_units(villages, small_city) -> None:
    texts = {"name": "不翻三倍", "instruction": "核对"}
    rule = define_rule("r-1", by=None, left="A1", operator="less_equal", right="3 * A1@-4", importance="high", **texts)
    run_quality(small_city.city, NOW, by=None)
    flag = Flag.objects.get(kind="rule")
    assert (flag.unit.code, flag.indicator.code, flag.rule, flag.strength) == (SLIP, "A1", rule, 30)
    assert flag.numbers["left"] == 1043
    retire_rule(rule, reason="不要了", by=None)
    assert run_quality(small_city.city, NOW, by=None).closed == 1
    assert Flag.objects.get(kind="rule").state == "closed"


def test_thresholds_of_rooms_above_are_looked_at(small_city, bring_in) -> None:
    for n in range(10, 90):
        Unit.objects.create(code=f"C103{n}", name=f"村{n}", kind="village", parent=small_city.township)
    spread = [55 + n / 8 for n in range(80)]
    lifted = [60.0 if 59 <= x < 60 else x for x in spread]
    lines = [f"C103{n + 10},{value:.2f}" for n, value in enumerate(lifted)]
    bring_in("unit,A2\n" + "\n".join(lines) + "\n", NOW)
    material = gather(small_city.city, NOW, thresholds=[Threshold("A2", 60.0, upward=True)])
    found = [each for each in check_all(material) if each.kind == "bunching"]
    assert found == []  # 28 units near the mark, in steps of a hundredth: too coarse to say
    assert gather(small_city.city, NOW).thresholds == ()


def test_a_run_in_the_background(villages, small_city, methodologist) -> None:
    job = start_quality(small_city.city, NOW, by=methodologist)
    assert job.state == Job.State.DONE
    assert job.result == {"url": f"/measures/flags/?period={NOW}", "found": 1, "new": 1}
    assert QualityRun.objects.get().created_by == methodologist


def test_the_review_list(flag, client_of, reviewer, village_clerk, django_assert_max_num_queries) -> None:
    client = client_of(reviewer)
    page = text_of(client.get(reverse("measures:flags")))
    assert "荷塘村" in page
    assert "由 100" in page
    assert "变为 1,043" in page
    with django_assert_max_num_queries(22):
        client.get(reverse("measures:flags"))
    for query, sees in (
        ({"kind": "outlier"}, True),
        ({"kind": "uniform"}, False),
        ({"state": "closed"}, False),
        ({"state": ""}, True),
        ({"unit": "柳镇"}, True),
        ({"unit": "松镇"}, False),
        ({"unit": "nowhere"}, False),
        ({"indicator": "A1"}, True),
        ({"indicator": "A2"}, False),
        ({"period": NOW}, True),
        ({"period": "2020-Q1"}, False),
        ({"page": "99"}, True),
    ):
        assert ("变为 1,043" in text_of(client.get(reverse("measures:flags"), query))) is sees, query
    assert "运行质量检查" in page
    assert "运行质量检查" not in text_of(client_of(village_clerk).get(reverse("measures:flags")))


def test_a_flag_shows_its_evidence_and_takes_an_answer(flag, client_of, reviewer, village_clerk) -> None:
    client, address = client_of(reviewer), reverse("measures:flag", args=[flag.pk])
    answer = client.get(address)
    page = text_of(answer)
    for words in ("2025年第一季度", "1043", "稳健 z 值", "不改数值，不扣分", "记录结论"):
        assert words in page, words
    assert reverse("measures:cell", args=[SLIP, "A1", NOW]) in answer.content.decode()
    clerk = text_of(client_of(village_clerk).get(address))
    assert "记录结论" not in clerk
    assert "由该单位或上级的审核员核实" in clerk
    review = reverse("measures:review_flag", args=[flag.pk])
    assert "请" in text_of(client.post(review, {"verdict": "error", "reason": " "}), 422)
    done = text_of(client.post(review, {"verdict": "error", "reason": "原始凭证为104.3"}, follow=True))
    assert "确认有误" in done
    assert "原始凭证为104.3" in done
    assert client_of(village_clerk).post(review, {"verdict": "error", "reason": "x"}).status_code == 403


def test_the_run_button(villages, small_city, client_of, methodologist, ligong) -> None:
    client = client_of(methodologist)
    page = text_of(client.get(reverse("measures:flags")))
    assert "还没有运行过质量检查" in page
    answer = client.post(reverse("measures:run_quality"), {"root": "C", "period": NOW}, follow=True)
    assert "检查完成：质疑 1 条，新增 1 条" in text_of(answer)
    empty = client.post(reverse("measures:run_quality"), {"root": "C", "period": "2031-Q1"}, follow=True)
    assert "没有数据" in text_of(empty)
    assert client.post(reverse("measures:run_quality"), {"root": "X", "period": NOW}).status_code == 404
    assert client_of(ligong).post(reverse("measures:run_quality"), {"root": "C", "period": NOW}).status_code == 403


@pytest.mark.parametrize("name", ["flags", "flag", "review_flag", "run_quality"])
def test_strangers_see_no_flags(name: str, flag, small_city, client_of, xiaowang, ligong) -> None:
    address = reverse(f"measures:{name}", args=[flag.pk] if name in {"flag", "review_flag"} else [])
    ask = "post" if name in {"review_flag", "run_quality"} else "get"
    assert getattr(client_of(None), ask)(address).status_code == 302
    for stranger in (xiaowang, ligong):
        assert getattr(client_of(stranger), ask)(address).status_code == 403
    if name == "flag":
        elsewhere = User.objects.create_user(username="songzhen")
        Post.objects.create(user=elsewhere, unit=small_city.other_township, role="reviewer")
        assert client_of(elsewhere).get(address).status_code == 404


def test_pairs_and_groups_show_what_is_compared(flag, small_city, client_of, methodologist) -> None:
    shared = {"root": flag.root, "period": NOW, "first_run": flag.first_run, "last_run": flag.last_run, "strength": 9}
    pair = Flag.objects.create(
        key="pair", kind="copied_neighbour", unit=small_city.village, other=small_city.sister_village,
        numbers={"equal": 7, "compared": 8, "expected": 0.01}, **shared,
    )  # fmt: skip
    group = Flag.objects.create(
        key="group", kind="uniform", unit=small_city.township, indicator=flag.indicator,
        numbers={"value": 95.0, "equal": 5, "n": 5, "elsewhere": 0.02}, **shared,
    )  # fmt: skip
    assert [(each.indicator.code, each.value) for each in reads.comparisons(pair)] == [("A1", 1043)]
    assert [each.unit.code for each in reads.comparisons(group)] == ["C10101", "C10102"]
    client = client_of(methodologist)
    assert "与石桥村有 7 项数值相同" in text_of(client.get(reverse("measures:flag", args=[pair.pk])))
    assert "5 个单位中有 5 个都是 95" in text_of(client.get(reverse("measures:flag", args=[group.pk])))
    assert "与石桥村有 7 项" in text_of(client.get(reverse("measures:flags")))


def test_open_flags_wait_on_the_home_page(flag, reviewer, village_clerk, methodologist) -> None:
    def waiting(person: User) -> list[str]:
        return [each.title for each in to_dos(person) if each.url == reverse("measures:flags")]

    assert waiting(reviewer) == ["1 条数据质疑待核实"]
    assert waiting(village_clerk) == waiting(methodologist) == []
    review_flag(flag, "accepted", "好", by=reviewer)
    assert waiting(reviewer) == []


def test_health_says_when_nobody_looked(villages, small_city) -> None:
    def said() -> list[str]:
        return [problem.message for problem in health.run(["measures.quality"])]

    assert said() == ["还没有运行过质量检查"]
    run_quality(small_city.city, NOW, by=None)
    assert said() == []
    with time_machine.travel(timezone.now() + timedelta(days=9), tick=False):
        assert said() == ["质量检查已有 9 天没有运行"]


def test_health_is_silent_without_values(db) -> None:
    assert health.run(["measures.quality"]) == []
