"""Two units with improbably many equal numbers 邻村雷同: a sheet that was copied from the neighbour's."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from .model import nontrivial, nothing, read_values, step_of

LEAST, SHARE, ALPHA = 5, 0.4, 1e-3
Floats = npt.NDArray[np.float64]
NUMBERS = {"other": pl.String, "equal": pl.Int64, "compared": pl.Int64, "expected": pl.Float64, "group": pl.String}


def copied_neighbours(
    values: pl.DataFrame,
    *,
    period: int,
    limits: pl.DataFrame | None = None,
    least: int = LEAST,
    share: float = SHARE,
    alpha: float = ALPHA,
) -> pl.DataFrame:
    """Pairs of units of one group that agree on more indicators than chance explains.

    For each indicator the chance that two units agree is ``c = Σ n_v (n_v − 1) / (N (N − 1))`` over its values v among
    all units; where the pair's own group agrees more among itself (one inspector gave everybody 95), its figure
    without the pair is taken instead. The number of agreements of a pair then follows a Poisson-binomial law with
    these chances; a finding has at least `least` agreements on at least the share `share` of what both have, and
    ``p ≤ alpha / number of pairs``. The share keeps out what the law does not know: indicators that go together, such
    as two rates of the same cases. Zeros, limits and very common values do not count (``nontrivial``).

    `values`: ``unit, group, indicator, period, value``. A finding names the pair once: ``unit`` < ``other``;
    ``indicator`` is null, ``strength`` −log₁₀ p. Numbers: ``other, equal, compared, expected, group``.
    """
    now = read_values(values, "group").filter(pl.col("period") == period)
    cells = nontrivial(now.join(step_of(limits, now["indicator"]), on="indicator"))
    if cells.is_empty():
        return nothing(**NUMBERS)
    wide = cells.sort("indicator").pivot("indicator", index=["group", "unit"], values="value").sort("group", "unit")
    table = wide.drop("group", "unit").to_numpy()
    chance = np.array([_coincidence(column) for column in table.T])
    parts = wide.with_row_index("_row").group_by("group", maintain_order=True).agg("_row", "unit")
    pairs = sum(len(rows) * (len(rows) - 1) // 2 for rows in parts["_row"])
    found = []
    for group, rows, units in parts.iter_rows():
        for a, b, equal, compared, expected, p in _pairs(table[rows], chance, least):
            if p * pairs <= alpha and equal >= share * compared:
                strength = -float(np.log10(max(p, 1e-300)))
                found.append(
                    (units[a], None, period, "copied_neighbour", strength, units[b], equal, compared, expected, group)
                )
    return pl.DataFrame(found, schema=nothing(**NUMBERS).schema, orient="row").sort(
        "strength", "unit", "other", descending=[True, False, False]
    )


def _coincidence(column: Floats) -> float:
    """Chance that two of the present values are equal."""
    present = column[~np.isnan(column)]
    n = len(present)
    if n < 2:
        return 0.0
    _, counts = np.unique(present, return_counts=True)
    return float((counts * (counts - 1)).sum() / (n * (n - 1)))


def _pairs(part: Floats, chance: Floats, least: int) -> list[tuple[int, int, int, int, float, float]]:
    """Pairs of rows with at least `least` agreements: both places, agreements, comparisons, expected number, p."""
    first, second = np.triu_indices(len(part), 1)
    both = ~np.isnan(part[first]) & ~np.isnan(part[second])
    equal = both & (part[first] == part[second])
    agreed, compared = equal.sum(axis=0), both.sum(axis=0)
    suspects = np.flatnonzero(equal.sum(axis=1) >= least)
    found = []
    for pair in suspects:
        with np.errstate(invalid="ignore", divide="ignore"):
            rest = np.nan_to_num((agreed - equal[pair]) / (compared - both[pair]))
        own = np.maximum(chance, rest)[both[pair]]
        k = int(equal[pair].sum())
        found.append((int(first[pair]), int(second[pair]), k, len(own), float(own.sum()), tail(own, k)))
    return found


def tail(chances: Floats, k: int) -> float:
    """P(at least k successes) of independent trials with these chances: the Poisson-binomial tail, exactly."""
    law = np.zeros(len(chances) + 1)
    law[0] = 1.0
    for chance in chances:
        law[1:] = law[1:] * (1 - chance) + law[:-1] * chance
        law[0] *= 1 - chance
    return float(law[k:].sum())
