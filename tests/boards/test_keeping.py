"""Answers that are kept as long as the units in them fit."""

import threading
import time

import pytest

from kanjian.boards.store.keeping import weighed


def counted(most: int):
    asked: list[int] = []

    @weighed(len, most)
    def rows(count: int) -> list[int]:
        """As many rows as asked for."""
        asked.append(count)
        return list(range(count))

    return rows, asked


def test_answers_are_kept_while_their_units_fit():
    rows, asked = counted(10)
    for _ in range(3):
        assert [len(rows(count)) for count in (1, 2, 3, 4)] == [1, 2, 3, 4]
    assert asked == [1, 2, 3, 4]


def test_the_answer_longest_unasked_goes_first():
    rows, asked = counted(10)
    rows(4), rows(5)
    rows(4)
    rows(6)  # 4 + 6 fit, 5 does not any more
    asked.clear()
    rows(4), rows(6)
    assert asked == []
    rows(5)
    assert asked == [5]


def test_an_answer_that_never_fits_is_given_but_not_kept():
    rows, asked = counted(10)
    rows(3)
    assert len(rows(11)) == len(rows(11)) == 11
    rows(3)
    assert asked == [3, 11, 11]


def test_two_who_ask_the_same_at_once_wait_for_one_answer():
    worked = []

    @weighed(len, 100)
    def slow(key: str) -> str:
        worked.append(key)
        time.sleep(0.05)
        return key

    people = [threading.Thread(target=slow, args=(key,)) for key in ("a", "a", "a", "b")]
    for person in people:
        person.start()
    for person in people:
        person.join(10)
    assert sorted(worked) == ["a", "b"]


def test_an_error_is_not_an_answer():
    tried = []

    @weighed(len, 100)
    def fails(key: str) -> str:
        tried.append(key)
        if len(tried) == 1:
            raise ZeroDivisionError
        return key

    with pytest.raises(ZeroDivisionError):
        fails("a")
    assert fails("a") == fails("a") == "a"
    assert tried == ["a", "a"]


def test_the_function_keeps_its_name_and_words():
    rows, _ = counted(10)
    assert rows.__name__ == "rows"
    assert rows.__doc__ == "As many rows as asked for."
