"""Every page of the boards × everybody × public and internal boards × published and draft.

The answer is 200, or 404 as if there were nothing.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from kanjian.boards.models import Board
from kanjian.orgs.actions.load_map import load_map
from kanjian.orgs.models import Post, User

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

PERIOD = "2025-Q4"
# Posts are at the city, the root of the board, unless the name says otherwise.
EVERYBODY = (
    "anonymous",
    "stranger",
    "county_reader",
    "reader",
    "reporter",
    "reviewer",
    "methodologist",
    "administrator",
)
READERS = {"reader", "reporter", "reviewer", "methodologist", "administrator"}
DRAFTERS = {"reviewer", "methodologist", "administrator"}
MAP = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "C1"}, "geometry": '
    '{"type": "Polygon", "coordinates": [[[120, 30], [121, 30], [121, 31], [120, 30]]]}}]}'
)


def board_pages() -> dict[str, str]:
    """Pages of the board itself, whatever its editions."""
    return {
        "latest": reverse("boards:latest", args=["villages"]),
        "method": reverse("boards:method", args=["villages"]),
        "yaml": reverse("boards:method", args=["villages"]) + "?format=yaml",
        "boundaries": reverse("boards:boundaries", args=["villages", "C"]),
    }


def edition_pages() -> dict[str, str]:
    """Pages of one edition."""
    at = ["villages", PERIOD]
    return {
        "board": reverse("boards:board", args=at),
        "report": reverse("boards:report", args=[*at, "V003"]),
        "evidence": reverse("boards:evidence", args=[*at, "V003", "B1"]),
        "compare": reverse("boards:compare", args=at) + "?left=V003&right=V004",
        "data": reverse("boards:data", args=at),
        "bundle": reverse("boards:bundle", args=at),
        "file": reverse("boards:file", args=[*at, "scores.parquet"]),
        "csv": reverse("boards:download", args=[*at, "csv"]),
        "json": reverse("boards:download", args=[*at, "json"]),
        "xlsx": reverse("boards:download", args=[*at, "xlsx"]),
    }


@pytest.fixture
def people(small_city, client_of, xiaowang, ligong) -> "dict[str, Client]":
    """A browser of everybody."""

    def at_the_city(role: str) -> User:
        person = User.objects.create_user(username=f"city-{role}", password="of-the-city")
        Post.objects.create(user=person, unit=small_city.city, role=role)
        return person

    named: dict[str, User | None] = {"anonymous": None, "stranger": xiaowang, "county_reader": ligong}
    named |= {role: at_the_city(role) for role in EVERYBODY[3:]}
    return {name: client_of(person) for name, person in named.items()}


def seen(people: "dict[str, Client]", pages: dict[str, str]) -> dict[str, dict[str, int]]:
    """The status of every page for everybody; what is streamed is read to its end."""
    found: dict[str, dict[str, int]] = {}
    for name, client in people.items():
        for page, address in pages.items():
            answer = client.get(address)
            if answer.streaming:
                assert b"".join(answer.streaming_content)
            found.setdefault(page, {})[name] = answer.status_code
    return found


def expected(pages: dict[str, str], allowed: set[str]) -> dict[str, dict[str, int]]:
    return {page: {name: 200 if name in allowed else 404 for name in EVERYBODY} for page in pages}


@pytest.fixture
def hide(villages) -> Callable[[], None]:
    def make() -> None:
        Board.objects.filter(pk=villages.board.pk).update(is_public=False)

    return make


def listed(people: "dict[str, Client]") -> set[str]:
    """Who finds the board in the list of boards, which everybody may open."""
    address, wanted = reverse("boards:index"), reverse("boards:latest", args=["villages"])
    answers = {name: client.get(address) for name, client in people.items()}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {name for name, answer in answers.items() if wanted in answer.content.decode()}


def test_a_published_edition(published, people, hide, small_city) -> None:
    """Public: for everybody. Internal: for who reads at the root; for others it is as if there were none."""
    published(PERIOD)
    load_map(small_city.city, MAP, by=None)
    pages = board_pages() | edition_pages()
    assert seen(people, pages) == expected(pages, set(EVERYBODY))
    assert listed(people) == set(EVERYBODY)
    hide()
    assert seen(people, pages) == expected(pages, READERS)
    assert listed(people) == READERS


def test_a_draft(computed, people, hide, small_city) -> None:
    """For those who work on it, on public and on internal boards; the board itself follows its own rule."""
    computed(PERIOD)
    load_map(small_city.city, MAP, by=None)
    assert seen(people, edition_pages()) == expected(edition_pages(), DRAFTERS)
    assert seen(people, board_pages()) == expected(board_pages(), set(EVERYBODY))
    hide()
    assert seen(people, edition_pages()) == expected(edition_pages(), DRAFTERS)
    assert seen(people, board_pages()) == expected(board_pages(), READERS)


def test_a_draft_beside_what_is_in_force_is_not_shown_instead_of_it(published, computed, villages, people) -> None:
    """The newest draft is no reason to show anybody other numbers than the published ones under the same address."""
    from tests.boards.conftest import scheme_text

    from kanjian.boards.actions import add_scheme_version

    in_force = published(PERIOD)
    draft = computed(PERIOD, add_scheme_version(villages.board, scheme_text("2025.2", 70), valid_from=PERIOD, by=None))
    for client in people.values():
        page = client.get(reverse("boards:board", args=["villages", PERIOD])).content.decode()
        assert in_force.hash in page
        assert draft.hash not in page


def test_an_empty_board_says_what_comes_next(villages, client_of) -> None:
    answer = client_of(None).get(reverse("boards:latest", args=["villages"]))
    assert answer.status_code == 200
    assert "还没有发布的期次" in answer.content.decode()
    assert client_of(None).get(reverse("boards:board", args=["villages", PERIOD])).status_code == 404


def test_names_of_people_are_for_readers_of_the_board(published, people, administrator) -> None:
    """The public sees files, lines and days; who entered a value is shown to readers of the whole board alone."""
    from kanjian.measures.models import Batch

    published(PERIOD)
    Batch.objects.update(created_by=administrator)
    address = reverse("boards:evidence", args=["villages", PERIOD, "V003", "B1"])
    shown = {name for name, client in people.items() if "管理员" in client.get(address).content.decode()}
    assert shown == READERS


def test_pages_are_read_only(season, client_of) -> None:
    for address in (board_pages() | edition_pages()).values():
        assert client_of(None).post(address).status_code == 405, address
        assert client_of(None).delete(address).status_code == 405, address
