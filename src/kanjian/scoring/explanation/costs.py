"""What a step costs 成本: its size against what the indicator usually moves in one period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kanjian.scoring.explanation.ground import Ground
from kanjian.scoring.explanation.levers import Lever
from kanjian.scoring.problems import Note


@dataclass(frozen=True)
class Costs:
    """Cost of one unit of each input, and where the numbers come from."""

    per_unit: Mapping[str, float]
    notes: tuple[Note, ...]


def costs_of(levers: Sequence[Lever], given: Mapping[str, float] | None, ground: Ground) -> Costs:
    """Return the cost of each lever: as given (by input or indicator), else one for a typical change.

    The typical change is the median absolute change between consecutive periods over all units that moved; where there
    is no history, half the distance between the quartiles of the units today.
    """
    per_unit, sources = {}, {"cost_given": [], "cost_from_history": [], "cost_from_spread": []}  # type: ignore[var-annotated]
    for lever in levers:
        own = (given or {}).get(lever.input, (given or {}).get(lever.node))
        typical = ground.typical.get(lever.input)
        source = "cost_given" if own is not None else "cost_from_history" if typical else "cost_from_spread"
        per_unit[lever.input] = own if own is not None else 1.0 / (typical or ground.spread(lever.input, lever.now))
        sources[source].append(lever.node)
    return Costs(
        per_unit, tuple(Note(code, f"{TEXTS[code]}: {', '.join(nodes)}") for code, nodes in sources.items() if nodes)
    )


TEXTS = {
    "cost_given": "costs as given",
    "cost_from_history": "cost 1 = the median change of the indicator from period to period, all units that moved",
    "cost_from_spread": "no history; cost 1 = half the distance between the quartiles of the units today",
}
