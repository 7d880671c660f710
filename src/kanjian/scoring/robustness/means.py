"""Aggregations for whole blocks of draws 合成: power means on a bent scale, minimum, Copeland, median rank."""

from __future__ import annotations

import numpy as np

from kanjian.scoring import places
from kanjian.scoring.support import sorted_support

from .errors import RobustnessError
from .tree import POWERS, Floats, Node

# Zero points in a geometric or harmonic mean: close enough to zero to end at zero, far enough to stay finite.
SMALLEST = 1e-300


def exponent(node: Node) -> float:
    """Exponent of the node's mean; 0 is geometric."""
    return node.power if node.method == "power" else POWERS.get(node.method, 1.0)


def bend(points: Floats, power: float) -> Floats:
    """Turn x into x^p (ln x for p = 0), the scale on which a power mean is arithmetic; ``nan`` stays."""
    if power == 1.0:
        return points
    safe = np.maximum(points, SMALLEST if power <= 0 else 0.0)
    bent: Floats = np.log(safe) if power == 0.0 else safe**power
    return bent


def unbend(points: Floats, power: float) -> Floats:
    """The inverse of ``bend``."""
    if power == 1.0:
        return points
    with np.errstate(divide="ignore"):
        back: Floats = np.exp(points) if power == 0.0 else points ** (1.0 / power)
    return back


def check_positive(cells: Floats, node: Node) -> None:
    """Points below zero have no geometric, harmonic or power mean."""
    if exponent(node) != 1.0 and np.nanmin(cells, initial=np.inf) < 0:
        raise RobustnessError("not_positive", f"{node.code}: this mean needs points of zero or more")


def by_place(node: Node, points: Floats, weights: Floats) -> Floats:
    """Copeland or median rank of all units in one draw: (units × children), ``nan`` missing → (units,)."""
    if node.method == "median_rank":
        supports = [sorted_support([column[~np.isnan(column)]]).at(None) for column in points.T]
        return places.median_place(points, weights, supports) * node.full
    net = places.copeland(points, weights, points)
    rivals = points.shape[0] - 1
    if node.raw:
        return net
    return (net / rivals + 1.0) / 2.0 * node.full if rivals > 0 else net * 0.0 + node.full
