"""Draws by seed: sums, ranges, replay, and choices cut over the whole of 0..1."""

from __future__ import annotations

import numpy as np
import pytest

from kanjian.scoring.robustness import Node, RobustnessError, Tree, draw_weights
from kanjian.scoring.robustness.draws import draw_choices, draw_errors


def test_siblings_sum_to_one_on_every_level(tree: Tree) -> None:
    for options in ({}, {"concentration": 5.0}):
        drawn = draw_weights(tree, 200, 1, **options)
        for below in tree.scored.values():
            np.testing.assert_allclose(drawn[:, below].sum(axis=1), 1, rtol=1e-12)
        np.testing.assert_allclose(tree.along_paths(drawn).sum(axis=1), 1, rtol=1e-12)


def test_spread_bounds_the_ratio_of_siblings(tree: Tree) -> None:
    drawn = draw_weights(tree, 5000, 1, spread=0.25)
    a1, a2 = tree.place["a1"], tree.place["a2"]
    ratio = drawn[:, a2] / drawn[:, a1]
    assert 2 * 0.75 / 1.25 <= ratio.min() < 1.3
    assert 3.2 < ratio.max() <= 2 * 1.25 / 0.75
    np.testing.assert_allclose(draw_weights(tree, 3, 1, spread=0), np.tile(tree.weights, (3, 1)))


def test_dirichlet_has_the_nominal_mean_and_the_stated_variance(tree: Tree) -> None:
    drawn = draw_weights(tree, 40_000, 3, concentration=20)
    root = [tree.place[code] for code in "ABC"]
    weights = tree.weights[root]
    np.testing.assert_allclose(drawn[:, root].mean(axis=0), weights, atol=0.003)
    np.testing.assert_allclose(drawn[:, root].var(axis=0), weights * (1 - weights) / 21, rtol=0.05)


@pytest.mark.parametrize("options", [{}, {"concentration": 3.0}])
def test_any_run_can_be_had_again(tree: Tree, options: dict[str, float]) -> None:
    """What a peer's users ask for: the parameters of every run (COINr issue 31)."""
    many, few = draw_weights(tree, 500, 7, **options), draw_weights(tree, 20, 7, **options)
    np.testing.assert_array_equal(many[:20], few)
    assert not np.array_equal(few, draw_weights(tree, 20, 8, **options))


def test_choices_have_their_shares_of_the_whole_range() -> None:
    """A peer cuts discrete settings over the range the sample happens to have, not over 0..1."""
    few = draw_choices(3, 0, [1, 1])
    assert (few == (np.random.default_rng([0, 1]).random(3) >= 0.5)).all()
    many = draw_choices(60_000, 0, [2, 1, 1])
    np.testing.assert_allclose(np.bincount(many) / 60_000, [0.5, 0.25, 0.25], atol=0.01)
    assert set(draw_choices(500, 0, [0, 1]).tolist()) == {1}


def test_errors_belong_to_their_draw() -> None:
    np.testing.assert_array_equal(draw_errors((3, 4), 5, 17), draw_errors((3, 4), 5, 17))
    assert not np.array_equal(draw_errors((3, 4), 5, 17), draw_errors((3, 4), 5, 18))


def test_extras_are_never_drawn() -> None:
    tree = Tree((Node("x", None), Node("a", "x", 1), Node("b", "x", 3), Node("plus", "x", 0.5, role="bonus")))
    drawn = draw_weights(tree, 50, 1)
    assert set(drawn[:, 3].tolist()) == {0.5}
    np.testing.assert_allclose(drawn[:, 1:3].sum(axis=1), 1)


def test_wrong_options_are_refused(tree: Tree) -> None:
    for wrong in ({"spread": -0.1}, {"spread": 1.5}, {"concentration": 0.0}):
        with pytest.raises(RobustnessError) as error:
            draw_weights(tree, 5, 1, **wrong)
        assert error.value.code == "bad_option"
    with pytest.raises(RobustnessError):
        draw_weights(tree, 0, 1)
    with pytest.raises(RobustnessError):
        draw_choices(5, 0, [0.0, 0.0])


@pytest.mark.parametrize(
    ("nodes", "code"),
    [
        ([Node("x", None)], "bad_tree"),
        ([Node("x", None), Node("x", "x")], "bad_tree"),
        ([Node("a", "x"), Node("x", None)], "bad_tree"),
        ([Node("x", None), Node("a", "y")], "bad_tree"),
        ([Node("x", None, method="magic"), Node("a", "x")], "bad_tree"),
        ([Node("x", None), Node("a", "x", -1)], "bad_weights"),
        ([Node("x", None), Node("a", "x", 0), Node("b", "x", 0)], "bad_weights"),
        ([Node("x", None), Node("a", "x", float("nan"))], "bad_weights"),
    ],
)
def test_wrong_trees_are_refused(nodes: list[Node], code: str) -> None:
    with pytest.raises(RobustnessError) as error:
        Tree(tuple(nodes))
    assert error.value.code == code
