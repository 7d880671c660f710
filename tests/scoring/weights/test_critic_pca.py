"""CRITIC and PCA: worked cases, guards, and pymcdm and numpy as oracles."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from kanjian.scoring.weights import WeightsError, critic, pca


def table(seed: int = 0, rows: int = 60, columns: int = 5) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(rows, 1))
    return pl.DataFrame(common + rng.normal(size=(rows, columns)), schema=list("abcdefgh")[:columns])


def test_critic_agrees_with_pymcdm() -> None:
    weights = pytest.importorskip("pymcdm.weights")
    frame = table()
    np.testing.assert_allclose(
        list(critic(frame).values.values()), weights.critic_weights(frame.to_numpy()), rtol=1e-10
    )


def test_critic_rewards_contrast_and_conflict() -> None:
    frame = pl.DataFrame({"a": [0.0, 1, 2, 3], "copy": [0.0, 10, 20, 30], "against": [3.0, 1, 2, 0]})
    found = critic(frame)
    assert found.values["a"] == pytest.approx(found.values["copy"])
    assert found.values["against"] > found.values["a"]
    turned = critic(frame, directions={"against": "down"})
    assert turned.details["conflict"][2] < found.details["conflict"][2]


def test_critic_without_information_is_equal_and_says_so() -> None:
    frame = pl.DataFrame({"a": [1.0, 2, 3], "b": [2.0, 4, 6]})
    found = critic(frame)
    assert list(found.values.values()) == pytest.approx([0.5, 0.5])
    assert critic(pl.DataFrame({"a": [1.0, 1], "b": [2.0, 2]})).values == {"a": 0.5, "b": 0.5}


def test_critic_constant_column_gets_nothing() -> None:
    frame = table().with_columns(flat=pl.lit(3.0))
    found = critic(frame)
    assert found.values["flat"] == 0
    assert ("constant", "flat") in {(notice.code, notice.subject) for notice in found.notices}
    others = critic(table()).values
    assert {name: found.values[name] for name in others} == pytest.approx(others)


def test_critic_pairs_without_common_units_are_reported() -> None:
    frame = pl.DataFrame({"a": [1.0, 2, 5, None, None, None], "b": [None, None, None, 3.0, 1.0, 2.0]})
    found = critic(frame, missing="available")
    assert {notice.subject for notice in found.notices if notice.code == "too_few_pairs"} == {"a", "b"}
    with pytest.raises(WeightsError):
        critic(frame)


def test_pca_is_the_first_eigenvector_of_the_correlations() -> None:
    frame = table(1)
    values, vectors = np.linalg.eigh(np.corrcoef(frame.to_numpy().T))
    vector = np.abs(vectors[:, -1])
    found = pca(frame)
    np.testing.assert_allclose(list(found.values.values()), vector / vector.sum(), rtol=1e-10)
    assert found.facts["explained"] == pytest.approx(values[-1] / 5)
    np.testing.assert_allclose(list(pca(frame, squared=True).values.values()), vector**2, rtol=1e-10)


def test_pca_negative_loading_is_guarded() -> None:
    frame = table(2).with_columns(against=-pl.col("a") - pl.col("b"))
    found = pca(frame)
    assert found.values["against"] == 0
    assert found.details.filter(pl.col("indicator") == "against")["loading"].item() < 0
    assert ("negative_loading", "against") in {(notice.code, notice.subject) for notice in found.notices}
    with pytest.raises(WeightsError, match="against"):
        pca(frame, negative="refuse")
    assert pca(frame, directions={"against": "down"}).values["against"] > 0


def test_pca_says_when_the_component_is_weak_or_accidental() -> None:
    rng = np.random.default_rng(5)
    frame = pl.DataFrame(rng.normal(size=(400, 4)), schema=list("abcd"))
    codes = {notice.code for notice in pca(frame).notices}
    assert "weak" in codes
    two = pl.DataFrame({"a": [1.0, -1, 1, -1], "b": [1.0, 1, -1, -1]})
    assert "unstable" in {notice.code for notice in pca(two).notices}


def test_pca_constant_columns() -> None:
    assert pca(table().with_columns(flat=pl.lit(1.0))).values["flat"] == 0
    assert pca(pl.DataFrame({"a": [1.0, 1], "b": [2.0, 2]})).values == {"a": 0.5, "b": 0.5}


def test_pca_missing_cells() -> None:
    frame = table(3).with_columns(a=pl.when(pl.int_range(pl.len()) < 10).then(None).otherwise(pl.col("a")))
    assert pca(frame).values == pca(frame[10:]).values
    assert pca(frame, missing="available").values != pca(frame).values


def test_pca_halves_against_each_other_decide_nothing() -> None:
    found = pca(pl.DataFrame({"a": [1.0, 2, 4], "b": [-1.0, -2, -4]}))
    assert found.values == {"a": 0.5, "b": 0.5}
    assert "undecided" in {notice.code for notice in found.notices}
