"""Monte Carlo of ranks: against a plain loop, by seed, with gaps, errors, alternatives and tracks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from scipy import stats

from kanjian.scoring.robustness import (
    Alternative,
    Plan,
    RobustnessError,
    Tree,
    draw_weights,
    interval_frame,
    prob_above,
    prob_above_frame,
    rank_intervals,
    simulate,
)

Make = Callable[..., pl.DataFrame]


def mean(row: dict[str, float | None], weights: dict[str, float], codes: list[str]) -> float | None:
    """Weighted mean over what is there, the plain way."""
    there = [code for code in codes if row[code] is not None]
    total = sum(weights[code] for code in there)
    return sum(weights[code] * (row[code] or 0.0) for code in there) / total if there else None


def loop(points: pl.DataFrame, tree: Tree, draws: int, seed: int) -> np.ndarray:
    """Ranks (units × draws) by one plain evaluation per unit and draw."""
    ranks = []
    for drawn in draw_weights(tree, draws, seed):
        weights = dict(zip((node.code for node in tree.nodes), drawn, strict=True))
        scores = []
        for row in points.iter_rows(named=True):
            parts = {b: mean(row, weights, [n.code for n in tree.nodes if n.parent == b]) for b in "ABC"}
            scores.append(mean(parts, weights, list("ABC")))
        ranks.append(stats.rankdata([-score for score in scores if score is not None], method="min"))
    return np.array(ranks).T


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_every_rank_is_that_of_a_plain_loop(make_points: Make, tree: Tree, missing: float) -> None:
    points = make_points(missing=missing)
    found = simulate(points, tree, Plan(draws=60, seed=4))
    np.testing.assert_array_equal(found.ranks, loop(points, tree, 60, 4))


def test_percentiles_are_order_statistics(make_points: Make, tree: Tree) -> None:
    points = make_points()
    simulation = simulate(points, tree, Plan(draws=333, seed=1))
    frame = interval_frame(simulation, top=(1, 5))
    for name, part in (("rank_low", 0.05), ("rank_mid", 0.5), ("rank_high", 0.95)):
        expected = np.quantile(simulation.ranks, part, axis=1, method="inverted_cdf")
        assert frame[name].to_list() == expected.tolist()
    np.testing.assert_allclose(frame["rank_mean"], simulation.ranks.mean(axis=1))
    np.testing.assert_allclose(frame["top_5"], (simulation.ranks <= 5).mean(axis=1))
    assert frame["top_1"].sum() == pytest.approx(1)
    assert (frame["rank_low"] <= frame["rank_mid"]).all()
    assert (frame["rank_mid"] <= frame["rank_high"]).all()
    assert frame["stable"].to_list() == (frame["rank_high"] - frame["rank_low"] <= 10).to_list()


def test_same_seed_same_frame_whatever_the_workers(make_points: Make, tree: Tree) -> None:
    points = make_points(300, missing=0.1, tracks=3)
    plan = Plan(draws=200, seed=9)
    one = simulate(points, tree, plan, track="track", workers=1)
    many = simulate(points, tree, plan, track="track", workers=4)
    assert interval_frame(one).equals(interval_frame(many))
    assert not interval_frame(one).equals(
        interval_frame(simulate(points, tree, Plan(draws=200, seed=10), track="track"))
    )


def test_more_draws_begin_with_the_fewer(make_points: Make, tree: Tree) -> None:
    points = make_points()
    few, many = simulate(points, tree, Plan(draws=50, seed=2)), simulate(points, tree, Plan(draws=150, seed=2))
    np.testing.assert_array_equal(many.ranks[:, :50], few.ranks)


def test_scale_of_weights_and_order_of_units_do_not_matter(make_points: Make, tree: Tree) -> None:
    points = make_points(missing=0.1)
    base = rank_intervals(points, tree, draws=100, seed=5)
    heavier = Tree(tuple(node._replace(weight=node.weight * 7) for node in tree.nodes))
    assert rank_intervals(points, heavier, draws=100, seed=5).equals(base)
    shuffled = rank_intervals(points.sample(fraction=1, shuffle=True, seed=1), tree, draws=100, seed=5)
    tie_free = [name for name in base.columns if name != "tie_band"]
    assert shuffled.sort("unit").select(tie_free).equals(base.sort("unit").select(tie_free))


def test_flat_weights_and_tables_without_units(make_points: Make) -> None:
    points = make_points().drop("unit")
    frame = rank_intervals(points, {"a1": 2.0, "b1": 1.0}, draws=50, seed=1)
    assert frame["unit"].to_list()[:3] == ["0", "1", "2"]
    assert frame["rank_base"].to_list() == stats.rankdata(-(2 * points["a1"] + points["b1"]), "min").tolist()


def test_without_spread_nothing_moves(make_points: Make, tree: Tree) -> None:
    frame = rank_intervals(make_points(missing=0.2), tree, draws=20, spread=0)
    assert frame["rank_low"].to_list() == frame["rank_high"].to_list() == frame["rank_base"].to_list()


def test_dominance_identity_and_the_order_between_two(tree: Tree) -> None:
    rows = {"best": [90.0] * 6, "twin": [50.0] * 6, "copy": [50.0] * 6, "odd": [90.0, 10, 50, 50, 50, 50]}
    codes = list(tree.leaf_codes)
    points = pl.DataFrame({"unit": list(rows), **{c: [row[j] for row in rows.values()] for j, c in enumerate(codes)}})
    found = simulate(points, tree, Plan(draws=400, seed=1, spread=0.5))
    assert prob_above(found, "best", "twin") == 1
    assert prob_above(found, "twin", "copy") == 0.5
    assert prob_above(found, "twin", "odd") + prob_above(found, "odd", "twin") == 1
    table = prob_above_frame(found, list(rows))
    assert table["best"].to_list() == [None, 0, 0, 0]
    assert table.filter(pl.col("unit") == "twin")["copy"].item() == 0.5
    with pytest.raises(RobustnessError) as error:
        prob_above(found, "best", "nobody")
    assert error.value.code == "unknown_unit"


def test_units_without_any_point_are_shown_without_a_rank(make_points: Make, tree: Tree) -> None:
    points = make_points(5)
    empty = pl.DataFrame({"unit": ["empty"]}).with_columns(
        pl.lit(None, dtype=pl.Float64).alias(c) for c in tree.leaf_codes
    )
    simulation = simulate(pl.concat([points[:2], empty, points[2:]]), tree, Plan(draws=30))
    frame = interval_frame(simulation)
    assert simulation.excluded == ["empty"]
    assert frame["unit"].to_list()[2] == "empty"
    assert frame.row(2)[1:] == (None,) * (frame.width - 1)
    assert frame.drop_nulls().equals(rank_intervals(points, tree, draws=30))


def test_ranks_within_tracks(make_points: Make, tree: Tree) -> None:
    points = make_points(60, missing=0.1, tracks=3)
    frame = rank_intervals(points, tree, draws=100, seed=3, track="track")
    for track in ("0", "1", "2"):
        alone = rank_intervals(points.filter(pl.col("track") == track), tree, draws=100, seed=3)
        inside = frame.filter(pl.col("track") == track)
        for name in ("rank_base", "rank_low", "rank_mid", "rank_high", "rank_mean", "stable", "top_10", "tie_band"):
            assert inside[f"track_{name}"].to_list() == alone[name].to_list(), name


def test_a_unit_outside_the_tracks_has_no_rank_in_one(make_points: Make, tree: Tree) -> None:
    points = make_points(10, tracks=2).with_columns(
        track=pl.when(pl.col("unit") == "u000").then(None).otherwise(pl.col("track"))
    )
    row = rank_intervals(points, tree, draws=20, track="track").row(0, named=True)
    assert row["rank_mid"] is not None
    assert {value for name, value in row.items() if name.startswith("track")} == {None}


def test_measurement_error_widens_and_can_be_replayed(make_points: Make, tree: Tree) -> None:
    points = make_points(80)
    errors = dict.fromkeys(tree.leaf_codes, 10.0)
    quiet = rank_intervals(points, tree, draws=150, seed=1, spread=0)
    noisy = rank_intervals(points, tree, draws=150, seed=1, spread=0, errors=errors)
    again = rank_intervals(points, tree, draws=150, seed=1, spread=0, errors=errors)
    assert noisy.equals(again)
    width = (noisy["rank_high"] - noisy["rank_low"]).mean()
    assert (quiet["rank_high"] - quiet["rank_low"]).sum() == 0
    assert isinstance(width, float)
    assert width > 5


def test_measurement_error_has_the_stated_size() -> None:
    points = pl.DataFrame({"unit": ["low", "high"], "x": [50.0, 52.0]})
    found = simulate(points, {"x": 1.0}, Plan(draws=20_000, seed=2, errors={"x": 3.0}))
    expected = stats.norm.cdf(2 / (3 * np.sqrt(2)))
    assert prob_above(found, "high", "low") == pytest.approx(expected, abs=0.012)
    one_sided = Plan(draws=20_000, seed=2, errors={"x": [0.0, 3.0]})
    assert prob_above(simulate(points, {"x": 1.0}, one_sided), "high", "low") == pytest.approx(
        stats.norm.cdf(2 / 3), abs=0.012
    )


def test_noise_is_held_within_the_bounds() -> None:
    points = pl.DataFrame({"unit": ["full", "less"], "x": [100.0, 99.0]})
    plan = Plan(draws=2000, seed=2, errors={"x": [50.0, 0.0]}, bounds=(0.0, 100.0))
    found = simulate(points, {"x": 1.0}, plan)
    assert prob_above(found, "full", "less") == pytest.approx(0.5, abs=0.05)


def test_alternatives_take_their_share_of_the_draws(make_points: Make, tree: Tree) -> None:
    points = make_points(30)
    turned = points.with_columns((pl.col(code) * -1 + 100) for code in tree.leaf_codes)
    plan = Plan(draws=1000, seed=1, spread=0, alternatives=(Alternative("turned", turned, probability=3.0),))
    best, worst = (
        points["unit"][int(i)] for i in np.argsort(rank_intervals(points, tree, draws=1)["rank_base"])[[0, -1]]
    )
    assert prob_above(simulate(points, tree, plan), worst, best) == pytest.approx(0.75, abs=0.04)


def test_another_aggregation_as_an_alternative(make_points: Make, tree: Tree) -> None:
    points = make_points(30)
    geometric = Tree(tuple(node._replace(method="geometric") for node in tree.nodes))
    plan = Plan(
        draws=20, seed=1, spread=0, main_probability=0, alternatives=(Alternative("geometric", points, geometric),)
    )
    alone = simulate(points, geometric, Plan(draws=20, seed=1, spread=0))
    np.testing.assert_array_equal(simulate(points, tree, plan).ranks, alone.ranks)


def test_wrong_input_is_refused(make_points: Make, tree: Tree) -> None:
    points = make_points(5)
    cases: list[tuple[pl.DataFrame, Plan, str]] = [
        (points.drop("a1"), Plan(), "unknown_column"),
        (points.head(0), Plan(), "no_units"),
        (points.with_columns(unit=pl.lit("same")), Plan(), "duplicate_unit"),
        (points.with_columns(a1=pl.lit(float("inf"))), Plan(), "not_finite"),
        (points, Plan(errors={"zz": 1.0}), "unknown_column"),
        (points, Plan(errors={"a1": -1.0}), "bad_option"),
        (points, Plan(errors={"a1": [1.0, 2.0]}), "bad_option"),
        (points, Plan(alternatives=(Alternative("x", points.reverse()),)), "unknown_unit"),
        (points, Plan(alternatives=(Alternative("x", points, Tree.flat({"a1": 1.0})),)), "bad_tree"),
        (points, Plan(draws=10**9), "too_large"),
    ]
    for frame, plan, code in cases:
        with pytest.raises(RobustnessError) as error:
            simulate(frame, tree, plan)
        assert error.value.code == code
    with pytest.raises(RobustnessError):
        simulate(points, tree, Plan(draws=5), track="nowhere")
    for wrong in ({"draws": 0}, {"seed": -1}, {"tolerance": -1.0}):
        with pytest.raises(RobustnessError):
            Plan(**wrong)
    with pytest.raises(RobustnessError):
        interval_frame(simulate(points, tree, Plan(draws=5)), top=(0,))
