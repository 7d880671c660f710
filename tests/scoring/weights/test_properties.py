"""What holds for every data-driven method, and effective weights."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kanjian.scoring.weights import Weights, WeightsError, critic, effective_weights, entropy, pca

Method = Callable[[pl.DataFrame], Weights]
METHODS = pytest.mark.parametrize("method", [entropy, critic, pca])


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    rows, columns = draw(st.integers(3, 20)), draw(st.integers(1, 6))
    cells = st.integers(-50, 50).map(float)
    return pl.DataFrame({f"i{k}": draw(st.lists(cells, min_size=rows, max_size=rows)) for k in range(columns)})


@METHODS
@settings(max_examples=80, deadline=None)
@given(frame=tables())
def test_weights_are_not_negative_and_sum_to_one(method: Method, frame: pl.DataFrame) -> None:
    found = method(frame)
    assert list(found.values) == frame.columns
    assert min(found.values.values()) >= 0
    assert math.fsum(found.values.values()) == pytest.approx(1, abs=1e-12)
    assert found.frame().columns[:2] == ["indicator", "weight"]


@METHODS
@settings(max_examples=50, deadline=None)
@given(frame=tables(), factor=st.sampled_from([0.001, 3.0, 1e6]), shift=st.sampled_from([-5.0, 0.0, 1000.0]))
def test_scale_and_origin_of_a_column_do_not_matter(
    method: Method, frame: pl.DataFrame, factor: float, shift: float
) -> None:
    before = method(frame)
    assume("unstable" not in {notice.code for notice in before.notices})
    after = method(frame.with_columns(pl.col("i0") * factor + shift)).values
    assert after == pytest.approx(before.values, abs=1e-6)


@METHODS
@settings(max_examples=50, deadline=None)
@given(frame=tables(), seed=st.integers(0, 100))
def test_order_of_units_and_indicators_does_not_matter(method: Method, frame: pl.DataFrame, seed: int) -> None:
    before = method(frame)
    assume("unstable" not in {notice.code for notice in before.notices})
    columns = list(np.random.default_rng(seed).permutation(frame.columns))
    after = method(frame.sample(fraction=1, shuffle=True, seed=seed).select(columns)).values
    assert after == pytest.approx(before.values, abs=1e-6)


@settings(max_examples=80, deadline=None)
@given(frame=tables(), seed=st.integers(0, 100))
def test_effective_weights_share_out_the_whole_variance(frame: pl.DataFrame, seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = dict(zip(frame.columns, rng.uniform(0.1, 1, frame.width), strict=True))
    holes = frame.with_columns(
        pl.when(pl.Series(rng.random(frame.height) < 0.2)).then(None).otherwise(pl.col(name)).alias(name)
        for name in frame.columns
    )
    found = effective_weights(holes, weights)
    if found["effective"].null_count() == 0:
        assert found["effective"].sum() == pytest.approx(1, abs=1e-9)


def test_effective_weight_is_the_covariance_share() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3)) * [1, 5, 10]
    found = effective_weights(pl.DataFrame(x, schema=["a", "b", "c"]), {"a": 1, "b": 1, "c": 1})
    total = x.mean(axis=1)
    expected = [np.cov(x[:, j] / 3, total)[0, 1] / np.var(total, ddof=1) for j in range(3)]
    np.testing.assert_allclose(found["effective"].to_list(), expected, rtol=1e-10)
    assert found["nominal"].to_list() == pytest.approx([1 / 3] * 3)
    assert found["effective"][2] > 0.7  # equal on paper, but the widest column decides
    assert found["correlation"][2] == pytest.approx(np.corrcoef(x[:, 2], total)[0, 1])


def test_effective_weights_without_variance_or_with_wrong_weights() -> None:
    flat = effective_weights(pl.DataFrame({"a": [1.0, 1.0], "b": [2.0, 2.0]}), {"a": 1, "b": 1})
    assert flat["effective"].to_list() == [None, None]
    with pytest.raises(WeightsError):
        effective_weights(pl.DataFrame({"a": [1.0, 2.0]}), {"b": 1})
    with pytest.raises(WeightsError):
        effective_weights(pl.DataFrame({"a": [1.0, 2.0]}), {"a": 0})
