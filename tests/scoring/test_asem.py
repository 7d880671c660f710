"""The ASEM index agrees with COINr: every normalised value, aggregate and rank."""

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kanjian.scoring import Result, Scheme, rank_nodes, read_values, score
from kanjian.scoring.coinr import scheme_from_imeta

FOLDER = Path(os.environ.get("KANJIAN_REFERENCE", Path(__file__).parents[3] / "shared" / "reference")) / "asem"

pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="reference data absent; set KANJIAN_REFERENCE to its folder"),
]

CASES = {
    "a_minmax_amean": {"rule": "minmax", "aggregate": "arithmetic", "range": (0, 100)},
    "b_zscore_amean": {"rule": "zscore", "aggregate": "arithmetic"},
    "c_minmax1_gmean": {"rule": "n_minmax", "aggregate": "a_gmean", "range": (1, 100)},
}


def table(name: str) -> pl.DataFrame:
    return pl.read_csv(FOLDER / name, null_values=["", "NA"], infer_schema_length=None)


def run(scheme: Scheme) -> Result:
    values = read_values(table("iData.csv"), scheme, unit="uCode")
    return score(scheme, values)


@pytest.mark.parametrize("case", CASES)
def test_every_number_agrees_with_coinr(case: str) -> None:
    scheme = scheme_from_imeta(table("iMeta.csv"), **CASES[case])
    scores = run(scheme).scores.sort("unit")
    expected = table(f"{case}/aggregated.csv").sort("uCode")
    assert scores["unit"].to_list() == expected["uCode"].to_list()
    codes = [name for name in expected.columns if name != "uCode"]
    assert sorted(codes) == sorted(node.code for node in scheme.nodes())
    assert len(codes) == 60
    for code in codes:
        ours, theirs = scores[code].to_numpy(), expected[code].cast(pl.Float64).to_numpy()
        assert (np.isnan(ours) == np.isnan(theirs)).all(), code
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12, err_msg=code)


@pytest.mark.parametrize("case", CASES)
def test_normalised_values_agree_with_coinr(case: str) -> None:
    scheme = scheme_from_imeta(table("iMeta.csv"), **CASES[case])
    scores = run(scheme).scores.sort("unit")
    expected = table(f"{case}/normalised.csv").sort("uCode")
    for leaf in scheme.leaves():
        ours, theirs = scores[leaf.code].to_numpy(), expected[leaf.code].cast(pl.Float64).to_numpy()
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12, err_msg=leaf.code)


@pytest.mark.parametrize("case", CASES)
def test_every_rank_agrees_with_coinr(case: str) -> None:
    scheme = scheme_from_imeta(table("iMeta.csv"), **CASES[case])
    result = run(scheme)
    ranks = rank_nodes(scheme, result.scores).sort("unit")
    expected = table(f"{case}/ranks.csv").sort("uCode")
    for code in expected.columns[1:]:
        assert ranks[code].to_list() == expected[code].cast(pl.UInt32).to_list(), code
    assert result.scores["rank"].to_list() == [
        expected.row(by_predicate=pl.col("uCode") == unit, named=True)["Index"] for unit in result.scores["unit"]
    ]


def test_a_tolerance_makes_ties_of_noise_in_the_sixteenth_digit() -> None:
    """COINr parts GRC from two equals by raw data noise; which of the two is wanted is a visible setting."""
    scheme = scheme_from_imeta(table("iMeta.csv"))
    tolerant = Scheme.load({**scheme.to_dict(), "ties": {"precision": {"tolerance": 1e-9}}})
    ranks = [
        rank_nodes(one, run(one).scores).filter(pl.col("unit") == "GRC")["TolMin"].item() for one in (scheme, tolerant)
    ]
    assert ranks == [26, 24]


def test_denominators_divide_only_when_asked() -> None:
    plain = run(scheme_from_imeta(table("iMeta.csv"))).scores
    divided = run(scheme_from_imeta(table("iMeta.csv"), denominate=True)).scores
    data = table("iData.csv")
    flights = (data["Flights"] / data["Population"]).to_numpy()
    expected = (flights - np.nanmin(flights)) / (np.nanmax(flights) - np.nanmin(flights)) * 100
    np.testing.assert_allclose(divided["Flights"].to_numpy(), expected, rtol=1e-12)
    assert not np.allclose(plain["Flights"].to_numpy(), expected)
    # One unit has no Energy: the two indicators divided by it are missing there, not zero.
    gap = data["Energy"].is_null()
    assert divided.filter(gap)["Elec"].to_list() == [None]
