"""Invariants of scoring, searched with random data (Hypothesis)."""

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanjian.scoring import Parameters, Scheme, Values, fit, rank, read_values, score, transform
from kanjian.scoring import evaluate as evaluate_module
from kanjian.scoring.sums import SHORT, exact_sums

HEAD = {"format": "kanjian/scheme/1", "code": "test", "version": "1"}
CODES = ("a", "b", "c")

# Rules of every family, so that the invariants hold for the whole library and not for one kernel.
RULES: list[dict[str, Any]] = [
    {"method": "minmax", "within": "track"},
    {"method": "minmax60"},
    {"method": "zscore", "mean": 50, "sd": 10},
    {"method": "percentile", "within": "track"},
    {"method": "rank"},
    {"method": "borda"},
    {"method": "distance_to_best"},
    {"method": "goalposts", "low": -20, "high": 30},
    {"method": "efficacy", "good": {"stat": "quantile", "q": 0.9}, "bad": {"stat": "quantile", "q": 0.1}},
    {"method": "banded_efficacy", "standards": [{"value": -10, "share": 0.2}, {"value": 10, "share": 1}]},
    {"method": "step", "steps": [{"at_least": 10, "points": 100}, {"at_least": 0, "points": 60}]},
    {"method": "deduct", "per": 2, "target": 20},
]
MONOTONE = [*RULES, {"method": "target_ratio", "target": 20}, {"method": "scaled", "low": 0, "high": 10}]
AGGREGATES: list[dict[str, Any]] = [
    {"method": "arithmetic"},
    {"method": "sum"},
    {"method": "min"},
    {"method": "median_rank"},
    {"method": "copeland"},
]


def scheme(rules: list[dict[str, Any]], aggregate: dict[str, Any] | None = None, **settings_: Any) -> Scheme:
    leaves = [{"code": code, "rule": rule} for code, rule in zip(CODES, rules, strict=False)]
    tree = {
        "code": "index",
        **({"aggregate": aggregate} if aggregate else {}),
        "children": [{"code": "A", "weight": 2, "children": leaves[:2]}, *leaves[2:]],
    }
    return Scheme.load({**HEAD, "tracks": {"by": "track"}, "tree": tree, **settings_})


numbers = st.one_of(st.none(), st.integers(-40, 40).map(float), st.floats(-1e3, 1e3, allow_nan=False, width=32))


@st.composite
def tables(draw: st.DrawFn, least: int = 2, most: int = 12) -> pl.DataFrame:
    rows = draw(st.integers(least, most))
    columns = {code: draw(st.lists(numbers, min_size=rows, max_size=rows)) for code in CODES}
    columns["a"][0] = 1.0  # some value, so that there is something to score
    tracks = draw(st.lists(st.sampled_from(["x", "y", None]), min_size=rows, max_size=rows))
    return pl.DataFrame(
        {"unit": [f"u{row:02d}" for row in range(rows)], "track": tracks, **columns},
        schema={"unit": pl.String, "track": pl.String} | dict.fromkeys(CODES, pl.Float64),
    )


def schemes(rules: list[dict[str, Any]] = RULES) -> st.SearchStrategy[Scheme]:
    return st.builds(scheme, st.lists(st.sampled_from(rules), min_size=3, max_size=3), st.sampled_from(AGGREGATES))


@settings(max_examples=60, deadline=None)
@given(schemes(), tables(), st.data())
def test_any_slice_gives_the_rows_of_the_whole(method: Scheme, frame: pl.DataFrame, data: st.DataObject) -> None:
    """Bit for bit, through parameters that went to tables and back, as on a cluster."""
    values = read_values(frame, method)
    parameters = fit(method, values)
    shipped = Parameters.from_frames(parameters.frame, parameters.support)
    assert shipped == parameters
    whole = transform(method, parameters, values)
    start = data.draw(st.integers(0, frame.height - 1))
    length = data.draw(st.integers(1, frame.height - start))
    part = transform(method, shipped, values.slice(start, length))
    assert part.equals(whole.slice(start, length))


@pytest.mark.parametrize("rules", [RULES[i : i + 3] for i in range(0, len(RULES), 3)], ids=str)
def test_chunks_and_threads_change_nothing(rules: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(7)
    rows = 1000
    gaps = {code: np.where(random.random(rows) < 0.1, np.nan, random.normal(0, 20, rows)) for code in CODES}
    frame = pl.DataFrame({"unit": [f"u{i}" for i in range(rows)], "track": random.choice(["x", "y"], rows), **gaps})
    method = scheme(rules)
    values = read_values(frame, method)
    whole = score(method, values)
    monkeypatch.setattr(evaluate_module, "CHUNK", 37)
    pieces = score(method, values)
    assert pieces.scores.equals(whole.scores)
    assert pieces.parameters == whole.parameters
    assert pieces.flags.sort("unit", "node", "flag").equals(whole.flags.sort("unit", "node", "flag"))


@settings(max_examples=60, deadline=None)
@given(schemes(), tables(), st.randoms(use_true_random=False))
def test_the_order_of_units_changes_nothing(method: Scheme, frame: pl.DataFrame, random: Any) -> None:
    order = list(range(frame.height))
    random.shuffle(order)
    shuffled = frame[order]
    before, after = score(method, read_values(frame, method)), score(method, read_values(shuffled, method))
    assert after.parameters == before.parameters
    assert after.scores.sort("unit").equals(before.scores.sort("unit"))


@settings(max_examples=60, deadline=None)
@given(tables(), st.floats(0.01, 100), st.floats(-1000, 1000))
def test_minmax_does_not_see_the_unit_of_measurement(frame: pl.DataFrame, factor: float, shift: float) -> None:
    method = scheme([{"method": "minmax", "within": "track"}] * 3)
    # Moving and stretching rounds the values; whatever was distinct must stay so for the comparison to be fair.
    moved = frame.with_columns(pl.col("a") * factor + shift)
    if moved["a"].n_unique() != frame["a"].n_unique():
        return
    spread = max((abs(v) for v in moved["a"].drop_nulls()), default=1.0)
    smallest = min(
        (abs(x - y) for x in moved["a"].drop_nulls() for y in moved["a"].drop_nulls() if x != y), default=1.0
    )
    if smallest < 1e-6 * spread:
        return
    before, after = score(method, read_values(frame, method)), score(method, read_values(moved, method))
    np.testing.assert_allclose(after.scores["a"].to_numpy(), before.scores["a"].to_numpy(), atol=1e-5, equal_nan=True)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(MONOTONE), tables(), st.data())
def test_a_better_value_never_earns_less(rule: dict[str, Any], frame: pl.DataFrame, data: st.DataObject) -> None:
    """With the bounds held still: points rise with the value, and the score with the points."""
    method = scheme([rule] * 3)
    values = read_values(frame, method)
    parameters = fit(method, values)
    gain = data.draw(st.floats(0, 50))
    better = Values(frame.with_columns(pl.col("a") + gain))
    before, after = (transform(method, parameters, v) for v in (values, better))
    for column in ("a", "A", "score"):
        old, new = before[column].to_numpy(), after[column].to_numpy()
        there = ~np.isnan(old)
        assert (new[there] >= old[there] - 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(MONOTONE), tables())
def test_direction_down_mirrors_direction_up(rule: dict[str, Any], frame: pl.DataFrame) -> None:
    """For rules without fixed bounds, turning the sign of the values and the direction gives the same points."""
    if rule["method"] in {"goalposts", "efficacy", "banded_efficacy", "step", "deduct", "target_ratio", "scaled"}:
        return
    up = Scheme.load({**HEAD, "tracks": {"by": "track"}, "tree": {"code": "a", "rule": rule}})
    down = Scheme.load({**HEAD, "tracks": {"by": "track"}, "tree": {"code": "a", "direction": "down", "rule": rule}})
    mirrored = frame.with_columns(-pl.col("a"))
    one, two = score(up, read_values(frame, up)), score(down, read_values(mirrored, down))
    np.testing.assert_allclose(two.scores["a"].to_numpy(), one.scores["a"].to_numpy(), atol=1e-9, equal_nan=True)


@settings(max_examples=40, deadline=None)
@given(tables(), st.sampled_from(["arithmetic", "min", "copeland", "median_rank"]), st.floats(0.001, 1000))
def test_only_the_ratio_of_weights_counts(frame: pl.DataFrame, aggregate: str, factor: float) -> None:
    def weighted(times: float) -> Scheme:
        leaves = [
            {"code": code, "weight": weight * times, "rule": {"method": "minmax"}}
            for code, weight in zip(CODES, (1, 2, 5), strict=True)
        ]
        return Scheme.load({**HEAD, "tree": {"code": "i", "aggregate": {"method": aggregate}, "children": leaves}})

    one, other = (score(s, read_values(frame, s)).scores for s in (weighted(1), weighted(factor)))
    np.testing.assert_allclose(other["score"].to_numpy(), one["score"].to_numpy(), atol=1e-9, equal_nan=True)
    assert other["coverage"].to_list() == pytest.approx(one["coverage"].to_list())


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 6).map(float)), min_size=1, max_size=30),
    st.sampled_from(["min", "max", "average", "dense", "ordinal"]),
    st.data(),
)
def test_ranks_follow_scores(scores: list[float | None], ties: str, data: st.DataObject) -> None:
    """Ranks equal those of polars in every method, overall and within tracks."""
    rows = len(scores)
    track = data.draw(st.lists(st.sampled_from(["x", "y", "z", None]), min_size=rows, max_size=rows))
    method = Scheme.load(
        {
            **HEAD,
            "tracks": {"by": "track"},
            "ties": {"method": ties, "precision": "raw"},
            "tree": {"code": "a", "rule": {"method": "direct"}},
        }
    )
    frame = pl.DataFrame(
        {"unit": [str(i) for i in range(rows)], "track": track, "score": scores},
        schema={"unit": pl.String, "track": pl.String, "score": pl.Float64},
    )
    found = rank(method, frame)
    polars: Any = ties
    expected = frame.select(
        pl.col("score").rank(polars, descending=True).alias("rank"),
        pl.when(pl.col("track").is_not_null())
        .then(pl.col("score").rank(polars, descending=True).over("track"))
        .alias("track_rank"),
        pl.when(pl.col("track").is_not_null()).then(pl.col("score").count().over("track")).alias("track_size"),
    )
    for column in ("rank", "track_rank", "track_size"):
        assert found[column].cast(pl.Float64).to_list() == expected[column].cast(pl.Float64).to_list()


@settings(max_examples=60, deadline=None)
@given(tables(), schemes())
def test_a_higher_score_never_ranks_lower(frame: pl.DataFrame, method: Scheme) -> None:
    scores = score(method, read_values(frame, method)).scores.drop_nulls("rank").sort("score", descending=True)
    assert scores["rank"].is_sorted()
    for _, track in scores.drop_nulls("track").group_by("track"):
        assert track.sort("score", descending=True)["track_rank"].is_sorted()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e150, max_value=1e150), max_size=60))
def test_sums_are_exactly_rounded(values: list[float]) -> None:
    """The vectorised sum equals math.fsum, whatever the order."""
    expected = math.fsum(values)
    assert exact_sums(np.array(values, dtype=np.float64), None, 1)[0] == expected
    padded = np.array([*values, *[0.0] * (SHORT + 1)])
    assert exact_sums(padded, None, 1)[0] == expected
    assert exact_sums(padded[::-1].copy(), None, 1)[0] == expected


def test_long_sums_by_group_equal_short_ones() -> None:
    random = np.random.default_rng(5)
    values = random.normal(0, 1, 3 * SHORT) * 10.0 ** random.integers(-8, 9, 3 * SHORT)
    values[::17] = np.nan
    codes = random.integers(0, 12, len(values)).astype(np.intp)  # group 11 and above: no group
    found = exact_sums(values, codes, 11)
    expected = [math.fsum(values[(codes == group) & ~np.isnan(values)]) for group in range(11)]
    assert found.tolist() == expected


@settings(max_examples=30, deadline=None)
@given(st.permutations(["code", "version", "format", "tree", "note"]), st.booleans())
def test_hash_does_not_see_the_layout(keys: list[str], spelled: bool) -> None:
    raw: dict[str, Any] = {
        **HEAD,
        "note": "甲",
        "tree": {"code": "i", "children": [{"code": "a", "rule": {"method": "minmax"}}]},
    }
    if spelled:
        raw["tree"]["children"][0] |= {"weight": 1, "direction": None, "name": ""}
        raw["tree"]["children"][0]["rule"] |= {"within": "all", "floor": 0.0}
    one, two = Scheme.load({key: raw[key] for key in keys}), Scheme.load({**raw})
    assert one.hash == two.hash == Scheme.load(one.to_yaml()).hash
    assert Scheme.load({**raw, "note": "乙"}).hash != one.hash
