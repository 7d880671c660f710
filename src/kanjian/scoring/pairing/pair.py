"""Pair weak units with similar, stronger ones 结对."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kanjian.scoring.pairing.assign import NOBODY, assign_nearest, assign_table
from kanjian.scoring.pairing.balance import balance
from kanjian.scoring.pairing.costs import Floats, allowed, parts
from kanjian.scoring.pairing.intake import Ints, Units, read_units
from kanjian.scoring.pairing.model import PAIRS, Pairing, PairingError, Terms
from kanjian.scoring.pairing.reasons import reason, why_unmatched

# Cells of a table that is solved whole, and of the piece of a larger one that lies in memory at a time.
WHOLE = 1_500_000
PIECE = 2_000_000


@dataclass(frozen=True)
class _Ruled:
    """What people decided beforehand, by rows: fixed mentor of a mentee, mentors that a mentee must not get."""

    fixed: Mapping[int, int]
    forbidden: Mapping[int, NDArray[np.int64]]


def pair(
    frame: pl.DataFrame,
    terms: Terms,
    *,
    fixed: Iterable[tuple[str, str]] = (),
    forbidden: Iterable[tuple[str, str]] = (),
) -> Pairing:
    """Pairs at the least total cost, block by block (``terms.within``); see ``intake.read_units`` for the table.

    A pair costs distance + unlike endowments + needs not covered, each weighted; a mentee without a partner costs the
    caliper. ``fixed`` pairs (mentee, mentor) are made whatever they cost and use up capacity, ``forbidden`` ones never.
    The same table in any order gives the same pairs. Raises ``PairingError``.
    """
    frame = frame.sort("unit")
    units = read_units(frame, terms)
    ruled = _ruled(units, fixed, forbidden)
    left = units.capacity.copy()
    for mentee, mentor in ruled.fixed.items():
        left[mentor] -= 1
        if left[mentor] < 0:
            raise PairingError("capacity", f"more pairs are fixed for {units.codes[mentor]} than it may take")
        if mentor in ruled.forbidden.get(mentee, ()):
            raise PairingError(
                "both", f"the pair {units.codes[mentee]} – {units.codes[mentor]} is both fixed and forbidden"
            )
    chosen = dict(ruled.fixed)
    truncated = []
    for block, name in enumerate(units.block_names):
        mentees = _of(units, "mentee", block, set(ruled.fixed))
        mentors = _of(units, "mentor", block, set())
        found, whole = _block(units, terms, ruled, (mentees, mentors), left)
        chosen |= found
        truncated += [] if whole else [name]
    return _result(frame, units, terms, ruled, chosen=chosen, truncated=tuple(truncated))


def _of(units: Units, role: str, block: int, taken: set[int]) -> Ints:
    rows = units.at(role)
    rows = rows[units.blocks[rows] == block]
    found: Ints = rows[~np.isin(rows, list(taken))] if taken else rows
    return found


def _ruled(units: Units, fixed: Iterable[tuple[str, str]], forbidden: Iterable[tuple[str, str]]) -> _Ruled:
    firm: dict[int, int] = {}
    for mentee, mentor in sorted(set(fixed)):
        row, other = units.number(mentee), units.number(mentor)
        if row in firm or row == other:
            raise PairingError("fixed", f"{mentee} can have one fixed mentor other than itself")
        if units.role[row] == "mentee":  # who is no mentee this time needs no mentor
            firm[row] = other
    known = set(units.codes)
    barred: dict[int, list[int]] = {}
    for mentee, mentor in forbidden:
        if mentee in known and mentor in known:  # a ruling may outlive the unit it speaks of
            barred.setdefault(units.number(mentee), []).append(units.number(mentor))
    return _Ruled(firm, {row: np.array(sorted(others), dtype=np.int64) for row, others in barred.items()})


def _block(
    units: Units, terms: Terms, ruled: _Ruled, sides: tuple[Ints, Ints], capacity: Ints
) -> tuple[dict[int, int], bool]:
    """Mentor by mentee of one block, and whether it was solved on the whole table."""
    mentees, mentors = sides
    room = np.minimum(np.maximum(capacity[mentors], 0), max(len(mentees), 1))
    if not len(mentees) or not room.any():
        return {}, True
    whole = len(mentees) * max(int(room.sum()), len(mentees)) <= WHOLE
    if whole:
        taken = assign_table(_costs(units, terms, ruled, mentees, mentors), room, terms.caliper)
    else:
        taken = assign_nearest(_edges(units, terms, ruled, sides), len(mentees), room, terms.caliper)
    found = {int(mentees[row]): int(mentors[at]) for row, at in enumerate(taken) if at != NOBODY}
    return found, whole or len(mentors) <= terms.neighbours


def _costs(units: Units, terms: Terms, ruled: _Ruled, mentees: Ints, mentors: Ints) -> Floats:
    """Table of costs, infinite where a pair is not allowed."""
    rows, columns = mentees[:, None], mentors[None, :]
    found = parts(units, terms, rows, columns)
    costs = np.where(allowed(units, terms, rows, columns, found.km), found.cost, np.inf)
    for row, mentee in enumerate(mentees):
        if int(mentee) in ruled.forbidden:
            costs[row, np.isin(mentors, ruled.forbidden[int(mentee)])] = np.inf
    return costs


def _edges(units: Units, terms: Terms, ruled: _Ruled, sides: tuple[Ints, Ints]) -> tuple[Ints, Ints, Floats]:
    """The cheapest mentors of each mentee, a piece of the table at a time."""
    mentees, mentors = sides
    step, keep = max(1, PIECE // len(mentors)), min(terms.neighbours, len(mentors))
    rows, columns, costs = [], [], []
    for start in range(0, len(mentees), step):
        table = _costs(units, terms, ruled, mentees[start : start + step], mentors)
        # Of equally dear mentors the first ones by code: a stable order keeps the result reproducible.
        near = np.argsort(table, axis=1, kind="stable")[:, :keep]
        rows.append(np.repeat(np.arange(start, start + len(table)), keep))
        columns.append(near.ravel())
        costs.append(np.take_along_axis(table, near, axis=1).ravel())
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(costs)


def _result(
    frame: pl.DataFrame,
    units: Units,
    terms: Terms,
    ruled: _Ruled,
    *,
    chosen: dict[int, int],
    truncated: tuple[str, ...],
) -> Pairing:
    mentees = np.array(sorted(chosen), dtype=np.int64)
    mentors = np.array([chosen[int(row)] for row in mentees], dtype=np.int64)
    found = parts(units, terms, mentees, mentors)
    pairs = pl.DataFrame(
        {
            "mentee": [units.codes[row] for row in mentees],
            "mentor": [units.codes[row] for row in mentors],
            "cost": found.cost,
            "distance": found.distance,
            "endowment": found.endowment,
            "need": found.need,
            "km": found.km,
            "fixed": [int(row) in ruled.fixed for row in mentees],
        },
        schema=PAIRS,
    ).with_columns(pl.col("km").fill_nan(None))
    return Pairing(
        terms,
        pairs,
        _unmatched(units, terms, ruled, chosen),
        _load(units, mentors),
        balance(frame, pairs, terms.attributes),
        {
            units.codes[row]: reason(units, terms, int(row), int(other))
            for row, other in zip(mentees, mentors, strict=True)
        },
        truncated,
    )


def _unmatched(units: Units, terms: Terms, ruled: _Ruled, chosen: dict[int, int]) -> pl.DataFrame:
    """Mentees without a mentor, each with the reason."""
    without = [row for row in units.at("mentee") if int(row) not in chosen]
    mentors_of = {block: _of(units, "mentor", block, set()) for block in {int(units.blocks[row]) for row in without}}
    lost = [
        (
            units.codes[row],
            why_unmatched(units, terms, int(row), mentors_of[int(units.blocks[row])], ruled.forbidden),
        )
        for row in without
    ]
    return pl.DataFrame(lost, schema={"mentee": pl.String, "reason": pl.String}, orient="row")


def _load(units: Units, mentors: Ints) -> pl.DataFrame:
    """Every possible mentor with what it may take and has."""
    taken = np.bincount(mentors, minlength=len(units.codes)) if len(mentors) else np.zeros(len(units.codes), np.int64)
    rows = [row for row in range(len(units.codes)) if units.role[row] == "mentor" or taken[row]]
    return pl.DataFrame(
        {
            "mentor": [units.codes[row] for row in rows],
            "capacity": [int(units.capacity[row]) for row in rows],
            "pairs": [int(taken[row]) for row in rows],
        },
        schema={"mentor": pl.String, "capacity": pl.Int64, "pairs": pl.Int64},
    )
