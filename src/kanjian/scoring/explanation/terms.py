"""Terms of worlds 情景的条件: the version of the method, the parameters and the values of every mixture of causes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from kanjian.scoring.explanation.following import follows
from kanjian.scoring.explanation.mixing import Versions, aligned, mixed_parameters
from kanjian.scoring.fit import fit
from kanjian.scoring.parameters import Parameters
from kanjian.scoring.result import Result
from kanjian.scoring.rules.tables import Grade
from kanjian.scoring.scheme import Scheme
from kanjian.scoring.values import Values


class World(NamedTuple):
    """Which causes have acted: method version, bounds, data correction, and the values of the units in question."""

    method: bool = False
    bounds: bool = False
    correction: bool = False
    values: bool = False


@dataclass
class Terms:
    """What the units of a comparison are scored by in every world; worked out when it is first asked for."""

    before: Result
    after: Result
    corrected: Values | None
    units: pl.Series
    _parameters: dict[tuple[bool, bool, bool], Parameters] = field(default_factory=dict)
    _following: dict[bool, bool] = field(default_factory=dict)
    _fitted: dict[tuple[bool, str], Parameters] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.columns = list(dict.fromkeys([*_columns(self.before.scheme), *_columns(self.after.scheme)]))
        self.same_method = self.before.scheme.hash == self.after.scheme.hash
        self.versions = self._versions(self.units)

    def scheme(self, world: World) -> Scheme:
        """Return the version of the method."""
        return (self.after if world.method else self.before).scheme

    def values(self, world: World) -> Values:
        """Return the units' values."""
        return self.versions.mixed(moved=world.values, corrected=world.correction)

    def parameters(self, world: World) -> Parameters:
        """Return the parameters: those of the editions at the corners, fitted anew where method or data are mixed."""
        key = (world.method, world.bounds, world.correction)
        if key not in self._parameters:
            self._parameters[key] = self._mixture(*key)
        return self._parameters[key]

    def _mixture(self, method: bool, bounds: bool, correction: bool) -> Parameters:  # noqa: FBT001 - the key above
        if self.corrected is None or bounds == correction:
            return self._on(method, "after" if bounds else "before")
        if correction:
            return self._on(method, "corrected")
        return mixed_parameters(*(self._on(method, which) for which in ("before", "corrected", "after")))

    def _on(self, method: bool, which: str) -> Parameters:  # noqa: FBT001 - the version of the scheme
        """Return the parameters of a version of the scheme on one version of all data.

        Parameters that were handed to an edition from outside (frozen bounds) do not follow the data.
        """
        own = self.after if method else self.before
        if which == ("after" if method else "before"):
            return own.parameters
        if self.same_method and which != "corrected":
            return (self.after if which == "after" else self.before).parameters
        if (method, which) not in self._fitted:
            self._fitted[method, which] = self._fit(own, which) if self._follows(own) else own.parameters
        return self._fitted[method, which]

    def _follows(self, edition: Result) -> bool:
        later = edition is self.after
        if later not in self._following:
            self._following[later] = follows(edition)
        return self._following[later]

    @property
    def held(self) -> bool:
        """Whether parameters were asked for that could not be fitted anew, because they do not follow the data."""
        return not all(self._following.values())

    def _fit(self, edition: Result, which: str) -> Parameters:
        data = {"before": self.before.values, "after": self.after.values, "corrected": self.corrected}[which]
        other = self.before.values if which == "after" else self.after.values
        assert data is not None
        values = aligned(data, other, data.frame["unit"], self.columns)
        return fit(edition.scheme, values)

    def _versions(self, units: pl.Series) -> Versions:
        before, after = self.before.values, self.after.values
        first = aligned(before, after, units, self.columns)
        last = aligned(after, before, units, self.columns)
        middle = first if self.corrected is None else aligned(self.corrected, after, units, self.columns)
        return Versions(first, middle, last, frozenset(_grades(self.before.scheme) | _grades(self.after.scheme)))


def _columns(scheme: Scheme) -> list[str]:
    """Return every column a scheme reads: groups, numbers, documents."""
    return [*scheme.group_columns(), *scheme.inputs(), *scheme.text_columns()]


def _grades(scheme: Scheme) -> set[str]:
    return {name for leaf in scheme.leaves() if isinstance(leaf.rule, Grade) for name in leaf.columns()}
