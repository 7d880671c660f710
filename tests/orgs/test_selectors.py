"""The tree, tracks and search, today and on past days."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from kanjian.orgs import selectors
from kanjian.orgs.models import Membership, Placement, Track, Unit

pytestmark = pytest.mark.django_db
MOVE = date(2025, 3, 1)


@pytest.fixture
def moved(small_city):
    """石桥村 went from 柳镇 to 松镇 on 1 March 2025."""
    village, old, new = small_city.sister_village, small_city.township, small_city.other_township
    village.parent = new
    village.save()
    Placement.objects.create(unit=village, parent=old, valid_to=MOVE)
    Placement.objects.create(unit=village, parent=new, valid_from=MOVE)
    return village


def codes(units):
    return sorted(unit.code for unit in units)


def test_units_exist_from_their_first_day_until_the_day_after_their_last(small_city):
    Unit.objects.create(
        code="C10103", name="新村", kind="village", valid_from=date(2025, 1, 1), valid_to=date(2026, 1, 1)
    )
    for day, expected in [
        (date(2024, 12, 31), False),
        (date(2025, 1, 1), True),
        (date(2025, 12, 31), True),
        (date(2026, 1, 1), False),
    ]:
        assert selectors.units_at(day).filter(code="C10103").exists() is expected


def test_descendants_and_ancestors_today(small_city):
    assert codes(selectors.descendants(small_city.county)) == ["C101", "C10101", "C10102", "C102", "C10201"]
    assert codes(selectors.descendants(small_city.township, include_self=True)) == ["C101", "C10101", "C10102"]
    assert [unit.code for unit in selectors.ancestors(small_city.village)] == ["C", "C1", "C101"]
    assert selectors.ancestors(small_city.city) == []


@pytest.mark.parametrize(("day", "parent"), [(MOVE - timedelta(days=1), "C101"), (MOVE, "C102"), (None, "C102")])
def test_a_moved_village_belongs_where_it_belonged_that_day(small_city, moved, day, parent):
    assert selectors.ancestors(moved, day)[-1].code == parent
    here, there = (small_city.township, small_city.other_township)
    if parent == "C102":
        here, there = there, here
    assert moved in selectors.descendants(here, day)
    assert moved not in selectors.descendants(there, day)
    frame = selectors.geography([moved], day)
    assert frame["township"].to_list() == [parent]


def test_geography_names_every_level_in_the_order_given(small_city):
    frame = selectors.geography([small_city.far_village, small_city.city, small_city.department, small_city.county])
    assert frame.schema == selectors.GEOGRAPHY_SCHEMA
    assert frame["unit"].to_list() == ["C10201", "C", "C-NY", "C1"]
    assert frame["city"].to_list() == ["C", "C", "C", "C"]
    assert frame["county"].to_list() == ["C1", None, None, "C1"]
    assert frame["county_name"].to_list() == ["东县", None, None, "东县"]
    assert frame["township_name"].to_list() == ["松镇", None, None, None]


def test_geography_asks_once_per_level_and_not_once_per_unit(small_city, django_assert_num_queries):
    villages = Unit.objects.filter(kind="village")
    with django_assert_num_queries(4):  # villages, townships, counties, city
        assert selectors.geography(villages).height == 3


def test_geography_of_nothing_has_the_same_columns(db):
    assert selectors.geography([]).schema == selectors.GEOGRAPHY_SCHEMA


def test_tracks_hold_between_their_days(small_city):
    hills, plains = (Track.objects.create(code=code, name=code) for code in ("hills", "plains"))
    village = small_city.village
    Membership.objects.create(unit=village, track=hills, valid_to=date(2026, 1, 1))
    Membership.objects.create(unit=village, track=plains, valid_from=date(2026, 1, 1))
    for units in ([village, small_city.sister_village], Unit.objects.filter(kind="village")):
        assert selectors.track_of(units, date(2025, 12, 31)) == {"C10101": "hills"}
        assert selectors.track_of(units, date(2026, 1, 1)) == {"C10101": "plains"}


@pytest.mark.parametrize("text", ["荷塘", "htc", "HTC", "hetang", "he tang", "C10101", "Lotus", " 荷塘村 "])
def test_a_village_is_found_by_name_spelling_initials_and_code(small_city, text):
    village = small_city.village
    village.pinyin, village.initials, village.name_en = "hetangcun", "htc", "Lotus Pond"
    village.save()
    assert [unit.code for unit in selectors.search(text)] == ["C10101"]


def test_exact_hits_come_first_and_nothing_finds_nothing(small_city):
    assert [unit.code for unit in selectors.search("C101")] == ["C101", "C10101", "C10102"]
    assert not selectors.search("  ").exists()
    assert not selectors.search("%").exists()
    assert codes(selectors.search("村", Unit.objects.filter(parent=small_city.township))) == ["C10101", "C10102"]


def test_today_needs_no_history(small_city, moved, django_assert_num_queries):
    with django_assert_num_queries(1):
        list(selectors.descendants(small_city.county, timezone.localdate()))
