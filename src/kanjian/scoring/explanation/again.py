"""Everybody scored again after one unit's move 再次计分: in full only where the move shifts fitted parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from kanjian.scoring.explanation.following import differing
from kanjian.scoring.explanation.ground import Ground
from kanjian.scoring.explanation.row import Row
from kanjian.scoring.fit import fit_again
from kanjian.scoring.rank import rank
from kanjian.scoring.result import Result, score
from kanjian.scoring.transform import score_frame
from kanjian.scoring.values import Values


@dataclass(frozen=True)
class After:
    """Result after the move, and the indicators whose fitted parameters it has changed."""

    result: Result
    moved: frozenset[str]


def scored_again(ground: Ground, unit: str, row: Row, values: Mapping[str, float]) -> After:
    """Score everybody with the unit's new values, fitting again where the parameters follow the data.

    `row`: the unit under the parameters of the result. While no parameter changes, nobody else's score does.
    """
    old = ground.result
    if not ground.fitted:
        return After(_with_own(ground, unit, row, values), frozenset())
    own = pl.col("unit") == unit
    changes = [pl.when(own).then(value).otherwise(pl.col(name)).alias(name) for name, value in values.items()]
    new = Values(old.values.frame.with_columns(changes), old.values.na, old.values.notes)
    part = fit_again(old.scheme, new, values, ground.groups)
    if part is not None and not differing(part, old.parameters):
        return After(_with_own(ground, unit, row, values), frozenset())
    result = score(old.scheme, new, detail=False)
    return After(result, frozenset(differing(result.parameters, old.parameters)))


def _with_own(ground: Ground, unit: str, row: Row, values: Mapping[str, float]) -> Result:
    """Return the result in which only the unit's own row is another one, ranked again."""
    result, place = ground.result, ground.place(unit)
    assert place is not None
    own = score_frame(result.scheme, row.once.values, row.outcome(values))
    columns = [
        pl.concat([old.slice(0, place), own[name].cast(old.dtype), old.slice(place + 1)])
        for name, old in ((name, result.scores[name]) for name in ("score", "band", "reason"))
    ]
    scores = rank(result.scheme, ground.standing.with_columns(columns), codes=ground.track_codes)
    return replace(result, scores=scores)
