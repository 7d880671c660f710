"""Places in a field of scores 名次: how many are above, how many are equal, under the scheme's notion of equal."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kanjian.scoring.scheme.parts import TieRule

Floats = npt.NDArray[np.float64]


def tie_keys(ties: TieRule, *scores: Floats) -> list[Floats]:
    """Return the arrays with equal scores made identical, so that plain comparison does the rest.

    With a tolerance, neighbours over all given arrays together that differ by no more share the lowest of their scores.
    """
    precision = ties.precision
    if precision == "raw":
        return list(scores)
    if precision.decimals is not None:
        return [np.round(each, precision.decimals) for each in scores]
    whole = np.concatenate(scores)
    order = np.argsort(whole, kind="stable")
    ordered = whole[order]
    starts = np.concatenate([[True], np.diff(ordered) > (precision.tolerance or 0.0)]) if len(whole) else np.array([])
    keys = np.empty_like(whole)
    keys[order] = ordered[starts][np.cumsum(starts) - 1] if len(whole) else ordered
    return np.split(keys, np.cumsum([len(each) for each in scores])[:-1])


def seen(scores: Floats, ties: TieRule) -> Floats:
    """Return the scores as they are compared one with one: rounded where the rule says so."""
    precision = ties.precision
    if precision == "raw" or precision.decimals is None:
        return scores
    return np.round(scores, precision.decimals)


def tolerance(ties: TieRule) -> float:
    """Return by how much two scores may differ that count as equal."""
    return 0.0 if ties.precision == "raw" else ties.precision.tolerance or 0.0


def share(ties: TieRule) -> float:
    """Return the places that one equal rival costs."""
    return {"max": 1.0, "average": 0.5}.get(ties.method, 0.0)


class Crowd(NamedTuple):
    """Rivals of whom one score at a time is compared with each: their scores as `seen`, sorted upwards, without NaN."""

    scores: Floats
    ties: TieRule

    @classmethod
    def of(cls, scores: Floats, ties: TieRule) -> Crowd:
        """Sort the scores; who has none is ahead of nobody."""
        return cls(np.sort(scores[~np.isnan(scores)]), ties)

    def ahead(self, own: float, member: float = np.nan) -> float:
        """Return the places that `own` loses to them. `member`: the own score among them, which does not compete.

        A gap grows with the score, rounding included, so the ends of the equal ones are found by halving.
        """
        near = tolerance(self.ties)
        above = len(self.scores) - bisect_right(self.scores, near, key=lambda score: score - own)
        equal = len(self.scores) - above - bisect_left(self.scores, -near, key=lambda score: score - own)
        gap = member - own
        return above - (gap > near) + share(self.ties) * (equal - (-near <= gap <= near))


class Field(NamedTuple):
    """A field of competitors: their tie keys, sorted upwards."""

    keys: Floats

    @classmethod
    def of(cls, keys: Floats) -> Field:
        """Sort the keys."""
        return cls(np.sort(keys))

    def ahead(self, keys: Floats, ties: TieRule, own: Floats | None = None) -> Floats:
        """Return how many places each key loses to this field under the tie rule: the greater ones, and its share of
        the equal ones. `own`: keys of the same units inside the field, which do not compete with themselves.
        """
        right = np.searchsorted(self.keys, keys, side="right")
        greater = (len(self.keys) - right).astype(np.float64)
        equal = (right - np.searchsorted(self.keys, keys, side="left")).astype(np.float64)
        if own is not None:
            greater -= own > keys
            equal -= own == keys
        return greater + share(ties) * equal
