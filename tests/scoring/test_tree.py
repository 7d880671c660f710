"""What happens in the tree: means, missing data, bonus, caps, floors, vetoes, tracks, bands."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kanjian.scoring import Scheme, bands_of, read_values, score

DIRECT = {"method": "direct"}


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        ({"method": "arithmetic"}, [60, 52]),  # (2·80 + 20)/3, (2·60 + 36)/3
        ({"method": "geometric"}, [(80**2 * 20) ** (1 / 3), (60**2 * 36) ** (1 / 3)]),
        ({"method": "harmonic"}, [40, 49.0909090909]),  # 3/(2/80 + 1/20), 3/(2/60 + 1/36)
        ({"method": "power", "p": 2}, [66.3324958071, 53.2165387816]),  # √((2·6400 + 400)/3)
        ({"method": "power", "p": -1}, [40, 49.0909090909]),
        ({"method": "min"}, [20, 36]),
        ({"method": "sum"}, [1.8, 1.56]),  # weight × points / 100
        ({"method": "copeland", "raw": True}, [1, -1]),
        ({"method": "copeland"}, [100, 0]),
        ({"method": "median_rank"}, [100, 0]),
    ],
    ids=str,
)  # fmt: skip
def test_aggregations(scheme_of: Any, leaf: Any, run: Any, aggregate: dict[str, Any], expected: list[float]) -> None:
    """Units (80, 20) and (60, 36) with weights 2 and 1."""
    scheme = scheme_of(leaf(DIRECT, "a", weight=2), leaf(DIRECT, "b"), root={"aggregate": aggregate})
    assert run(scheme, a=[80.0, 60.0], b=[20.0, 36.0]).scores["score"].to_list() == pytest.approx(expected)


@pytest.mark.parametrize("method", ["geometric", "harmonic"])
def test_a_zero_makes_geometric_and_harmonic_means_zero(scheme_of: Any, leaf: Any, run: Any, method: str) -> None:
    scheme = scheme_of(leaf(DIRECT, "a"), leaf(DIRECT, "b"), root={"aggregate": {"method": method}})
    assert run(scheme, a=[0.0, 50.0], b=[100.0, 50.0]).scores["score"].to_list() == pytest.approx([0, 50])


@pytest.mark.parametrize(
    "aggregate", [{"method": "geometric"}, {"method": "harmonic"}, {"method": "power", "p": 3}], ids=str
)
def test_a_negative_value_leaves_such_means_undefined(
    scheme_of: Any, leaf: Any, run: Any, aggregate: dict[str, Any]
) -> None:
    loose = {"method": "scaled", "low": 0, "high": 100}
    scheme = scheme_of(leaf(loose, "a"), leaf(loose, "b"), root={"aggregate": aggregate})
    scores = run(scheme, a=[-8.0, 50.0, -8.0], b=[100.0, 50.0, None]).scores
    assert scores["score"].to_list() == [None, pytest.approx(50), None]
    assert scores["reason"].to_list() == ["missing", None, "missing"]


@pytest.mark.parametrize(
    ("aggregate", "codes"),
    [
        ({"method": "geometric"}, ("negative_under_mean", "zero_under_mean")),
        ({"method": "harmonic"}, ("negative_under_mean", "zero_under_mean")),
        ({"method": "power", "p": -1}, ("negative_under_mean", "zero_under_mean")),
        ({"method": "power", "p": 2}, ("negative_under_mean",)),
        ({"method": "arithmetic"}, ()),
    ],
    ids=str,
)
def test_zeros_and_negatives_under_a_mean_are_told(
    scheme_of: Any, leaf: Any, run: Any, aggregate: dict[str, Any], codes: tuple[str, ...]
) -> None:
    rule = {"method": "scaled", "low": 0, "high": 100}
    scheme = scheme_of(leaf(rule, "a"), leaf(rule, "b"), root={"aggregate": aggregate})
    result = run(scheme, a=[-1.0, 0.0, 50.0], b=[50.0, 50.0, None])
    assert {note.code for note in result.notes} == set(codes)
    undefined = [("u0", "index", "undefined")] if codes else []
    assert result.flags.rows() == undefined
    assert all("1 unit(s)" in note.message for note in result.notes)


def test_copeland_counts_pairs(scheme_of: Any, leaf: Any, run: Any) -> None:
    """Weights 2, 1: the first indicator decides every pair; a tie there leaves it to the second."""
    root = {"aggregate": {"method": "copeland", "raw": True}}
    scheme = scheme_of(leaf(DIRECT, "a", weight=2), leaf(DIRECT, "b"), root=root)
    result = run(scheme, a=[30.0, 20.0, 10.0, 20.0], b=[1.0, 2.0, 3.0, 5.0])
    assert result.scores["score"].to_list() == [3, -1, -3, 1]


def test_copeland_compares_on_what_both_have(scheme_of: Any, leaf: Any, run: Any) -> None:
    """COINr compares a present with a missing value and counts half: here such a pair is decided by the rest."""
    root = {"aggregate": {"method": "copeland", "raw": True}}
    scheme = scheme_of(leaf(DIRECT, "a"), leaf(DIRECT, "b"), root=root)
    result = run(scheme, a=[30.0, 20.0, None], b=[1.0, 2.0, 3.0])
    assert result.scores["score"].to_list() == [-1, -1, 2]


def test_copeland_sees_halves_through_rounding_noise(scheme_of: Any, leaf: Any, run: Any) -> None:
    """Weights 0.1 + 0.2 against 0.3 are half and half; in floating point they are not, and COINr parts the two."""
    root = {"aggregate": {"method": "copeland", "raw": True}}
    weights = {"a": 0.1, "b": 0.2, "c": 0.3}
    scheme = scheme_of(*(leaf(DIRECT, code, weight=weight) for code, weight in weights.items()), root=root)
    assert run(scheme, a=[9.0, 1.0], b=[9.0, 1.0], c=[1.0, 9.0]).scores["score"].to_list() == [0, 0]


@pytest.mark.parametrize(
    "aggregate", [{"method": "geometric"}, {"method": "harmonic"}, {"method": "power", "p": 2}], ids=str
)
def test_every_mean_leaves_missing_values_out(scheme_of: Any, leaf: Any, run: Any, aggregate: dict[str, Any]) -> None:
    """COINr's generalised mean gives NA where a value is missing although its help says that it is skipped."""
    scheme = scheme_of(leaf(DIRECT, "a"), leaf(DIRECT, "b", weight=3), root={"aggregate": aggregate})
    scores = run(scheme, a=[25.0, 25.0], b=[25.0, None]).scores["score"].to_list()
    assert scores == pytest.approx([25, 25])


def test_median_rank_ignores_one_failure(scheme_of: Any, leaf: Any, run: Any) -> None:
    """First twice and last once: the median place is the first."""
    root = {"aggregate": {"method": "median_rank"}}
    scheme = scheme_of(*(leaf(DIRECT, code) for code in "abc"), root=root)
    result = run(scheme, a=[90.0, 50.0, 10.0], b=[80.0, 50.0, 10.0], c=[1.0, 50.0, 99.0])
    assert result.scores["score"].to_list() == [100, 50, 0]


def test_missing_is_left_out_and_the_other_weights_scaled_up(scheme_of: Any, leaf: Any, run: Any) -> None:
    scheme = scheme_of(leaf(DIRECT, "a", weight=3), leaf(DIRECT, "b", weight=1))
    scores = run(scheme, a=[80.0, None, None], b=[40.0, 40.0, None]).scores
    assert scores["score"].to_list() == [70, 40, None]
    assert scores["coverage"].to_list() == [1, 0.25, 0]
    assert scores["rank"].to_list() == [1, 2, None]
    assert scores["reason"].to_list() == [None, None, "missing"]


def test_strict_branch(scheme_of: Any, leaf: Any, run: Any) -> None:
    scheme = scheme_of(leaf(DIRECT, "a"), leaf(DIRECT, "b"), root={"missing": {"rule": "strict"}})
    assert run(scheme, a=[80.0, None], b=[40.0, 40.0]).scores["score"].to_list() == [60, None]


@pytest.mark.parametrize(("share_of", "expected"), [("weight", [None, 40]), ("count", [80, 40])])
def test_minimum_share(scheme_of: Any, leaf: Any, run: Any, share_of: str, expected: list[Any]) -> None:
    """Weights 1 and 3: with only the first present a quarter of the weight is there, but half of the indicators."""
    root = {"missing": {"min_share": 0.5, "share_of": share_of}}
    scheme = scheme_of(leaf(DIRECT, "a", weight=1), leaf(DIRECT, "b", weight=3), root=root)
    assert run(scheme, a=[80.0, None], b=[None, 40.0]).scores["score"].to_list() == expected


def test_rules_for_missing_data_sit_on_nodes(scheme_of: Any, leaf: Any, run: Any) -> None:
    scheme = scheme_of(
        {"code": "A", "missing": {"rule": "strict"}, "children": [leaf(DIRECT, "a1"), leaf(DIRECT, "a2")]},
        {"code": "B", "children": [leaf(DIRECT, "b1"), leaf(DIRECT, "b2")]},
    )
    scores = run(scheme, a1=[10.0], a2=[None], b1=[30.0], b2=[None]).scores
    assert scores.select("A", "B", "score", "coverage").row(0) == (None, 30, 30, 0.5)


def test_fill_from_the_group(scheme_of: Any, leaf: Any, run: Any) -> None:
    """A missing child takes its county's mean points, is flagged, and does not count as coverage."""
    root = {"missing": {"rule": "fill", "from": "county", "using": "mean"}}
    scheme = scheme_of(leaf(DIRECT, "a"), leaf(DIRECT, "b"), root=root)
    columns = {"county": ["p", "p", "p", "q"], "a": [10.0, 10.0, 10.0, 50.0], "b": [20.0, 40.0, None, None]}
    result = run(scheme, **columns)
    # County q has nothing to fill from: its weight goes to the other child.
    assert result.scores["score"].to_list() == [15, 25, 20, 50]
    assert result.scores["coverage"].to_list() == [1, 1, 0.5, 0.5]
    assert result.scores["imputed"].to_list() == [0, 0, 1, 0]
    assert result.flags.rows() == [("u2", "b", "filled")]
    assert result.scores["b"].to_list() == [20, 40, None, None]


def test_not_applicable_is_not_missing(scheme_of: Any, leaf: Any, run: Any) -> None:
    """A hill village has no lake: the item does not count for it, under a strict rule as well."""
    scheme = scheme_of(leaf(DIRECT, "a"), leaf(DIRECT, "b"), root={"missing": {"rule": "strict"}})
    result = run(scheme, a=["80", "80", "80"], b=["40", "不适用", "未采集"])
    assert result.scores["score"].to_list() == [60, 80, None]
    assert result.scores["coverage"].to_list() == [1, 1, 0.5]
    assert result.flags.rows() == [("u1", "b", "not_applicable")]


def test_a_branch_that_applies_to_some_terrain_only(scheme_of: Any, leaf: Any, run: Any) -> None:
    scheme = scheme_of(
        leaf(DIRECT, "a"),
        {"code": "L", "applies_to": {"terrain": ["lake"]}, "children": [leaf(DIRECT, "b")]},
        leaf({"method": "minmax"}, "c", applies_to={"terrain": ["lake", "hill"]}, weight=0),
    )
    result = run(scheme, terrain=["lake", "hill", None], a=[80.0, 80.0, 80.0], b=[40.0, 40.0, 40.0], c=[1.0, 3.0, 9.0])
    assert result.scores["score"].to_list() == [60, 80, 80]
    assert result.scores["coverage"].to_list() == [1, 1, 1]
    # Bounds are taken where the indicator applies: 1..3, not 1..9.
    assert result.scores["c"].to_list() == [0, 100, None]


def test_a_unit_to_which_nothing_applies(scheme_of: Any, leaf: Any, run: Any) -> None:
    scheme = scheme_of(leaf(DIRECT, "a", applies_to={"terrain": ["lake"]}))
    scores = run(scheme, terrain=["lake", "hill"], a=[80.0, 80.0]).scores
    assert scores["score"].to_list() == [80, None]
    assert scores["reason"].to_list() == [None, "not_applicable"]


def test_coverage_decides_who_is_ranked(scheme_of: Any, leaf: Any, run: Any) -> None:
    scheme = scheme_of(leaf(DIRECT, "a", weight=2), leaf(DIRECT, "b"), eligibility={"min_coverage": 0.5})
    scores = run(scheme, a=[80.0, None, 70.0], b=[10.0, 90.0, None]).scores
    assert scores["score"].to_list() == [pytest.approx(56.6666666667), 90, 70]
    assert scores["rank"].to_list() == [2, None, 1]
    assert scores["reason"].to_list() == [None, "coverage", None]


def test_bonus_and_deduction_are_capped_and_added_after_the_mean(scheme_of: Any, leaf: Any, run: Any) -> None:
    """Σ dimensions + min(bonus, 6) - min(deduction, 10); an empty bonus cell means nothing was claimed."""
    extra = {"code": "F", "kind": "bonus", "aggregate": {"method": "sum"}, "cap": {"at_most": 6}}
    extra["children"] = [leaf({"method": "bonus", "at_most": 5}, "f1"), leaf({"method": "bonus", "at_most": 4}, "f2")]
    loss = {"code": "G", "kind": "deduction", "aggregate": {"method": "sum"}, "cap": {"at_most": 10}}
    loss["children"] = [leaf({"method": "bonus", "at_most": 99}, "g1")]
    scheme = scheme_of(leaf(DIRECT, "a", weight=90), extra, loss)
    result = run(scheme, a=[80.0] * 4, f1=[9.0, 2.0, None, None], f2=[3.0, 1.0, 4.0, None], g1=[None, 3.0, 50.0, None])
    assert result.scores["F"].to_list() == [6, 3, 4, 0]
    assert result.scores["score"].to_list() == [86, 80, 74, 80]
    assert result.scores["coverage"].to_list() == [1, 1, 1, 1]
    assert result.flags.rows() == [("u0", "F", "capped"), ("u2", "G", "capped")]


def test_sum_of_points_with_a_bonus_makes_a_hundred(scheme_of: Any, leaf: Any, run: Any) -> None:
    """Weights 60 and 34 are full points of the dimensions, 6 more can be earned as a bonus."""
    bonus = {"code": "F", "kind": "bonus", "aggregate": {"method": "sum"}, "cap": {"at_most": 6}}
    bonus["children"] = [leaf({"method": "bonus", "at_most": 5}, "f1"), leaf(DIRECT, "f2", weight=2)]
    scheme = scheme_of(
        leaf(DIRECT, "a", weight=60), leaf(DIRECT, "b", weight=34), bonus, root={"aggregate": {"method": "sum"}}
    )
    scores = run(scheme, a=[100.0, 50.0], b=[100.0, None], f1=[5.0, None], f2=[50.0, None]).scores
    assert scores["F"].to_list() == [6, 0]
    # The second unit lacks b: its 34 points go to a, half of which was reached.
    assert scores["score"].to_list() == [100, 47]


def test_floor_caps_the_parent(scheme_of: Any, leaf: Any, run: Any) -> None:
    """Below 60 in safety, no excellence elsewhere lifts the whole above 59."""
    root = {"floors": [{"node": "safety", "below": 60, "cap": 59}]}
    scheme = scheme_of(leaf(DIRECT, "a", weight=9), {"code": "S", "children": [leaf(DIRECT, "safety")]}, root=root)
    result = run(scheme, a=[100.0, 100.0, 20.0, 100.0], safety=[59.9, 60.0, 10.0, None])
    assert result.scores["score"].to_list() == [59, 96, 19, 100]
    assert result.flags.rows() == [("u0", "index", "floor")]


@pytest.mark.parametrize(
    ("effect", "expected"), [({"zero": True}, [0, 80]), ({"cap": 59}, [59, 80]), ({"cap": 95}, [80, 80])], ids=str
)
def test_veto_as_an_indicator(scheme_of: Any, leaf: Any, run: Any, effect: dict[str, Any], expected: list[Any]) -> None:
    veto = leaf({"method": "veto", "on": "root", "effect": effect}, "deaths", weight=50)
    result = run(scheme_of(leaf(DIRECT, "a"), veto), a=[80.0, 80.0], deaths=[1.0, 0.0])
    assert result.scores["score"].to_list() == expected
    assert result.scores["deaths"].to_list() == [0, 100]
    assert result.scores["coverage"].to_list() == [1, 1]
    assert result.flags.rows() == [("u0", "index", "veto")]


def test_veto_needs_its_document(scheme_of: Any, leaf: Any, run: Any) -> None:
    veto = {"code": "v", "input": "event", "effect": {"zero": True}, "document": "paper"}
    scheme = scheme_of(leaf(DIRECT, "a", vetoes=[veto]), leaf(DIRECT, "b"))
    result = run(
        scheme, a=[80.0] * 4, b=[40.0] * 4, event=[1.0, 1.0, None, 0.0], paper=["文〔2026〕1号", " ", None, None]
    )
    assert result.scores["a"].to_list() == [0, 80, 80, 80]
    assert result.flags.rows() == [("u0", "a", "veto"), ("u1", "a", "veto_without_document")]


def test_veto_of_the_band_leaves_score_and_rank(scheme_of: Any, leaf: Any, run: Any) -> None:
    bands = [{"code": "A", "at_least": 90}, {"code": "B", "at_least": 75}, {"code": "C", "at_least": 60}]
    veto = {"code": "v", "input": "event", "when": {"at_least": 2}, "effect": {"max_band": "C"}}
    scheme = scheme_of(leaf(DIRECT, "a"), root={"vetoes": [veto]}, bands=bands)
    scores = run(scheme, a=[95.0, 80.0, 30.0, 92.0, None], event=[2.0, 1.0, 2.0, 0.0, 5.0]).scores
    assert scores["band"].to_list() == ["C", "B", None, "A", None]
    assert scores["rank"].to_list() == [1, 3, 4, 2, None]


def test_coefficients_by_track(scheme_of: Any, leaf: Any, run: Any) -> None:
    scheme = scheme_of(
        leaf(DIRECT, "a", coefficient={"track": {"hills": 1.1}}, cap={"at_most": 100}), tracks={"by": "track"}
    )
    result = run(scheme, track=["hills", "plain", "hills", None], a=[50.0, 50.0, 95.0, 50.0])
    assert result.scores["score"].to_list() == pytest.approx([55, 50, 100, 50])


def test_caps_keep_from_below_as_well(scheme_of: Any, leaf: Any, run: Any) -> None:
    scheme = scheme_of(leaf(DIRECT, "a"), root={"cap": {"at_least": 40, "at_most": 60}})
    result = run(scheme, a=[10.0, 50.0, 90.0, None])
    assert result.scores["score"].to_list() == [40, 50, 60, None]
    assert result.flags.rows() == [("u0", "index", "raised"), ("u2", "index", "capped")]


def test_bands_are_not_lost_to_rounding_noise(scheme_of: Any, leaf: Any, run: Any) -> None:
    """0.1 + 0.2 has no exact float: 89.99999999999999 reaches the band that begins at 90."""
    ladder = [{"code": "A", "at_least": 90}, {"code": "B", "at_least": 0}]
    scheme = scheme_of(leaf({"method": "scaled", "low": 0, "high": 100}, "a"), bands=ladder)
    assert run(scheme, a=[89.99999999999999, 89.99]).scores["band"].to_list() == ["A", "B"]
    raw = scheme_of(leaf({"method": "scaled", "low": 0, "high": 100}, "a"), bands=ladder, ties={"precision": "raw"})
    assert run(raw, a=[89.99999999999999, 89.99]).scores["band"].to_list() == ["B", "B"]


def test_any_node_may_have_a_ladder(scheme_of: Any, leaf: Any, run: Any) -> None:
    ladder = [{"code": "good", "at_least": 50}, {"code": "poor", "at_least": 10}]
    scheme = scheme_of({"code": "A", "bands": ladder, "children": [leaf(DIRECT, "a")]})
    result = run(scheme, a=[50.0, 49.0, 5.0, None])
    assert bands_of(scheme, result.scores)["A"].to_list() == ["good", "poor", None, None]


def test_leaves_may_stand_beside_branches(scheme_of: Any, leaf: Any, run: Any) -> None:
    """Branches may skip levels, as COINr does not allow."""
    deep = {"code": "A", "children": [{"code": "A1", "children": [leaf(DIRECT, "a")]}, leaf(DIRECT, "b")]}
    result = run(scheme_of(deep, leaf(DIRECT, "c")), a=[10.0], b=[30.0], c=[80.0])
    assert result.scores.select("A1", "A", "score").row(0) == (10, 20, 50)


def test_a_single_indicator_is_an_index(run: Any) -> None:
    """COINr issues 5 and 52: an index without a tree fails there."""
    scheme = Scheme.load("{format: kanjian/scheme/1, code: one, version: '1', tree: {code: a, rule: {method: minmax}}}")
    scores = run(scheme, a=[1.0, 3.0, 2.0]).scores
    assert scores["score"].to_list() == [0, 100, 50]
    assert scores["rank"].to_list() == [3, 1, 2]


def test_weight_zero_is_shown_but_does_not_count(scheme_of: Any, leaf: Any, run: Any) -> None:
    scheme = scheme_of(leaf(DIRECT, "a"), leaf(DIRECT, "b", weight=0), root={"aggregate": {"method": "min"}})
    scores = run(scheme, a=[80.0, None], b=[10.0, 10.0]).scores
    assert scores["score"].to_list() == [80, None]
    assert scores["b"].to_list() == [10, 10]


def test_without_detail_only_branches_remain(scheme_of: Any, leaf: Any) -> None:
    scheme = scheme_of({"code": "A", "children": [leaf(DIRECT, "a")]}, leaf(DIRECT, "b"))
    values = read_values(pl.DataFrame({"unit": ["u"], "a": [10.0], "b": [30.0]}), scheme)
    full, brief = score(scheme, values), score(scheme, values, detail=False)
    assert [name for name in full.scores.columns if name not in brief.scores.columns] == ["a", "b"]
    assert brief.scores.equals(full.scores.select(brief.scores.columns))
    assert brief.flags.is_empty()


def test_weights_that_look_like_per_cent_but_are_not(scheme_of: Any, leaf: Any, run: Any) -> None:
    scheme = scheme_of(leaf(DIRECT, "a", weight=60), leaf(DIRECT, "b", weight=39))
    result = run(scheme, a=[80.0], b=[80.0])
    notes = [note.message for note in result.notes if note.code == "weights_not_whole"]
    assert notes == ["weights below index sum to 99, not 100; they are scaled to shares"]


def test_small_village_example(schemes: Path) -> None:
    """The example scheme end to end, worked by hand for one unit."""
    scheme = Scheme.load(schemes / "small-village.yaml")
    rows = 11
    frame = pl.DataFrame(
        {
            "unit": [f"v{i}" for i in range(rows)],
            "track": ["山区"] * rows,
            "terrain": ["平原"] + ["山地"] * (rows - 1),
            "income": [float(10 * i) for i in range(rows)],
            "income_before": [None, *(10.0 * i / 1.15 for i in range(1, rows))],
            "land": [50.0] * rows,
            "hazards": [49.0] + [98.0] * (rows - 1),
            "buildings": [2.0] + [0.0] * (rows - 1),
            "deaths": [0.0] * (rows - 1) + [1.0],
            "deaths_document": [None] * (rows - 1) + ["文1"],
            "satisfied": [85.0] + [95.0] * (rows - 1),
            "awards": [3.0] + [None] * (rows - 1),
            "contest": [50.0] + [None] * (rows - 1),
        }
    )
    result = score(scheme, read_values(frame, scheme))
    first = result.scores.row(0, named=True)
    # income: 0 against bad 10, good 90 → 60 - 40/8 = 55; growth is not comparable; land alone on the plain → 100.
    assert first["income"] == pytest.approx(55)
    assert first["economy"] == pytest.approx((2 * 55 + 100) / 3)
    # hazards 50 and buildings 90 average 70, and the floor at 60 caps at 79 what is not above it.
    assert first["order"] == pytest.approx(70)
    assert first["voice"] == pytest.approx(80 * 1.02)
    # awards 3 · 2 = 6, capped at 5; contest 3 · 50/100 = 1.5; together 6.5, capped at 6.
    assert first["extra"] == pytest.approx(6)
    mean = (50 * 70 + 30 * 70 + 20 * 81.6) / 100
    assert first["score"] == pytest.approx(mean + 6)
    assert first["coverage"] == 1
    last = result.scores.row(rows - 1, named=True)
    # growth 15 % between -10 and 40 → 50; land does not apply: economy (2 · 65… + 50) / 3.
    assert last["growth"] == pytest.approx(50)
    assert last["land"] is None
    assert last["band"] == "C"
    assert last["rank"] == 1
