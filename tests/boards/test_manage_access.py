"""Who may open and do what on the working pages: every page, every person, reading and writing."""

import pytest
from django.test import Client
from django.urls import reverse

from kanjian.boards.models import Board, Edition
from kanjian.ledger.models import Event
from kanjian.orgs.models import Post, User

pytestmark = pytest.mark.django_db
READERS = ("xiaowang", "ligong", "village_clerk", "reviewer", "county_administrator")
WORKERS = ("methodologist", "administrator", "kezhang")
# Page → who may open it, among the workers of the city.
PAGES = {
    "manage": set(WORKERS),
    "manage_history": set(WORKERS),
    "manage_edition": set(WORKERS),
    "manage_version": {"methodologist"},
    "manage_compute": {"methodologist"},
    "manage_objection": {"administrator", "kezhang"},
    "manage_publish": {"administrator", "kezhang"},
    "manage_supersede": {"administrator", "kezhang"},
}
POSTS = {
    "manage_version": {"text": "x", "valid_from": "2026", "note": "x"},
    "manage_indicators": {},
    "manage_compute": {"period": "2025-Q4", "version": "2025.1"},
    "manage_objection": {"days": "3"},
    "manage_publish": {},
    "manage_supersede": {"reason": "x"},
}
DOERS = {**PAGES, "manage_indicators": {"methodologist"}}


@pytest.fixture
def kezhang(small_city) -> User:
    """审核科长, reviewer of the whole city."""
    person = User.objects.create_user(username="kezhang", password="password-of-kezhang")
    Post.objects.create(user=person, unit=small_city.city, role="reviewer")
    return person


@pytest.fixture
def draft(computed) -> Edition:
    return computed()


def address(page: str, edition: Edition) -> str:
    numbered = page in {"manage_edition", "manage_objection", "manage_publish", "manage_supersede"}
    return reverse(f"boards:{page}", args=[edition.board.code, *([edition.pk] if numbered else [])])


@pytest.mark.parametrize("name", [*READERS, *WORKERS])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_for_every_person(request, client_of, draft, name, page) -> None:
    answer = client_of(request.getfixturevalue(name)).get(address(page, draft))
    assert answer.status_code == (200 if name in PAGES[page] else 403)


@pytest.mark.parametrize(
    ("name", "page"), [(name, page) for page in POSTS for name in (*READERS, *WORKERS) if name not in DOERS[page]]
)
def test_nobody_does_what_the_post_does_not_give(request, client_of, draft, name, page) -> None:
    before = Event.objects.count(), draft.state, Edition.objects.count()
    assert client_of(request.getfixturevalue(name)).post(address(page, draft), POSTS[page]).status_code == 403
    draft.refresh_from_db()
    assert (Event.objects.count(), draft.state, Edition.objects.count()) == before


@pytest.mark.parametrize("page", {**PAGES, **POSTS})
def test_without_signing_in_the_way_leads_to_the_log_in(draft, page) -> None:
    for answer in (Client().get(address(page, draft)), Client().post(address(page, draft), POSTS.get(page, {}))):
        if answer.status_code != 405:
            assert answer["Location"].startswith("/accounts/login/"), page


@pytest.mark.parametrize("name", ["xiaowang", "county_administrator", "methodologist"])
@pytest.mark.parametrize("page", PAGES)
def test_an_internal_board_of_others_is_not_known(request, client_of, draft, small_city, name, page) -> None:
    Board.objects.update(is_public=False, root=small_city.other_county)
    answer = client_of(request.getfixturevalue(name)).get(address(page, draft))
    inside = name == "methodologist"  # of the whole city, so of the other county too
    assert answer.status_code == (200 if inside and name in PAGES[page] else 403 if inside else 404)


def test_an_edition_of_another_board_is_not_found(client_of, draft, kezhang, small_city) -> None:
    Board.objects.create(code="other", name="另榜", unit_kind="village", root=small_city.city, is_public=True)
    for page in ("manage_edition", "manage_publish"):
        assert client_of(kezhang).get(reverse(f"boards:{page}", args=["other", draft.pk])).status_code == 404
        assert client_of(kezhang).get(reverse(f"boards:{page}", args=["villages", 999_999])).status_code == 404


def test_making_boards_is_for_administrators(client_of, request, draft) -> None:
    given = {"code": "more", "name": "多一个", "unit": "C1", "unit_kind": "village"}
    for name in ("xiaowang", "ligong", "village_clerk", "reviewer", "methodologist", "kezhang"):
        client = client_of(request.getfixturevalue(name))
        assert client.get(reverse("boards:create")).status_code == 403
        assert client.post(reverse("boards:create"), given).status_code == 403
    assert Client().get(reverse("boards:create"))["Location"].startswith("/accounts/login/")
    for name in ("administrator", "county_administrator"):
        assert client_of(request.getfixturevalue(name)).get(reverse("boards:create")).status_code == 200
    assert Board.objects.count() == 1


def test_every_write_asks_for_a_token(draft, kezhang) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(kezhang)
    for page in ("manage_objection", "manage_publish", "manage_supersede"):
        assert strict.post(address(page, draft), POSTS[page]).status_code == 403
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_no_step_is_taken_by_looking(draft, kezhang, client_of) -> None:
    for page in PAGES:
        client_of(kezhang).get(address(page, draft))
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert client_of(kezhang).get(reverse("boards:manage_indicators", args=["villages"])).status_code == 405


def test_the_reading_pages_lead_to_the_working_ones(draft, kezhang, xiaowang, client_of, administrator) -> None:
    manage = reverse("boards:manage", args=["villages"]).encode()
    page = reverse("boards:latest", args=["villages"])
    assert manage in client_of(kezhang).get(page).content
    for other in (client_of(xiaowang), Client()):
        assert manage not in other.get(page).content
    new = reverse("boards:create").encode()
    assert new in client_of(administrator).get(reverse("boards:index")).content
    assert new not in client_of(kezhang).get(reverse("boards:index")).content


def test_manage_and_new_are_no_periods_and_no_boards(draft, client_of, kezhang) -> None:
    assert client_of(kezhang).get("/boards/villages/manage/").templates[0].name == "boards/manage/overview.html"
    assert Client().get("/boards/new/")["Location"].startswith("/accounts/login/")
