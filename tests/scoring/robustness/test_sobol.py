"""Sobol indices: analytic values, SALib as an oracle, centred outputs, choices over the whole range."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from kanjian.scoring.robustness import Alternative, Plan, RobustnessError, Tree, sobol_indices
from kanjian.scoring.robustness.intake import read
from kanjian.scoring.robustness.sobol import METHOD, Factors, _design, _indices, _split

Make = Callable[..., pl.DataFrame]


def ishigami(inputs: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * inputs - 1)
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def test_analytic_values_of_the_ishigami_function() -> None:
    first, total = _indices(_split(ishigami(_design(3, 4096, 1))[None, :], 4096, 3))
    np.testing.assert_allclose(first[0], [0.3139, 0.4424, 0], atol=0.02)
    np.testing.assert_allclose(total[0], [0.5576, 0.4424, 0.2437], atol=0.02)


def test_outputs_are_centred() -> None:
    """Without centring a large mean drowns the estimate: COINr's first-order indices add up to 1.67 on its example."""
    runs = 256
    answers = 500 + ishigami(_design(3, runs, 1))
    first, total = _indices(_split(answers[None, :], runs, 3))
    again, _ = _indices(_split(answers[None, :] - 500, runs, 3))
    np.testing.assert_allclose(first, again, atol=1e-9)
    assert 0.5 < first.sum() < 1.1
    parts = _split(answers[None, :], runs, 3)
    raw = (parts["f_B"] * (parts["f_AB"] - parts["f_A"])).mean(axis=-1)[:, 0] / answers[: 2 * runs].var()
    assert np.abs(raw - first[0]).max() > 0.1
    assert (total >= first - 0.1).all()


def test_agrees_with_salib(make_points: Make, tree: Tree) -> None:
    analyze = pytest.importorskip("SALib.analyze.sobol").analyze
    points = make_points(60, missing=0.1)
    runs = 512
    found = sobol_indices(points, tree, Plan(seed=3), runs=runs, units=["u005"], resamples=0)
    factors = Factors(read(points, tree, Plan(seed=3)), tree.with_siblings(), 0.25)
    names, design = factors.names, _design(len(factors.names), runs, 3)
    answers = factors.ranks(design)[:, 5]
    a, b, mixed = answers[:runs], answers[runs : 2 * runs], answers[2 * runs :].reshape(len(names), runs)
    order = np.stack([a, *mixed, b]).T.ravel()
    problem = {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}
    oracle = analyze(problem, order, calc_second_order=False, seed=1)
    mine = found.filter(pl.col("output") == "u005")
    np.testing.assert_allclose(mine["first"], oracle["S1"], atol=0.02)
    np.testing.assert_allclose(mine["total"], oracle["ST"], atol=0.02)


def test_the_factor_that_matters_comes_first(make_points: Make) -> None:
    tree = Tree.flat({"a1": 1.0, "b1": 1.0, "c1": 1.0})
    points = make_points(80).with_columns(pl.lit(50.0).alias("c1"))
    found = sobol_indices(points, tree, Plan(seed=1), runs=256)
    assert found.filter(pl.col("factor") == "c1")["total"].item() < 0.01  # constant: its weight moves no rank
    assert found["total"].max() > 0.4
    assert (found["first_low"] <= found["first"]).all()
    assert (found["total"] <= found["total_high"]).all()


def test_choice_of_method_is_a_factor_over_the_whole_range(make_points: Make, tree: Tree) -> None:
    points = make_points(50)
    turned = points.with_columns((pl.col(code) * -1 + 100) for code in tree.leaf_codes)
    plan = Plan(seed=1, spread=0.01, alternatives=(Alternative("turned", turned),))
    found = sobol_indices(points, tree, plan, runs=128)
    method = found.row(by_predicate=pl.col("factor") == METHOD, named=True)
    assert method["first"] > 0.9
    factors = Factors(read(points, tree, plan), tree.with_siblings(), 0.01)
    inputs = np.full((4, len(factors.names)), 0.5)
    inputs[:, -1] = [0.30, 0.35, 0.40, 0.49]  # all below one half: all the main table, whatever the sample's range
    assert len(np.unique(factors.ranks(inputs), axis=0)) == 1


def test_measurement_error_is_a_factor(make_points: Make, tree: Tree) -> None:
    plan = Plan(seed=1, spread=0.01, errors=dict.fromkeys(tree.leaf_codes, 15.0))
    found = sobol_indices(make_points(30), tree, plan, runs=64)
    assert found.sort("total")["factor"].to_list()[-1] == "measurement_error"


def test_an_output_that_never_moves_has_no_indices(make_points: Make, tree: Tree) -> None:
    best = make_points(20).with_columns(pl.lit(1000.0).alias("a1"), pl.lit(1000.0).alias("b1"))[:1]
    points = pl.concat([best, make_points(20)[1:]])
    found = sobol_indices(points, tree, runs=32, units=["u000"]).filter(pl.col("output") == "u000")
    assert set(found["variance"]) == {0.0}
    assert found["first"].null_count() == found["total"].null_count() == found.height


def test_by_seed(make_points: Make, tree: Tree) -> None:
    points = make_points(20)
    assert sobol_indices(points, tree, Plan(seed=5), runs=32).equals(sobol_indices(points, tree, Plan(seed=5), runs=32))
    assert not sobol_indices(points, tree, Plan(seed=5), runs=32).equals(
        sobol_indices(points, tree, Plan(seed=6), runs=32)
    )


def test_wrong_input_is_refused(make_points: Make, tree: Tree) -> None:
    with pytest.raises(RobustnessError, match="power of 2"):
        sobol_indices(make_points(5), tree, runs=100)
    with pytest.raises(RobustnessError):
        sobol_indices(make_points(5), tree, units=["nobody"], runs=4)
    with pytest.raises(RobustnessError, match="nothing is uncertain"):
        sobol_indices(make_points(5), Tree.flat({"a1": 1.0}), runs=4)
