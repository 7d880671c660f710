"""``kanjian weights``: nominal, effective and advised weights side by side; nothing is changed."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

SCHEME = """
format: kanjian/scheme/1
code: t
version: "1"
tree:
  code: index
  children:
    - {code: p, weight: 3, children: [
        {code: a, weight: 1, rule: {method: minmax}},
        {code: b, weight: 2, direction: down, rule: {method: minmax}}]}
    - {code: c, weight: 1, rule: {method: minmax}}
    - {code: extra, rule: {method: bonus, at_most: 5}}
"""
DATA = {"a": [0.0, 2, 3, 10], "b": [10.0, 8, 3, 0], "c": [5.0, 1, 9, 0], "extra": [0.0, 1, 0, 0]}
X = np.column_stack([np.array(DATA["a"]) / 10, 1 - np.array(DATA["b"]) / 10, np.array(DATA["c"]) / 9])
NOMINAL = np.array([0.25, 0.5, 0.25])


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "s.yaml").write_text(SCHEME)
    pl.DataFrame({"unit": list("ABCD"), **DATA}).write_csv(tmp_path / "v.csv")
    return tmp_path / "s.yaml", tmp_path / "v.csv"


def entropy(x: Any) -> Any:
    shares = x / x.sum(axis=0)
    terms = np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1)), 0)
    gain = 1 + terms.sum(axis=0) / np.log(len(x))
    return gain / gain.sum()


def critic(x: Any) -> Any:
    information = x.std(axis=0, ddof=1) * (1 - np.corrcoef(x.T)).sum(axis=1)
    return information / information.sum()


def pca(x: Any) -> Any:
    values, vectors = np.linalg.eigh(np.corrcoef(x.T))
    loading = vectors[:, np.argmax(values)]
    kept = np.clip(loading * np.sign(loading.sum()), 0, None)
    return kept / kept.sum()


@pytest.mark.parametrize(("method", "recomputed"), [("entropy", entropy), ("critic", critic), ("pca", pca)])
def test_the_three_kinds_of_weights(call: Any, files: Any, tmp_path: Path, method: str, recomputed: Any) -> None:
    before = files[0].read_bytes()
    answer = call("weights", *files, "--method", method, "--output", tmp_path / "w.csv")
    assert answer.exit_code == 0, answer.output
    assert "Advice only" in answer.output
    found = pl.read_csv(tmp_path / "w.csv")
    assert found.columns == ["node", "name", "nominal", "effective", "advice", "difference"]
    assert found["node"].to_list() == ["a", "b", "c"]
    assert found["nominal"].to_list() == pytest.approx(NOMINAL.tolist())
    assert found["advice"].to_list() == pytest.approx(recomputed(X).tolist(), abs=1e-12)
    parts = X * NOMINAL
    effect = [np.cov(part, parts.sum(axis=1))[0, 1] / parts.sum(axis=1).var(ddof=1) for part in parts.T]
    assert found["effective"].to_list() == pytest.approx(effect, abs=1e-12)
    assert (found["advice"] - found["nominal"]).to_list() == pytest.approx(found["difference"].to_list())
    assert files[0].read_bytes() == before


def test_the_items_of_one_branch_against_each_other(call: Any, files: Any, tmp_path: Path) -> None:
    for branch, nodes, nominal in (("p", ["a", "b"], [1 / 3, 2 / 3]), ("index", ["p", "c"], [0.75, 0.25])):
        answer = call("weights", *files, "--branch", branch, "--output", tmp_path / "w.csv")
        assert answer.exit_code == 0, answer.output
        found = pl.read_csv(tmp_path / "w.csv")
        assert found["node"].to_list() == nodes
        assert found["nominal"].to_list() == pytest.approx(nominal)


def test_what_cannot_be_weighed_is_said(call: Any, files: Any) -> None:
    answer = call("weights", *files, "--branch", "a")
    assert answer.exit_code == 2
    assert "no branch 'a'; branches: index, p" in answer.output
    assert call("weights", *files, "--method", "guess").exit_code == 2
    pl.DataFrame({"unit": ["A"], **{name: column[:1] for name, column in DATA.items()}}).write_csv(files[1])
    answer = call("weights", *files)
    assert answer.exit_code == 1
    assert "fewer than two units have points in a, b, c" in answer.output


def test_a_constant_indicator_is_named(call: Any, files: Any) -> None:
    pl.DataFrame({"unit": list("ABCD"), **DATA, "c": [4.0] * 4}).write_csv(files[1])
    answer = call("weights", *files)
    assert answer.exit_code == 0, answer.output
    assert "c does not tell units apart, so its entropy weight is 0" in answer.output


@pytest.mark.reference
def test_advice_on_the_asem_index(call: Any, reference: Path, tmp_path: Path) -> None:
    asem = reference / "asem"
    assert call("scheme", "from-coinr", asem / "iMeta.csv", "-o", tmp_path / "s.yaml").exit_code == 0
    words = [tmp_path / "s.yaml", asem / "iData.csv", "--unit-column", "uCode", "--output", tmp_path / "w.csv"]
    assert call("weights", *words).exit_code == 0
    found = pl.read_csv(tmp_path / "w.csv")
    assert found.height == 49
    for kind in ("nominal", "effective", "advice"):
        assert found[kind].sum() == pytest.approx(1, abs=1e-9)
