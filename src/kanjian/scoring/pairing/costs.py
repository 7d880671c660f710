"""What a pair costs 结对成本: distance, unlike endowments, needs that the mentor does not cover."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kanjian.scoring.pairing.distance import haversine
from kanjian.scoring.pairing.intake import Ints, Units
from kanjian.scoring.pairing.model import Attribute, Terms

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Parts:
    """The weighted parts of the cost, which add up to it, and the kilometres."""

    distance: Floats
    endowment: Floats
    need: Floats
    km: Floats

    @property
    def cost(self) -> Floats:
        """Between 0 (next door, alike, every need covered) and 1."""
        return self.distance + self.endowment + self.need


def parts(units: Units, terms: Terms, mentees: Ints, mentors: Ints) -> Parts:
    """Cost parts of these pairs; indexes are broadcast, so ``i[:, None], j[None, :]`` gives a table.

    Sums run over attributes and dimensions one after the other, so that a table and a single pair agree to the last
    bit. An unknown place counts as far away, a pair without any common attribute as unlike.
    """
    by_distance, by_endowment, by_need = terms.shares
    km = haversine(units.longitude[mentees], units.latitude[mentees], units.longitude[mentors], units.latitude[mentors])
    near = np.where(np.isnan(km), 1.0, np.minimum(km / terms.far_km, 1.0))
    return Parts(
        by_distance * near,
        by_endowment * gower(units.values, terms.attributes, mentees, mentors),
        by_need * np.clip(1.0 - covered(units, mentees, mentors), 0.0, 1.0),
        km,
    )


def gower(values: Floats, attributes: tuple[Attribute, ...], left: Ints, right: Ints) -> Floats:
    """Gower's distance: weighted mean of the differences of the attributes that both sides know; 1 without any."""
    shape = np.broadcast_shapes(left.shape, right.shape)
    total, weight = np.zeros(shape), np.zeros(shape)
    for position, attribute in enumerate(attributes):
        difference = gap(values, attribute, position, left, right)
        known = ~np.isnan(difference)
        total += np.where(known, attribute.weight * np.nan_to_num(difference), 0.0)
        weight += np.where(known, attribute.weight, 0.0)
    found: Floats = np.divide(total, weight, out=np.ones(shape), where=weight > 0)
    return found


def gap(values: Floats, attribute: Attribute, position: int, left: Ints, right: Ints) -> Floats:
    """Difference of one attribute, 0 to 1; NaN where a side does not know it."""
    a, b = values[left, position], values[right, position]
    if attribute.kind == "category":
        return np.where(np.isnan(a) | np.isnan(b), np.nan, (a != b).astype(np.float64))
    found: Floats = np.abs(a - b)
    return found


def covered(units: Units, mentees: Ints, mentors: Ints) -> Floats:
    """Share of the mentees' shortfalls in which the mentors are strong; 1 for a mentee without any."""
    shape = np.broadcast_shapes(mentees.shape, mentors.shape)
    found, wanted = np.zeros(shape), np.zeros(shape)
    for dimension in range(units.shortfall.shape[1]):
        short = units.shortfall[mentees, dimension]
        found += short * units.strength[mentors, dimension]
        wanted += short
    return np.where(wanted > 0, found, 1.0)


def allowed(units: Units, terms: Terms, mentees: Ints, mentors: Ints, km: Floats) -> Flags:
    """Whether the mentor stands above the mentee by the margin and near enough; unranked units stand nowhere."""
    above = units.place[mentors] + terms.margin <= units.place[mentees]  # NaN is never above
    if terms.most_km is not None:
        above = above & (km <= terms.most_km)
    found: Flags = above & (mentees != mentors)
    return found
