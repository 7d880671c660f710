"""Computed indicators 系统计算: rooms above register how a value is made; this room calls them and keeps the values.

An indicator names its computation in ``derived_by``: the registered name, and after a colon what it is of where the
computation needs to know, as in ``boards.rank_gain:strong-village``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl
from django.utils.functional import Promise

from kanjian.orgs.models import Unit, UnitQuerySet
from kanjian.orgs.policies import Person

FRAME = pl.Schema({"unit": pl.String, "value": pl.Float64, "status": pl.String, "note": pl.String, "basis": pl.String})


class ComputationError(ValueError):
    """A computation cannot be made; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Basis:
    """One thing that a value was computed from: what it is called, and where it can be seen."""

    label: str
    url: str = ""


# (units that exist on the period's last day, period, what it is of) → a frame with the columns of ``FRAME``: the unit's
# code, its value, a status (present, missing, not_applicable), a note, and in words what it was computed from. Units
# without a row keep what they have. Raises ``ComputationError``.
Compute = Callable[[UnitQuerySet, str, str], pl.DataFrame]
# (unit, period, what it is of, reader) → what the value stands on, as far as the reader may see it.
FindBasis = Callable[[Unit, str, str, Person], Iterable[Basis]]


@dataclass(frozen=True, slots=True)
class Computation:
    """A registered way to make values; ``label`` is a lazy text."""

    name: str
    compute: Compute
    label: Promise | str
    basis: FindBasis | None = None


_computations: dict[str, Computation] = {}


def register(name: str, compute: Compute, label: Promise | str, basis: FindBasis | None = None) -> None:
    """Register a computation ``room.what``; for rooms above, in their ``AppConfig.ready``. Names are unique."""
    standing = _computations.get(name)
    if standing is not None and standing.compute is not compute:
        raise ValueError(f"a computation named {name!r} exists already")
    _computations[name] = Computation(name, compute, label, basis)


def names() -> list[str]:
    """All registered names."""
    return sorted(_computations)


def split(derived_by: str) -> tuple[str, str]:
    """``boards.rank_gain:villages`` → (``boards.rank_gain``, ``villages``)."""
    name, _, of = derived_by.partition(":")
    return name.strip(), of.strip()


def is_known(derived_by: str) -> bool:
    """Whether the computation is registered."""
    return split(derived_by)[0] in _computations


def computation(derived_by: str) -> Computation:
    """The registered computation. Raises ``ComputationError``."""
    name, _ = split(derived_by)
    found = _computations.get(name)
    if found is None:
        raise ComputationError(f"{name or '—'}: not registered; known: {', '.join(names()) or '—'}")
    return found


def basis_of(derived_by: str, unit: Unit, period: str, reader: Person) -> tuple[str, list[Basis]]:
    """What the computation is called and what the unit's value stands on; nothing for an unknown one."""
    name, of = split(derived_by)
    found = _computations.get(name)
    if found is None:
        return name, []
    return str(found.label), [] if found.basis is None else list(found.basis(unit, period, of, reader))
