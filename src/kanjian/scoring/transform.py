"""Transform 计分: points and node scores, row by row, given a scheme and its parameters.

No global state: any slice of the rows gives, bit for bit, the rows of the whole; so this is also what runs on Arrow
batches elsewhere.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from kanjian.scoring.batch import CodeBook
from kanjian.scoring.evaluate import Outcome, evaluate
from kanjian.scoring.fit import require_columns
from kanjian.scoring.parameters import Parameters
from kanjian.scoring.scheme import Scheme
from kanjian.scoring.scheme.parts import Band, Precision, TieRule
from kanjian.scoring.values import Values

Floats = npt.NDArray[np.float64]


def transform(scheme: Scheme, parameters: Parameters, values: Values, *, detail: bool = True) -> pl.DataFrame:
    """Return one row per unit: `unit`, group columns, points of every node, `score`, `coverage`, `imputed`, `band`,
    `reason`.

    Points of a leaf are on its node's scale, before its weight. `detail=False` leaves the leaves out. `coverage` is the
    share (0..1) of the weight that rests on real values, `imputed` the number of filled cells, `band` the code of the
    root's ladder, `reason` why a unit may not be ranked: `not_applicable`, `missing`, `coverage`, or null.
    """
    require_columns(scheme, values)
    outcome = run(scheme, parameters, values, detail=detail)
    return score_frame(scheme, values, outcome)


def run(
    scheme: Scheme,
    parameters: Parameters,
    values: Values,
    *,
    detail: bool,
    flags: bool = False,
    book: CodeBook | None = None,
) -> Outcome:
    """Evaluate the whole tree."""
    wanted = [node.code for node in scheme.nodes() if detail or not node.is_leaf or node is scheme.tree]
    return evaluate(scheme.plan, values, parameters, wanted=wanted, flags=flags, book=book)


def score_frame(scheme: Scheme, values: Values, outcome: Outcome) -> pl.DataFrame:
    """Lay the outcome out as a table."""
    groups = [name for name in scheme.group_columns() if name in values.frame.columns]
    score = outcome.points[scheme.tree.code]
    missing = np.isnan(score)
    rows = len(score)
    coverage = np.ones(rows) if outcome.coverage is None else outcome.coverage
    if outcome.not_applicable is not None:
        coverage = np.where(outcome.not_applicable, 0.0, coverage)
    count = np.zeros(rows) if outcome.imputed is None else outcome.imputed
    columns = [
        *(values.frame[name] for name in ["unit", *groups]),
        *(_points(code, points) for code, points in outcome.points.items()),
        _points("score", score),
        pl.Series("coverage", coverage),
        pl.Series("imputed", count).cast(pl.UInt32),
        band_series(scheme, score, outcome),
        _reasons(scheme, outcome, missing, coverage),
    ]
    return pl.DataFrame(columns)


def _points(name: str, points: Floats) -> pl.Series:
    return pl.Series(name, points, nan_to_null=True)


def _reasons(scheme: Scheme, outcome: Outcome, missing: npt.NDArray[np.bool_], coverage: Floats) -> pl.Series:
    """Return why a unit is not ranked."""
    thin = coverage < scheme.eligibility.min_coverage - 1e-12
    if not missing.any() and not thin.any():
        return pl.Series("reason", [None], dtype=pl.String).new_from_index(0, len(missing))
    elsewhere = np.zeros(len(missing), dtype=np.bool_) if outcome.not_applicable is None else outcome.not_applicable
    codes = np.select([elsewhere, missing, thin], [0, 1, 2], default=3)
    return pl.Series("reason", ["not_applicable", "missing", "coverage", None], dtype=pl.String).gather(codes)


def band_series(scheme: Scheme, score: Floats, outcome: Outcome) -> pl.Series:
    """Return the root's band; a veto may hold it down."""
    ladder = sorted(root_bands(scheme), key=lambda band: band.at_least)
    if not ladder:
        return pl.Series("band", [None], dtype=pl.String).new_from_index(0, len(score))
    place = band_places(score, ladder, scheme.ties)
    for code, mask in outcome.band_limits.items():
        limit = next(i for i, band in enumerate(ladder, start=1) if band.code == code)
        place = np.where(mask, np.minimum(place, limit), place)
    place[np.isnan(score)] = 0
    return pl.Series("band", [None, *(band.code for band in ladder)], dtype=pl.String).gather(place)


def root_bands(scheme: Scheme) -> list[Band]:
    """Return the ladder of the root, written at the scheme or at the node."""
    return scheme.bands or scheme.tree.bands


def band_places(points: Floats, ladder: list[Band], ties: TieRule) -> npt.NDArray[np.intp]:
    """Return for each score how many thresholds it reaches, seen with the precision that decides ties.

    Rounding noise must not cost a unit its band: 89.9999999999 reaches 90 where such scores count as equal.
    """
    seen = points
    if isinstance(ties.precision, Precision):
        if ties.precision.decimals is not None:
            seen = np.round(points, ties.precision.decimals)
        else:
            seen = points + (ties.precision.tolerance or 0.0)
    return np.searchsorted(np.array([band.at_least for band in ladder]), seen, side="right")


def bands_of(scheme: Scheme, scores: pl.DataFrame) -> pl.DataFrame:
    """Return `unit` and, for every node with a ladder of its own, the band its points reach (null: none)."""
    columns = [scores["unit"]]
    for node in scheme.nodes():
        ladder = sorted(node.bands, key=lambda band: band.at_least)
        if ladder and node.code in scores.columns:
            points = scores[node.code].to_numpy()
            place = band_places(points, ladder, scheme.ties)
            place[np.isnan(points)] = 0
            codes = pl.Series([None, *(band.code for band in ladder)], dtype=pl.String)
            columns.append(codes.gather(place).alias(node.code))
    return pl.DataFrame(columns)
