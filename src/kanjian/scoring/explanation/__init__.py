"""Explanation 归因: why a score, a gap or a rank is what it is; parts that sum to the whole.

| module | what it does |
|---|---|
| `gap` | the gap between two units or two periods, over indicators |
| `change` | the change of one unit's score and rank: own, others, bounds, method, correction |
| `marginal`, `single` | what full marks in each indicator would add; one unit's values without a table |
| `path` | the cheapest path to a rank or a band; `ground`, `goals`, `levers`, `costs`, `trials`, `search` serve it |
| `row`, `again` | one unit tried again and again, at the cost of what a change reaches; all scored again |
| `ranks` | rank changes of all units: own, others, entering and leaving |
| `worlds`, `terms`, `mixing`, `standing`, `rank_change` | the same units under every mixture of causes |
| `states`, `split`, `means` | points of a row as a tree; exact split of its change; exact splits of means |
| `places`, `shapley` | look-ups of places; Shapley values |
| `model` | the records that are returned |

Formulas and worked examples: docs/methods/explanation.md.
"""

from kanjian.scoring.explanation.change import Comparison, change
from kanjian.scoring.explanation.gap import gap
from kanjian.scoring.explanation.ground import Ground
from kanjian.scoring.explanation.marginal import full_mark_gains, marginal
from kanjian.scoring.explanation.model import (
    Change,
    ExplanationError,
    Gap,
    Part,
    Path,
    RankChange,
    Step,
)
from kanjian.scoring.explanation.path import path_to
from kanjian.scoring.explanation.ranks import rank_changes
from kanjian.scoring.explanation.single import UnitValues

__all__ = [
    "Change",
    "Comparison",
    "ExplanationError",
    "Gap",
    "Ground",
    "Part",
    "Path",
    "RankChange",
    "Step",
    "UnitValues",
    "change",
    "full_mark_gains",
    "gap",
    "marginal",
    "path_to",
    "rank_changes",
]
