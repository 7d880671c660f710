"""Worlds 情景: scores of the same units under every mixture of values, bounds, method and correction.

A world says which causes have acted. Its scores are the engine's: the scheme of the version, the parameters and the
values of the mixture. Nothing is approximated, so the differences between worlds are exact. The engine scores row by
row, so the worlds of many units cost little more than those of one.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl

from kanjian.scoring.column import Floats
from kanjian.scoring.evaluate import evaluate
from kanjian.scoring.explanation.mixing import stacked
from kanjian.scoring.explanation.places import seen
from kanjian.scoring.explanation.split import NodeState
from kanjian.scoring.explanation.states import Forest
from kanjian.scoring.explanation.terms import Terms, World
from kanjian.scoring.result import Result
from kanjian.scoring.scheme.parts import TieRule
from kanjian.scoring.values import Values


class Worlds:
    """The units of a comparison in all worlds; worked out when they are first asked for, or all with `settle`.

    `trees`: of how many units, from the first, trees of points are wanted.
    """

    def __init__(
        self, before: Result, after: Result, corrected: Values | None, units: pl.Series, trees: int | None = None
    ) -> None:
        terms = Terms(before, after, corrected, units)
        self.same_method = terms.same_method
        self.now = World(not self.same_method, bounds=True, correction=corrected is not None, values=True)
        self.held = False
        """Whether parameters were needed that could not be fitted anew, because they do not follow the data."""
        self._count = len(units)
        self._trees = self._count if trees is None else trees
        self._ties = (before.scheme.ties, after.scheme.ties)
        self._scores = {World(): _published(before, units), self.now: _published(after, units)}
        self._seen: dict[World, Floats] = {}
        self._forests: dict[World, Forest] = {}
        self._terms: Terms | None = terms

    def scores(self, world: World) -> Floats:
        """Return the scores of the units; NaN for none. The corners are the editions' own scores."""
        if world not in self._scores:
            self._scores[world] = self._evaluated(world)
        return self._scores[world]

    def seen(self, world: World) -> Floats:
        """Return the scores as the tie rule of the world sees them."""
        if world not in self._seen:
            self._seen[world] = seen(self.scores(world), self.ties(world))
        return self._seen[world]

    def ties(self, world: World) -> TieRule:
        """Return when two scores of the world are equal."""
        return self._ties[world.method]

    def tree(self, world: World, row: int) -> NodeState | None:
        """Return a unit's tree of points, None where it has no score."""
        return self._forest(world).tree(row + self._trees * world.values)

    def settle(self) -> None:
        """Work out all worlds and let go of the values and parameters they rest on: what is left is small."""
        versions, corrections = {False, self.now.method}, {False, self.now.correction}
        for method, bounds, correction, values in product(versions, (False, True), corrections, (False, True)):
            world = World(method, bounds, correction, values)
            self._forest(world)
            self.scores(world)
        self._terms = None

    def _evaluated(self, world: World) -> Floats:
        """Score the units: the root of their trees where all have one."""
        if self._trees == self._count:
            half = self._trees * world.values
            return self._forest(world).scores[half : half + self._trees].copy()
        terms = self._open()
        plan = terms.scheme(world).plan
        return evaluate(plan, terms.values(world), terms.parameters(world), wanted=[plan.code]).points[plan.code]

    def _forest(self, world: World) -> Forest:
        """Return the trees of the world, those of the unmoved values first: both are evaluated in one go."""
        world = world._replace(values=False)
        if world not in self._forests:
            terms = self._open()
            both = [terms.values(world._replace(values=moved)).slice(0, self._trees) for moved in (False, True)]
            self._forests[world] = Forest(terms.scheme(world), terms.parameters(world), stacked(*both))
            self.held = terms.held
        return self._forests[world]

    def _open(self) -> Terms:
        if self._terms is None:
            raise ValueError("a world that was not settled")
        return self._terms


def _published(edition: Result, units: pl.Series) -> Floats:
    key = pl.DataFrame({"unit": units})
    scores = edition.scores.select("unit", "score")
    return np.array(key.join(scores, on="unit", how="left", maintain_order="left")["score"].to_numpy())
