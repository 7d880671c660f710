"""Units are created, renamed, moved, merged, split, closed: dated, recorded, and only by those who may."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from kanjian.ledger.models import Event
from kanjian.orgs import actions, selectors
from kanjian.orgs.models import Lineage, Membership, Placement, Track, Unit
from kanjian.orgs.spelling import spelling

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)
DECISION = "民政批〔2025〕12号"


@pytest.fixture
def new_village(small_city):
    return actions.create_unit(
        code="C10103", name="长桥村", kind="village", parent=small_city.township, valid_from=DAY, by=None
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("织里镇", ("zhilizhen", "zlz")),
        ("重庆", ("chongqing", "cq")),
        ("长桥村", ("changqiaocun", "cqc")),
        ("校长村", ("xiaozhangcun", "xzc")),
        ("3号村", ("3haocun", "3hc")),
        ("A区（东）", ("aqudong", "aqd")),
        ("", ("", "")),
    ],
)
def test_names_are_spelled(name, expected):
    assert spelling(name) == expected


def test_a_new_unit_is_spelled_recorded_and_begins_on_its_day(new_village, small_city):
    assert (new_village.pinyin, new_village.initials) == ("changqiaocun", "cqc")
    assert new_village in selectors.descendants(small_city.city, DAY)
    assert new_village not in selectors.descendants(small_city.city, DAY - timedelta(days=1))
    event = Event.objects.get()
    assert (event.verb, event.subject, event.actor) == ("orgs.create_unit", "unit:C10103", "system")
    assert event.data["since"] == "2026-01-01"


def test_a_code_is_given_once(small_city):
    with pytest.raises(ValidationError) as caught:
        actions.create_unit(code="C101", name="重号", kind="township", parent=small_city.county, by=None)
    assert "code" in caught.value.message_dict
    assert not Event.objects.exists()


def test_nothing_begins_under_a_closed_unit(small_city):
    actions.close_unit(small_city.other_county, day=DAY, document=DECISION, by=None)
    with pytest.raises(ValidationError) as caught:
        actions.create_unit(
            code="C201", name="迟镇", kind="township", parent=small_city.other_county, valid_from=DAY, by=None
        )
    assert "parent" in caught.value.message_dict


def test_a_renamed_unit_keeps_its_code_and_its_former_name(small_city):
    actions.rename_unit(small_city.village, name="荷花村", day=DAY, document=DECISION, by=None)
    assert [unit.code for unit in selectors.search("hhc")] == ["C10101"]
    line = Lineage.objects.get()
    assert (line.kind, line.former_name, line.document) == ("renamed", "荷塘村", DECISION)
    assert Event.objects.get().data["before"] == "荷塘村"


def test_a_moved_unit_takes_what_is_below_it_along_from_that_day(small_city):
    actions.move_unit(small_city.township, to=small_city.other_county, day=DAY, document=DECISION, by=None)
    before, after = DAY - timedelta(days=1), DAY
    assert small_city.village in selectors.descendants(small_city.county, before)
    assert small_city.village not in selectors.descendants(small_city.county, after)
    assert small_city.village in selectors.descendants(small_city.other_county)
    assert selectors.geography([small_city.village], before)["county"].to_list() == ["C1"]
    assert selectors.geography([small_city.village])["county"].to_list() == ["C2"]
    assert Lineage.objects.get().kind == "moved"
    assert Event.objects.get().data["before"] == "C1"


def test_two_moves_leave_three_placements(small_city):
    village = small_city.village
    actions.move_unit(village, to=small_city.other_township, day=DAY, document=DECISION, by=None)
    later = DAY + timedelta(days=30)
    actions.move_unit(village, to=small_city.township, day=later, document=DECISION, by=None)
    assert Placement.objects.filter(unit=village).count() == 3
    for day, code in [
        (DAY - timedelta(days=1), "C101"),
        (DAY, "C102"),
        (later - timedelta(days=1), "C102"),
        (later, "C101"),
    ]:
        assert selectors.ancestors(village, day)[-1].code == code
    with pytest.raises(ValidationError, match="必须在此之后"):
        actions.move_unit(village, to=small_city.other_township, day=later, document=DECISION, by=None)


@pytest.mark.parametrize(
    ("target", "day", "code"),
    [
        ("township", DAY, "same"),
        ("village", DAY, "cycle"),
        ("other_township", timezone.localdate() + timedelta(days=1), "future"),
    ],
)
def test_moves_that_make_no_sense_are_refused(small_city, target, day, code):
    unit = small_city.village
    with pytest.raises(ValidationError) as caught:
        actions.move_unit(unit, to=getattr(small_city, target), day=day, document=DECISION, by=None)
    assert caught.value.code == code
    assert not Placement.objects.exists()
    assert not Event.objects.exists()


def test_a_county_cannot_go_below_its_own_village(small_city):
    with pytest.raises(ValidationError) as caught:
        actions.move_unit(small_city.county, to=small_city.village, day=DAY, document=DECISION, by=None)
    assert caught.value.code == "cycle"


def test_a_unit_with_living_children_is_not_closed(small_city):
    with pytest.raises(ValidationError, match="荷塘村、石桥村"):
        actions.close_unit(small_city.township, day=DAY, document=DECISION, by=None)
    for village in (small_city.village, small_city.sister_village):
        actions.close_unit(village, day=DAY, document=DECISION, by=None)
    actions.close_unit(small_city.township, day=DAY, document=DECISION, by=None)
    with pytest.raises(ValidationError) as caught:
        actions.close_unit(small_city.township, day=DAY, document=DECISION, by=None)
    assert caught.value.code == "closed"


def test_a_closed_unit_leaves_its_track(small_city):
    Membership.objects.create(unit=small_city.village, track=Track.objects.create(code="hills", name="山区"))
    actions.close_unit(small_city.village, day=DAY, document=DECISION, by=None)
    assert selectors.track_of([small_city.village], DAY - timedelta(days=1)) == {"C10101": "hills"}
    assert selectors.track_of([small_city.village], DAY) == {}


def test_villages_merge_into_a_new_one(small_city, new_village):
    actions.merge_units(
        [small_city.village, small_city.sister_village], into=new_village, day=DAY, document=DECISION, by=None
    )
    codes = {unit.code for unit in selectors.descendants(small_city.township, DAY)}
    assert codes == {"C10103"}
    assert {unit.code for unit in selectors.descendants(small_city.township, DAY - timedelta(days=1))} == {
        "C10101",
        "C10102",
    }
    assert Lineage.objects.filter(successor=new_village, kind="merged").count() == 2
    assert Event.objects.get(verb="orgs.merge_units").data["merged"] == ["C10101", "C10102"]


def test_townships_merge_and_their_villages_follow(small_city):
    actions.merge_units(
        [small_city.township, small_city.other_township],
        into=small_city.township,
        day=DAY,
        document=DECISION,
        by=None,
    )
    assert {unit.code for unit in selectors.descendants(small_city.township)} == {"C10101", "C10102", "C10201"}
    assert selectors.ancestors(small_city.far_village, DAY - timedelta(days=1))[-1].code == "C102"


def test_a_merger_needs_two(small_city):
    with pytest.raises(ValidationError) as caught:
        actions.merge_units([small_city.village], into=small_city.village, day=DAY, document=DECISION, by=None)
    assert caught.value.code == "too_few"


def test_a_village_splits_and_is_closed_unless_it_lives_on(small_city, new_village):
    village = small_city.village
    actions.split_unit(village, into=[village, new_village], day=DAY, document=DECISION, by=None)
    village.refresh_from_db()
    assert village.valid_to is None
    other = actions.create_unit(
        code="C10104", name="短桥村", kind="village", parent=small_city.township, valid_from=DAY, by=None
    )
    actions.split_unit(small_city.sister_village, into=[new_village, other], day=DAY, document=DECISION, by=None)
    small_city.sister_village.refresh_from_db()
    assert small_city.sister_village.valid_to == DAY
    assert Lineage.objects.filter(kind="split").count() == 3


def test_a_split_into_units_that_do_not_exist_yet_is_refused(small_city, new_village):
    with pytest.raises(ValidationError, match="不存在"):
        actions.split_unit(
            small_city.village,
            into=[small_city.sister_village, new_village],
            day=DAY - timedelta(days=1),
            document=DECISION,
            by=None,
        )
    assert not Lineage.objects.exists()


def test_structural_changes_name_their_decision(small_city):
    with pytest.raises(ValidationError) as caught:
        actions.close_unit(small_city.village, day=DAY, document=" ", by=None)
    assert caught.value.code == "document"


def test_only_administrators_of_both_sides_change_the_map(small_city, county_administrator, reviewer, new_village):
    village, county = small_city.village, county_administrator
    common = {"day": DAY, "document": DECISION}
    attempts = [
        lambda by: actions.create_unit(code="X", name="X", kind="village", parent=small_city.other_county, by=by),
        lambda by: actions.create_unit(code="X", name="X", kind="city", parent=None, by=by),
        lambda by: actions.move_unit(village, to=small_city.other_county, by=by, **common),
        lambda by: actions.close_unit(small_city.other_county, by=by, **common),
        lambda by: actions.rename_unit(small_city.other_county, name="X", by=by, **common),
        lambda by: actions.merge_units([village, small_city.other_county], into=village, by=by, **common),
        lambda by: actions.split_unit(village, into=[village, small_city.other_county], by=by, **common),
    ]
    events = Event.objects.count()
    for attempt in attempts:
        for person in (county, reviewer):
            with pytest.raises(PermissionDenied):
                attempt(person)
    assert Event.objects.count() == events
    actions.move_unit(village, to=small_city.other_township, by=county, **common)
    assert Event.objects.latest("sequence").actor == county.username


def test_tracks_are_the_methodologists_matter(small_city, methodologist, administrator):
    with pytest.raises(PermissionDenied):
        actions.create_track(code="hills", name="山区", by=administrator)
    hills = actions.create_track(code="hills", name="山区", by=methodologist)
    plains = actions.create_track(code="plains", name="平原", by=methodologist)
    with pytest.raises(PermissionDenied):
        actions.assign_track(small_city.village, hills, by=administrator)
    actions.assign_track(small_city.village, hills, by=methodologist)
    actions.assign_track(small_city.village, plains, by=methodologist, day=DAY, reason="重新分类")
    assert selectors.track_of([small_city.village], DAY - timedelta(days=1)) == {"C10101": "hills"}
    assert selectors.track_of([small_city.village], DAY) == {"C10101": "plains"}
    assert Event.objects.latest("sequence").data["before"] == "hills"


def test_memberships_never_overlap(small_city):
    hills, plains = (actions.create_track(code=code, name=code, by=None) for code in ("hills", "plains"))
    village, by = small_city.village, None
    actions.assign_track(village, hills, by=by, day=DAY)
    with pytest.raises(ValidationError) as caught:
        actions.assign_track(village, hills, by=by, day=DAY + timedelta(days=1))
    assert caught.value.code == "same"
    for day in (None, DAY, DAY - timedelta(days=1)):
        with pytest.raises(ValidationError):
            actions.assign_track(village, plains, by=by, day=day)
    assert actions.assign_track(village, None, by=by, day=DAY + timedelta(days=5)) is None
    for day in (None, DAY + timedelta(days=4)):
        with pytest.raises(ValidationError):
            actions.assign_track(village, plains, by=by, day=day)
    actions.assign_track(village, plains, by=by, day=DAY + timedelta(days=5))
    assert Membership.objects.count() == 2
    assert Unit.objects.get(pk=village.pk).memberships.count() == 2
