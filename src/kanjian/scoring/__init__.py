"""Scoring 评分: values and a scheme in; scores, ranks and reasons out. Pure functions on frames, no Django.

Three steps, each usable on its own: **fit** reduces values to a small table of parameters, **transform** is row-wise
given scheme and parameters, **rank** orders within tracks. `score` does all three.

| module | what it does |
|---|---|
| `scheme/` | the format of a method: models, checks, hash, YAML, differences |
| `rules/` | every scoring rule, one class each: parameters, what it needs from fit, kernel |
| `intake`, `cells`, `values` | tables as people have them → checked values |
| `plan` | a scheme made ready to run |
| `grouping`, `statistics`, `sums`, `support` | comparison groups, statistics by group, exact sums, reference values |
| `parameters`, `fit` | the parameters and how they are found |
| `batch`, `column`, `leaf`, `limits`, `aggregation`, `places`, `branch`, `evaluate` | the row-wise kernel |
| `transform`, `rank`, `result`, `notes` | tables out |
| `coinr`, `coinr_rules` | indices described for COINr (R) |
| `weights/` | advice on weights |
| `treatment/` | outliers, transformations, imputation, panels |
| `quality/` | what to look at again: outliers, digits, copies, crowding |
| `robustness` | how much ranks depend on choices |
| `explanation/` | why a score or a rank is what it is |
"""

from kanjian.scoring.fit import fit
from kanjian.scoring.intake import read_values
from kanjian.scoring.parameters import Parameters
from kanjian.scoring.problems import Note, Problem, ProblemsError, SchemeError, ValuesError
from kanjian.scoring.rank import rank, rank_nodes
from kanjian.scoring.result import Result, score
from kanjian.scoring.scheme import Node, Scheme
from kanjian.scoring.scheme.differences import Difference
from kanjian.scoring.transform import bands_of, transform
from kanjian.scoring.values import Values

__all__ = [
    "Difference",
    "Node",
    "Note",
    "Parameters",
    "Problem",
    "ProblemsError",
    "Result",
    "Scheme",
    "SchemeError",
    "Values",
    "ValuesError",
    "bands_of",
    "fit",
    "rank",
    "rank_nodes",
    "read_values",
    "score",
    "transform",
]
