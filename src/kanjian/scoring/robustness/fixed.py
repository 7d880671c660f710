"""What the rules of a scheme settle outside the weights, unit by unit; it stays as it is in every draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .tree import Floats, Node

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Fixed:
    """Per node code, one entry per unit.

    ``absent``: no score there although a child is present (minimum share, strictness). ``filled``: points a missing
    child is given when its parent is worked out, ``nan`` where none. ``coefficient``: factor on a node's points.
    ``zeroed``: a veto sets the node to 0. ``ceiling``: a veto caps the node, ``inf`` where none.
    """

    absent: Mapping[str, Flags] = field(default_factory=dict)
    filled: Mapping[str, Floats] = field(default_factory=dict)
    coefficient: Mapping[str, Floats] = field(default_factory=dict)
    zeroed: Mapping[str, Flags] = field(default_factory=dict)
    ceiling: Mapping[str, Floats] = field(default_factory=dict)

    def only(self, kept: Flags) -> Fixed:
        """The same for a part of the units."""
        return Fixed(
            {code: each[kept] for code, each in self.absent.items()},
            {code: each[kept] for code, each in self.filled.items()},
            {code: each[kept] for code, each in self.coefficient.items()},
            {code: each[kept] for code, each in self.zeroed.items()},
            {code: each[kept] for code, each in self.ceiling.items()},
        )

    def bends(self) -> bool:
        """Whether anything here changes points or what counts as present."""
        return any((self.absent, self.filled, self.coefficient, self.zeroed, self.ceiling))


def limit(points: Floats, node: Node, fixed: Fixed, below: Mapping[str, Floats]) -> Floats:
    """Coefficient, caps, floors and vetoes of a node, in this order; (draws × units), worked in place."""
    if node.code in fixed.coefficient:
        points *= fixed.coefficient[node.code]
    if node.at_least > -np.inf or node.at_most < np.inf:
        np.clip(points, node.at_least, node.at_most, out=points)
    for floor in node.floors:
        np.copyto(points, floor.cap, where=(below[floor.node] < floor.under) & (points > floor.cap))
    if node.code in fixed.zeroed:
        np.copyto(points, 0.0, where=fixed.zeroed[node.code])
    if node.code in fixed.ceiling:
        np.minimum(points, fixed.ceiling[node.code], out=points)
    return points
