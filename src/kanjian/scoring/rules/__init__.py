"""Every scoring rule 计分规则, one class each; `Rule` is the union a scheme's leaf may hold, told apart by `method`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kanjian.scoring.rules.base import RuleBase
from kanjian.scoring.rules.derived import Difficulty, Growth, Survey
from kanjian.scoring.rules.ranks import Borda, Percentile, Rank
from kanjian.scoring.rules.relative import (
    DistanceToBest,
    DistanceToReference,
    DistanceToTarget,
    MinMax,
    MinMax60,
    ShareOfMax,
    TScore,
    ZScore,
)
from kanjian.scoring.rules.standards import (
    BandedEfficacy,
    Direct,
    Efficacy,
    Goalposts,
    Reverse,
    Scaled,
    TargetRatio,
)
from kanjian.scoring.rules.tables import Bonus, Deduct, Grade, Step
from kanjian.scoring.rules.veto import Veto

Rule = Annotated[
    MinMax
    | MinMax60
    | ZScore
    | TScore
    | Scaled
    | Rank
    | Percentile
    | Borda
    | Efficacy
    | BandedEfficacy
    | TargetRatio
    | Deduct
    | Step
    | Grade
    | Growth
    | Goalposts
    | DistanceToBest
    | DistanceToTarget
    | DistanceToReference
    | ShareOfMax
    | Direct
    | Reverse
    | Bonus
    | Veto
    | Survey
    | Difficulty,
    Field(discriminator="method"),
]

__all__ = ["Rule", "RuleBase"]
