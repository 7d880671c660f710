"""Robustness of a scored result: every rule of the scheme acts in every draw, checked by scoring again."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import polars as pl
import pytest

from kanjian.scoring import Result, Scheme, read_values, score
from kanjian.scoring.robustness import (
    Evaluator,
    Plan,
    RobustnessError,
    draw_weights,
    leave_one_out_of,
    prob_above,
    robust,
    simulate_result,
    sobol_indices_of,
)
from kanjian.scoring.robustness.of_result import model_of


def leaf(code: str, weight: float = 1.0, **more: Any) -> dict[str, Any]:
    return {"code": code, "weight": weight, "rule": {"method": "direct"}, **more}


def children(letter: str, count: int) -> list[dict[str, Any]]:
    return [leaf(f"{letter}{i}", i + 1) for i in range(count)]


# Every kind of aggregation and limit, on more than one level; fills sit above leaves, whose points no weight moves.
RICH: dict[str, Any] = {
    "format": "kanjian/scheme/1",
    "code": "rich",
    "version": "1",
    "name": "rich",
    "tracks": {"by": "track"},
    "eligibility": {"min_coverage": 0.7},
    "tree": {
        "code": "index",
        "cap": {"at_most": 95},
        "floors": [{"node": "B", "below": 45, "cap": 55}],
        "children": [
            {
                "code": "A",
                "weight": 3,
                "aggregate": {"method": "geometric"},
                "missing": {"rule": "fill", "from": "track", "using": "mean"},
                "children": children("a", 3),
            },
            {"code": "B", "weight": 2, "aggregate": {"method": "power", "p": 2}, "children": children("b", 4)},
            {
                "code": "C",
                "weight": 2,
                "aggregate": {"method": "sum"},
                "coefficient": {"track": {"x": 1.05}},
                "missing": {"rule": "rescale", "min_share": 0.6},
                "children": [
                    *[leaf(f"c{i}", 30 + i) for i in range(3)],
                    {"code": "plus", "rule": {"method": "bonus", "per": 1, "at_most": 3}},
                ],
            },
            {
                "code": "D",
                "weight": 1,
                "aggregate": {"method": "harmonic"},
                "missing": {"rule": "strict"},
                "children": [
                    {"code": "E", "aggregate": {"method": "min"}, "children": children("e", 3)},
                    {"code": "P", "aggregate": {"method": "median_rank"}, "children": children("p", 3)},
                    leaf("f"),
                ],
            },
            {"code": "W", "weight": 1, "aggregate": {"method": "copeland"}, "children": children("w", 3)},
            {"code": "red", "rule": {"method": "veto", "on": "root", "effect": {"cap": 40}}},
        ],
    },
}


def table(units: int = 120, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    columns = [column for column in Scheme.load(RICH).inputs() if column != "red"]
    cells = rng.uniform(20, 100, (units, len(columns)))
    cells[rng.random(cells.shape) < 0.06] = np.nan
    frame = pl.DataFrame({"unit": [f"u{i:03}" for i in range(units)], "track": rng.choice(["x", "y"], units)})
    numbers = [pl.Series(name, cells[:, j], nan_to_null=True) for j, name in enumerate(columns)]
    return frame.with_columns(*numbers, red=pl.Series((np.arange(units) % 17 == 0).astype(float)))


def scored(method: dict[str, Any]) -> Result:
    scheme = Scheme.load(method)
    return score(scheme, read_values(table(), scheme))


def reweighted(method: dict[str, Any], weights: dict[str, float]) -> dict[str, Any]:
    """The scheme with other weights; below a sum node they keep their total, which is its full points."""
    changed = copy.deepcopy(method)

    def visit(node: dict[str, Any]) -> None:
        below = node.get("children", [])
        counted = [child for child in below if child["code"] in weights]
        total = sum(child.get("weight", 1.0) for child in counted)
        for child in counted:
            child["weight"] = float(weights[child["code"]] * total)
        for child in below:
            visit(child)

    visit(changed["tree"])
    return changed


def test_every_draw_is_what_the_engine_gives_for_these_weights() -> None:
    result = scored(RICH)
    model, inner = model_of(result), list("ABCDEPW")
    points = np.stack([model.points[code].to_numpy() for code in model.tree.leaf_codes])
    evaluator = Evaluator(model.tree, points, model.fixed)
    counted = [i for i, node in enumerate(model.tree.nodes) if i and node.role == "score"]
    for drawn in draw_weights(model.tree, 3, 11, spread=0.6):
        weights = {model.tree.nodes[i].code: float(drawn[i]) for i in counted}
        again = scored(reweighted(RICH, weights))
        mine = evaluator.scores(drawn[None, :])[0]
        theirs = again.scores["score"].to_numpy()
        # A minimum share is read at the nominal weights: compare units whose branches are there on both sides.
        same = [result.scores[code].is_null() == again.scores[code].is_null() for code in inner]
        both = np.logical_and.reduce([column.to_numpy() for column in same])
        assert both.sum() > 105
        np.testing.assert_allclose(mine[both], theirs[both], rtol=0, atol=1e-9)


def test_frame_for_boards() -> None:
    result = scored(RICH)
    frame = robust(result, draws=60, seed=1)
    wanted = {"unit", "rank_low", "rank_mid", "rank_high", "stable", "tie_band"}
    wanted |= {"track", "track_rank_low", "track_rank_mid", "track_rank_high", "track_stable", "track_tie_band"}
    assert wanted <= set(frame.columns)
    assert frame["unit"].to_list() == result.scores["unit"].to_list()
    assert frame["rank_base"].to_list() == result.scores["rank"].to_list()
    assert frame["track_rank_base"].to_list() == result.scores["track_rank"].to_list()
    assert result.scores["rank"].null_count() > 0  # thin coverage: shown, not ranked
    assert frame.equals(robust(result, draws=60, seed=1))


def test_vetoed_units_stay_tied_at_the_cap() -> None:
    result = scored(RICH)
    capped = result.scores.filter((pl.col("score") == 40) & pl.col("rank").is_not_null())["unit"].to_list()
    assert len(capped) >= 2
    assert prob_above(simulate_result(result, draws=50), capped[0], capped[1]) == 0.5


def test_tie_precision_of_the_scheme_is_used() -> None:
    coarse = {**RICH, "ties": {"precision": {"decimals": 0}}}
    assert model_of(scored(coarse)).tolerance == 1
    assert model_of(scored({**RICH, "ties": {"precision": "raw"}})).tolerance == 0
    frame = robust(scored(coarse), draws=40)
    assert frame["rank_base"].to_list() == scored(coarse).scores["rank"].to_list()


def test_leave_one_out_of_a_result_scores_again_without_the_node() -> None:
    found = leave_one_out_of(scored(RICH)).ranks
    smaller = copy.deepcopy(RICH)
    smaller["tree"]["children"] = [child for child in smaller["tree"]["children"] if child["code"] != "W"]
    smaller["eligibility"] = {"min_coverage": 0}
    again = scored(smaller).scores.filter(pl.col("unit").is_in(found["unit"].to_list()))
    assert found["W"].to_list() == again["score"].rank("min", descending=True).to_list()


def test_sobol_of_a_result() -> None:
    found = sobol_indices_of(scored(RICH), Plan(seed=2, spread=0.25), runs=8, resamples=5, units=["u001"])
    assert set(found["output"]) == {"mean_rank_shift", "u001"}
    assert {"A", "B", "C", "D", "W", "a0", "w2"} <= set(found["factor"])
    assert "plus" not in set(found["factor"])


def test_a_result_without_detail_is_refused() -> None:
    scheme = Scheme.load(RICH)
    result = score(scheme, read_values(table(), scheme), detail=False)
    with pytest.raises(RobustnessError, match="detail"):
        robust(result)


def test_points_that_are_not_the_results_own_are_refused() -> None:
    result = scored(RICH)
    wrong = Result(result.scheme, result.parameters, result.values, result.scores.with_columns(pl.col("b1") + 1))
    with pytest.raises(RobustnessError) as error:
        robust(wrong)
    assert error.value.code == "mismatch"
