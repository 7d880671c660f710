"""Advice on weights 权重建议: what the edition's own values would weigh, beside what was approved. Never swapped in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import polars as pl

from kanjian.boards.models import Edition
from kanjian.boards.rebuild import whole_result
from kanjian.boards.selectors.beside import agreement
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.selectors.shapes import in_language
from kanjian.boards.store.editions import EditionFiles
from kanjian.scoring import Result, Scheme, score
from kanjian.scoring.scheme import Node
from kanjian.scoring.weights import Weights, WeightsError, critic, entropy, pca

METHODS: dict[str, Callable[[pl.DataFrame], Weights]] = {"entropy": entropy, "critic": critic, "pca": pca}
# Of a minimum, or of places counted pair by pair, the data can say nothing about weights.
WEIGHED = {"arithmetic", "geometric", "harmonic", "power", "sum"}
MOVERS = 8


@dataclass(frozen=True, slots=True)
class Weighed:
    """One node of a group: its approved weight and each method's, as shares of the group (0..1); None: no advice."""

    code: str
    label: str
    approved: float
    advice: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Group:
    """The nodes below one branch, which are weighed against each other."""

    code: str
    label: str
    rows: list[Weighed]


@dataclass(frozen=True, slots=True)
class Mover:
    """A unit's place in its track under the approved and the advised weights."""

    unit: str
    label: str
    before: float
    after: float

    @property
    def places(self) -> float:
        """Places won (+) or lost (-)."""
        return self.before - self.after


@dataclass(frozen=True, slots=True)
class Effect:
    """What one method's weights would do to the ranks; ``left``: branches it has no advice for keep their weights."""

    method: str
    median_move: float
    largest_move: float
    kendall: float | None
    left: list[str]
    movers: list[Mover]


@dataclass(frozen=True, slots=True)
class Advice:
    """All groups and effects; none of either for an edition too large to be scored on a page."""

    groups: list[Group]
    effects: list[Effect]


def advice(edition: Edition) -> Advice:
    """Entropy, CRITIC and first-component weights of an edition's own points, and how ranks would change.

    Worked out once per edition, since neither its values nor its method ever change.
    """
    return _worded(files_of(edition), _advice(files_of(edition)))


@lru_cache(maxsize=32)
def _advice(files: EditionFiles) -> Advice:
    result = whole_result(files)
    if result is None:
        return Advice([], [])
    branches = [node for node in files.scheme.nodes() if _is_weighed(node)]
    found = {node.code: {name: _weights(result, node, name) for name in METHODS} for node in branches}
    groups = [_group(node, found[node.code]) for node in branches]
    return Advice(
        groups, [_effect(result, name, {code: each[name] for code, each in found.items()}) for name in METHODS]
    )


def _is_weighed(node: Node) -> bool:
    how = node.aggregate.method if node.aggregate is not None else "arithmetic"
    return how in WEIGHED and len(_children(node)) > 1


def _children(node: Node) -> list[Node]:
    return [child for child in node.children if child.role == "score" and child.weight > 0]


def _weights(result: Result, node: Node, method: str) -> dict[str, float] | None:
    """Shares of the children by one method, None where the data does not allow it."""
    points = result.scores.select(child.code for child in _children(node)).fill_nan(None)
    try:
        return dict(METHODS[method](points).values)
    except WeightsError:
        return None


def _group(node: Node, found: dict[str, dict[str, float] | None]) -> Group:
    children = _children(node)
    total = sum(child.weight for child in children)
    rows = [
        Weighed(
            code=child.code,
            label=child.code,
            approved=child.weight / total,
            advice={name: None if each is None else each[child.code] for name, each in found.items()},
        )
        for child in children
    ]
    return Group(node.code, node.code, rows)


def _effect(result: Result, method: str, weights: dict[str, dict[str, float] | None]) -> Effect:
    """Score the same values once more with the advised weights; the approved scheme is not touched."""
    again = score(_reweighted(result.scheme, weights), result.values).scores
    place = "track_rank" if result.scheme.tracks is not None else "rank"
    before = result.scores.select("unit", "score", pl.col(place).cast(pl.Float64).alias("before"))
    joined = before.join(
        again.select("unit", pl.col("score").alias("new"), pl.col(place).cast(pl.Float64).alias("after")), on="unit"
    ).with_columns((pl.col("before") - pl.col("after")).abs().alias("move"))
    median: Any = joined["move"].median()
    most: Any = joined["move"].max()
    top = joined.drop_nulls("move").filter(pl.col("move") > 0).sort("move", "unit", descending=[True, False])
    return Effect(
        method=method,
        median_move=median or 0.0,
        largest_move=most or 0.0,
        kendall=agreement(joined["score"], joined["new"]),
        left=[code for code, each in weights.items() if each is None],
        movers=[Mover(u, u, a, b) for u, a, b in top.head(MOVERS).select("unit", "before", "after").iter_rows()],
    )


def _reweighted(scheme: Scheme, weights: dict[str, dict[str, float] | None]) -> Scheme:
    """The scheme with advised weights, each group's sum as it was."""

    def visit(node: Node) -> Node:
        advised, total = weights.get(node.code), sum(child.weight for child in _children(node))
        children = [
            visit(child).model_copy(
                update={"weight": advised[child.code] * total} if advised and child.code in advised else {}
            )
            for child in node.children
        ]
        return node.model_copy(update={"children": children, "total": None}) if children else node

    changed = scheme.model_copy(update={"tree": visit(scheme.tree)})
    return Scheme.model_validate(changed.to_dict())


def _worded(files: EditionFiles, found: Advice) -> Advice:
    """The same with names in the reader's language."""
    names = {node.code: in_language(node.name, node.name_en) or node.code for node in files.scheme.nodes()}
    groups = [
        replace(g, label=names[g.code], rows=[replace(row, label=names[row.code]) for row in g.rows])
        for g in found.groups
    ]
    effects = [
        replace(
            effect,
            left=[names[code] for code in effect.left],
            movers=[replace(mover, label=_called(files, mover.unit)) for mover in effect.movers],
        )
        for effect in found.effects
    ]
    return Advice(groups, effects)


def _called(files: EditionFiles, unit: str) -> str:
    row = files.row(unit)
    return in_language(row["name"], row["name_en"]) if row else unit
