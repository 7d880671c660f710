"""All editions of a board at once: the same answers as asking for each, in one query."""

import itertools
import random

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from kanjian.boards.chains import earlier
from kanjian.boards.models import Board, Edition, Release, SchemeVersion
from kanjian.boards.selectors.editions import edition_for, editions_of
from kanjian.boards.selectors.shelves import shelf_of

pytestmark = pytest.mark.django_db
State = Edition.State
PERIODS = ("2025-Q4", "2025-Q1", "2026-01", "2025-Q3", "2025", "2025-Q2", "2026-Q1")


@pytest.fixture
def board(small_city) -> Board:
    """A public board with up to three editions of each period, in mixed states and kinds of period."""
    board = Board.objects.create(code="b", name="榜", unit_kind="village", root=small_city.city, is_public=True)
    version = SchemeVersion.objects.create(board=board, version="1", text="", hash="0", valid_from="2025")
    release = Release.objects.create(board=board, hash="0", period="2025-Q1", rows=1, units=1)
    draw = random.Random(11)
    for number, (period, _) in enumerate(itertools.product(PERIODS, range(3))):
        taken = Edition.objects.filter(board=board, period=period, state=State.PUBLISHED).exists()
        states = [state for state in State.values if state != State.PUBLISHED or not taken]
        Edition.objects.create(
            board=board, period=period, scheme=version, release=release, state=draw.choice(states),
            hash=str(number), units=1, ranked=1, as_of=release.created_at,
        )  # fmt: skip
    return board


@pytest.fixture(params=["anonymous", "xiaowang", "methodologist", "administrator"])
def person(request: pytest.FixtureRequest):
    return AnonymousUser() if request.param == "anonymous" else request.getfixturevalue(request.param)


def test_each_period_has_the_edition_that_is_asked_for_alone(board, person):
    shelf = shelf_of(person, "b")
    for period in ("", *PERIODS):
        try:
            expected = edition_for(person, "b", period)
        except Http404:
            with pytest.raises(Http404):
                shelf.edition(period)
        else:
            assert shelf.edition(period) == expected, period


def test_the_editions_before_are_the_same_and_of_the_same_kind_of_period(board, person):
    shelf = shelf_of(person, "b")
    for edition in shelf.editions:
        assert shelf.before(edition) == earlier(board, edition.period)
        assert shelf.before(edition, 2) == earlier(board, edition.period, 2)


def test_the_switch_offers_one_edition_a_period_newest_first(board, person):
    offered = shelf_of(person, "b").periods()
    assert [head.period for head in offered] == sorted(
        {head.period for head in editions_of(person, board)}, reverse=True
    )
    assert [head.id for head in offered] == [edition_for(person, "b", head.period).pk for head in offered]


def test_a_stranger_finds_nothing_of_an_internal_board(board, django_assert_num_queries):
    Board.objects.update(is_public=False)
    assert shelf_of(AnonymousUser(), "b").editions == []
    for code, period in (("b", ""), ("nowhere", ""), ("nowhere", "2025\0")):
        with pytest.raises(Http404):
            shelf_of(AnonymousUser(), code).edition(period)


def test_everything_a_page_needs_of_them_is_one_query(season, django_assert_num_queries):
    with django_assert_num_queries(1):
        shelf = shelf_of(AnonymousUser(), season[-1].board.code)
        edition = shelf.edition()
        assert edition.previous == season[-2]
        assert [each.scheme.version for each in shelf.before(edition)]
        assert shelf.periods()[0].board.name == edition.board.name
        assert edition.board.root is not None
