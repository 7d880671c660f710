"""Leave one out: the closed form against evaluating again, only children, and ranks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from scipy import stats

from kanjian.scoring.robustness import Evaluator, Node, RobustnessError, Tree, leave_one_out
from kanjian.scoring.robustness.intake import read
from kanjian.scoring.robustness.leave_out import closed_form, one_by_one, without
from kanjian.scoring.robustness.plan import Plan

Make = Callable[..., pl.DataFrame]


@pytest.mark.parametrize("missing", [0.0, 0.4])
def test_closed_form_is_exact(make_points: Make, tree: Tree, missing: float) -> None:
    table = read(make_points(200, missing=missing), tree, Plan())
    fast, slow = closed_form(table.evaluators[0]), one_by_one(table)
    assert (np.isnan(fast) == np.isnan(slow)).all()
    np.testing.assert_allclose(fast, slow, rtol=0, atol=1e-10)


def test_closed_form_with_sums_and_deep_trees(make_points: Make) -> None:
    tree = Tree(
        (
            Node("x", None, method="sum", factor=0.5),
            Node("p", "x", 2, method="sum", factor=3.0),
            Node("q", "p", 1),
            Node("a1", "q", 1),
            Node("a2", "q", 3),
            Node("b1", "p", 4),
            Node("c1", "x", 5),
            Node("a3", "x", 0),
        )
    )
    table = read(make_points(100, missing=0.2), tree, Plan())
    np.testing.assert_allclose(closed_form(table.evaluators[0]), one_by_one(table), atol=1e-10)


def test_an_only_child_takes_its_parent_along(make_points: Make, tree: Tree) -> None:
    found = leave_one_out(make_points(), tree).ranks
    assert found["c1"].to_list() == found["C"].to_list()


def test_ranks_and_summary(make_points: Make, tree: Tree) -> None:
    points = make_points(50)
    found = leave_one_out(points, tree)
    rest = points.select((3 * (3 * pl.col("b1") + pl.col("b2")) / 4 + 2 * pl.col("c1")) / 5).to_series()
    expected = stats.rankdata(-rest, method="min")
    assert found.ranks["A"].to_list() == expected.tolist()
    shift = np.abs(expected - found.ranks["rank_base"].to_numpy())
    row = found.summary.row(by_predicate=pl.col("node") == "A", named=True)
    assert row == {"node": "A", "mean_shift": shift.mean(), "max_shift": shift.max(), "moved": (shift > 0).mean()}


def test_units_left_with_nothing_have_no_rank(make_points: Make, tree: Tree) -> None:
    points = make_points(6)
    only = points.with_columns(
        pl.when(pl.col("unit") == "u003").then(None).otherwise(pl.col(code)).alias(code)
        for code in tree.leaf_codes
        if code != "b1"
    )
    found = leave_one_out(only, tree).ranks
    row = found.row(3, named=True)
    assert row["b1"] is row["B"] is None
    assert row["a1"] == row["rank_base"]
    assert sorted(found["B"].drop_nulls().to_list()) == [1, 2, 3, 4, 5]


def test_within_tracks(make_points: Make, tree: Tree) -> None:
    points = make_points(40, tracks=2)
    found = leave_one_out(points, tree, track="track").track_ranks
    assert found is not None
    for track in ("0", "1"):
        mine = points.filter(pl.col("track") == track)
        alone = leave_one_out(mine, tree).ranks
        assert found.filter(pl.col("unit").is_in(mine["unit"].to_list())).equals(alone)


def test_other_means_are_evaluated_again(make_points: Make, tree: Tree) -> None:
    geometric = Tree(tuple(node._replace(method="geometric") for node in tree.nodes))
    points = make_points(30)
    found = leave_one_out(points, geometric).ranks["A"]
    expected = (points["b1"] ** 0.75 * points["b2"] ** 0.25) ** 0.6 * points["c1"] ** 0.4
    assert found.to_list() == stats.rankdata(-expected, method="min").tolist()
    with pytest.raises(RobustnessError):
        closed_form(Evaluator(geometric, np.ones((6, 3))))


def test_the_last_node_leaves_nothing() -> None:
    assert without(Tree.flat({"a": 1.0}), "a") is None
