"""The audit page in a real browser: narrowed by what, whom and when; one event opened; the chain walked; the phone."""

import pytest
from django.core.cache import caches
from django.utils import timezone

from kanjian.ledger.models import Event
from kanjian.orgs import actions
from kanjian.orgs.models import Post, User

pytestmark = pytest.mark.django_db(transaction=True)
AUDIT = "/people/audit/"


@pytest.fixture
def auditor(small_city, administrator) -> User:
    """审计员 of the whole city, and three things that happened there."""
    caches["limits"].clear()
    given = {"display_name": "新人", "unit": small_city.village, "role": "reporter"}
    actions.create_user(username="xinren", by=administrator, **given)
    day = timezone.localdate()
    actions.rename_unit(small_city.village, name="荷塘新村", day=day, by=None, document="东政发〔2026〕1 号")
    person = User.objects.create_user("shenjiyuan", password="password-of-shenjiyuan", display_name="审计员")
    Post.objects.create(user=person, unit=small_city.city, role=Post.Role.AUDITOR)
    return person


def looks_right(visitor, where: str) -> None:
    visitor.settle()
    assert (where, visitor.violations(), visitor.overflow()) == (where, [], "")


@pytest.mark.parametrize(("width", "language"), [("desk", "zh-hans"), ("phone", "zh-hans"), ("phone", "en")])
def test_an_auditor_finds_an_event_and_reads_it_whole(visit, auditor, width, language) -> None:
    visitor = visit(width=width, language=language, person=auditor)
    page = visitor.open(AUDIT)
    rows = page.locator("#events tbody tr")
    assert rows.count() == Event.objects.count()
    looks_right(visitor, "all events")
    page.locator(".kj-filters [name=verb]").select_option("orgs.rename_unit")
    page.wait_for_function("() => document.querySelectorAll('#events tbody tr').length === 1")
    assert "verb=orgs.rename_unit" in page.url  # what was narrowed can be passed on
    event = Event.objects.get(verb="orgs.rename_unit")
    opened = rows.first.locator("details")
    assert not opened.get_by_text(event.hash).is_visible()
    opened.locator("summary").click()
    opened.get_by_text(event.hash, exact=True).wait_for()
    assert "荷塘新村" in opened.inner_text()
    assert event.previous_hash in opened.inner_text()
    looks_right(visitor, "one event")


def test_filters_by_person_and_day_and_a_walk_along_the_chain(visit, auditor, administrator) -> None:
    visitor = visit(width="phone", person=auditor)
    page = visitor.open(f"{AUDIT}?actor={administrator.username}")
    actors = set(page.locator("#events tbody td:nth-child(3)").all_inner_texts())
    assert actors == {administrator.username}
    page.locator(".kj-filters [name=until]").fill("2020-01-01")
    page.get_by_text("没有这样的事件").wait_for()
    looks_right(visitor, "nothing found")
    page = visitor.open(AUDIT)
    page.get_by_role("button", name="校验整条链").click()
    page.get_by_text("没有一条被改动").wait_for()
    looks_right(visitor, "the chain")
