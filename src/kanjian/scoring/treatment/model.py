"""What a treatment is, once fitted: a method and a few numbers; and what applying it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import TreatmentError

# The position in this tuple is the number stored under "method" in a parameter table: append, never reorder.
METHODS = ("none", "bounds", "winsorise", "log", "boxcox")


@dataclass(frozen=True)
class Treatment:
    """A fitted treatment 处理参数 of one column.

    ``numbers`` is all that ``apply_treatment`` needs, so it can stand in a table of parameters beside bounds and means.
    Keys by method: ``low``, ``high`` (bounds, winsorise; ±inf where a side is open); ``shift``, ``low`` (log: the
    argument is ``max(x, low) + shift``); ``power``, ``shift``, ``low`` (Box-Cox). ``diagnostics`` (points pulled,
    moments before and after, whether the limits were met) explain the choice and are not needed to apply it.
    """

    method: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    diagnostics: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise TreatmentError("unknown_method", f"unknown treatment {self.method!r}; one of {', '.join(METHODS)}")

    def to_numbers(self) -> dict[str, float]:
        """Flat numbers for a table of parameters; ``method`` becomes its place in ``METHODS``."""
        return {"method": float(METHODS.index(self.method)), **self.numbers}

    @classmethod
    def from_numbers(cls, numbers: Mapping[str, float]) -> Treatment:
        """The inverse of ``to_numbers`` (diagnostics are not kept)."""
        rest = {key: value for key, value in numbers.items() if key != "method"}
        try:
            method = METHODS[int(numbers["method"])]
        except (KeyError, IndexError) as error:
            raise TreatmentError("unknown_method", f"no treatment is described by {dict(numbers)!r}") from error
        return cls(method, rest)


class Treated(NamedTuple):
    """Result of applying a treatment, row by row.

    ``values`` has the shape of the input, missing cells stay ``nan``. ``changed`` marks single cells that were pulled
    to an edge; a change of scale that meets every cell alike (log, Box-Cox) does not mark them.
    """

    values: NDArray[np.float64]
    changed: NDArray[np.bool_]
