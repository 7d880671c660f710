"""Shapley values 沙普利值: the one way to share a change among causes that does not depend on their order.

Source: Shapley (1953), "A value for n-person games". With k causes the 2^k states are evaluated once each; the shares
sum to value(all) - value(none).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from math import factorial
from typing import NamedTuple


class Edge(NamedTuple):
    """One step of the Shapley sum: `player` joins the `coalition` (a bit mask), counted with `weight`."""

    player: int
    coalition: int
    weight: Fraction


@cache
def edges(players: int) -> tuple[Edge, ...]:
    """Return all steps for this many players; the weights of one player sum to 1."""
    found = []
    for player in range(players):
        for coalition in range(1 << players):
            if not coalition >> player & 1:
                size = coalition.bit_count()
                weight = Fraction(factorial(size) * factorial(players - size - 1), factorial(players))
                found.append(Edge(player, coalition, weight))
    return tuple(found)


def shapley(players: Sequence[str], value: Callable[[int], float | Fraction]) -> dict[str, Fraction]:
    """Return the exact share of each player; `value` maps a bit mask (bit i: player i has moved) to a number."""
    states = [Fraction(value(mask)) for mask in range(1 << len(players))]
    shares = dict.fromkeys(players, Fraction(0))
    for player, coalition, weight in edges(len(players)):
        shares[players[player]] += weight * (states[coalition | 1 << player] - states[coalition])
    return shares
