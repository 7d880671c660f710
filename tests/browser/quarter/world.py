"""The world before the quarter begins: two townships of six villages, a method, five published quarters, people.

柳镇 is the stronger township and 松镇 the weaker one, so that pairs reach across. Every number comes from one seed.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.utils import timezone

from kanjian.boards import actions as boards
from kanjian.boards.models import Board
from kanjian.calendars.models import CalendarYear
from kanjian.calendars.periods import Period
from kanjian.collecting import actions as collecting
from kanjian.measures.actions import define_indicator, import_values
from kanjian.measures.intake import Options, Source
from kanjian.orgs.actions import assign_track, create_token, create_track, create_unit, create_user
from kanjian.orgs.models import Unit, User

QUARTER = "2026-Q3"
PAST = tuple(Period.parse(QUARTER).shift(-back).code for back in range(5, 0, -1))
BOARD = "village-strength"
CITY, FARMING, SAFETY, ORGANISER = "C", "C-NY", "C-YJ", "C-ZZ"
WILLOWS, PINES = "C101", "C102"
HETANG = "C10101"  # the village whose clerk fills in on the phone, and objects in the end
VILLAGES = tuple(f"{township}{number:02d}" for township in (WILLOWS, PINES) for number in range(1, 7))
NAMES = (
    "荷塘村",
    "石桥村",
    "桑园村",
    "渔浦村",
    "竹坞村",
    "菱湖村",
    "云岭村",
    "茶岭村",
    "松涛村",
    "泉坑村",
    "梅坞村",
    "岭脚村",
)

# code: name, English name, unit of measure, largest, who brings it
INDICATORS = {
    "A1": ("村务公开率", "Village affairs published", "%", 100, "village"),
    "A2": ("垃圾分类率", "Waste sorted", "%", 100, "village"),
    "C2": ("违建处数", "Illegal buildings", "处", None, "village"),
    "B1": ("集体经营性收入", "Collective income", "万元", None, "department"),
    "B3": ("土地流转率", "Farmland let on", "%", 100, "department"),
    "C1": ("隐患整改率", "Hazards removed", "%", 100, ""),
}
BY_VILLAGES = ("A1", "A2", "C2")
BY_DEPARTMENT = ("B1", "B3")
SCHEME = """
format: kanjian/scheme/1
code: village-strength
version: "2025.1"
name: 强村小榜
name_en: Village strength, small
tracks: {by: track}
bands:
  - {code: A, name: 优秀, name_en: Excellent, at_least: 75}
  - {code: B, name: 良好, name_en: Good, at_least: 55}
  - {code: C, name: 待提升, name_en: To improve, at_least: 0}
eligibility: {min_coverage: 0.6}
tree:
  code: index
  name: 总分
  name_en: Index
  children:
    - code: A
      name: 村务
      name_en: Village affairs
      weight: 30
      children:
        - {code: A1, name: 村务公开率, name_en: Village affairs published, unit: "%", source: 民政局,
           rule: {method: direct}}
        - {code: A2, name: 垃圾分类率, name_en: Waste sorted, unit: "%", source: 住建局, rule: {method: direct}}
    - code: B
      name: 发展
      name_en: Development
      weight: 40
      children:
        - {code: B1, name: 集体经营性收入, name_en: Collective income, unit: 万元, source: 农业农村局,
           rule: {method: minmax}}
        - {code: B2, name: 收入增速, name_en: Growth of income, unit: "%", source: 农业农村局, inputs: [B1, "B1@-1"],
           rule: {method: growth, clip: [-50, 50], then: {method: minmax}}}
        - {code: B3, name: 土地流转率, name_en: Farmland let on, unit: "%", source: 农业农村局, rule: {method: direct}}
    - code: C
      name: 治理
      name_en: Order
      weight: 30
      children:
        - {code: C1, name: 隐患整改率, name_en: Hazards removed, unit: "%", source: 应急管理局, rule: {method: direct}}
        - {code: C2, name: 违建处数, name_en: Illegal buildings, unit: 处, direction: down, source: 综合执法局,
           rule: {method: deduct, per: 10}}
"""
# user name: display name, role, unit
PEOPLE = {
    "wenshu": ("荷塘村文书", "reporter", HETANG),
    "liuzhen-xitong": ("柳镇数据员", "reporter", WILLOWS),
    "songzhen-xitong": ("松镇数据员", "reporter", PINES),
    "liuzhen": ("柳镇审核员", "reviewer", WILLOWS),
    "songzhen": ("松镇审核员", "reviewer", PINES),
    "nongye": ("农业科员", "reporter", FARMING),
    "nongye-kezhang": ("农业科长", "reviewer", FARMING),
    "yingji": ("应急科员", "reporter", SAFETY),
    "fangfa": ("考评办方法员", "methodologist", CITY),
    "kaoping": ("考评办主任", "reviewer", CITY),
    "fuhe": ("考评办复核员", "reviewer", CITY),
    "guanli": ("平台管理员", "administrator", CITY),
    "zuzhi": ("组织部科长", "reviewer", ORGANISER),
}


@dataclass(frozen=True)
class World:
    """People by user name, and the secrets of the machines that brought data in earlier quarters already."""

    people: dict[str, User]
    secrets: dict[str, str]


@cache
def numbers() -> dict[tuple[str, str, str], float]:
    """Unit, indicator, period → value: a level that lasts, a little growth, a little noise."""
    draw, found = random.Random(11), {}
    for place, unit in enumerate(VILLAGES):
        level = 1 - place / len(VILLAGES)
        own = {code: draw.uniform(-3, 3) for code in INDICATORS}
        for turn, period in enumerate((*PAST, QUARTER)):
            wobble = {code: draw.uniform(-1.2, 1.2) for code in INDICATORS}
            for code in ("A1", "A2", "B3", "C1"):
                found[unit, code, period] = round(62 + 28 * level + own[code] + wobble[code], 1)
            income = (55 + 190 * level + 4 * own["B1"]) * (1 + turn / 60) + wobble["B1"]
            found[unit, "B1", period] = round(income, 2)
            found[unit, "C2", period] = float(round(3 * (1 - level) + abs(wobble["C2"])))
    return found


def make_world() -> World:
    """Units, people, indicators, two collections that are active, a board with five published quarters."""
    CalendarYear.objects.bulk_create([CalendarYear(year=year, status="official") for year in range(2024, 2033)])
    _units()
    people = {
        name: create_user(
            username=name, by=None, display_name=shown, password=password_of(name), unit=_unit(unit), role=role
        )[0]
        for name, (shown, role, unit) in PEOPLE.items()
    }
    _indicators()
    _collections()
    _published_quarters()
    secrets = {
        name: create_token(people[name], name="每季报送", by=people[name], scope="write")[1]
        for name in ("songzhen-xitong", "yingji")
    }
    return World(people, secrets)


def password_of(name: str) -> str:
    """What the person types; long enough for the rules."""
    return f"{name}-Kj-2026-quarter"


def _unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def _units() -> None:
    def make(code: str, name: str, kind: str, parent: str = "", **more) -> Unit:
        above = _unit(parent) if parent else None
        return create_unit(code=code, name=name, kind=kind, parent=above, by=None, valid_from=date(2020, 1, 1), **more)

    make(CITY, "湖城市", "city")
    make("C1", "东县", "county", CITY)
    make(WILLOWS, "柳镇", "township", "C1")
    make(PINES, "松镇", "township", "C1")
    for code, name in ((FARMING, "农业农村局"), (SAFETY, "应急管理局"), (ORGANISER, "组织部")):
        make(code, name, "department", CITY)
    track = create_track(code="all", name="平原村", name_en="Plain", by=None)
    for place, (code, name) in enumerate(zip(VILLAGES, NAMES, strict=True)):
        unit = make(
            code, name, "village", code[:4], longitude=120 + place / 50, latitude=30.8 + (place % 3) / 40,
            attributes={"population": 900 + 70 * place, "terrain": "plain"},
        )  # fmt: skip
        assign_track(unit, track, by=None, day=date(2020, 1, 1))


def _indicators() -> None:
    for order, (code, (name, name_en, unit, most, reporter)) in enumerate(INDICATORS.items()):
        given = {"source": "entered", "reporter_kind": reporter} if reporter else {"source": "imported"}
        define_indicator(
            code, by=None, name=name, name_en=name_en, unit_of_measure=unit, minimum=0, maximum=most, order=order,
            higher_is_better=code != "C2", department=_unit(SAFETY if code == "C1" else FARMING), **given,
        )  # fmt: skip


def _collections() -> None:
    today = timezone.localdate()
    kinds = {
        "villages": ("村情季报", "village", ["township", "department", "office"], BY_VILLAGES),
        "farming": ("农业农村季报", "department", ["department", "office"], BY_DEPARTMENT),
    }
    for code, (name, reporter, chain, codes) in kinds.items():
        collection = collecting.create_collection(
            code, root=_unit(CITY), by=None, name=name, owner=_unit(FARMING), subject_kind="village",
            reporter_kind=reporter, frequency="quarter", chain=chain, document="湖政办发〔2026〕1号",
            plan_year=today.year, ends_on=today + timedelta(days=400),
        )  # fmt: skip
        fields = [collecting.FieldSpec(define_indicator(each, by=None)) for each in codes]
        collecting.set_fields(collection, fields, by=None)
        collecting.activate_collection(collection, by=None)


def _published_quarters() -> None:
    known = numbers()
    rows = ["unit,indicator,period,value"]
    rows += [f"{u},{i},{p},{value}" for (u, i, p), value in known.items() if p != QUARTER]
    history = Source("history.csv", ("\n".join(rows) + "\n").encode())
    import_values(history, Options(shape="long", note="上线前各期数据"), by=None)
    board = boards.create_board(
        code=BOARD, name="强村小榜", name_en="Village strength", unit_kind="village", root=_unit(CITY), is_public=True,
        by=None,
    )  # fmt: skip
    version = boards.add_scheme_version(board, SCHEME, valid_from=PAST[0], by=None)
    for period in PAST[1:]:  # the first quarter has nothing before it, so no growth
        edition = boards.compute_edition(version, boards.freeze_release(board, period, by=None), by=None)
        boards.publish(boards.open_objection(edition, by=None, days=0), by=None)
    assert Board.objects.get().code == BOARD
