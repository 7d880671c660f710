"""Many units set side by side: each gets, number for number, what it would get alone and by the definition.

The oracle scores one unit at a time through the engine, counts its rivals one by one, grows every tree for itself, and
adds the steps up over all orders of the causes.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import permutations
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanjian.scoring import Result, Values
from kanjian.scoring.evaluate import evaluate
from kanjian.scoring.explanation import Change, Comparison
from kanjian.scoring.explanation.split import split_tree
from kanjian.scoring.explanation.states import states_of
from kanjian.scoring.explanation.terms import Terms, World

UNITS = ["甲", "乙", "丙", "丁", "戊", "己", "庚"]
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TIES: list[dict[str, Any]] = [
    {"method": "min"},
    {"method": "average", "precision": {"decimals": 0}},
    {"method": "max", "precision": {"tolerance": 2.5}},
]
Acted = frozenset[str]


class _Alone:
    """One unit's change by the definition."""

    def __init__(self, before: Result, after: Result, corrected: Values | None, unit: str) -> None:
        self.before, self.after, self.unit = before, after, unit
        rows = [pl.concat([each.scores["unit"] for each in (before, after)]).unique(maintain_order=True)]
        self.units = [unit, *(other for other in rows[0] if other != unit)]
        self.terms = Terms(before, after, corrected, pl.Series("unit", self.units))
        self.players = ["own", "bounds"]
        self.players += [] if self.terms.same_method else ["method"]
        self.players += [] if corrected is None else ["correction"]

    def world(self, acted: Acted, values: str = "own") -> World:
        return World("method" in acted, "bounds" in acted, "correction" in acted, values in acted)

    def tree(self, acted: Acted) -> Any:
        world = self.world(acted)
        row = self.terms.values(world).slice(0, 1)
        return states_of(self.terms.scheme(world), self.terms.parameters(world), row)[0]

    def score(self, unit: str, world: World) -> float:
        """Score one unit; in the worlds that happened as it was published."""
        everything = World(not self.terms.same_method, True, "correction" in self.players, True)
        for edition, corner in ((self.before, World()), (self.after, everything)):
            if world == corner:
                return _cell(edition, unit, "score", float("nan"))
        plan, row = self.terms.scheme(world).plan, self.terms.values(world).slice(self.units.index(unit), 1)
        found = evaluate(plan, row, self.terms.parameters(world), wanted=[plan.code]).points[plan.code]
        return float(found[0])

    def parts(self) -> dict[str, dict[tuple[str, str], float]]:
        """Points by factor, node and cause: the mean over all orders of the causes."""
        orders = list(permutations(self.players))
        found: dict[str, dict[tuple[str, str], float]] = {player: {} for player in self.players}
        for order in orders:
            for place, player in enumerate(order):
                acted = frozenset(order[:place])
                for part in split_tree(self.tree(acted), self.tree(acted | {player})):
                    sums = found[player]
                    sums[part.node, part.cause] = sums.get((part.node, part.cause), 0.0) + part.points / len(orders)
        return found

    def ranked(self) -> list[set[str]]:
        """Who is ranked in the unit's track before, and after."""
        sides = []
        for edition in (self.before, self.after):
            track = _cell(edition, self.unit, "track", "")
            here = edition.scores.filter((pl.col("track") == track) & pl.col("track_rank").is_not_null())
            sides.append(set(here["unit"]) - {self.unit})
        return sides

    def places(self) -> dict[str, Fraction]:
        was, is_now = self.ranked()
        players = ["own", "others", *self.players[1:]]
        players += ["entering_leaving"] if was ^ is_now else []
        memo: dict[Acted, Fraction] = {}

        def place(acted: Acted) -> Fraction:
            if acted not in memo:
                memo[acted] = self._place(acted, was, is_now)
            return memo[acted]

        orders = list(permutations(players))
        shares = dict.fromkeys(players, Fraction(0))
        for order in orders:
            for number, player in enumerate(order):
                acted = frozenset(order[:number])
                shares[player] += (place(acted | {player}) - place(acted)) / len(orders)
        return shares

    def _place(self, acted: Acted, was: set[str], is_now: set[str]) -> Fraction:
        ties = self.terms.scheme(self.world(acted)).ties
        own = self.score(self.unit, self.world(acted))
        share = {"max": 1, "average": Fraction(1, 2)}.get(ties.method, 0)
        here = [(unit, "others") for unit in was & is_now]
        here += [(unit, "entering_leaving") for unit in (is_now - was if "entering_leaving" in acted else was - is_now)]
        lost = Fraction(1)
        for unit, mover in here:
            other = self.score(unit, self.world(acted, mover))
            if ties.precision.decimals is not None:
                gap, near = round(other, ties.precision.decimals) - round(own, ties.precision.decimals), 0.0
            else:
                gap, near = other - own, ties.precision.tolerance
            lost += 1 if gap > near else share if abs(gap) <= near else 0
        return lost


def _cell(edition: Result, unit: str, column: str, default: Any) -> Any:
    found = edition.scores.filter(pl.col("unit") == unit)[column].to_list()
    return default if not found or found[0] is None else found[0]


def _agrees(found: Change, alone: _Alone) -> None:
    expected = alone.parts()
    assert set(found.parts) == set(expected)
    for factor, parts in expected.items():
        assert found.parts[factor] == pytest.approx(math.fsum(parts.values()), abs=1e-10)
        details = {(part.node, part.cause): part.points for part in found.details[factor]}
        for key in details.keys() | parts.keys():
            assert details.get(key, 0.0) == pytest.approx(parts.get(key, 0.0), abs=1e-10)
    if found.rank is not None:
        shares = alone.places()
        assert {player: found.rank.parts[player] for player in shares} == {k: float(v) for k, v in shares.items()}
        was, is_now = alone.ranked()
        assert set(found.rank.overtook) | set(found.rank.overtaken_by) <= was & is_now
        assert (found.rank.size_before, found.rank.size_after) == (len(was) + 1, len(is_now) + 1)


@SLOW
@given(data=st.data(), ties=st.sampled_from(TIES))
def test_every_unit_gets_what_the_definition_says(make: Any, data: st.DataObject, ties: dict[str, Any]) -> None:
    kinds = [{"method": "direct"}, {"method": "minmax"}, {"method": "percentile"}]
    means = [{"method": "arithmetic"}, {"method": "sum"}, {"method": "min"}, {"method": "power", "p": 2.0}]

    def scheme(version: str) -> Any:
        names = data.draw(st.lists(st.sampled_from("ABCD"), min_size=2, max_size=3, unique=True))
        leaves = [
            {"code": name, "weight": data.draw(st.sampled_from([1.0, 2.0])), "rule": data.draw(st.sampled_from(kinds))}
            for name in names
        ]
        extras = [{"code": "plus", "rule": {"method": "bonus", "per": 0.05, "at_most": 4.0}}]
        tree = {"code": "r", "children": [*leaves, *extras], "aggregate": data.draw(st.sampled_from(means))}
        return make.scheme(
            tree | data.draw(st.sampled_from([{}, {"cap": {"at_most": 70.0}}])), version=version, ties=ties
        )

    first = scheme("1")
    last = scheme("2") if data.draw(st.booleans()) else first
    before = make.result(first, data.draw(make.table(first, UNITS[: data.draw(st.integers(3, 6))])))
    after = make.result(last, data.draw(make.table(last, UNITS[data.draw(st.integers(0, 2)) :])))
    corrected = make.result(first, data.draw(make.table(first, UNITS))).values if data.draw(st.booleans()) else None
    together = Comparison(before, after, corrected=corrected)
    scored = [set(each.scores.filter(pl.col("score").is_not_null())["unit"]) for each in (before, after)]
    for unit in sorted(scored[0] & scored[1])[:2]:
        found, alone = together.change(unit), _Alone(before, after, corrected, unit)
        if "unscored_mixture" not in {note.code for note in found.notes}:
            _agrees(found, alone)
