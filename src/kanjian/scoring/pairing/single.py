"""One mentee at a time 单个单位: every candidate with its cost, and what speaks for a pair that a person chose."""

from __future__ import annotations

import numpy as np
import polars as pl

from kanjian.scoring.pairing.costs import allowed, parts
from kanjian.scoring.pairing.intake import read_units
from kanjian.scoring.pairing.model import PAIRS, Terms
from kanjian.scoring.pairing.reasons import reason


def candidates(frame: pl.DataFrame, terms: Terms, mentee: str) -> pl.DataFrame:
    """All units with the role of a mentor, cheapest first: the columns of ``PAIRS`` and ``allowed``.

    ``allowed`` says whether the proposal might have chosen it: same block, above by the margin, near enough, within
    the caliper. Raises ``PairingError`` (unknown_unit and what ``read_units`` refuses).
    """
    units = read_units(frame, terms)
    one = np.array([units.number(mentee)])
    mentors = units.at("mentor")
    mentors = mentors[mentors != one[0]]
    found = parts(units, terms, one, mentors)
    able = allowed(units, terms, one, mentors, found.km) & (units.blocks[mentors] == units.blocks[one[0]])
    table = pl.DataFrame(
        {
            "mentee": [mentee] * len(mentors),
            "mentor": [units.codes[row] for row in mentors],
            "cost": found.cost,
            "distance": found.distance,
            "endowment": found.endowment,
            "need": found.need,
            "km": found.km,
            "fixed": [False] * len(mentors),
            "allowed": able & (found.cost <= terms.caliper),
        },
        schema={**PAIRS, "allowed": pl.Boolean},
    ).with_columns(pl.col("km").fill_nan(None))
    return table.sort("allowed", "cost", "mentor", descending=[True, False, False])


def rate(frame: pl.DataFrame, terms: Terms, mentee: str, mentor: str) -> tuple[dict[str, object], dict[str, object]]:
    """Cost parts and reasons of a pair that a person chose, whatever the terms say of it."""
    units = read_units(frame, terms)
    one, other = units.number(mentee), units.number(mentor)
    found = parts(units, terms, np.array([one]), np.array([other]))
    km = float(found.km[0])
    costs: dict[str, object] = {
        "cost": float(found.cost[0]),
        "distance": float(found.distance[0]),
        "endowment": float(found.endowment[0]),
        "need": float(found.need[0]),
        "km": None if np.isnan(km) else km,
    }
    return costs, reason(units, terms, one, other)
