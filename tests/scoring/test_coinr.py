"""Indices described for COINr: every rule and every aggregation against a plain recomputation of COINr's formulas."""

# ruff: noqa: ARG005 - all formulas take the same arguments

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from kanjian.scoring import SchemeError, rank_nodes, read_values, score
from kanjian.scoring.coinr import denominated, scheme_from_imeta

Floats = npt.NDArray[np.float64]
RANDOM = np.random.default_rng(20260101)
UNITS = 23
REFERENCE = 12
CODES = ["i1", "i2", "i3", "i4", "i5", "i6"]
DIRECTIONS = {"i1": 1, "i2": -1, "i3": 1, "i4": -1, "i5": 1, "i6": 1}
WEIGHTS = {"i1": 1.0, "i2": 2.0, "i3": 0.5, "i4": 1.0, "i5": 3.0, "i6": 1.0, "P": 0.3, "Q": 0.7, "S": 1.0, "Index": 1.0}
PARENTS = {"i1": "P", "i2": "P", "i3": "P", "i4": "Q", "i5": "Q", "i6": "Q", "P": "S", "Q": "S", "S": "Index"}
TARGETS = {"i1": 80.0, "i2": 12.0, "i3": 90.0, "i4": 15.0, "i5": 70.0, "i6": 60.0}


def imeta(**changes: dict[str, Any]) -> pl.DataFrame:
    """Four levels: six indicators, two pillars, one sub-index, the index; a group and a denominator."""
    rows: list[dict[str, Any]] = [
        {"Level": 1, "iCode": code, "Direction": DIRECTIONS[code], "Target": TARGETS[code], "Type": "Indicator"}
        for code in CODES
    ]
    rows += [{"Level": level, "iCode": code, "Direction": 1, "Type": "Aggregate"} for level, code in
             ((2, "P"), (2, "Q"), (3, "S"), (4, "Index"))]  # fmt: skip
    for row in rows:
        row |= {"Weight": WEIGHTS[row["iCode"]], "Parent": PARENTS.get(row["iCode"]), "iName": f"name {row['iCode']}"}
        row |= {"goalpost_lower": 20.0, "goalpost_upper": 80.0, "goalpost_scale": 10.0, "goalpost_trunc2posts": True}
        row |= {"scaled_lower": 10.0, "scaled_upper": 60.0, "scale_factor": 5.0, "dist2targ_cap_max": True}
    rows += [{"iCode": "region", "Type": "Group"}, {"iCode": "People", "Type": "Denominator"}]
    for code, change in changes.items():
        next(row for row in rows if row["iCode"] == code).update(change)
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pl.DataFrame([{name: row.get(name) for name in names} for row in rows], infer_schema_length=None)


def idata() -> pl.DataFrame:
    columns = {code: np.round(RANDOM.gamma(3, 15, UNITS), 1) for code in CODES}
    columns["i3"] = np.round(columns["i3"] / 20) * 20  # ties
    for code in ("i1", "i4", "i5"):
        columns[code][RANDOM.integers(0, UNITS, 3)] = np.nan
    frame = pl.DataFrame(
        {"uCode": [f"U{i:02d}" for i in range(UNITS)], "People": RANDOM.uniform(1, 9, UNITS), **columns}
    )
    return frame.with_columns(pl.col(CODES).fill_nan(None))


DATA = idata()


def ascending(x: Floats) -> Floats:
    """R's rank(ties.method = "min", na.last = "keep")."""
    present = x[~np.isnan(x)]
    return np.array([np.nan if math.isnan(v) else 1.0 + (present < v).sum() for v in x])


def low(x: Floats) -> float:
    return float(np.nanmin(x))


def high(x: Floats) -> float:
    return float(np.nanmax(x))


# x is multiplied by its direction d already, as COINr does; d is for limits, which are turned as well.
ORACLE: dict[str, Callable[[Floats, int, str], Floats]] = {
    "minmax": lambda x, d, c: (x - low(x)) / (high(x) - low(x)) * 100,
    "zscore": lambda x, d, c: (x - np.nanmean(x)) / np.nanstd(x, ddof=1),
    "scaled": lambda x, d, c: (x - min(10 * d, 60 * d)) / 50 * 5,
    "distance_to_best": lambda x, d, c: 1 - (high(x) - x) / (high(x) - low(x)),
    "distance_to_reference": lambda x, d, c: 1 - (x[REFERENCE] - x) / (x[REFERENCE] - low(x)),
    "distance_to_target": lambda x, d, c: np.minimum((x - low(x)) / (TARGETS[c] * d - low(x)), 1),
    "share_of_max": lambda x, d, c: x / high(x),
    "percentile": lambda x, d, c: (ascending(x) - 1) / ((~np.isnan(x)).sum() - 1),
    "rank": lambda x, d, c: ascending(x),
    "borda": lambda x, d, c: ascending(x) - 1,
    "goalposts": lambda x, d, c: np.clip((x - min(20 * d, 80 * d)) / 60, 0, 1) * 10,
}


@pytest.mark.parametrize("rule", ORACLE)
def test_every_rule(rule: str) -> None:
    scheme = scheme_from_imeta(imeta(), rule=rule, reference=f"U{REFERENCE:02d}")
    scores = score(scheme, read_values(DATA, scheme, unit="uCode")).scores
    for code in CODES:
        expected = ORACLE[rule](DATA[code].to_numpy() * DIRECTIONS[code], DIRECTIONS[code], code)
        np.testing.assert_allclose(scores[code].to_numpy(), expected, rtol=1e-9, atol=1e-12, err_msg=code)


MEANS: dict[str, Callable[[Floats, Floats], float]] = {
    "arithmetic": lambda w, x: float((w * x).sum() / w.sum()),
    "geometric": lambda w, x: float(np.exp((w * np.log(x)).sum() / w.sum())),
    "harmonic": lambda w, x: float(w.sum() / (w / x).sum()),
    "power:2": lambda w, x: float(((w * x**2).sum() / w.sum()) ** 0.5),
    "power:-0.5": lambda w, x: float(((w * x**-0.5).sum() / w.sum()) ** -2.0),
    "min": lambda w, x: float(x.min()),
}


def climb(points: dict[str, Floats], steps: list[str]) -> dict[str, Floats]:
    """Aggregate level by level, leaving out what is missing."""
    found = dict(points)
    for step, parents in zip(steps, (["P", "Q"], ["S"], ["Index"]), strict=True):
        for parent in parents:
            children = [code for code, above in PARENTS.items() if above == parent]
            table = np.column_stack([found[code] for code in children])
            weights = np.array([WEIGHTS[code] for code in children])
            found[parent] = np.array(
                [MEANS[step](weights[~np.isnan(row)], row[~np.isnan(row)]) if (~np.isnan(row)).any() else np.nan
                 for row in table]
            )  # fmt: skip
    return found


@pytest.mark.parametrize(
    "steps",
    [
        ["arithmetic"] * 3,
        ["geometric"] * 3,
        ["harmonic"] * 3,
        ["arithmetic", "geometric", "harmonic"],
        ["power:2", "min", "arithmetic"],
        ["power:-0.5", "arithmetic", "geometric"],
    ],
    ids=str,
)
def test_mixed_aggregation_by_level(steps: list[str]) -> None:
    scheme = scheme_from_imeta(imeta(), rule="n_minmax", aggregate=steps, range=(1, 100))
    scores = score(scheme, read_values(DATA, scheme, unit="uCode")).scores
    points = {}
    for code in CODES:
        x = DATA[code].to_numpy() * DIRECTIONS[code]
        points[code] = (x - low(x)) / (high(x) - low(x)) * 99 + 1
    expected = climb(points, steps)
    for code, numbers in expected.items():
        np.testing.assert_allclose(scores[code].to_numpy(), numbers, rtol=1e-9, err_msg=code)
    ranks = rank_nodes(scheme, scores)
    for code, numbers in expected.items():
        place = ascending(np.round(-numbers, 9))
        np.testing.assert_array_equal(ranks[code].cast(pl.Float64).to_numpy(), place, err_msg=code)


def test_one_method_stands_for_all_levels() -> None:
    one = scheme_from_imeta(imeta(), aggregate="a_gmean", range=(1, 100))
    assert one.hash == scheme_from_imeta(imeta(), aggregate=["geometric"] * 3, range=(1, 100)).hash


def test_copeland_without_gaps() -> None:
    """Net pairs won, as in COINr's outranking matrix: a pair is won by more than half of the weight."""
    scheme = scheme_from_imeta(imeta(), aggregate=["arithmetic", "copeland", "arithmetic"])
    scores = score(scheme, read_values(DATA, scheme, unit="uCode")).scores
    p, q = scores["P"].to_numpy(), scores["Q"].to_numpy()
    net = []
    for i in range(UNITS):
        won = [0.3 * ((p[i] > p[j]) + 0.5 * (p[i] == p[j])) + 0.7 * ((q[i] > q[j]) + 0.5 * (q[i] == q[j]))
               for j in range(UNITS)]  # fmt: skip
        net.append(sum(float(np.sign(round(share - 0.5, 12))) for share in won))
    assert scores["S"].to_list() == net


def test_range_is_respected_by_every_rule_that_has_one() -> None:
    for rule in ("minmax", "distance_to_best", "percentile"):
        scheme = scheme_from_imeta(imeta(), rule=rule, range=(10, 20))
        found = score(scheme, read_values(DATA, scheme, unit="uCode")).scores.select(CODES)
        assert all((found[code].min(), found[code].max()) == (10, 20) for code in ("i1", "i2", "i4", "i6"))
    scheme = scheme_from_imeta(imeta(), rule="zscore", range=(10, 3))
    scores = score(scheme, read_values(DATA, scheme, unit="uCode")).scores
    assert scores["i2"].mean() == pytest.approx(10)
    assert scores["i2"].std() == pytest.approx(3)


def test_denominators_are_divided_by_when_asked() -> None:
    table = imeta(i1={"Denominator": "People"}, i2={"Denominator": "People"})
    plain, divided = scheme_from_imeta(table), scheme_from_imeta(table, denominate=True)
    assert "People" not in plain.inputs()
    assert "People" in divided.inputs()
    by_hand = DATA.with_columns(pl.col("i1") / pl.col("People"), pl.col("i2") / pl.col("People"))
    one = score(divided, read_values(DATA, divided, unit="uCode")).scores
    two = score(plain, read_values(by_hand, plain, unit="uCode")).scores
    assert one.select(CODES).equals(two.select(CODES))
    assert denominated(DATA, divided).select(CODES).equals(by_hand.select(CODES))


def test_bounds_within_a_group() -> None:
    frame = DATA.with_columns(region=pl.Series(["n", "s"] * 11 + ["n"]))
    scheme = scheme_from_imeta(imeta(), within="region")
    scores = score(scheme, read_values(frame, scheme, unit="uCode")).scores
    north = DATA.filter(frame["region"] == "n")["i6"].to_numpy()
    found = scores.filter(pl.col("region") == "n")["i6"].to_numpy()
    np.testing.assert_allclose(found, (north - low(north)) / (high(north) - low(north)) * 100)


def test_a_minimum_share_of_indicators() -> None:
    scheme = scheme_from_imeta(imeta(), min_share=0.99)
    scores = score(scheme, read_values(DATA, scheme, unit="uCode")).scores
    gaps = DATA["i1"].is_null()
    assert scores["P"].is_null().to_list() == gaps.to_list()


def test_a_constant_indicator_has_no_normalised_value() -> None:
    frame = DATA.with_columns(i6=pl.lit(5.0))
    for rule in ("minmax", "zscore", "distance_to_best"):
        scheme = scheme_from_imeta(imeta(), rule=rule)
        scores = score(scheme, read_values(frame, scheme, unit="uCode")).scores
        assert scores["i6"].null_count() == UNITS
        assert scores["Index"].null_count() == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"P": {"Direction": -1}}, "would be ignored by COINr"),
        ({"i1": {"Direction": 0}}, "Direction must be 1 or -1"),
        ({"i1": {"Weight": -1.0}}, "Weight must be a number from 0"),
        ({"i1": {"Level": 1.5}}, "Level must be a whole number"),
        ({"i1": {"Parent": "Z"}}, "Parent 'Z' is not in the table"),
        ({"i1": {"Parent": "S"}}, "levels follow on"),
        ({"i1": {"Parent": "i2"}}, "Parent 'i2' is an indicator"),
        ({"i2": {"iCode": "i1"}}, "iCode occurs twice"),
        ({"i1": {"Type": "Thing"}}, "Type must be Indicator"),
        ({"Index": {"Parent": "S"}}, "the parents form a cycle"),
        ({"i1": {"Denominator": "GDP"}}, "Denominator 'GDP' is not in the table"),
    ],
)
def test_faults_of_the_table_are_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(SchemeError) as caught:
        scheme_from_imeta(imeta(**changes))
    assert any(message in problem.message for problem in caught.value.problems), str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rule": "nonsense"}, "unknown rule 'nonsense'"),
        ({"aggregate": "nonsense"}, "unknown aggregation 'nonsense'"),
        ({"aggregate": ["arithmetic", "geometric"]}, "give one method, or 3"),
        ({"rule": "distance_to_reference"}, "needs a reference unit"),
        ({"rule": "zscore", "aggregate": "geometric"}, "gives negative points"),
    ],
)
def test_faults_of_the_request_are_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(SchemeError, match=message):
        scheme_from_imeta(imeta(), **arguments)


def test_not_an_imeta_table() -> None:
    with pytest.raises(SchemeError, match="columns missing: Level, iCode"):
        scheme_from_imeta(pl.DataFrame({"a": [1]}))
