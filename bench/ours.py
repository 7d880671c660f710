"""Kanjian as a contestant: from a Polars frame to the whole result, intake and checks included."""

from __future__ import annotations

import numpy as np
import polars as pl

from bench.data import Case, Table, names, scheme, unit_codes
from bench.peers import Outcome, Run
from kanjian.scoring import Result, Scheme, read_values, score
from kanjian.scoring.robustness import robust

DRAWS = 1_000


def kanjian(table: Table, case: Case) -> Run:
    """Everything a page needs: points of every indicator, dimensions, score, ranks, coverage, flags."""
    return _prepare(table, case, detail=True)


def kanjian_lean(table: Table, case: Case) -> Run:
    """Node scores and ranks without the points of single indicators (`detail=False`)."""
    return _prepare(table, case, detail=False)


def monte_carlo(table: Table, case: Case) -> Run:
    """1,000 draws of the weights on both levels, rank interval of every unit; the points are there already."""
    result = _result(table, case)

    def run() -> Outcome:
        middle = robust(result, draws=DRAWS, seed=1)["rank_mid"].to_numpy().astype(np.float64)
        return Outcome(middle, middle)

    return run


def _prepare(table: Table, case: Case, *, detail: bool) -> Run:
    frame, method = _frame(table, case), Scheme.load(scheme(table, case))

    def run() -> Outcome:
        scores = score(method, read_values(frame, method), detail=detail).scores
        within = scores["track_rank"].to_numpy() if case.tracks else None
        return Outcome(scores["score"].to_numpy(), scores["rank"].to_numpy(), within)

    return run


def _result(table: Table, case: Case) -> Result:
    method = Scheme.load(scheme(table, case))
    return score(method, read_values(_frame(table, case), method))


def _frame(table: Table, case: Case) -> pl.DataFrame:
    head = {"unit": unit_codes(case.units)} | ({"track": table.track.astype(str)} if case.tracks else {})
    values = {code: pl.Series(column, nan_to_null=True) for code, column in zip(names(), table.columns, strict=True)}
    return pl.DataFrame(head | values)
