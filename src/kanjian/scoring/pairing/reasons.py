"""Why this mentor, and why none 结对理由: data, to be put into words by whoever shows it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kanjian.scoring.pairing.costs import allowed, gap, parts
from kanjian.scoring.pairing.intake import Ints, Units
from kanjian.scoring.pairing.model import Terms

SHARED = 3


def reason(units: Units, terms: Terms, mentee: int, mentor: int) -> dict[str, object]:
    """What speaks for the pair and what against it.

    ``shared``: attributes most alike, weighted, the most telling first; ``different``: the one most unlike, with its
    difference 0 to 1; ``unknown``: attributes that a side lacks; ``weak``: per weak dimension the points of both, the
    block's median and how far the mentor is strong there (0 at the median, 1 from the upper quartile on).
    """
    one, other = np.array([mentee]), np.array([mentor])
    gaps = {a.name: float(gap(units.values, a, at, one, other)[0]) for at, a in enumerate(terms.attributes)}
    weight = {a.name: a.weight for a in terms.attributes}
    known = [name for name in gaps if not np.isnan(gaps[name]) and weight[name] > 0]
    shared = sorted((n for n in known if gaps[n] < 0.25), key=lambda n: (-weight[n] * (1 - gaps[n]), n))
    worst = max(known, key=lambda n: (weight[n] * gaps[n], n), default="")
    return {
        "shared": shared[:SHARED],
        "different": {"attribute": worst, "difference": gaps[worst]} if worst and gaps[worst] > 0 else None,
        "unknown": [name for name in gaps if np.isnan(gaps[name])],
        "weak": _weak(units, terms, mentee, mentor),
    }


def _weak(units: Units, terms: Terms, mentee: int, mentor: int) -> list[dict[str, object]]:
    order = np.argsort(-units.shortfall[mentee], kind="stable")
    return [
        {
            "dimension": terms.dimensions[at],
            "share": float(units.shortfall[mentee, at]),
            "mentee": float(units.points[mentee, at]),
            "mentor": _known(units.points[mentor, at]),
            "median": float(units.medians[units.blocks[mentee], at]),
            "covered": float(units.strength[mentor, at]),
        }
        for at in order
        if units.shortfall[mentee, at] > 0
    ]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def why_unmatched(
    units: Units, terms: Terms, mentee: int, mentors: Ints, forbidden: Mapping[int, NDArray[np.int64]]
) -> str:
    """The first hurdle at which the last candidate fell, see ``model.UNMATCHED``."""
    if not len(mentors):
        return "no_mentor"
    one = np.array([mentee])
    found = parts(units, terms, one, mentors)
    above = units.place[mentors] + terms.margin <= units.place[mentee]
    able = allowed(units, terms, one, mentors, found.km)
    free = ~np.isin(mentors, forbidden.get(mentee, np.empty(0, dtype=np.int64)))
    steps = (
        ("none_above", above),
        ("forbidden", above & free),
        ("too_far", able & free),
        ("too_different", able & free & (found.cost <= terms.caliper)),
    )
    return next((name for name, left in steps if not left.any()), "capacity")
