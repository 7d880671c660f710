"""Data quality checks: planted anomalies are found, clean data stays quiet (at a stated rate), edges are guarded."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kanjian.scoring.quality import (
    QualityError,
    bunching,
    copied_neighbours,
    copy_forward,
    digit_preference,
    last_digits,
    outliers,
    own_range,
    robust_z,
    seasonal_differences,
    uniform_groups,
)
from kanjian.scoring.quality.neighbours import tail

UNITS, PERIODS, INDICATORS, GROUP = 120, 8, 10, 12
LIMITS = pl.DataFrame(
    {
        "indicator": [f"I{k}" for k in range(INDICATORS)],
        "decimals": [1] * INDICATORS,
        "minimum": [0.0] * INDICATORS,
        "maximum": [100.0] * INDICATORS,
    }
)


def panel(seed: int, *, units: int = UNITS, indicators: int = INDICATORS) -> np.ndarray:
    """Clean data (units × indicators × periods): unit level + season + noise, one decimal, well inside 0..100."""
    rng = np.random.default_rng(seed)
    level = rng.normal(60, 8, (units, indicators, 1))
    season = rng.normal(0, 4, (1, indicators, 4))[:, :, np.arange(PERIODS) % 4]
    return np.round(np.clip(level + season + rng.normal(0, 2, (units, indicators, PERIODS)), 5, 95), 1)


def long(table: np.ndarray) -> pl.DataFrame:
    u, i, p = np.indices(table.shape).reshape(3, -1)
    frame = pl.DataFrame({"u": u, "i": i, "period": p, "value": table.ravel()})
    return frame.select(
        unit=pl.format("U{}", pl.col("u").cast(pl.String).str.zfill(3)),
        group=pl.format("T{}", (pl.col("u") // GROUP).cast(pl.String).str.zfill(2)),
        indicator=pl.format("I{}", "i"),
        period="period",
        value=pl.col("value").fill_nan(None),
    )


def column(values: dict[str, list[float | None]]) -> pl.DataFrame:
    rows = [(unit, "X", period, value) for unit, row in values.items() for period, value in enumerate(row)]
    return pl.DataFrame(
        rows, schema={"unit": pl.String, "indicator": pl.String, "period": pl.Int64, "value": pl.Float64}, orient="row"
    )


def test_seasonal_differences_fall_back_to_the_period_before() -> None:
    frame = column({"a": [10, 11, 12, 13, 15], "b": [None, None, None, 5, 8], "c": [None, None, None, None, 9]})
    found = seasonal_differences(frame, season=4).filter(pl.col("period") == 4).sort("unit")
    assert found.select("unit", "base", "lag", "change").rows() == [("a", 10, 4, 5), ("b", 5, 1, 3)]


def test_logarithmic_changes_need_positive_values() -> None:
    frame = column({"a": [10, 20], "b": [0, 20], "c": [10, -5]})
    found = seasonal_differences(frame, season=4, logarithmic=["X"])
    assert found.select("unit", "change").rows() == [("a", pytest.approx(math.log(2)))]


@given(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=40))
@settings(max_examples=100)
def test_robust_z_is_the_formula(x: list[float]) -> None:
    found = robust_z(pl.DataFrame({"g": 0, "change": x}), by=["g"])
    mad = np.median(np.abs(np.array(x) - np.median(x)))
    if mad > 1e-9:
        assert found["z"].to_list() == pytest.approx((0.6745 * (np.array(x) - np.median(x)) / mad).tolist())


def test_robust_z_without_spread() -> None:
    same = robust_z(pl.DataFrame({"g": 0, "change": [2.0] * 5}), by=["g"])
    assert same["z"].null_count() == 5
    half = robust_z(pl.DataFrame({"g": 0, "change": [0.0, 0.0, 0.0, 0.0, 5.0]}), by=["g"])
    assert half["z"][4] == pytest.approx(5 / 1.2533, rel=1e-4)  # mean deviation 1
    floored = robust_z(pl.DataFrame({"g": 0, "change": [0.0] * 99 + [1.0], "step": 1.0}), by=["g"], floor="step")
    assert floored["z"][99] == 1  # one case among zeros is not infinitely strange


def test_a_lost_decimal_point_is_the_strongest_outlier() -> None:
    table = panel(1)
    table[17, 3, 7] = round(table[17, 3, 7] / 10, 1)
    found = outliers(long(table), period=7, season=4, limits=LIMITS)
    assert found.select("unit", "indicator").row(0) == ("U017", "I3")
    assert found["z"][0] < -8
    row = found.row(0, named=True)
    assert (row["value"], row["base"], row["lag"], row["n"]) == (table[17, 3, 7], table[17, 3, 3], 4, UNITS)


@pytest.mark.parametrize("seed", range(4))
def test_clean_data_has_few_outliers(seed: int) -> None:
    """A normal change exceeds 3.5 in 0.05 % of cells and 8 never; the MAD of 120 units adds a little: below 0.3 %."""
    values = long(panel(seed))
    assert outliers(values, period=7, season=4, limits=LIMITS).height <= 0.003 * UNITS * INDICATORS
    assert outliers(values, period=7, season=4, limits=LIMITS, limit=8).is_empty()


def test_few_units_are_not_judged() -> None:
    frame = column({f"u{k}": [1, 1 + k * 0.1 + (50 if k == 8 else 0)] for k in range(9)})
    assert outliers(frame, period=1, season=4).is_empty()


def test_guessed_numbers_have_round_digits() -> None:
    table = panel(2)
    table[24:36, 5] = np.round(table[24:36, 5] * 2) / 2  # township T02 writes halves only: last digits 0 and 5
    found = digit_preference(long(table), limits=LIMITS)
    assert found.select("unit", "indicator", "period").rows() == [("T02", "I5", 7)]
    row = found.row(0, named=True)
    assert row["digit"] in (0, 5)
    assert row["share"] > 0.4
    assert row["n"] >= 60


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("against", ["others", "uniform"])
def test_clean_digits_say_nothing(seed: int, against: str) -> None:
    """100 groups × indicators are tested at a family-wise error of 0.1 %."""
    assert digit_preference(long(panel(seed)), limits=LIMITS, against=against).is_empty()


def test_roundness_that_everybody_shares_is_no_finding_against_others() -> None:
    table = np.round(panel(3) * 2) / 2
    assert digit_preference(long(table), limits=LIMITS).is_empty()
    assert digit_preference(long(table), limits=LIMITS, against="uniform").height == 100


def test_a_decimal_that_nobody_writes_does_not_count() -> None:
    values = long(panel(4))
    finer = LIMITS.with_columns(decimals=pl.lit(3))
    assert digit_preference(values, limits=finer, against="uniform").is_empty()
    assert last_digits(values, finer)["digit"].to_list() == last_digits(values, LIMITS)["digit"].to_list()


def test_one_group_alone_is_compared_with_nobody() -> None:
    table = np.round(panel(5)[:12] * 2) / 2
    assert digit_preference(long(table), limits=LIMITS).is_empty()


def test_digits_that_cannot_tell_are_left_out() -> None:
    values = column({"a": [0, 100, 12.3, 12.3, 45.6], "b": [88.1, 20.5, 31.4, 99.9, 50.2]}).with_columns(
        group=pl.lit("g")
    )
    limits = pl.DataFrame({"indicator": ["X"], "decimals": [1], "minimum": [0.0], "maximum": [100.0]})
    assert sorted(last_digits(values, limits)["digit"]) == sorted([3, 6, 1, 5, 4, 9, 2])
    assert last_digits(values.with_columns(pl.col("value") / 100), limits).is_empty()  # ten steps wide


@pytest.mark.parametrize(("run", "found"), [(3, False), (4, True), (8, True)])
def test_a_number_handed_in_again(run: int, found: bool) -> None:
    table = panel(4)
    table[40, 2, PERIODS - run :] = 61.7
    rows = copy_forward(long(table), period=7, limits=LIMITS)
    assert rows.select("unit", "indicator", "run", "since").rows() == ([("U040", "I2", run, 8 - run)] if found else [])


def test_standing_still_is_normal_where_nothing_moves() -> None:
    table = panel(5)
    table[:, 0] = table[:, 0, :1]  # I0 never moves
    table[50:90, 1] = 100.0  # at the limit
    table[:60, 2] = 88.0  # the usual grade
    assert copy_forward(long(table), period=7, limits=LIMITS).is_empty()


def test_a_gap_or_an_earlier_run_ends_it() -> None:
    table = panel(6)
    table[3, 1] = 61.7
    table[3, 1, 6] = np.nan
    table[4, 1, 1:7] = 55.5
    assert copy_forward(long(table), period=7, limits=LIMITS).is_empty()


@pytest.mark.parametrize("seed", range(4))
def test_clean_data_is_not_copied(seed: int) -> None:
    """1,200 cells: a run of four by chance has probability s³ with s ≈ 2 %."""
    values = long(panel(seed))
    assert copy_forward(values, period=7, limits=LIMITS).is_empty()
    assert copied_neighbours(values, period=7, limits=LIMITS).is_empty()
    assert uniform_groups(values, period=7, limits=LIMITS).is_empty()


def test_a_copied_sheet_names_the_pair_once() -> None:
    table = panel(7)
    table[27, :7, 7] = table[30, :7, 7]
    table[27, :, 6] = table[30, :, 6]  # another period is not this one's business
    table[100, :9, 7] = table[2, :9, 7]  # other townships are not neighbours
    found = copied_neighbours(long(table), period=7, limits=LIMITS)
    row = found.row(0, named=True)
    assert found.height == 1
    assert (row["unit"], row["other"], row["group"], row["equal"], row["compared"]) == ("U027", "U030", "T02", 7, 10)
    assert row["indicator"] is None
    assert row["expected"] < 1


def test_indicators_that_go_together_are_no_copied_sheet() -> None:
    table = panel(11, indicators=INDICATORS * 2)
    table[:, 5:10] = table[:, :1]  # six indicators are the same datum under six names
    table[27, 0, 7] = table[30, 0, 7] = 71.3
    table[27, 5:10, 7] = table[30, 5:10, 7] = 71.3
    assert copied_neighbours(long(table), period=7).is_empty()


def test_what_the_whole_township_shares_is_not_copying() -> None:
    table = panel(8)
    table[24:36, :6, 7] = 71.5  # one inspector, six indicators, everybody the same
    assert copied_neighbours(long(table), period=7, limits=LIMITS).is_empty()
    found = uniform_groups(long(table), period=7, limits=LIMITS)
    assert found.select("unit", "indicator", "value", "equal", "n").rows() == [
        ("T02", f"I{k}", 71.5, 12, 12) for k in range(6)
    ]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.integers(0, 12))
@settings(max_examples=60)
def test_the_tail_of_unequal_chances(chances: list[float], k: int) -> None:
    rng = np.array(chances)
    assert tail(rng, 0) == pytest.approx(1)
    same = np.full(len(rng), rng[0])
    assert tail(same, min(k, len(rng))) == pytest.approx(
        stats.binom.sf(min(k, len(rng)) - 1, len(rng), rng[0]), abs=1e-12
    )
    assert tail(rng, 1) == pytest.approx(1 - np.prod(1 - rng), abs=1e-12)


def scores(seed: int, *, lifted: float = 0.0, slope: float = 0.0) -> pl.DataFrame:
    """800 scores around 60; the share `lifted` of those up to 1 below 60 is brought to 60."""
    rng = np.random.default_rng(seed)
    x = np.round(60 + slope + rng.normal(0, 6, 800), 1)
    near = (x >= 59) & (x < 60) & (rng.random(800) < lifted)
    x[near] = np.round(60 + rng.uniform(0, 0.5, near.sum()), 1)
    units = [f"U{k:03}" for k in range(800)]
    return pl.DataFrame({"unit": units, "group": "city", "indicator": "S", "period": 0, "value": x})


PASS = pl.DataFrame({"indicator": ["S"], "threshold": [60.0], "upward": [True], "width": [1.0]})
ONE_DECIMAL = pl.DataFrame({"indicator": ["S"], "decimals": [1], "minimum": [0.0], "maximum": [100.0]})


def test_lifted_scores_crowd_past_the_mark() -> None:
    found = bunching(scores(1, lifted=0.8), PASS, period=0, limits=ONE_DECIMAL)
    row = found.row(0, named=True)
    assert (row["unit"], row["indicator"], row["threshold"], row["width"]) == ("city", "S", 60, 1)
    assert row["passed"] > 5 * row["missed"]
    mirrored = scores(1, lifted=0.8).with_columns(value=(120 - pl.col("value")).round(1))
    down = bunching(mirrored, PASS.with_columns(upward=False), period=0, limits=ONE_DECIMAL)
    assert down.select("passed", "missed").rows() == found.select("passed", "missed").rows()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("slope", [-6.0, 0.0, 6.0])
def test_a_smooth_density_does_not_crowd(seed: int, slope: float) -> None:
    """At a family-wise error of 0.1 % none of 18 samples is flagged, on either flank of the hill."""
    assert bunching(scores(seed, slope=slope), PASS, period=0, limits=ONE_DECIMAL).is_empty()


def test_a_threshold_at_the_limit_or_with_few_near_is_not_judged() -> None:
    at_the_top = PASS.with_columns(threshold=pl.lit(99.5))
    assert bunching(scores(1, lifted=0.8), at_the_top, period=0, limits=ONE_DECIMAL).is_empty()
    assert bunching(scores(1, lifted=0.8).head(60), PASS, period=0, limits=ONE_DECIMAL).is_empty()


def test_a_ceiling_and_a_lattice_are_not_judged() -> None:
    capped = scores(2).with_columns(value=pl.col("value").clip(upper_bound=60.0))
    assert bunching(capped, PASS, period=0, limits=ONE_DECIMAL).is_empty()
    answers = scores(3).with_columns(value=((pl.col("value") / 100 * 120).round() / 120 * 100).round(1))
    for mark in (57.5, 60.0, 62.5):  # 69, 72 and 75 of 120: each lies on the lattice, its neighbours 0.8 away
        marks = PASS.with_columns(threshold=pl.lit(mark))
        assert bunching(answers, marks, period=0, limits=ONE_DECIMAL).is_empty()


def test_the_own_range() -> None:
    frame = column({"a": [100, 102, 98, 101, 103], "b": [90] * 5, "c": [1, 2, 3], "d": [99.9, 99.8, 100, 99.9]})
    found = own_range(frame, limits=pl.DataFrame({"indicator": ["X"], "maximum": [105.0]}))
    assert found.rows() == [
        ("a", "X", 5, 101, pytest.approx(87.9), 105),
        ("b", "X", 5, 90, 81, 99),
        ("d", "X", 4, pytest.approx(99.9), pytest.approx(99.8 - 9.99), 105),
    ]


@given(st.lists(st.floats(-1e4, 1e4), min_size=4, max_size=20))
@settings(max_examples=60)
def test_the_past_always_lies_in_its_own_range(x: list[float]) -> None:
    found = own_range(column({"a": x})).row(0, named=True)
    assert found["low"] < min(x)
    assert max(x) < found["high"]


def test_bad_frames_are_refused() -> None:
    with pytest.raises(QualityError, match="no column value") as caught:
        outliers(pl.DataFrame({"unit": ["a"], "indicator": ["X"], "period": [1]}), period=1, season=4)
    assert caught.value.code == "unknown_column"
    twice = pl.concat([column({"a": [1]}), column({"a": [1]})])
    with pytest.raises(QualityError, match="two values") as caught:
        own_range(twice)
    assert caught.value.code == "repeated_cell"


def test_nothing_in_nothing_out() -> None:
    empty = long(panel(0)).head(0)
    thresholds = PASS.head(0)
    frames = [
        outliers(empty, period=7, season=4),
        digit_preference(empty),
        copy_forward(empty, period=7),
        copied_neighbours(empty, period=7),
        uniform_groups(empty, period=7),
        bunching(empty, thresholds, period=7),
    ]
    for frame in frames:
        assert frame.is_empty()
        assert frame.columns[:5] == ["unit", "indicator", "period", "kind", "strength"]


def test_the_order_of_rows_does_not_matter() -> None:
    table = panel(9)
    table[27, :7, 7] = table[30, :7, 7]
    table[17, 3, 7] = 3.0
    values = long(table)
    mixed = values.sample(fraction=1.0, shuffle=True, seed=1)
    for check in (outliers, copied_neighbours, copy_forward, uniform_groups):
        more = {"season": 4} if check is outliers else {}
        found = check(values, period=7, limits=LIMITS, **more)
        other = check(mixed, period=7, limits=LIMITS, **more)
        assert found.drop("strength").rows() == other.drop("strength").rows()
