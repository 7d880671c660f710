"""A scheme made ready to run 计算计划: words for groups resolved to columns, children sorted by role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kanjian.scoring.rules.base import Need, RuleBase
from kanjian.scoring.rules.veto import Veto, VetoTerms
from kanjian.scoring.scheme import Node, Scheme
from kanjian.scoring.scheme.parts import Aggregate, Missing

NEEDS_OTHERS = {"copeland", "median_rank"}


@dataclass(frozen=True)
class VetoPlan:
    """A veto that bears on a node."""

    code: str
    input: str
    terms: VetoTerms


@dataclass(frozen=True)
class NodePlan:
    """What leaves and branches share: factors and limits of the points."""

    node: Node
    code: str
    scale: float
    weight: float
    coefficients: tuple[tuple[str, tuple[str, ...], tuple[float, ...]], ...]
    applies_to: tuple[tuple[str, tuple[str, ...]], ...]
    vetoes: tuple[VetoPlan, ...]

    @cached_property
    def reads(self) -> frozenset[str]:
        """The number columns that the node itself reads, those of the nodes below it left out."""
        return frozenset(veto.input for veto in self.vetoes)


@dataclass(frozen=True)
class LeafPlan(NodePlan):
    """An indicator."""

    rule: RuleBase
    scorer: RuleBase
    columns: tuple[str, ...]
    needs: tuple[Need, ...]
    impute_from: str | None
    pool_from: tuple[str | None, ...]
    plain: bool
    """Whether the leaf's value is one column as it stands."""

    @cached_property
    def reads(self) -> frozenset[str]:
        """The number columns behind the points: inputs, denominator, cases of a sample, vetoes."""
        parts = (self.node.denominator, self.node.min_sample)
        return super().reads.union(self.columns, (part.input for part in parts if part is not None))


@dataclass(frozen=True)
class BranchPlan(NodePlan):
    """A branch with its children by role, in the order of the scheme."""

    children: tuple[NodePlan, ...]
    scores: tuple[int, ...]
    bonuses: tuple[int, ...]
    deductions: tuple[int, ...]
    aggregate: Aggregate
    missing: Missing
    fill_from: str | None

    @property
    def needs_others(self) -> bool:
        """Whether fit must keep the children's points of all units."""
        return self.aggregate.method in NEEDS_OTHERS or self.missing.rule == "fill"


def leaf_plans(plan: NodePlan) -> Iterator[LeafPlan]:
    """Yield the indicators below a node, or the node itself, in the order of the scheme."""
    if isinstance(plan, LeafPlan):
        yield plan
    elif isinstance(plan, BranchPlan):
        for child in plan.children:
            yield from leaf_plans(child)


def make_plan(scheme: Scheme) -> NodePlan:
    """Return the plan of a scheme's root; `Scheme.plan` keeps it."""
    return _node_plan(scheme, scheme.tree, _event_vetoes(scheme))


def _event_vetoes(scheme: Scheme) -> dict[str, list[VetoPlan]]:
    """Return the vetoes that leaves send to nodes above them."""
    found: dict[str, list[VetoPlan]] = {}
    for leaf in scheme.leaves():
        if isinstance(leaf.rule, Veto):
            parent = scheme.parent(leaf.code)
            on = {"parent": parent.code if parent is not None else "", "root": scheme.tree.code}.get(leaf.rule.on)
            veto = VetoPlan(leaf.code, leaf.columns()[0], leaf.rule.terms())
            found.setdefault(on if on is not None else leaf.rule.on, []).append(veto)
    return found


def _node_plan(scheme: Scheme, node: Node, events: dict[str, list[VetoPlan]]) -> NodePlan:
    own = [VetoPlan(v.code, v.input, VetoTerms(when=v.when, effect=v.effect, document=v.document)) for v in node.vetoes]
    shared = {
        "node": node,
        "code": node.code,
        "scale": scheme.scale,
        "weight": node.weight,
        "coefficients": tuple(
            (_column(scheme, word), tuple(factors), tuple(factors.values()))
            for word, factors in node.coefficient.items()
        ),
        "applies_to": tuple((_column(scheme, word), tuple(groups)) for word, groups in node.applies_to.items()),
        "vetoes": (*own, *events.get(node.code, ())),
    }
    if node.rule is not None:
        return _leaf_plan(scheme, node, node.rule, shared)
    children = tuple(_node_plan(scheme, child, events) for child in node.children)
    roles = [child.node.role for child in children]
    missing = node.missing or Missing()
    return BranchPlan(
        **shared,  # type: ignore[arg-type]
        children=children,
        scores=tuple(i for i, role in enumerate(roles) if role == "score"),
        bonuses=tuple(i for i, role in enumerate(roles) if role == "bonus"),
        deductions=tuple(i for i, role in enumerate(roles) if role == "deduction"),
        aggregate=node.aggregate or Aggregate(),
        missing=missing,
        fill_from=None if missing.fill is None else scheme.group_column(missing.fill.source),
    )


def _leaf_plan(scheme: Scheme, node: Node, rule: RuleBase, shared: dict[str, object]) -> LeafPlan:
    needs = tuple(need._replace(within=scheme.group_column(need.within or "all")) for need in rule.needs(up=node.up))
    extras = (node.denominator, node.min_sample, node.impute, node.treat, node.combine)
    return LeafPlan(
        **shared,  # type: ignore[arg-type]
        rule=rule,
        scorer=rule.scorer(),
        columns=tuple(node.columns()),
        needs=needs,
        impute_from=None if node.impute is None else scheme.group_column(node.impute.source),
        pool_from=() if node.min_sample is None else tuple(map(scheme.group_column, node.min_sample.pool)),
        plain=not rule.combines and len(node.columns()) == 1 and not any(extras) and not node.applies_to,
    )


def _column(scheme: Scheme, word: str) -> str:
    """Return the column behind the word of a mapping by group; here `all` would be a column of that name."""
    return scheme.group_column(word) or word
