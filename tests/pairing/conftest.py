"""Forty villages in two tracks over eight quarters, an organisation department, and people on every side."""

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import models
from tests.conftest import SmallCity

if TYPE_CHECKING:
    from kanjian.boards.models import Board, Edition
    from kanjian.orgs.models import Unit, User
    from kanjian.pairing.models import Pair, Round

PERIODS = tuple(f"{year}-Q{quarter}" for year in (2025, 2026) for quarter in (1, 2, 3, 4))
CHOSEN = "2025-Q4"
SCHEME = """
format: kanjian/scheme/1
code: pairs
version: "1"
name: 村级评价
name_en: Village review
tracks: {by: track}
bands:
  - {code: A, name: 优秀, name_en: Excellent, at_least: 60}
  - {code: C, name: 一般, name_en: Fair, at_least: 0}
tree:
  code: index
  name: 总分
  name_en: Index
  children:
    - {code: A, name: 组织, name_en: Organisation, weight: 40,
       children: [{code: A1, name: 到会率, name_en: Attendance, unit: "%", rule: {method: direct}}]}
    - {code: B, name: 发展, name_en: Development, weight: 40,
       children: [{code: B1, name: 收入, name_en: Income, unit: 万元, rule: {method: minmax}}]}
    - {code: C, name: 治理, name_en: Order, weight: 20,
       children: [{code: C1, name: 整改率, name_en: Fixed, unit: "%", rule: {method: direct}}]}
"""


@dataclass(frozen=True)
class World:
    """A board whose editions of these quarters are published."""

    board: "Board"
    editions: "dict[str, Edition]"
    villages: "list[Unit]"
    organiser: "Unit"
    township: "Unit"
    other_township: "Unit"


@dataclass
class Kept:
    """What a fixture wrote, to be written again in the next test instead of being made anew.

    Files of editions never change, so all tests read the same folder.
    """

    home: Path
    layers: "dict[str, list[list[models.Model]]]"

    def layer(self, name: str, tables: "list[type[models.Model]]", make: "Callable[[], object]") -> None:
        """Make it and keep its rows, or write the rows that were kept."""
        if name in self.layers:
            for rows in self.layers[name]:
                if rows:
                    type(rows[0])._default_manager.bulk_create(copy.deepcopy(rows))
            return
        make()
        self.layers[name] = [list(table._default_manager.order_by("pk")) for table in tables]


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Rows and files of this run."""
    return Kept(tmp_path_factory.mktemp("pairing-home"), {})


@pytest.fixture
def home(settings, kept: Kept) -> Path:
    """The folder of editions that all tests of this room share."""
    settings.HOME = kept.home
    return kept.home


@pytest.fixture
def small_city(home, db, kept: Kept) -> SmallCity:
    """As everywhere, with the villages of this room's world below it."""
    from kanjian.boards.models import Board, Edition, Release, SchemeVersion
    from kanjian.ledger.models import Event, Head
    from kanjian.measures.models import Indicator
    from kanjian.orgs.models import Membership, Track, Unit

    tables = [Unit, Track, Membership, Indicator, Board, SchemeVersion, Release, Edition, Event, Head]
    kept.layer("world", tables, lambda: make_world(make_city()))
    unit = {each.code: each for each in Unit.objects.filter(code__startswith="C")}
    codes = ("C", "C1", "C2", "C101", "C102", "C10101", "C10102", "C10201", "C-NY")
    return SmallCity(*(unit[code] for code in codes))


def make_city() -> SmallCity:
    """城 › 东县 › 柳镇、松镇; 西县; a department."""
    from kanjian.orgs.models import Unit

    def unit(code: str, name: str, kind: str, parent: "Unit | None" = None) -> "Unit":
        return Unit.objects.create(code=code, name=name, kind=kind, parent=parent)

    city = unit("C", "湖城市", "city")
    county, other = unit("C1", "东县", "county", city), unit("C2", "西县", "county", city)
    township, pines = unit("C101", "柳镇", "township", county), unit("C102", "松镇", "township", county)
    villages = [unit("C10101", "荷塘村", "village", township), unit("C10102", "石桥村", "village", township)]
    villages.append(unit("C10201", "云岭村", "village", pines))
    return SmallCity(city, county, other, township, pines, *villages, unit("C-NY", "农业农村局", "department", city))


def make_world(small_city: SmallCity, periods=PERIODS[:6]) -> None:
    """Levels that last and shocks that do not; every quarter published."""
    from kanjian.boards import actions
    from kanjian.measures.models import Batch, Indicator, Value
    from kanjian.orgs.models import Unit

    draw = random.Random(5)
    villages = make_villages(small_city, draw)
    indicators = [Indicator.objects.create(code=code, name=f"指标{code}") for code in ("A1", "B1", "C1")]
    batch = Batch.objects.create(source="all.xlsx", rows=1)
    level = {unit.pk: [draw.uniform(60, 90), draw.uniform(60, 240), draw.uniform(60, 90)] for unit in villages}
    Value.objects.bulk_create(
        Value(unit=unit, indicator=indicator, period=period, batch=batch, row=2,
              value=round(level[unit.pk][at] + draw.gauss(0, 3), 2))
        for period in periods for unit in villages for at, indicator in enumerate(indicators)
    )  # fmt: skip
    board = actions.create_board(
        code="pairs", name="村榜", name_en="Villages", unit_kind="village", root=small_city.city, by=None
    )
    version = actions.add_scheme_version(board, SCHEME, valid_from="2025-Q1", by=None)
    for period in periods:
        edition = actions.compute_edition(version, actions.freeze_release(board, period, by=None), by=None)
        actions.publish(actions.open_objection(edition, by=None, days=0), by=None)
    Unit.objects.create(code="C-ZZ", name="组织部", name_en="Organisation", kind="department", parent=small_city.city)


def make_villages(small_city: SmallCity, draw: random.Random) -> "list[Unit]":
    """Forty villages in two tracks with terrain, size, place; those of the small city are closed."""
    from kanjian.orgs.models import Membership, Track, Unit

    tracks = [
        Track.objects.create(code=code, name=name, name_en=code, order=order)
        for order, (code, name) in enumerate((("near", "近郊"), ("far", "远郊")))
    ]
    Unit.objects.filter(kind="village").update(valid_to=date(2024, 1, 1))
    villages = []
    for number in range(40):
        unit = Unit.objects.create(
            code=f"V{number:03d}",
            name=f"村{number:02d}",
            name_en=f"Village {number}",
            kind="village",
            parent=small_city.township if number % 2 else small_city.other_township,
            longitude=120 + draw.random() / 3,
            latitude=30 + draw.random() / 3,
            attributes={
                "population": draw.randint(500, 5000),
                "terrain": draw.choice(["plain", "hill"]),
                "industry": draw.choice(["茶", "丝"]),
            },
        )
        Membership.objects.create(unit=unit, track=tracks[number >= 24], valid_from=date(2024, 1, 1))
        villages.append(unit)
    return villages


@pytest.fixture
def world(small_city) -> World:
    """Six quarters, two of them after the choice."""
    from kanjian.boards.models import Board, Edition
    from kanjian.orgs.models import Unit

    editions = Edition.objects.select_related("board__root", "scheme", "release")
    return World(
        Board.objects.get(),
        {edition.period: edition for edition in editions},
        list(Unit.objects.filter(code__startswith="V")),
        Unit.objects.get(code="C-ZZ"),
        small_city.township,
        small_city.other_township,
    )


@pytest.fixture
def parameters():
    """A quarter looks for a partner in the upper third; nothing is too far or too unlike."""
    from kanjian.pairing.endowments import usual
    from kanjian.pairing.parameters import Parameters

    known = usual(("population", "terrain", "industry"), "B1")
    return Parameters(mentees=0.25, mentors=0.35, margin=2, caliper=1.0, endowments=known)


@pytest.fixture
def proposed(world, parameters, kept: Kept) -> "Round":
    """A round for the quarter of the choice."""
    from kanjian.pairing.actions import propose_round
    from kanjian.pairing.models import Pair, Round

    edition = world.editions[CHOSEN]
    kept.layer(
        "proposed", [Round, Pair], lambda: propose_round(edition, parameters, organiser=world.organiser, by=None)
    )
    return Round.objects.get()


def agree_all(found: "Round") -> None:
    """The system says yes for every side of every pair."""
    from kanjian.pairing.actions import agree

    for pair in found.pairs.filter(state="proposed"):
        for side in ("mentee", "mentor", "organiser"):
            agree(pair, side, by=None)


@pytest.fixture
def running(world, parameters, kept: Kept) -> "Round":
    """Agreed by everybody and started on the first day of 2026."""
    from kanjian.pairing.actions import propose_round, start_round
    from kanjian.pairing.models import Confirmation, Pair, Round

    def make() -> None:
        found = propose_round(world.editions[CHOSEN], parameters, organiser=world.organiser, by=None)
        agree_all(found)
        start_round(found, mark="湖组帮", day=date(2026, 1, 1), by=None)

    kept.layer("running", [Round, Pair, Confirmation], make)
    return Round.objects.get()


@pytest.fixture
def pair(running) -> "Pair":
    """The first running pair."""
    return running.pairs.select_related("mentee__parent", "mentor__parent", "round__organiser").first()


@pytest.fixture
def holder(db) -> "Callable[[str, str, Unit], User]":
    """A function that gives a person a post."""
    from kanjian.orgs.models import Post, User

    def make(username: str, role: str, unit: "Unit") -> "User":
        person = User.objects.filter(username=username).first() or User.objects.create_user(
            username=username, password="of-" + username
        )
        Post.objects.create(user=person, unit=unit, role=role)
        return person

    return make


@pytest.fixture
def leader(world, holder) -> "User":
    """李科长, reviewer at the organisation department."""
    return holder("likezhang", "reviewer", world.organiser)


@pytest.fixture
def willows(world, holder) -> "User":
    """柳镇干事, reviewer of 柳镇 (villages with odd numbers)."""
    return holder("liuzhen", "reviewer", world.township)


@pytest.fixture
def pines(world, holder) -> "User":
    """松镇干事, reviewer of 松镇 (villages with even numbers)."""
    return holder("songzhen", "reviewer", world.other_township)
