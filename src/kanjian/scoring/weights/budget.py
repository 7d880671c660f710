"""Budget allocation 专家预算分配法: each member of a panel shares out the same number of points."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .model import Notice, Weights, WeightsError, check_names, normalised

Floats = NDArray[np.float64]

# A panel whose shares for one indicator spread by more than this part of their mean does not agree about it.
WIDE_SPREAD = 0.5


def budget_allocation(
    frame: pl.DataFrame,
    *,
    expert: str = "expert",
    budget: float = 100.0,
    statistic: Literal["mean", "median"] = "mean",
) -> Weights:
    """Weights from a table with a row per expert (column ``expert``) and a column of points per indicator.

    Each expert's points are divided by their sum, then the mean or median over experts is taken and brought to a sum
    of 1. A sheet that does not add up to ``budget`` is used and noted. An empty cell is an abstention: the expert's
    other points are shared out among what was judged, and the cell does not enter the mean; 0 is a judgement. Details:
    ``mean``, ``median``, ``sd``, ``low``, ``high`` of the shares, ``answers``.
    """
    if expert not in frame.columns or frame.is_empty():
        raise WeightsError("no_experts", f"a row per expert and a column {expert!r} are needed")
    who = frame[expert].cast(pl.String).to_list()
    names = check_names([name for name in frame.columns if name != expert])
    wrong = [name for name in names if not (frame.schema[name].is_numeric() or frame.schema[name] == pl.Null)]
    if wrong:
        raise WeightsError("not_numeric", f"not a column of numbers: {', '.join(wrong)}")
    points = frame.select(names).cast(pl.Float64).to_numpy().astype(np.float64)
    shares, notices = _shares(points, who, budget)
    details = _details(names, shares)
    if (details["answers"] == 0).any():
        silent = details.filter(pl.col("answers") == 0)["indicator"].to_list()
        raise WeightsError("incomplete", f"no expert judged {', '.join(silent)}")
    if math.fsum(details[statistic]) <= 0:
        raise WeightsError("zero_sum", "the median of every indicator is zero; use the mean")
    values = dict(zip(names, normalised(details[statistic]), strict=True))
    wide = details.filter(pl.col("sd") > WIDE_SPREAD * pl.col("mean"))["indicator"]
    notices += [Notice("wide_spread", f"the panel does not agree about {name}", name) for name in wide]
    table = pl.DataFrame({"expert": who, **{name: shares[:, i] for i, name in enumerate(names)}})
    facts = {"experts": float(len(who))}
    return Weights(
        "budget_allocation", values, details, facts, tuple(notices), table.with_columns(pl.col(names).fill_nan(None))
    )


def _shares(points: Floats, who: list[str], budget: float) -> tuple[Floats, list[Notice]]:
    if np.isinf(points).any() or (points < 0).any():
        raise WeightsError("negative", "points must be zero or more")
    totals = np.nansum(points, axis=1)
    empty = [name for name, total in zip(who, totals, strict=True) if total <= 0]
    if empty:
        raise WeightsError("zero_sum", f"gave no points at all: {', '.join(empty)}")
    notices = [
        Notice("budget_missed", f"{name} gave {total:g} of {budget:g} points; scaled", name)
        for name, total in zip(who, totals, strict=True)
        if not math.isclose(total, budget, rel_tol=1e-9)
    ]
    notices += [
        Notice("abstained", f"{name} did not judge every indicator", name)
        for name, row in zip(who, points, strict=True)
        if np.isnan(row).any()
    ]
    return points / totals[:, None], notices


def _details(names: list[str], shares: Floats) -> pl.DataFrame:
    columns = [shares[~np.isnan(shares[:, i]), i] for i in range(len(names))]
    return pl.DataFrame(
        {
            "indicator": names,
            "mean": [float(c.mean()) if c.size else None for c in columns],
            "median": [float(np.median(c)) if c.size else None for c in columns],
            "sd": [float(c.std(ddof=1)) if c.size > 1 else None for c in columns],
            "low": [float(c.min()) if c.size else None for c in columns],
            "high": [float(c.max()) if c.size else None for c in columns],
            "answers": [int(c.size) for c in columns],
        },
        schema_overrides=dict.fromkeys(["mean", "median", "sd", "low", "high"], pl.Float64),
    )
