"""Ranks, their ties, and what a reader may set about them."""

from typing import Any

import polars as pl
import pytest

from kanjian.scoring import Scheme, rank, rank_nodes, read_values, score

HEAD = {"format": "kanjian/scheme/1", "code": "test", "version": "1"}
NOISY = [80.0, 70.000000000000014, 70.0, 69.9999, 10.0]


def method(ties: dict[str, Any] | None = None, **settings: Any) -> Scheme:
    rule = {"method": "scaled", "low": 0, "high": 100}
    return Scheme.load({**HEAD, "ties": ties or {}, "tree": {"code": "a", "rule": rule}, **settings})


def ranks(scores: list[float | None], ties: dict[str, Any] | None = None) -> list[float | None]:
    frame = pl.DataFrame(
        {"unit": [f"u{i}" for i in range(len(scores))], "score": scores}, schema_overrides={"score": pl.Float64}
    )
    return rank(method(ties), frame)["rank"].to_list()


def test_one_two_two_four_by_default() -> None:
    assert ranks([50.0, 70.0, 70.0, 90.0]) == [4, 2, 2, 1]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("min", [1, 2, 2, 4]), ("max", [1, 3, 3, 4]), ("average", [1, 2.5, 2.5, 4]), ("dense", [1, 2, 2, 3]),
     ("ordinal", [1, 2, 3, 4])],
)  # fmt: skip
def test_tie_methods(name: str, expected: list[float]) -> None:
    assert ranks([90.0, 70.0, 70.0, 50.0], {"method": name}) == expected


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        ("raw", [1, 2, 3, 4, 5]),
        ({"tolerance": 1e-9}, [1, 2, 2, 4, 5]),
        ({"tolerance": 0.001}, [1, 2, 2, 2, 5]),
        ({"decimals": 3}, [1, 2, 2, 2, 5]),
        ({"decimals": 4}, [1, 2, 2, 4, 5]),
    ],
    ids=str,
)
def test_what_counts_as_equal_is_a_visible_setting(precision: Any, expected: list[int]) -> None:
    """The defect of both worlds: COINr ranks noise in the 16th digit, UNDP rounds; here the method says which."""
    assert ranks(NOISY, {"precision": precision}) == expected


def test_missing_scores_have_no_rank() -> None:
    assert ranks([None, 70.0, None, 90.0]) == [None, 2, None, 1]
    assert ranks([None, None]) == [None, None]
    assert ranks([]) == []


def test_ties_within_tracks_are_found_within_tracks() -> None:
    """A unit of another track between two equals does not part them."""
    scheme = method({"precision": {"tolerance": 0.5}}, tracks={"by": "track"})
    frame = pl.DataFrame(
        {
            "unit": list("abcdef"),
            "track": ["x", "y", "x", "x", "y", None],
            "score": [90.0, 89.8, 89.6, 80.0, 70.0, 99.0],
        }
    )
    found = rank(scheme, frame)
    assert found["rank"].to_list() == [2, 2, 2, 5, 6, 1]
    assert found["track_rank"].to_list() == [1, 1, 1, 3, 2, None]
    assert found["track_size"].to_list() == [3, 2, 3, 3, 2, None]
    assert found["track"].to_list() == ["x", "y", "x", "x", "y", None]


def test_units_that_are_not_ranked_do_not_count_in_their_track() -> None:
    scheme = method(tracks={"by": "county"})
    frame = pl.DataFrame(
        {"unit": list("abc"), "county": ["x"] * 3, "score": [90.0, 80.0, 70.0], "reason": [None, "coverage", None]}
    )
    found = rank(scheme, frame)
    assert found["rank"].to_list() == [1, None, 2]
    assert found["track_rank"].to_list() == [1, None, 2]
    assert found["track_size"].to_list() == [2, 2, 2]
    assert found["track"].to_list() == ["x", "x", "x"]


def test_ranks_of_every_node() -> None:
    leaves = [{"code": code, "rule": {"method": "direct"}} for code in "ab"]
    scheme = Scheme.load({**HEAD, "tree": {"code": "i", "children": leaves}})
    frame = pl.DataFrame({"unit": ["u", "v", "w"], "a": [1.0, None, 2.0], "b": [9.0, 8.0, 7.0]})
    found = rank_nodes(scheme, score(scheme, read_values(frame, scheme)).scores)
    assert found.rows() == [("u", 2, 2, 1), ("v", 1, None, 2), ("w", 3, 1, 3)]
    assert found.columns == ["unit", "i", "a", "b"]


def test_ranks_are_whole_numbers_where_they_can_be() -> None:
    scheme = method()
    frame = pl.DataFrame({"unit": ["u", "v"], "score": [1.0, 2.0]})
    assert rank(scheme, frame)["rank"].dtype == pl.UInt32
    average = method({"method": "average"})
    assert rank(average, frame.with_columns(score=1.0))["rank"].to_list() == [1.5, 1.5]
