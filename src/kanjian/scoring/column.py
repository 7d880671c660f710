"""The result of one node for some rows, and where it is reported 节点结果."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Column:
    """Points of a node for some rows.

    `whole`: no row is missing. `na`: rows to which the node does not apply (their points are NaN), None for nowhere.
    `share`: share of the node's weight that rests on real values, None for 1 everywhere. `imputed`: cells filled,
    None for none.
    """

    points: Floats
    whole: bool
    na: Mask | None = None
    share: Floats | None = None
    imputed: Floats | None = None


@dataclass(slots=True)
class Trace:
    """Collects flags of single cells, for the explanation of a result; silent where nobody wants details."""

    wanted: bool
    start: int = 0
    flags: list[tuple[str, str, npt.NDArray[np.intp]]] = field(default_factory=list)

    def mark(self, node: str, flag: str, mask: Mask) -> None:
        """Note that `flag` holds for a node in the marked rows."""
        if self.wanted:
            rows = np.flatnonzero(mask)
            if len(rows):
                self.flags.append((node, flag, rows + self.start))
