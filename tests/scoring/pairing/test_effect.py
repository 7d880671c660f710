"""Did it help: coverage of the interval, honest p values, honest refusals; and the examples on the pages."""

import doctest
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kanjian.scoring.pairing import Attribute, Effect, PairingError, effect
from kanjian.scoring.pairing.effect import Design
from kanjian.scoring.pairing.inference import estimate, permuted
from kanjian.scoring.pairing.trial import matched_sets

PERIODS = [f"q{number}" for number in range(8)]
PAGES = Path(__file__).parents[3] / "docs" / "methods"
DESIGN = Design((Attribute("land", 1, "log"),), runs=99)


def world(seed: int, gain: float, *, count: int = 180, persistence: float = 0.5) -> pl.DataFrame:
    """Villages with levels of their own and shocks that last; the lowest sixth in q5 is paired and gains from q6 on."""
    rng = np.random.default_rng(seed)
    shocks = np.zeros((count, 8))
    shocks[:, 0] = rng.normal(0, 3, count)
    for quarter in range(1, 8):
        fresh = rng.normal(0, 3, count)
        shocks[:, quarter] = persistence * shocks[:, quarter - 1] + (1 - persistence**2) ** 0.5 * fresh
    scores = 70 + rng.normal(0, 4, count)[:, None] + shocks + 0.3 * np.arange(8)
    paired = np.zeros(count, dtype=bool)
    paired[np.argsort(scores[:, 5])[: count // 6]] = True
    scores[paired, 6:] += gain
    return pl.DataFrame(
        {
            "unit": [f"V{number:03d}" for number in range(count)],
            "group": np.where(paired, "treated", "control"),
            "track": ["t"] * count,
            "land": rng.lognormal(1, 0.5, count),
            **{period: scores[:, at] for at, period in enumerate(PERIODS)},
        }
    )


def run(frame: pl.DataFrame, design: Design = DESIGN) -> Effect:
    return effect(frame, PERIODS, "q5", design)


@pytest.mark.parametrize("persistence", [0.0, 0.6])
def test_the_interval_holds_a_known_effect_about_as_often_as_it_says(persistence: float) -> None:
    """200 seeded worlds with a true effect of 2; 95 % nominal, four standard errors of the count allowed."""
    found = [run(world(seed, 2.0, persistence=persistence), replace(DESIGN, runs=0)).main for seed in range(200)]
    cover = np.mean([each.low <= 2 <= each.high for each in found])
    assert abs(cover - 0.95) < 4 * (0.95 * 0.05 / 200) ** 0.5
    assert np.mean([each.value for each in found]) == pytest.approx(2.0, abs=0.2)


def test_without_an_effect_placebo_p_values_are_spread_evenly() -> None:
    p = np.array([run(world(seed, 0.0)).p_permutation for seed in range(1000, 1200)])
    for level in (0.1, 0.25, 0.5, 0.75):
        assert abs((p <= level).mean() - level) < 4 * (level * (1 - level) / 200) ** 0.5


def test_a_plain_before_and_after_would_have_claimed_too_much() -> None:
    found = [run(world(seed, 0.0, persistence=0.0), replace(DESIGN, runs=0)) for seed in range(30)]
    assert np.mean([each.raw for each in found]) > 2.0
    assert abs(np.mean([each.main.value for each in found])) < 0.4
    assert np.mean(["regression" in each.cautions for each in found]) > 0.8


def test_a_large_effect_is_clear_and_both_tests_agree() -> None:
    found = run(world(1, 6.0), replace(DESIGN, runs=499))
    assert (found.status, found.verdict) == ("ok", "better")
    assert found.main.is_clear
    assert found.p_permutation == 1 / 500
    assert found.smallest < found.main.value
    assert (found.before, found.after) == (("q3", "q4"), ("q6", "q7"))
    assert found.course["period"].to_list() == PERIODS
    assert run(world(1, -6.0)).verdict == "worse"


def test_the_same_seed_gives_the_same_answer_whatever_the_order() -> None:
    frame = world(3, 1.0)
    first, again = run(frame), run(frame.sample(fraction=1.0, shuffle=True, seed=2))
    assert first.main == again.main
    assert first.p_permutation == again.p_permutation
    assert first.course.equals(again.course)


def test_too_early_too_few_and_no_past_are_answers() -> None:
    frame = world(1, 1.0)
    assert effect(frame, PERIODS, "q6", DESIGN).status == "too_early"
    assert effect(frame, PERIODS[5:], "q5", DESIGN).status == "no_baseline"
    few = frame.filter((pl.col("group") == "control") | (pl.col("unit").is_in(_paired(frame)[:5])))
    assert (run(few).status, run(few).sets, run(few).main) == ("too_few", 5, None)
    nobody = frame.with_columns(
        group=pl.when(pl.col("group") == "treated").then(pl.lit("treated")).otherwise(pl.lit(""))
    )
    assert (run(nobody).status, run(nobody).left_out) == ("too_few", 30)
    with pytest.raises(PairingError, match="q9"):
        effect(frame, PERIODS, "q9", DESIGN)
    short = effect(frame, PERIODS[4:], "q5", DESIGN)
    assert {"trend_unknown", "placebo_unknown"} <= set(short.cautions)


def _paired(frame: pl.DataFrame) -> list[str]:
    return frame.filter(group="treated")["unit"].to_list()


def test_a_unit_without_an_outcome_is_left_out_not_guessed() -> None:
    frame = world(2, 1.0)
    gone = _paired(frame)[0]
    holed = frame.with_columns(q6=pl.when(pl.col("unit") == gone).then(None).otherwise(pl.col("q6")))
    assert (run(holed).sets, run(holed).left_out) == (run(frame).sets - 1, 1)


def test_a_course_that_ran_apart_before_is_said() -> None:
    frame = world(4, 0.0, persistence=0.0)
    drift = pl.col("group") == "treated"
    apart = frame.with_columns(
        pl.when(drift).then(pl.col(p) - 2 * at).otherwise(pl.col(p)) for at, p in enumerate(PERIODS)
    )
    assert {"trend", "placebo"} <= set(run(apart).cautions)


def test_no_control_is_used_twice_and_like_meets_like() -> None:
    frame = world(5, 0.0).sort("unit")
    sets = matched_sets(frame, DESIGN.attributes, ("track",), 3)
    everybody = np.concatenate([sets.treated, sets.controls.ravel()])
    assert len(np.unique(everybody)) == len(everybody)
    land = np.log1p(frame["land"].to_numpy())
    assert np.abs(land[sets.controls] - land[sets.treated][:, None]).mean() < 0.25
    crowded = frame.filter((pl.col("group") == "treated") | (pl.int_range(pl.len()) < 80))
    assert matched_sets(crowded, DESIGN.attributes, ("track",), 3).controls.shape[1] < 3


def test_estimate_against_scipy_and_a_permutation_by_hand() -> None:
    from scipy.stats import ttest_1samp

    rng = np.random.default_rng(0)
    values = rng.normal(1, 2, 25)
    mine, theirs = estimate(values, 0.9), ttest_1samp(values, 0.0)
    interval = theirs.confidence_interval(0.9)
    assert mine.p == pytest.approx(theirs.pvalue)
    assert (mine.low, mine.high) == pytest.approx((interval.low, interval.high))
    # Two sets of two: four equally likely picks give ±2 and ±1 twice; |observed| = 2 is reached by half of them.
    p, drawn = permuted(np.array([[3.0, 0.0], [1.0, 0.0]]), 4000, 1)
    assert set(np.abs(drawn)) == {2.0, 1.0}
    assert p == pytest.approx(0.5, abs=0.03)
    assert permuted(np.array([[0.0, 0.0]] * 5), 50, 1)[0] == 1.0


@pytest.mark.parametrize("name", ["pairing", "pairing-effect"])
def test_the_example_on_the_page_is_true(name: str) -> None:
    found = doctest.testfile(str(PAGES / f"{name}.md"), module_relative=False)
    assert found.attempted >= 5
    assert found.failed == 0
