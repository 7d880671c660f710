"""The real ASEM index in many configurations, from the command line, against a plain recomputation of COINr's formulas.

The recomputation below is written from COINr's documentation; it was itself compared with COINr 1.1.14 in R for every
case here (largest relative difference 2e-13).
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

pytestmark = pytest.mark.reference
Floats = npt.NDArray[np.float64]
Table = dict[str, Floats]


def rising(x: Floats) -> Floats:
    """R's rank(ties.method = "min", na.last = "keep")."""
    return np.array([np.nan if np.isnan(v) else 1.0 + float(np.sum(x < v)) for v in x])


def low(x: Floats) -> Any:
    return np.nanmin(x)


def high(x: Floats) -> Any:
    return np.nanmax(x)


# x is turned already (multiplied by the direction d); t is the target, r the row of the reference unit.
NORMALISE: dict[str, Callable[..., Floats]] = {
    "minmax": lambda x, **_: (x - low(x)) / (high(x) - low(x)) * 100,
    "minmax 0 1": lambda x, **_: (x - low(x)) / (high(x) - low(x)),
    "minmax 1 100": lambda x, **_: (x - low(x)) / (high(x) - low(x)) * 99 + 1,
    "zscore": lambda x, **_: (x - np.nanmean(x)) / np.nanstd(x, ddof=1),
    "zscore 10 2": lambda x, **_: (x - np.nanmean(x)) / np.nanstd(x, ddof=1) * 2 + 10,
    "scaled": lambda x, **_: x / 100 * 100,
    "rank": lambda x, **_: rising(x),
    "percentile": lambda x, **_: (rising(x) - 1) / (np.sum(~np.isnan(x)) - 1),
    "borda": lambda x, **_: rising(x) - 1,
    "distance_to_best": lambda x, **_: 1 - (high(x) - x) / (high(x) - low(x)),
    "distance_to_target": lambda x, d, t, **_: (x - low(x)) / (t * d - low(x)),
    "distance_to_reference": lambda x, r, **_: np.minimum(1 - (x[r] - x) / (x[r] - low(x)), 1),
}
AGGREGATE: dict[str, Callable[[Floats, Floats], float]] = {
    "arithmetic": lambda w, x: float(np.sum(w * x) / np.sum(w)),
    "geometric": lambda w, x: math.exp(float(np.sum(w * np.log(x)) / np.sum(w))),
    "harmonic": lambda w, x: float(np.sum(w) / np.sum(w / x)),
    "power:2": lambda w, x: float((np.sum(w * x**2) / np.sum(w)) ** 0.5),
    "min": lambda _w, x: float(np.min(x)),
}


def copeland(table: Floats, weights: Floats) -> Floats:
    """COINr's outranking matrix; only for children without gaps, where it does not depend on the order of units."""
    net = np.zeros(len(table))
    for i, row in enumerate(table):
        for other in table:
            won = weights[row > other].sum() + weights[row == other].sum() / 2
            net[i] += np.sign(round(won / weights.sum() - 0.5, 9))
    return net


def recompute(
    meta: pl.DataFrame, data: pl.DataFrame, *, normalise: str, levels: list[str], denominate: bool, shares: list[float]
) -> Table:
    """Every indicator and aggregate; a missing value is left out and the other weights are scaled up."""
    found: Table = {}
    tree = meta.filter(pl.col("Type").is_in(["Indicator", "Aggregate"])).sort("Level", maintain_order=True)
    reference = data["uCode"].to_list().index("FRA")
    for row in tree.iter_rows(named=True):
        if row["Type"] == "Indicator":
            x = data[row["iCode"]].cast(pl.Float64).to_numpy()
            if denominate and row["Denominator"] is not None:
                x = x / data[row["Denominator"]].cast(pl.Float64).to_numpy()
            turned = x * row["Direction"]
            found[row["iCode"]] = NORMALISE[normalise](turned, d=row["Direction"], t=row["Target"], r=reference)
            continue
        step = int(row["Level"]) - 2
        children = tree.filter(pl.col("Parent") == row["iCode"])
        table = np.column_stack([found[code] for code in children["iCode"]])
        weights = children["Weight"].cast(pl.Float64).to_numpy()
        if levels[step] == "copeland":
            found[row["iCode"]] = copeland(table, weights)
            continue
        there = ~np.isnan(table)
        enough = there.any(axis=1) & (there.mean(axis=1) >= shares[step])
        found[row["iCode"]] = np.array(
            [
                AGGREGATE[levels[step]](weights[here], points[here]) if ok else np.nan
                for points, here, ok in zip(table, there, enough, strict=True)
            ]
        )
    return found


CASES: dict[str, tuple[str, str, list[str]]] = {
    "0..1": ("minmax 0 1", "arithmetic", ["--range", "0", "1"]),
    "z-score 10 and 2": ("zscore 10 2", "arithmetic", ["--rule", "zscore", "--range", "10", "2"]),
    "default limits": ("scaled", "arithmetic", ["--rule", "scaled"]),
    "rank": ("rank", "arithmetic", ["--rule", "rank"]),
    "percentile": ("percentile", "arithmetic", ["--rule", "n_prank"]),
    "borda": ("borda", "arithmetic", ["--rule", "borda"]),
    "best": ("distance_to_best", "arithmetic", ["--rule", "distance_to_best"]),
    "target": ("distance_to_target", "arithmetic", ["--rule", "distance_to_target"]),
    "reference with cap": (
        "distance_to_reference",
        "arithmetic",
        ["--rule", "n_dist2ref", "--reference", "FRA", "--cap"],
    ),
    "harmonic": ("minmax 1 100", "harmonic", ["--range", "1", "100"]),
    "mixed": ("minmax 1 100", "arithmetic,geometric,harmonic", ["--range", "1", "100"]),
    "mixed the other way": ("minmax 1 100", "harmonic,arithmetic,geometric", ["--range", "1", "100"]),
    "power": ("minmax", "power:2", []),
    "min": ("minmax", "min", []),
    "copeland": ("minmax", "arithmetic,copeland,arithmetic", []),
    "unequal weights": ("minmax 1 100", "arithmetic,geometric,arithmetic", ["--range", "1", "100", "weights"]),
    "share": ("minmax", "arithmetic", ["--min-share", "0.9"]),
    "share by level": ("minmax", "arithmetic", ["--min-share", "0.99,0.5,1"]),
    "denominated": ("minmax", "arithmetic", ["--denominate"]),
    "denominated z-score": ("zscore", "arithmetic", ["--denominate", "--rule", "zscore"]),
}


@pytest.mark.parametrize("case", CASES)
def test_every_number_as_recomputed(case: str, call: Any, reference: Path, tmp_path: Path) -> None:
    normalise, aggregate, options = CASES[case]
    meta = pl.read_csv(reference / "asem" / "iMeta.csv", infer_schema_length=None)
    data = pl.read_csv(reference / "asem" / "iData.csv", infer_schema_length=None)
    if "weights" in options:
        random = np.random.default_rng(5).uniform(0.2, 3, meta.height).round(2)
        random[2] = 0.0
        meta = meta.with_columns(Weight=pl.Series(random))
    meta.write_csv(tmp_path / "iMeta.csv")
    words = [word for word in options if word != "weights"]
    made = call(
        "scheme", "from-coinr", tmp_path / "iMeta.csv", *words, "--aggregate", aggregate, "-o", tmp_path / "s.yaml"
    )
    assert made.exit_code == 0, made.output
    out = tmp_path / "out.parquet"
    done = call("score", tmp_path / "s.yaml", reference / "asem" / "iData.csv", "--unit-column", "uCode", "-o", out)
    assert done.exit_code == 0, done.output
    ours = pl.read_parquet(out)
    assert ours["unit"].to_list() == data["uCode"].to_list()
    levels = aggregate.split(",") * (3 if "," not in aggregate else 1)
    said = [float(part) for part in words[words.index("--min-share") + 1].split(",")] if "--min-share" in words else [0]
    shares = said * (3 if len(said) == 1 else 1)
    expected = recompute(
        meta, data, normalise=normalise, levels=levels, denominate="--denominate" in words, shares=shares
    )
    assert len(expected) == 60
    for code, numbers in expected.items():
        np.testing.assert_allclose(ours[code].to_numpy(), numbers, rtol=1e-9, atol=1e-12, err_msg=code)


def test_geometric_means_of_z_scores_are_refused_with_the_remedy(call: Any, reference: Path, tmp_path: Path) -> None:
    words = ["--rule", "zscore", "--aggregate", "geometric", "-o", tmp_path / "s.yaml"]
    answer = call("scheme", "from-coinr", reference / "asem" / "iMeta.csv", *words)
    assert answer.exit_code == 1
    assert "gives negative points, which a geometric mean" in answer.output
    assert "more problems" in answer.output
    assert not (tmp_path / "s.yaml").exists()


@pytest.mark.parametrize(("share", "message"), [("1.5", "between 0 and 1"), ("0.5,1", "or 3"), ("half", "numbers")])
def test_a_share_that_cannot_be_is_refused(
    call: Any, reference: Path, tmp_path: Path, share: str, message: str
) -> None:
    answer = call(
        "scheme", "from-coinr", reference / "asem" / "iMeta.csv", "--min-share", share, "-o", tmp_path / "s.yaml"
    )
    assert answer.exit_code in {1, 2}
    assert message in answer.output
