"""What explanations return 解释的结果: small frozen records that a page can draw as a waterfall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

import polars as pl

from kanjian.scoring.problems import Note

Cause = str
"""value (an indicator's points), weight (its weight changed), presence (counted on one side only), aggregation (another
mean), coefficient (of the group), whole (a node that is not a mean of its children), fill (points taken from the
group), cap, floor, veto, limit (anything else the engine did to a node)."""


class ExplanationError(ValueError):
    """Nothing can be explained here 无法解释; `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Part:
    """One cause of a difference 原因: what it added to the score, with the node's points on both sides."""

    node: str
    cause: Cause
    points: float
    before: float | None = None
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """The difference of two scores, split exactly 分差分解: `score - versus_score == sum of parts` to 1e-9."""

    unit: str
    versus: str
    score: float
    versus_score: float
    parts: tuple[Part, ...]

    @property
    def difference(self) -> float:
        """Score of the unit minus score of the other."""
        return self.score - self.versus_score

    def by_node(self) -> dict[str, float]:
        """Sum the parts by node, largest effect first."""
        return by_node(self.parts)

    def waterfall(self, largest: int = 10) -> list[tuple[str, float]]:
        """Return the largest nodes and `…` for the rest; the steps lead from `versus_score` to `score`."""
        return waterfall(self.by_node(), largest)

    def frame(self) -> pl.DataFrame:
        """Return the parts as a table: node, cause, points, before, after."""
        return part_frame(self.parts)


Factor = Literal["own", "bounds", "method", "correction"]
RankFactor = Literal["own", "others", "bounds", "method", "correction", "entering_leaving", "ties"]


@dataclass(frozen=True, slots=True)
class RankChange:
    """The change of a rank, split exactly 位次变化: parts sum to `after - before` (negative: moved up, 进位).

    Ranks are whole numbers except under the tie method `average`. `ties` is what the numbering of equals adds under
    the tie methods dense and ordinal.

    `overtook` / `overtaken_by`: units in both editions that were above before and below after, and the reverse.
    `comparable` is False where method or membership differ, so that the plain movement must not be published.
    """

    before: float
    after: float
    size_before: int
    size_after: int
    parts: Mapping[RankFactor, float]
    overtook: tuple[str, ...]
    overtaken_by: tuple[str, ...]
    comparable: bool

    @property
    def places(self) -> float:
        """Places gained 进位 (positive) or lost 退位 (negative)."""
        return self.before - self.after


@dataclass(frozen=True, slots=True)
class Change:
    """Why a unit's score and rank changed between two editions 变化分解.

    `parts[factor]` sums to the change of the score; `details[factor]` splits each factor over the nodes of the tree.
    """

    unit: str
    score_before: float
    score_after: float
    parts: Mapping[Factor, float]
    details: Mapping[Factor, tuple[Part, ...]]
    rank: RankChange | None
    notes: tuple[Note, ...] = ()

    @property
    def difference(self) -> float:
        """Score after minus score before."""
        return self.score_after - self.score_before

    def by_node(self, factor: Factor) -> dict[str, float]:
        """Sum one factor's parts by node, largest effect first."""
        return by_node(self.details.get(factor, ()))

    def frame(self) -> pl.DataFrame:
        """Return all details as a table: factor, node, cause, points."""
        rows = [(factor, p.node, p.cause, p.points) for factor, parts in self.details.items() for p in parts]
        schema = {"factor": pl.String, "node": pl.String, "cause": pl.String, "points": pl.Float64}
        return pl.DataFrame(rows, schema=schema, orient="row")


@dataclass(frozen=True, slots=True)
class Step:
    """One improvement on a path 一步: raise one input from its value to another, at a cost, for points at the root."""

    node: str
    input: str
    value: float
    to: float
    cost: float
    gain: float


@dataclass(frozen=True, slots=True)
class Path:
    """The cheapest path found to a goal 最省路径.

    `target` is the score that is needed today, `score` the unit's score today, `new_score`, `new_rank` and `new_band`
    what it would have when everybody is scored again. `reached` is False where even the best of everything does not
    suffice: then the steps lead to the best reachable score. `exact` tells a proven optimum (additive index, straight
    lines, bounds that stand still) from a search. `assumptions` say on what all this rests.
    """

    unit: str
    goal: str
    target: float
    score: float
    new_score: float
    new_rank: float | None
    new_band: str | None
    steps: tuple[Step, ...]
    cost: float
    reached: bool
    exact: bool
    assumptions: tuple[Note, ...]


def by_node(parts: Iterable[Part]) -> dict[str, float]:
    """Sum parts by node; the largest effect comes first, equal effects in the order of the tree."""
    sums: dict[str, list[float]] = {}
    for part in parts:
        sums.setdefault(part.node, []).append(part.points)
    return dict(sorted(((node, fsum(points)) for node, points in sums.items()), key=lambda item: -abs(item[1])))


def waterfall(sums: Mapping[str, float], largest: int) -> list[tuple[str, float]]:
    """Keep the `largest` steps and sum the others as `…`."""
    items = list(sums.items())
    rest = fsum(points for _, points in items[largest:])
    return [*items[:largest], ("…", rest)] if len(items) > largest else items


def part_frame(parts: Sequence[Part]) -> pl.DataFrame:
    """Return parts as a table: node, cause, points, before, after."""
    rows = [(p.node, p.cause, p.points, p.before, p.after) for p in parts]
    schema = {"node": pl.String, "cause": pl.String} | dict.fromkeys(("points", "before", "after"), pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row")
