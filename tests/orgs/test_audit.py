"""The audit page: who reads the ledger, in which words, narrowed how; a copy taken away is an event."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from kanjian.ledger import words
from kanjian.ledger.models import Event
from kanjian.orgs import actions
from kanjian.orgs.models import Post, User

pytestmark = pytest.mark.django_db
AUDIT, CHAIN, EXPORT = (reverse(f"orgs:{name}") for name in ("audit", "audit_verify", "audit_export"))
SOURCES = Path(__file__).resolve().parents[2] / "src" / "kanjian"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    caches["limits"].clear()


@pytest.fixture
def auditor(small_city) -> User:
    """审计员, auditor of the whole city."""
    person = User.objects.create_user("shenjiyuan", password="password-of-shenjiyuan", display_name="审计员")
    Post.objects.create(user=person, unit=small_city.city, role=Post.Role.AUDITOR)
    return person


@pytest.fixture
def some_events(small_city, administrator) -> None:
    actions.create_user(
        username="xinren", by=administrator, display_name="新人", unit=small_city.village, role="reporter"
    )
    actions.rename_unit(
        small_city.village, name="荷塘新村", day=timezone.localdate(), by=administrator, document="东政发〔2026〕1 号"
    )


def rows_of(client, **asked) -> list[tuple[str, str]]:
    answer = client.get(AUDIT, asked)
    assert answer.status_code == 200
    return [(event.verb, said) for event, said in answer.context["lines"]]


def test_events_read_as_sentences(client_of, auditor, some_events) -> None:
    client = client_of(auditor)
    assert rows_of(client) == [
        ("orgs.rename_unit", rows_of(client)[0][1]),
        ("orgs.grant_post", rows_of(client)[1][1]),
        ("orgs.create_user", "开通账号（新人）"),
    ]
    assert "荷塘村 → 荷塘新村" in rows_of(client)[0][1]
    english = client.get(AUDIT, headers={"accept-language": "en"}).content.decode()
    assert "Account opened (新人)" in english


def test_filters_narrow(client_of, auditor, some_events) -> None:
    client = client_of(auditor)
    assert [verb for verb, _ in rows_of(client, subject="unit:C10101")] == ["orgs.rename_unit"]
    assert [verb for verb, _ in rows_of(client, verb="orgs.grant_post")] == ["orgs.grant_post"]
    assert len(rows_of(client, verb="orgs.")) == 3
    assert rows_of(client, verb="boards.") == []
    assert len(rows_of(client, actor="guanliyuan")) == 3
    today = timezone.localdate()
    assert len(rows_of(client, since=today.isoformat(), until=today.isoformat())) == 3
    assert rows_of(client, until=(today - timedelta(days=1)).isoformat()) == []


@pytest.mark.parametrize("asked", [{"since": "soon"}, {"until": "2026-02-31"}, {"since": "9999-12-31"}])
def test_wrong_days_are_said(client_of, auditor, some_events, asked) -> None:
    answer = client_of(auditor).get(AUDIT, asked)
    assert "日期写成" in answer.content.decode()


@pytest.mark.parametrize(
    "asked", [{"subject": "\0"}, {"before": "x"}, {"before": "9" * 30}, {"verb": "%"}, {"actor": "'"}]
)
def test_nonsense_is_no_error(client_of, auditor, some_events, asked) -> None:
    assert client_of(auditor).get(AUDIT, asked).status_code == 200


def test_older_events_are_a_click_away_without_counting(client_of, auditor, small_city) -> None:
    from django.db import transaction

    from kanjian.ledger.actions import append_event

    with transaction.atomic():
        for number in range(105):
            append_event("test.something", f"thing:{number}", by=None)
    client = client_of(auditor)
    first = client.get(AUDIT)
    assert len(first.context["lines"]) == 100
    older = client.get(AUDIT, {"before": first.context["older"]})
    assert [event.sequence for event, _ in older.context["lines"]] == [5, 4, 3, 2, 1]
    assert older.context["older"] is None
    assert "test.something" in first.content.decode()


def test_the_chain_is_walked_on_demand(client_of, auditor, some_events) -> None:
    from django.db import connection

    client = client_of(auditor)
    assert "完整" in client.post(CHAIN).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_event SET actor = 'somebody' WHERE sequence = 2")
    page = client.post(CHAIN).content.decode()
    assert "断链" in page
    assert "第 2 条" in page


def test_a_copy_is_whole_and_itself_an_event(client_of, auditor, some_events) -> None:
    answer = client_of(auditor).post(EXPORT, {"verb": "orgs."})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["sequence"] for line in lines] == ["3", "2", "1"]
    assert [line["hash"] for line in lines] == list(Event.objects.order_by("-sequence").values_list("hash", flat=True))[
        1:
    ]
    event = Event.objects.latest("sequence")
    assert (event.verb, event.actor, event.data) == (
        "orgs.export_events", "shenjiyuan", {"rows": 3, "asked": {"verb": "orgs."}}
    )  # fmt: skip
    assert "attachment" in answer["Content-Disposition"]


def test_no_cell_of_a_copy_is_a_formula(client_of, auditor, small_city) -> None:
    actions.create_user(username="@formula", by=None)
    answer = client_of(auditor).post(EXPORT, {"subject": "user:@formula"})
    assert ",=" not in b"".join(answer.streaming_content).decode()


def test_only_auditors_and_administrators_of_the_whole(
    client_of, request, small_city, auditor, administrator, some_events
) -> None:
    partial = User.objects.create_user("zhenshenji")
    Post.objects.create(user=partial, unit=small_city.township, role=Post.Role.AUDITOR)
    names = ("xiaowang", "ligong", "village_clerk", "reviewer", "methodologist", "county_administrator")
    for stranger in (partial, *(request.getfixturevalue(name) for name in names)):
        assert client_of(stranger).get(AUDIT).status_code == 403
        assert client_of(stranger).post(CHAIN).status_code == 403
        assert client_of(stranger).post(EXPORT).status_code == 403
    assert Client().get(AUDIT).url.startswith("/accounts/login/")
    for person in (auditor, administrator):
        assert client_of(person).get(AUDIT).status_code == 200
    before = Event.objects.count()
    client_of(auditor).get(AUDIT)
    client_of(auditor).post(CHAIN)
    assert Event.objects.count() == before


def test_an_auditor_changes_nothing(client_of, auditor, small_city) -> None:
    client = client_of(auditor)
    for page in (
        "orgs:users",
        "orgs:user_create",
        "orgs:units_import",
        "orgs:boundaries",
        "orgs:health",
        "boards:create",
    ):
        assert client.get(reverse(page)).status_code == 403, page


# ---- words ---------------------------------------------------------------------------------------------------------


def test_words_are_given_once_and_unknown_verbs_are_shown() -> None:
    with pytest.raises(ValueError, match="twice"):
        words.register({"orgs.login": "x"})
    with pytest.raises(ValueError, match="boards"):
        words.register_room("boards", words.sentence)
    assert words.sentence("elsewhere.happened", {"a": 1}) == "elsewhere.happened"
    assert words.sentence("orgs.grant_post", {"role": "reader"}) == "授予岗位 查阅，单位 —，— 至 —"
    assert (
        words.sentence("orgs.split_unit", {"into": [str(n) for n in range(20)], "day": "", "document": None}).count(
            "、"
        )
        == 11
    )


def test_this_room_words_every_verb_it_writes() -> None:
    """A verb without words is shown as it is: give it a sentence in ``orgs/words.py``."""
    found = set()
    for room in ("orgs", "calendars"):
        for path in (SOURCES / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found |= set(re.findall(rf'append_event\(\s*"({room}\.\w+)"', text))
            found |= {f"orgs.{verb}" for verb in re.findall(r'(?:record|note_access)\("(\w+)"', text)}
    assert len(found) > 30
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert [verb for verb in sorted(found) if not words.is_worded(verb)] == []
