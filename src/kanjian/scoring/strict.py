"""The base of every part of a scheme: unknown keys are refused, parts never change once read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class Fault(NamedTuple):
    """A semantic problem inside one part; `field` is relative to the part, empty for the part itself."""

    field: str
    message: str
    code: str


class Part(BaseModel):
    """Any part of a scheme."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)

    def faults(self) -> Iterator[Fault]:
        """Yield what is wrong although every field by itself is fine."""
        yield from ()
