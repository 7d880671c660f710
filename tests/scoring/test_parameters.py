"""Parameters: what fit finds, how it travels, and that a score can be recomputed from it."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from kanjian.scoring import Parameters, Scheme, ValuesError, fit, read_values, score, transform

HEAD = {"format": "kanjian/scheme/1", "code": "test", "version": "1"}


def everything() -> tuple[Scheme, pl.DataFrame]:
    """A scheme with every kind of parameter, and values for it."""
    rules: dict[str, dict[str, Any]] = {
        "a": {"method": "minmax", "within": "track"},
        "b": {"method": "zscore", "mean": 50, "sd": 10},
        "c": {"method": "percentile", "within": "county"},
        "d": {"method": "rank"},
        "e": {
            "method": "efficacy",
            "good": {"stat": "quantile", "q": 0.8},
            "bad": {"stat": "median"},
            "within": "track",
        },
        "f": {"method": "target_ratio", "target": {"by": "county", "values": {"c1": 5.0}, "otherwise": 7.0}},
        "g": {"method": "distance_to_reference", "reference": "u3"},
    }
    leaves = {code: {"code": code, "rule": rule} for code, rule in rules.items()}
    leaves["d"]["impute"] = {"using": "mean", "from": "county"}
    tree = {
        "code": "i",
        "missing": {"rule": "fill", "from": "county", "using": "median"},
        "children": [
            {"code": "A", "aggregate": {"method": "copeland"}, "children": [leaves["a"], leaves["b"]]},
            {"code": "B", "aggregate": {"method": "median_rank"}, "children": [leaves["c"], leaves["d"]]},
            *(leaves[code] for code in "efg"),
        ],
    }
    random = np.random.default_rng(11)
    rows = 40
    columns = {code: np.where(random.random(rows) < 0.15, np.nan, random.gamma(2, 3, rows)) for code in rules}
    columns["g"][3] = 6.0
    frame = pl.DataFrame(
        {
            "unit": [f"u{i}" for i in range(rows)],
            "track": random.choice(["近郊", "山区"], rows),
            "county": [None, *random.choice(["c1", "c2", "c3"], rows - 1)],
            **columns,
        }
    )
    return Scheme.load({**HEAD, "tracks": {"by": "track"}, "tree": tree}), frame


def test_parameters_travel_by_file_and_give_the_same_scores(tmp_path: Path) -> None:
    scheme, frame = everything()
    values = read_values(frame, scheme)
    result = score(scheme, values)
    path = tmp_path / "parameters.parquet"
    result.parameters.to_parquet(path)
    back = Parameters.from_parquet(path)
    assert back == result.parameters
    assert score(scheme, values, parameters=back).scores.equals(result.scores)


def test_the_table_can_be_read_by_people() -> None:
    scheme, frame = everything()
    parameters = fit(scheme, read_values(frame, scheme))
    assert parameters.frame.columns == ["node", "stat", "by", "group", "value"]
    assert parameters.support.columns == ["node", "series", "by", "group", "value"]
    hills = frame.filter(track="山区")["a"].drop_nans()
    assert parameters.value("a", "max", "山区") == hills.max()
    row = parameters.frame.filter(node="a", stat="min", group="山区")
    assert row["value"].item() == hills.min()
    assert row["by"].item() == "track"
    assert parameters.value("b", "mean") == pytest.approx(frame["b"].drop_nans().mean())
    assert parameters.value("b", "sd") == pytest.approx(frame["b"].drop_nans().std())
    assert parameters.value("e", "good", "近郊") == pytest.approx(
        frame.filter(track="近郊")["e"].drop_nans().quantile(0.8, "linear")
    )
    assert parameters.value("f", "target", "c1") == 5
    assert parameters.value("f", "target", "c2") == 7
    assert parameters.value("g", "reference") == 6
    with pytest.raises(KeyError):
        parameters.value("a", "mean")


def test_a_value_stands_still_while_the_bounds_move() -> None:
    """The use of keeping parameters: the same value under last year's bounds."""
    scheme = Scheme.load({**HEAD, "tree": {"code": "a", "rule": {"method": "minmax"}}})
    old = read_values(pl.DataFrame({"unit": ["u", "v", "w"], "a": [0.0, 50.0, 100.0]}), scheme)
    new = read_values(pl.DataFrame({"unit": ["u", "v", "w"], "a": [0.0, 50.0, 200.0]}), scheme)
    assert score(scheme, new).scores["a"].to_list() == [0, 25, 100]
    # Under the old bounds nothing moved, and nobody earns more than full points.
    assert score(scheme, new, parameters=fit(scheme, old)).scores["a"].to_list() == [0, 50, 100]


def test_rows_of_an_unknown_group_have_no_points() -> None:
    scheme = Scheme.load(
        {**HEAD, "tracks": {"by": "t"}, "tree": {"code": "a", "rule": {"method": "minmax", "within": "track"}}}
    )
    old = read_values(pl.DataFrame({"unit": ["u", "v"], "t": ["x", "x"], "a": [0.0, 10.0]}), scheme)
    new = read_values(pl.DataFrame({"unit": ["u", "v", "w"], "t": ["x", "y", None], "a": [5.0, 5.0, 5.0]}), scheme)
    result = score(scheme, new, parameters=fit(scheme, old))
    assert result.scores["a"].to_list() == [50, None, None]
    assert result.flags.rows() == [("v", "a", "undefined"), ("w", "a", "undefined")]


def test_equality_is_exact() -> None:
    scheme, frame = everything()
    one = fit(scheme, read_values(frame, scheme))
    touched = frame.with_columns(
        pl.when(pl.col("b") == pl.col("b").max()).then(pl.col("b") * (1 + 1e-15)).otherwise("b")
    )
    assert one != fit(scheme, read_values(touched, scheme))
    assert one == fit(scheme, read_values(frame.reverse(), scheme))
    assert one != 5


def test_copeland_refuses_what_it_cannot_do(monkeypatch: pytest.MonkeyPatch) -> None:
    from kanjian.scoring import places

    monkeypatch.setattr(places, "LIMIT", 10)
    scheme, frame = everything()
    with pytest.raises(ValuesError, match="at most 10 units, here 40"):
        fit(scheme, read_values(frame, scheme))


def test_transform_is_a_function_of_its_arguments() -> None:
    scheme, frame = everything()
    values = read_values(frame, scheme)
    parameters = fit(scheme, values)
    before = values.frame.clone()
    one, two = (transform(scheme, parameters, values) for _ in range(2))
    assert one.equals(two)
    assert values.frame.equals(before)
