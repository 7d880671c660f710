"""What a step costs 成本: its size against what the indicator usually moves in one period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from kanjian.scoring.explanation.levers import Lever
from kanjian.scoring.problems import Note


@dataclass(frozen=True)
class Costs:
    """Cost of one unit of each input, and where the numbers come from."""

    per_unit: Mapping[str, float]
    notes: tuple[Note, ...]


def costs_of(
    levers: Sequence[Lever],
    given: Mapping[str, float] | None,
    history: Sequence[pl.DataFrame] | None,
    current: pl.DataFrame,
) -> Costs:
    """Return the cost of each lever: as given (by input or indicator), else one for a typical change.

    The typical change is the median absolute change between consecutive periods of `history` (wide frames, oldest
    first, `unit` and inputs) over all units that moved; where there is no history, half the distance between the
    quartiles of the units today.
    """
    per_unit, sources = {}, {"cost_given": [], "cost_from_history": [], "cost_from_spread": []}  # type: ignore[var-annotated]
    frames = [*(history or ()), current] if history else []
    for lever in levers:
        own = (given or {}).get(lever.input, (given or {}).get(lever.node))
        typical = typical_change(frames, lever.input)
        source = "cost_given" if own is not None else "cost_from_history" if typical else "cost_from_spread"
        per_unit[lever.input] = own if own is not None else 1.0 / (typical or _spread(current[lever.input], lever.now))
        sources[source].append(lever.node)
    return Costs(
        per_unit, tuple(Note(code, f"{TEXTS[code]}: {', '.join(nodes)}") for code, nodes in sources.items() if nodes)
    )


TEXTS = {
    "cost_given": "costs as given",
    "cost_from_history": "cost 1 = the median change of the indicator from period to period, all units that moved",
    "cost_from_spread": "no history; cost 1 = half the distance between the quartiles of the units today",
}


def typical_change(frames: Sequence[pl.DataFrame], name: str) -> float | None:
    """Return the median absolute change of an input between consecutive frames, None where nothing ever moved."""
    moves = []
    for earlier, later in pairwise(frames):
        if name in earlier.columns and name in later.columns:
            both = earlier.select("unit", name).join(later.select("unit", name), on="unit", suffix="_later")
            moves.append((both[f"{name}_later"] - both[name]).abs())
    changes = pl.concat(moves).drop_nulls().drop_nans() if moves else pl.Series(dtype=pl.Float64)
    changed = changes.filter(changes > 0).to_numpy()
    return float(np.median(changed)) if len(changed) else None


def _spread(column: pl.Series, now: float) -> float:
    """Return half the distance between the quartiles; where all units agree the value itself, or 1."""
    present = column.drop_nulls().to_numpy()
    low, high = np.quantile(present, [0.25, 0.75]) if len(present) else (0.0, 0.0)
    return float((high - low) / 2 or abs(now) or 1.0)
