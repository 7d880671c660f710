"""Polishing a path 路径修匀: where curves bend, a better balance between the inputs at the same score.

Sequential quadratic programming (SLSQP; Kraft 1988) on the shares of the way that each input goes, the score computed
by the engine, its slopes by small steps. It begins with the inputs that the search has used; an input left out that
sells its first points for less than the dearest in use joins, until there is none (column generation; Dantzig and Wolfe
1960). It is a proposal only: it counts if it reaches the target and costs less.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize

from kanjian.scoring.column import Floats
from kanjian.scoring.explanation.trials import Curve, Trials

STEP = 1e-6
ROUNDS = 20
GRID, CLOSING_IN = 33, 9
MOST_JOINING, MOST_REPEATS = 6, 6
CHEAPER = 1 - 1e-6


def polished(trials: Trials, curves: Sequence[Curve], values: dict[str, float], target: float) -> dict[str, float]:
    """Return cheaper values that reach the target, or those given."""
    used = [curve for curve in curves if curve.lever.input in values]
    for _ in range(MOST_REPEATS):
        values = _balanced(trials, used, values, target)
        joining = _cheaper(trials, curves, values, used)
        if not joining:
            break
        used = [*used, *joining]
    return values


def _cheaper(trials: Trials, curves: Sequence[Curve], values: dict[str, float], used: Sequence[Curve]) -> list[Curve]:
    """Return the inputs left out whose first points cost less than the last points of the dearest input in use."""
    shares = np.array([_share(curve, values) for curve in curves])
    slopes = _slopes(trials, curves, shares)
    costs = np.array([curve.costs[-1] for curve in curves])
    prices = np.divide(costs, slopes, out=np.full(len(curves), np.inf), where=slopes > 0)
    inside = (shares > 0) & np.isfinite(prices)
    if not inside.any():
        return []
    dearest, names = prices[inside].max(), {curve.lever.input for curve in used}
    outside = [place for place, curve in enumerate(curves) if curve.lever.input not in names]
    cheap = sorted((place for place in outside if prices[place] < dearest * CHEAPER), key=lambda place: prices[place])
    return [curves[place] for place in cheap[:MOST_JOINING]]


def _balanced(trials: Trials, curves: Sequence[Curve], values: dict[str, float], target: float) -> dict[str, float]:
    """Return cheaper values of these inputs, or those given."""
    costs = np.array([curve.costs[-1] for curve in curves])
    start = np.array([_share(curve, values) for curve in curves])
    if not len(curves) or not costs @ start > 0:
        return values
    scale = float(costs @ start)
    slack = {
        "type": "ineq",
        "fun": lambda shares: _score(trials, curves, shares) - target,
        "jac": lambda shares: _slopes(trials, curves, shares),
    }
    options = {"maxiter": ROUNDS, "ftol": 1e-7}
    solve: Any = minimize  # the stubs know no constraint whose slope is given as a function
    proposal = solve(
        lambda shares: float(costs @ shares) / scale,
        start,
        jac=lambda _: costs / scale,
        bounds=[(0.0, 1.0)] * len(curves),
        constraints=[slack],
        method="SLSQP",
        options=options,
    ).x
    shares = _reaching(trials, curves, np.clip(np.nan_to_num(proposal, nan=1.0), 0.0, 1.0), target)
    if not costs @ shares < scale:
        return values
    moved = {curve.lever.input: curve.at(float(s)) for curve, s in zip(curves, shares, strict=True) if s > 0}
    return moved if trials.together(moved) >= target else values


def _reaching(trials: Trials, curves: Sequence[Curve], shares: Floats, target: float) -> Floats:
    """Return the shares, those in use moved on towards their best by as little as reaches the target."""
    shares = np.where(shares > STEP, shares, 0.0)
    way = np.where(shares > 0, 1 - shares, 0.0)
    low, high = 0.0, 1.0
    for _ in range(CLOSING_IN):
        marks = np.linspace(low, high, GRID)
        enough = np.flatnonzero(_scores(trials, curves, shares + marks[:, None] * way) >= target)
        if not len(enough):
            break
        low, high = float(marks[max(enough[0] - 1, 0)]), float(marks[enough[0]])
        if high == 0.0:
            break
    return np.asarray(shares + high * way)


def _share(curve: Curve, values: dict[str, float]) -> float:
    now, end = curve.lever.now, curve.values[-1]
    return (values.get(curve.lever.input, now) - now) / (end - now)


def _score(trials: Trials, curves: Sequence[Curve], shares: Floats) -> float:
    """Return the score of one row of shares."""
    score = trials.together(_at(curves, shares))
    return trials.start if np.isnan(score) else score


def _scores(trials: Trials, curves: Sequence[Curve], shares: Floats) -> Floats:
    """Return the score of each row of shares."""
    inputs = {
        curve.lever.input: np.array([curve.at(share) for share in shares[:, place].tolist()])
        for place, curve in enumerate(curves)
        if shares[:, place].any()
    }
    return np.nan_to_num(trials.scores(inputs, len(shares)), nan=trials.start)


def _slopes(trials: Trials, curves: Sequence[Curve], shares: Floats) -> Floats:
    """Return the slope of the score in each share, by steps that stay within 0..1."""
    steps = np.where(shares + STEP <= 1, STEP, -STEP)
    tries = [
        (curve.lever.input, curve.at(share)) for curve, share in zip(curves, (shares + steps).tolist(), strict=True)
    ]
    scores = np.nan_to_num(trials.one_at_a_time(_at(curves, shares), tries), nan=trials.start)
    slopes: Floats = (scores - _score(trials, curves, shares)) / steps
    return slopes


def _at(curves: Sequence[Curve], shares: Floats) -> dict[str, float]:
    """Return the values after these shares of the way; inputs that stay are left out."""
    return {curve.lever.input: curve.at(share) for curve, share in zip(curves, shares.tolist(), strict=True) if share}
