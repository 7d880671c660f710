"""Small samples: what is pooled, from where, and what pooling never does."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjian.scoring import Parameters, Scheme, SchemeError, fit, read_values, score, transform
from kanjian.scoring.grouping import groups_of
from kanjian.scoring.sample import fit_pool, with_pools

from .conftest import build_frame, build_leaf, build_scheme

POOL = {"input": "n", "at_least": 10, "pool": ["township", "county"]}


def scheme(**sample: Any) -> Scheme:
    return build_scheme(build_leaf({"method": "direct"}, min_sample=POOL | sample))


def table(rows: list[tuple[float | None, float | None, str, str]]) -> dict[str, list[Any]]:
    names = ("x", "n", "township", "county")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


ROWS: list[tuple[float | None, float | None, str, str]] = [
    (90.0, 30.0, "a", "A"),
    (60.0, 6.0, "a", "A"),
    (100.0, 4.0, "b", "A"),
    (82.0, 5.0, "b", "A"),
    (100.0, 3.0, "c", "B"),
    (None, 2.0, "a", "A"),
    (70.0, None, "a", "A"),
]


def test_pooled_upward_until_there_are_enough_cases(run: Any) -> None:
    result = run(scheme(), **table(ROWS))
    assert result.scores["x"].to_list() == [90, 85, 86, 86, None, None, 85]
    flags = {unit: set(part["flag"]) for (unit,), part in result.flags.partition_by("unit", as_dict=True).items()}
    assert flags == {
        **{unit: {"small_sample", "pooled"} for unit in ("u1", "u2", "u3", "u6")},
        "u4": {"small_sample"},
    }


def test_without_groups_a_small_sample_is_missing_as_ever(run: Any) -> None:
    plain = scheme(pool=[])
    assert run(plain, **table(ROWS)).scores["x"].to_list() == [90, None, None, None, None, None, None]
    written = build_scheme(build_leaf({"method": "direct"}, min_sample={"input": "n", "at_least": 10}))
    assert plain.hash == written.hash
    assert "pool" not in str(plain.to_dict())
    assert scheme().hash != plain.hash


def test_the_pools_are_parameters_and_enough_to_score_again(tmp_path: Any) -> None:
    """Same parameters, another day's file, one row at a time: the same points."""
    values = read_values(build_frame(table(ROWS)), scheme())
    parameters = fit(scheme(), values)
    assert parameters.value("x", "pool.0", "a") == 85
    assert parameters.value("x", "pool_cases.0", "b") == 9
    assert np.isnan(parameters.value("x", "pool.0", "b"))
    assert parameters.value("x", "pool.1", "A") == 86
    parameters.to_parquet(tmp_path / "p.parquet")
    again = Parameters.from_parquet(tmp_path / "p.parquet")
    whole = transform(scheme(), parameters, values)
    parts = [transform(scheme(), again, values.slice(row, 1)) for row in range(len(ROWS))]
    assert pl.concat(parts).equals(whole)


def test_bounds_are_taken_of_pooled_values(run: Any) -> None:
    """The lucky 100 % of four call-backs is no best value of the group."""
    minmax = build_scheme(build_leaf({"method": "minmax"}, min_sample=POOL))
    result = run(minmax, **table(ROWS))
    assert result.parameters.value("x", "max") == 90
    assert result.parameters.value("x", "min") == 85


def test_all_and_track_are_words_for_groups(run: Any) -> None:
    children = [build_leaf({"method": "direct"}, min_sample=POOL | {"pool": ["track", "all"]})]
    found = run(build_scheme(*children, tracks={"by": "county"}), **table(ROWS))
    assert found.scores["x"].to_list() == [90, 86, 86, 86, pytest.approx((3870 + 300) / 48), None, 86]


@pytest.mark.parametrize(
    ("sample", "code"),
    [({"pool": ["county", "county"]}, "repeated_group"), ({"pool": ["x"]}, "unknown_group"), ({"at_least": 0}, "")],
)
def test_a_guard_that_makes_no_sense_is_refused(sample: dict[str, Any], code: str) -> None:
    with pytest.raises(SchemeError) as caught:
        scheme(**sample)
    assert next(problem.path for problem in caught.value.problems).startswith("tree.x.min_sample")
    assert not code or code in {problem.code for problem in caught.value.problems}


def test_the_format_knows_the_guard() -> None:
    assert "pool" in Scheme.json_schema()["$defs"]["MinSample"]["properties"]


rates = st.floats(0, 100)
counts = st.one_of(st.none(), st.integers(0, 40))
cells = st.tuples(st.one_of(st.none(), rates), counts, st.sampled_from("abc"), st.sampled_from("AB"))


@given(st.lists(cells, min_size=1, max_size=25))
def test_pooling_stays_in_the_range_and_leaves_large_samples_alone(rows: list[Any]) -> None:
    frame = build_frame(table(rows)).cast({"x": pl.Float64, "n": pl.Float64})
    x, n = frame["x"].fill_null(np.nan).to_numpy(), frame["n"].fill_null(np.nan).to_numpy()
    groups = [groups_of(frame[name], frame.height) for name in ("township", "county")]
    found = [fit_pool(x, n, 10, each) for each in groups]
    spread = [np.append(pool.rates, np.nan).take(each.codes) for pool, each in zip(found, groups, strict=True)]
    result = with_pools(x, n, 10, spread)
    enough = n >= 10
    assert np.array_equal(result.values[enough], x[enough], equal_nan=True)
    assert not result.small[enough].any()
    assert np.isnan(result.values[np.isnan(x)]).all()
    for place in np.flatnonzero(result.pooled):
        level = 0 if not np.isnan(spread[0][place]) else 1
        mine = (groups[level].codes == groups[level].codes[place]) & (n > 0) & ~np.isnan(x)
        assert x[mine].min() <= result.values[place] <= x[mine].max()
        assert n[mine].sum() >= 10


@given(st.lists(cells, min_size=1, max_size=25).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_units_is_forgotten(both: tuple[list[Any], list[Any]]) -> None:
    def points(rows: list[Any]) -> Any:
        frame = build_frame(table([(*row[:2], *row[2:]) for row in rows])).cast({"x": pl.Float64, "n": pl.Float64})
        if frame["x"].null_count() == frame.height and frame["n"].null_count() == frame.height:
            return None
        found = score(scheme(), read_values(frame, scheme())).scores
        return sorted(zip(rows, found["x"].to_list(), strict=True), key=str)

    assert points(both[0]) == points(both[1])
