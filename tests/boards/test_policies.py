"""Who sees and does what: each question in both directions, every person, every state."""

import itertools

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from kanjian.boards import policies
from kanjian.boards.models import Board, Edition, Release, SchemeVersion
from kanjian.boards.selectors import editions

pytestmark = pytest.mark.django_db
State = Edition.State
PEOPLE = ("anonymous", "xiaowang", "ligong", "reviewer", "methodologist", "administrator", "county_administrator")


@pytest.fixture
def people(request: pytest.FixtureRequest) -> dict[str, policies.Person]:
    named = {name: request.getfixturevalue(name) for name in PEOPLE[1:]}
    return {"anonymous": AnonymousUser(), **named}


@pytest.fixture
def every_edition(small_city) -> list[Edition]:
    """A public and an internal board of the city, an internal one of 东县, one without a root; each in every state."""
    boards = [
        Board.objects.create(code=code, name=code, unit_kind="village", root=root, is_public=public)
        for code, root, public in (
            ("public", small_city.city, True),
            ("city", small_city.city, False),
            ("county", small_city.county, False),
            ("everywhere", None, False),
        )
    ]
    return [edition(board, state, number) for board in boards for number, state in enumerate(State.values)]


def edition(board: Board, state: str, number: int) -> Edition:
    version, _ = SchemeVersion.objects.get_or_create(
        board=board, version="1", defaults={"text": "", "hash": "0", "valid_from": "2025"}
    )
    release, _ = Release.objects.get_or_create(
        board=board, hash="0", defaults={"period": "2025-Q1", "rows": 1, "units": 1}
    )
    return Edition.objects.create(
        board=board,
        period=f"2025-Q{number + 1}",
        scheme=version,
        release=release,
        state=state,
        hash="0",
        units=1,
        ranked=1,
        as_of=release.created_at,
    )


def test_both_directions_agree_for_everybody(people, every_edition) -> None:
    for (name, person), each in itertools.product(people.items(), every_edition):
        listed = policies.visible_editions(person).filter(pk=each.pk).exists()
        assert listed == policies.may_view(person, each), (name, each.board.code, each.state)


@pytest.mark.parametrize(
    ("person", "board", "state", "expected"),
    [
        ("anonymous", "public", State.PUBLISHED, True),
        ("anonymous", "public", State.OBJECTION, True),
        ("anonymous", "public", State.SUPERSEDED, True),
        ("anonymous", "public", State.DRAFT, False),
        ("anonymous", "city", State.PUBLISHED, False),
        ("xiaowang", "public", State.DRAFT, False),
        ("xiaowang", "city", State.PUBLISHED, False),
        ("ligong", "county", State.PUBLISHED, True),
        ("ligong", "county", State.DRAFT, False),
        ("ligong", "city", State.PUBLISHED, False),
        ("reviewer", "county", State.PUBLISHED, False),
        ("county_administrator", "county", State.DRAFT, True),
        ("county_administrator", "city", State.PUBLISHED, False),
        ("county_administrator", "everywhere", State.PUBLISHED, False),
        ("methodologist", "county", State.DRAFT, True),
        ("methodologist", "everywhere", State.DRAFT, True),
        ("administrator", "everywhere", State.DRAFT, True),
    ],
)
def test_who_sees_what(people, every_edition, person, board, state, expected) -> None:
    found = next(each for each in every_edition if each.board.code == board and each.state == state)
    assert policies.may_view(people[person], found) is expected


def test_boards_are_listed_with_what_the_reader_may_open(people, every_edition) -> None:
    assert [board.code for board in policies.visible_boards(people["anonymous"])] == ["public"]
    assert [board.code for board in policies.visible_boards(people["ligong"])] == ["county", "public"]
    heads = {head.board.code: head for head in editions.board_heads(people["anonymous"])}
    assert set(heads) == {"public"}
    assert heads["public"].latest is not None
    assert heads["public"].latest.state == "published"


def test_a_board_nobody_told_the_reader_about_does_not_exist_for_them(people, every_edition) -> None:
    for person in ("anonymous", "xiaowang", "reviewer"):
        with pytest.raises(Http404):
            editions.board_for(people[person], "city")
        with pytest.raises(Http404):
            editions.edition_for(people[person], "city")
        hidden = next(each for each in every_edition if each.board.code == "city")
        with pytest.raises(Http404):
            editions.edition_by_id(people[person], hidden.pk)


def test_the_edition_in_force_comes_first(people, every_edition) -> None:
    assert editions.edition_for(people["administrator"], "city").state == State.PUBLISHED
    assert editions.edition_for(people["administrator"], "city", "2025-Q1").state == State.DRAFT
    with pytest.raises(Http404):
        editions.edition_for(people["anonymous"], "public", "2025-Q1")


@pytest.mark.parametrize(
    ("person", "computes", "publishes"),
    [
        ("anonymous", False, False),
        ("xiaowang", False, False),
        ("ligong", False, False),
        ("reviewer", False, False),
        ("methodologist", True, False),
        ("administrator", False, True),
        ("county_administrator", False, False),
    ],
)
def test_who_computes_and_who_publishes_for_the_city(people, every_edition, person, computes, publishes) -> None:
    board = Board.objects.get(code="city")
    assert policies.may_compute(people[person], board) is computes
    assert policies.may_publish(people[person], board) is publishes


def test_a_refusal_names_the_post_that_is_needed(people, small_city) -> None:
    with pytest.raises(PermissionDenied, match=r"审核或系统管理.*湖城市"):
        policies.require(people["xiaowang"], policies.PUBLISH_ROLES, small_city.city)
    policies.require(None, policies.PUBLISH_ROLES, small_city.city)


def test_lists_cost_the_same_whatever_their_length(people, every_edition, django_assert_max_num_queries) -> None:
    for person in ("anonymous", "ligong", "administrator"):
        with django_assert_max_num_queries(12):
            editions.board_heads(people[person])
