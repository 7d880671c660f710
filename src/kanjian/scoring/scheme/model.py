"""The scheme 考核方法: one methodology version as one immutable value."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from kanjian.scoring.rules import Rule
from kanjian.scoring.scheme.parts import (
    Aggregate,
    Band,
    Cap,
    Denominator,
    Eligibility,
    Floor,
    Impute,
    Markers,
    MinSample,
    Missing,
    NodeVeto,
    TieRule,
    Tracks,
    Treat,
)
from kanjian.scoring.strict import Part

if TYPE_CHECKING:
    from kanjian.scoring.plan import NodePlan
    from kanjian.scoring.scheme.differences import Difference

FORMAT = "kanjian/scheme/1"
Kind = Literal["score", "bonus", "deduction", "context"]


class Node(Part):
    """A node of the tree 指标体系节点: a branch with children, or a leaf (an indicator) with a rule."""

    code: str = Field(pattern=r"^[\w][\w.\-]*$", max_length=60)
    name: str = ""
    name_en: str = ""
    note: str = ""
    unit: str = ""
    """Unit of measurement of a leaf 计量单位."""
    source: str = ""
    """Who supplies the data or answers for it 数据来源."""
    weight: float = Field(default=1.0, ge=0)
    kind: Kind | None = None
    """score: enters the parent's mean; bonus and deduction: added and taken after it, capped by the node's own `cap`;
    context: shown only. A leaf with rule bonus is a bonus, one with rule veto is context, everything else a score."""

    children: list[Node] = Field(default_factory=list)
    total: float | None = None
    """Declared sum of the children's weights; any other sum is refused 权重合计."""
    aggregate: Aggregate | None = None
    missing: Missing | None = None
    floors: list[Floor] = Field(default_factory=list)

    direction: Literal["up", "down"] | None = None
    """Leaves only: more is better (default) or less is better."""
    inputs: list[str] | None = Field(default=None, min_length=1)
    """Columns the leaf reads; its code by default."""
    combine: Literal["mean", "sum", "min", "max"] | None = None
    """How several inputs (rounds) become one value before a rule that takes one."""
    denominator: Denominator | None = None
    min_sample: MinSample | None = None
    impute: Impute | None = None
    treat: Treat | None = None
    rule: Rule | None = None

    coefficient: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Group column → group → factor on the points 赛道系数."""
    applies_to: dict[str, list[str]] = Field(default_factory=dict)
    """Group column → groups the node applies to; elsewhere it is not applicable, which is not missing 不适用."""
    cap: Cap | None = None
    vetoes: list[NodeVeto] = Field(default_factory=list)
    bands: list[Band] = Field(default_factory=list)

    @property
    def is_leaf(self) -> bool:
        """Whether this is an indicator."""
        return self.rule is not None

    @property
    def role(self) -> Kind:
        """What the node is to its parent."""
        if self.kind is not None:
            return self.kind
        method = self.rule.method if self.rule is not None else ""
        return {"bonus": "bonus", "veto": "context"}.get(method, "score")  # type: ignore[return-value]

    @property
    def up(self) -> bool:
        """Whether more is better."""
        return self.direction != "down"

    def columns(self) -> list[str]:
        """Return the number columns a leaf's own value is made of."""
        if self.rule is None:
            return []
        return list(self.inputs) if self.inputs is not None else self.rule.inputs(self.code)

    def walk(self) -> Iterator[Node]:
        """Yield this node and everything below, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


class Scheme(Part):
    """One methodology version 一个方法版本; see `kanjian.scoring.scheme` for the format."""

    format: Literal["kanjian/scheme/1"]
    code: str = Field(pattern=r"^[\w][\w.\-]*$", max_length=60)
    version: str = Field(min_length=1, max_length=40)
    name: str = ""
    name_en: str = ""
    note: str = ""
    provenance: str = ""
    """Where the method comes from and how settled it is, such as `proposal`."""
    scale: float = Field(default=100.0, gt=0)
    """Full points of every node 满分."""
    groups: list[str] | None = None
    """Group columns the data carries; when given, every group column named elsewhere must be among them."""
    tracks: Tracks | None = None
    ties: TieRule = TieRule()
    bands: list[Band] = Field(default_factory=list)
    """Absolute ladder of the root, best first or in any order."""
    eligibility: Eligibility = Eligibility()
    markers: Markers = Markers()
    tree: Node

    @classmethod
    def load(cls, source: str | Path | dict[str, Any]) -> Scheme:
        """Read a scheme from a path, a text or a dict; raise SchemeError with every problem found."""
        from kanjian.scoring.scheme.load import load

        return load(source)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Return the JSON Schema of the format."""
        return cls.model_json_schema(by_alias=True)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON: the layout of the text and written-out defaults do not matter."""
        from kanjian.scoring.scheme.text import digest

        return digest(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the scheme as plain data without defaults."""
        from kanjian.scoring.scheme.text import plain

        return plain(self)

    def to_yaml(self) -> str:
        """Return the scheme as YAML that loads to the same hash."""
        from kanjian.scoring.scheme.text import to_yaml

        return to_yaml(self)

    def differences(self, other: Scheme) -> list[Difference]:
        """Return what changes from this scheme to `other`."""
        from kanjian.scoring.scheme.differences import differences

        return differences(self, other)

    def nodes(self) -> list[Node]:
        """Return every node, depth first, the root first."""
        return list(self.tree.walk())

    def leaves(self) -> list[Node]:
        """Return the indicators in tree order."""
        return [node for node in self.nodes() if node.is_leaf]

    @cached_property
    def _by_code(self) -> dict[str, Node]:
        return {node.code: node for node in self.tree.walk()}

    def node(self, code: str) -> Node:
        """Return the node of this code; KeyError where there is none."""
        return self._by_code[code]

    def parent(self, code: str) -> Node | None:
        """Return the parent of a node, None for the root."""
        return self._parents.get(code)

    @cached_property
    def _parents(self) -> dict[str, Node]:
        return {child.code: node for node in self.tree.walk() for child in node.children}

    def group_column(self, word: str) -> str | None:
        """Translate a scheme's word for a group (`all`, `track`, a column) to a column; None means all units."""
        if word == "all":
            return None
        if word == "track" and self.tracks is not None:
            return self.tracks.by
        return word

    @cached_property
    def plan(self) -> NodePlan:
        """The scheme made ready to run, worked out once."""
        from kanjian.scoring.plan import make_plan

        return make_plan(self)

    def inputs(self) -> list[str]:
        """Return the number columns the scheme reads, in tree order, each once."""
        return list(self._inputs)

    @cached_property
    def _inputs(self) -> list[str]:
        from kanjian.scoring.scheme.columns import number_columns

        return number_columns(self)

    def group_columns(self) -> list[str]:
        """Return the group columns the scheme reads, tracks first."""
        return list(self._groups)

    @cached_property
    def _groups(self) -> list[str]:
        from kanjian.scoring.scheme.columns import group_columns

        return group_columns(self)

    def text_columns(self) -> list[str]:
        """Return the text columns the scheme reads: the documents of vetoes."""
        from kanjian.scoring.scheme.columns import text_columns

        return text_columns(self)
