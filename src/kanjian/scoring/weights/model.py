"""What every method of weighting gives back 赋权结果, and the errors and notices they share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl


class WeightsError(ValueError):
    """Weights cannot be derived from this input.

    ``code`` is stable and made for translation: ``no_indicators``, ``duplicate``, ``not_numeric``, ``not_finite``,
    ``missing_cells``, ``too_few_rows``, ``negative``, ``zero_sum``, ``not_square``, ``not_reciprocal``,
    ``not_positive``, ``too_many``, ``length``, ``incomplete``, ``no_experts``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Notice(NamedTuple):
    """Something a reader of the weights should know: stable ``code``, English ``message``, the indicator or expert."""

    code: str
    message: str
    subject: str | None = None


@dataclass(frozen=True)
class Weights:
    """Advice on weights 权重建议: never swapped in silently for approved weights.

    ``values`` holds one weight per indicator in the order given, none negative, summing to 1. ``details`` is a frame
    with a row per indicator (column ``indicator`` and what the method computed on its way). ``facts`` are numbers about
    the whole (say ``consistency_ratio``), ``experts`` a frame with a row per expert where a panel was asked.
    """

    method: str
    values: Mapping[str, float]
    details: pl.DataFrame
    facts: Mapping[str, float] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    experts: pl.DataFrame | None = None

    def frame(self) -> pl.DataFrame:
        """Columns ``indicator``, ``weight`` and those of ``details``; one row per indicator."""
        weights = pl.DataFrame({"indicator": list(self.values), "weight": list(self.values.values())})
        return weights.join(self.details, on="indicator", how="left", maintain_order="left")


def normalised(raw: Iterable[float]) -> list[float]:
    """Scaled to sum to 1 with an exactly rounded sum; the caller has ruled out negative parts and a zero sum."""
    parts = [float(part) for part in raw]
    total = math.fsum(parts)
    return [part / total for part in parts]


def check_names(indicators: Sequence[str]) -> list[str]:
    """The names as a list; refused when there are none or one appears twice."""
    names = list(indicators)
    if not names:
        raise WeightsError("no_indicators", "there is no indicator to weight")
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise WeightsError("duplicate", f"an indicator appears twice: {', '.join(doubled)}")
    return names


def equal_parts(names: Sequence[str]) -> dict[str, float]:
    """1/m for each name."""
    return dict.fromkeys(names, 1.0 / len(names))
