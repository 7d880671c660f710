"""Pairing 结对: weak units with similar, stronger ones, and later the question whether it helped. Pure; no Django.

| module | what it does |
|---|---|
| `model` | the terms of a pairing, the result, what is refused |
| `intake` | a table of units → arrays: coordinates, endowments, shortfalls, strengths |
| `costs` | the parts of a pair's cost: distance, endowments, needs left open |
| `assign` | optimal assignment with capacity and a "no partner" option |
| `pair` | everything together, block by block |
| `reasons` | why this mentor, why no mentor |
| `single` | the candidates of one mentee; a pair that a person chose |
| `balance` | how alike the two sides are, before and after |
| `effect`, `trial`, `inference` | difference in differences with placebo tests |
"""

from kanjian.scoring.pairing.balance import balance
from kanjian.scoring.pairing.distance import haversine
from kanjian.scoring.pairing.effect import Effect, effect
from kanjian.scoring.pairing.model import Attribute, Pairing, PairingError, Terms
from kanjian.scoring.pairing.pair import pair
from kanjian.scoring.pairing.single import candidates, rate

__all__ = [
    "Attribute",
    "Effect",
    "Pairing",
    "PairingError",
    "Terms",
    "balance",
    "candidates",
    "effect",
    "haversine",
    "pair",
    "rate",
]
