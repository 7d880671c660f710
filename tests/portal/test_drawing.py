"""Coordinates of small pictures: inside the box, in proportion, gaps kept."""

from hypothesis import given
from hypothesis import strategies as st

from kanjian.portal.drawing import interval, page_numbers, sparkline

SCORES = st.lists(st.none() | st.floats(0, 100), min_size=1, max_size=40)


def test_sparkline_runs_from_lowest_to_highest_over_the_whole_box():
    drawn = sparkline([60.0, 70.0, 80.0], width=106, height=26, margin=3)
    assert drawn.runs == [[(3.0, 23.0), (53.0, 13.0), (103.0, 3.0)]]
    assert drawn.last == (103.0, 3.0)


def test_sparkline_keeps_gaps_open():
    drawn = sparkline([1.0, None, 3.0, 4.0], width=100, height=20)
    assert [len(run) for run in drawn.runs] == [1, 2]


def test_sparkline_without_a_newest_value_has_no_dot():
    assert sparkline([1.0, 2.0, None], width=100, height=20).last is None


def test_sparkline_of_nothing_is_empty():
    drawn = sparkline([None, None], width=100, height=20)
    assert (drawn.runs, drawn.last) == ([], None)


def test_equal_values_lie_in_the_middle():
    assert {y for _x, y in sparkline([5.0, 5.0], width=100, height=20).runs[0]} == {10.0}


@given(SCORES)
def test_sparkline_stays_in_its_box_and_loses_no_value(values):
    drawn = sparkline(values, width=88, height=24)
    points = [point for run in drawn.runs for point in run]
    assert len(points) == sum(value is not None for value in values)
    assert all(0 <= x <= 88 and 0 <= y <= 24 for x, y in points)


def test_interval_is_in_proportion():
    box = interval(11, 20, 100, rank=15, width=107)
    assert (box.start, box.length, box.at) == (13.5, 10.0, 18.0)


def test_dots_of_the_first_and_last_place_are_whole():
    assert interval(1, 1, 522, rank=1, width=96).at > 3.2
    assert interval(522, 522, 522, rank=522, width=96).at < 96 - 3.2


def test_one_place_of_many_is_still_seen():
    box = interval(1, 1, 690_000, rank=1, width=96)
    assert box.length == 4.0


@given(st.integers(1, 10**6), st.data())
def test_interval_stays_on_its_line(size, data):
    low = data.draw(st.integers(1, size))
    high = data.draw(st.integers(low, size))
    box = interval(low, high, size, rank=None, width=96)
    assert box.start >= 0
    assert box.start + box.length <= 96.01


def test_pager_shows_ends_and_surroundings():
    assert page_numbers(1, 1) == [1]
    assert page_numbers(1, 4) == [1, 2, 3, 4]
    assert page_numbers(5, 19) == [1, None, 4, 5, 6, None, 19]
    assert page_numbers(19, 19) == [1, None, 18, 19]


@given(st.integers(1, 500), st.data())
def test_pager_never_repeats_and_always_has_the_own_page(pages, data):
    page = data.draw(st.integers(1, pages))
    shown = [number for number in page_numbers(page, pages) if number]
    assert shown == sorted(set(shown))
    assert {1, page, pages} <= set(shown)
