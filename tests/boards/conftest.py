"""A board of thirty villages in two tracks with values of four quarters, made through the actions."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kanjian.boards.models import Board, Edition, Objection, Release, SchemeVersion
    from kanjian.orgs.models import Unit, User

PERIODS = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4")
SCHEME = """
format: kanjian/scheme/1
code: villages
version: "{version}"
name: 村级评价
name_en: Village review
tracks: {{by: track}}
bands:
  - {{code: A, name: 优秀, name_en: Excellent, at_least: 75}}
  - {{code: B, name: 良好, name_en: Good, at_least: 55}}
  - {{code: C, name: 一般, name_en: Fair, at_least: 0}}
eligibility: {{min_coverage: 0.5}}
tree:
  code: index
  name: 总分
  name_en: Index
  vetoes: [{{code: V, name: 事故, input: V, document: V@note, effect: {{max_band: B}}}}]
  children:
    - code: A
      name: 组织
      name_en: Organisation
      weight: {weight}
      children:
        - code: A1
          name: 到会率
          name_en: Attendance
          unit: "%"
          source: 组织部
          weight: 2
          rule: {{method: target_ratio, target: 92}}
        - code: A2
          name: 星级
          name_en: Stars
          unit: 星
          source: 组织部
          rule:
            method: grade
            grades: [{{label: "5", points: 100}}, {{label: "4", points: 80}}, {{label: "3", points: 50}}]
    - code: B
      name: 发展
      name_en: Development
      weight: 60
      children:
        - code: B1
          name: 收入
          name_en: Income
          unit: 万元
          source: 农业农村局
          rule: {{method: minmax, within: track}}
        - code: B2
          name: 增速
          name_en: Growth
          unit: "%"
          source: 农业农村局
          inputs: [B1, B1@-1]
          rule: {{method: growth, clip: [-50, 50], then: {{method: minmax}}}}
        - code: B3
          name: 违建
          name_en: Illegal buildings
          unit: 处
          direction: down
          source: 执法局
          rule: {{method: deduct, per: 20}}
    - {{code: F, name: 加分, name_en: Bonus, rule: {{method: bonus, at_most: 3}}}}
"""


def scheme_text(version: str = "2025.1", weight: int = 40) -> str:
    """The scheme of the tests; another weight is another method."""
    return SCHEME.format(version=version, weight=weight)


@dataclass(frozen=True)
class Villages:
    """A board with thirty villages, its scheme and values in four quarters."""

    board: "Board"
    version: "SchemeVersion"
    units: list["Unit"]


@pytest.fixture
def villages(home: Path, small_city) -> Villages:
    """Two counties, thirty villages in two tracks; one has no values, one lacks most of them."""
    from kanjian.boards.actions import add_scheme_version, create_board
    from kanjian.orgs.models import Membership, Track, Unit

    near = Track.objects.create(code="near", name="近郊", name_en="Suburban", order=1)
    far = Track.objects.create(code="far", name="远郊", name_en="Outer", order=2)
    units = []
    for number in range(30):
        parent = small_city.township if number % 2 else small_city.other_township
        unit = Unit.objects.create(
            code=f"V{number:03d}",
            name=f"村{number:02d}",
            name_en=f"Village {number}",
            pinyin=f"cun{number:02d}",
            initials=f"c{number:02d}",
            kind="village",
            parent=parent,
            longitude=120 + number / 100,
            latitude=30 + number / 100,
            attributes={"population": 1000 + number},
        )
        Membership.objects.create(unit=unit, track=near if number < 18 else far, valid_from=date(2024, 1, 1))
        units.append(unit)
    Unit.objects.filter(code__startswith="C10").filter(kind="village").update(valid_to=date(2024, 1, 1))
    board = create_board(
        code="villages",
        name="村榜",
        name_en="Villages",
        unit_kind="village",
        root=small_city.city,
        is_public=True,
        by=None,
    )
    write_values(units)
    version = add_scheme_version(board, scheme_text(), valid_from="2025-Q1", by=None)
    return Villages(board, version, units)


def write_values(units: "list[Unit]", seed: int = 7) -> None:
    """Values of four quarters from one seed; V028 has none, V029 only one, V003 a veto with document in 2025-Q4."""
    from kanjian.measures.models import Batch, Indicator, Value

    draw = random.Random(seed)
    indicators = {
        code: Indicator.objects.create(code=code, name=f"指标{code}", name_en=f"Indicator {code}")
        for code in ("A1", "A2", "B1", "B3", "F", "V")
    }
    batch = Batch.objects.create(source="season.xlsx", rows=1)
    cells = [
        (unit, code, period, value, line)
        for line, unit in enumerate(units[:28], start=2)
        for quarter, period in enumerate(PERIODS)
        for code, value in drawn(draw, quarter, is_veto=unit.code == "V003" and period == "2025-Q4").items()
        if (unit.code, code) != ("V010", "A2")
    ]
    cells += [(units[29], "A1", period, 80.0, 99) for period in PERIODS]
    rows = [
        Value(
            unit=unit,
            indicator=indicators[code],
            period=period,
            value=value,
            note="湖纪〔2025〕3号" if code == "V" and value else "",
            batch=batch,
            row=line,
        )
        for unit, code, period, value, line in cells
    ]
    rows.append(
        Value(unit=units[10], indicator=indicators["A2"], period="2025-Q4", status="not_applicable", batch=batch, row=5)
    )
    Value.objects.bulk_create(rows)


def drawn(draw: random.Random, quarter: int, *, is_veto: bool) -> dict[str, float]:
    """One village's values of one quarter."""
    return {
        "A1": round(draw.uniform(70, 99), 1),
        "A2": float(draw.randint(3, 5)),
        "B1": round(draw.uniform(30, 300) * (1 + quarter / 20), 2),
        "B3": float(draw.randint(0, 3)),
        "F": float(draw.randint(0, 2)),
        "V": float(is_veto),
    }


Computed = Callable[..., "Edition"]


@pytest.fixture
def computed(villages: Villages) -> Computed:
    """A function that freezes and computes a draft of a period."""
    from kanjian.boards.actions import compute_edition, freeze_release

    def make(period: str = "2025-Q4", version: "SchemeVersion | None" = None) -> "Edition":
        release: Release = freeze_release(villages.board, period, by=None)
        return compute_edition(version or villages.version, release, by=None)

    return make


@pytest.fixture
def published(computed: Computed) -> Computed:
    """A function that also publishes it, the first period of a new version after both versions were computed."""
    from kanjian.boards.actions import open_objection, publish, record_overlap
    from kanjian.boards.overlaps import older_version

    def make(period: str = "2025-Q4", version: "SchemeVersion | None" = None) -> "Edition":
        edition = computed(period, version)
        if older_version(edition) is not None:
            record_overlap(edition, by=None)
        return publish(open_objection(edition, by=None, days=0), by=None)

    return make


@pytest.fixture
def season(published: Computed) -> "list[Edition]":
    """All four quarters published, in order."""
    return [published(period) for period in PERIODS]


@pytest.fixture
def work_years(db) -> None:
    """A working-day calendar of plain weeks, 2024 to 2030, so that tests count by the days of the week."""
    from kanjian.calendars.models import CalendarYear

    CalendarYear.objects.bulk_create([CalendarYear(year=year, status="official") for year in range(2024, 2031)])


@dataclass(frozen=True)
class Office:
    """The people of a city office and of a village; who computes is not who reviews, proposes or confirms."""

    methodologist: "User"
    kezhang: "User"  # reviewer of the city
    administrator: "User"
    fuhe: "User"  # another reviewer of the city
    clerk: "User"  # reporter of V004
    township: "User"  # reviewer of 松镇, above V004


@pytest.fixture
def office(villages: Villages, small_city, work_years, methodologist, administrator) -> Office:
    """方法员、审核科长、管理员、复核员 of the city; 村文书 of V004; 镇审核员 above it."""
    from kanjian.orgs.models import Post, User

    def person(username: str, name: str, role: str, unit: "Unit") -> "User":
        made = User.objects.create_user(username=username, password="password-of-" + username, display_name=name)
        Post.objects.create(user=made, unit=unit, role=role)
        return made

    return Office(
        methodologist=methodologist,
        kezhang=person("kezhang", "审核科长", "reviewer", small_city.city),
        administrator=administrator,
        fuhe=person("fuheyuan", "复核员", "reviewer", small_city.city),
        clerk=person("wenshu", "村文书四", "reporter", villages.units[4]),
        township=person("zhenshenhe", "镇审核员", "reviewer", small_city.other_township),
    )


@pytest.fixture
def shown(villages: Villages, computed: Computed, office: Office) -> "Edition":
    """2025-Q4 computed by the methodologist, signed off by the section head, under objection for five working days."""
    from kanjian.boards.actions import compute_edition, freeze_release, open_objection, sign_off

    release = freeze_release(villages.board, "2025-Q4", by=office.methodologist)
    edition = compute_edition(villages.version, release, by=office.methodologist)
    sign_off(edition, by=office.kezhang, note="差异逐条看过，没有异常")
    return open_objection(edition, by=office.kezhang)


@pytest.fixture
def filed(shown: "Edition", villages: Villages, office: Office) -> "Objection":
    """The clerk of V004 says its income was 250."""
    from kanjian.boards.actions.objections import file_objection
    from kanjian.boards.changes import CellChange
    from kanjian.tables import Source

    cell = CellChange("V004", "B1", "2025-Q4", 250.0)
    unit = villages.units[4]
    given = {"grounds": "漏计一笔", "node": "B1", "cells": [cell], "files": [Source("证明.pdf", b"%PDF-1.4 proof")]}
    return file_objection(shown, unit, "value", by=office.clerk, **given)
