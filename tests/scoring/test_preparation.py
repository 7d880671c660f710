"""Imputation and treatment inside a scheme: fitted, applied row by row, every changed cell flagged."""

from typing import Any

import numpy as np
import pytest

from kanjian.scoring import Parameters, SchemeError, fit, read_values, score, transform

DIRECT = {"method": "direct"}


def test_imputation_from_the_group_is_flagged_and_is_no_coverage(scheme_of: Any, leaf: Any, run: Any) -> None:
    """Track p: mean of 10 and 30; track q has nothing of its own and takes the mean of all, 20."""
    scheme = scheme_of(
        leaf(DIRECT, "a", impute={"using": "mean", "from": "track"}), leaf(DIRECT, "b"), tracks={"by": "track"}
    )
    result = run(scheme, track=["p", "p", "p", "q"], a=[10.0, 30.0, None, None], b=[50.0, 50.0, None, 50.0])
    assert result.scores["a"].to_list() == [10, 30, 20, 20]
    assert result.scores["coverage"].to_list() == [1, 1, 0, 0.5]
    assert result.scores["imputed"].to_list() == [0, 0, 1, 1]
    assert result.flags.rows() == [("u2", "a", "imputed"), ("u3", "a", "imputed")]
    assert result.parameters.value("a", "impute", "p") == 20
    assert result.parameters.value("a", "impute_all") == 20


@pytest.mark.parametrize(("using", "expected"), [("mean", 40), ("median", 20), ("min", 10), ("max", 90)])
def test_imputation_methods(points: Any, using: str, expected: float) -> None:
    assert points(DIRECT, [10.0, 20.0, 90.0, None], impute={"using": using})[3] == expected


def test_small_groups_borrow_from_all(scheme_of: Any, leaf: Any, run: Any) -> None:
    scheme = scheme_of(leaf(DIRECT, "a", impute={"using": "median", "from": "county", "min_n": 2}))
    result = run(scheme, county=["p", "p", "p", "q", "q"], a=[10.0, 20.0, 30.0, 90.0, None])
    assert result.scores["a"].to_list() == [10, 20, 30, 90, 25]


def test_not_applicable_is_never_imputed(points: Any) -> None:
    assert points(DIRECT, ["10", "不适用", "", "30"], impute={"using": "mean"}) == [10, None, 20, 30]


def test_imputation_does_not_change_present_values(points: Any) -> None:
    """COINr issue 40: imputation by group alters values there."""
    x = [1.1, 2.2, None, 3.3]
    found = points({"method": "scaled", "low": 0, "high": 100}, x, impute={"using": "mean"})
    assert [found[0], found[1], found[3]] == [1.1, 2.2, 3.3]


OUTLIER = [*[float(v) for v in range(10, 30)], 500.0]


def test_winsorising_pulls_the_outlier_and_says_so(scheme_of: Any, leaf: Any, run: Any) -> None:
    scheme = scheme_of(leaf({"method": "minmax"}, "a", treat={"method": "winsorise"}))
    result = run(scheme, a=OUTLIER)
    assert result.flags.rows() == [("u20", "a", "winsorised")]
    # 500 counts as 29: without treatment 28 would stand at 3.7 points.
    assert result.scores["a"][-1] == 100
    assert result.scores["a"][18] == pytest.approx(100 * 18 / 19)
    assert result.parameters.value("a", "treat.high") == 29
    assert result.parameters.value("a", "max") == 29


def test_forced_winsorising_of_a_named_indicator_does_something(scheme_of: Any, leaf: Any, run: Any) -> None:
    """COINr issue 53: forced winsorisation of a named indicator does nothing there."""
    treat = {"method": "winsorise", "force": True, "max_points": 1}
    result = run(scheme_of(leaf({"method": "minmax"}, "a", treat=treat)), a=[float(v) for v in range(10)])
    assert result.flags.rows() == [("u0", "a", "winsorised"), ("u9", "a", "winsorised")]


def test_log_of_a_long_tail(scheme_of: Any, leaf: Any, run: Any) -> None:
    scheme = scheme_of(leaf({"method": "minmax"}, "a", treat={"method": "log"}))
    scores = run(scheme, a=[1.0, 10.0, 100.0]).scores
    assert scores["a"].to_list() == pytest.approx([0, 50, 100])


def test_bounds_by_hand(scheme_of: Any, leaf: Any, run: Any) -> None:
    scheme = scheme_of(leaf(DIRECT, "a", treat={"method": "bounds", "low": 10, "high": 40}))
    result = run(scheme, a=[5.0, 20.0, 80.0, None])
    assert result.scores["a"].to_list() == [10, 20, 40, None]
    assert result.flags.rows() == [("u0", "a", "bounded"), ("u2", "a", "bounded")]


def test_treatment_follows_imputation_and_travels_with_the_parameters(scheme_of: Any, leaf: Any) -> None:
    import polars as pl

    leaves = [
        leaf({"method": "minmax"}, code, impute={"using": "median"}, treat={"method": method})
        for code, method in (("a", "auto"), ("b", "winsorise"), ("c", "log"), ("d", "boxcox"))
    ]
    scheme = scheme_of(*leaves)
    random = np.random.default_rng(3)
    columns = {code: np.where(random.random(60) < 0.1, np.nan, random.lognormal(0, 1.5, 60)) for code in "abcd"}
    values = read_values(pl.DataFrame({"unit": [f"u{i}" for i in range(60)], **columns}), scheme)
    parameters = fit(scheme, values)
    shipped = Parameters.from_frames(parameters.frame, parameters.support)
    whole = transform(scheme, parameters, values)
    assert whole["score"].null_count() == 0
    assert transform(scheme, shipped, values.slice(11, 7)).equals(whole.slice(11, 7))
    assert score(scheme, values).flags.filter(pl.col("flag") == "imputed").height == int(whole["imputed"].sum())


@pytest.mark.parametrize(
    ("treat", "path", "message"),
    [
        ({"method": "log", "max_points": 3}, "treat.max_points", "does not apply to log"),
        ({"method": "bounds"}, "treat", "needs low or high"),
        ({"method": "bounds", "low": 5, "high": 1}, "treat.high", "must not be below low"),
        ({"method": "auto", "max_points": -1}, "treat.max_points", "must not be negative"),
    ],
)
def test_faulty_treatments_are_named(scheme_of: Any, leaf: Any, treat: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(SchemeError) as caught:
        scheme_of(leaf({"method": "minmax"}, "a", treat=treat))
    assert any(p.path == f"tree.a.{path}" and message in p.message for p in caught.value.problems), str(caught.value)
