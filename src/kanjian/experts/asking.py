"""What a panel is asked 征询内容: the children of one node, as pairs or as a budget. Pure functions of a scheme."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from kanjian.scoring import Scheme

# Saaty's scale, from "the left one absolutely" to "the right one absolutely"; even numbers lie between.
SCALE = (9, 8, 7, 6, 5, 4, 3, 2, 1)
BUDGET = 100
MOST_PARTS = 15  # there is no random index beyond, and nobody judges 105 pairs with care


class AskingError(ValueError):
    """A node that cannot be put to a panel; ``code`` is stable: no_node, few_parts, many_parts."""

    def __init__(self, code: str, node: str) -> None:
        self.code, self.node = code, node
        super().__init__(f"{code}: {node}")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to weigh: a dimension or an indicator, with the weight it has now (share of its siblings')."""

    code: str
    name: str
    name_en: str
    note: str
    share: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parts to compare; ``key`` names the answer. Ratio 3: left is three times as important as right."""

    key: str
    left: Part
    right: Part


def nodes_to_ask(scheme: Scheme) -> list[tuple[str, str, str]]:
    """Code, name and English name of every node whose children a panel can weigh, in tree order."""
    return [
        (node.code, node.name or node.code, node.name_en or node.name or node.code)
        for node in scheme.nodes()
        if 2 <= len([child for child in node.children if child.role == "score"]) <= MOST_PARTS
    ]


def parts_of(scheme: Scheme, node: str) -> list[Part]:
    """The scored children of a node; bonuses and context have no weight to give. Raises ``AskingError``."""
    try:
        children = [child for child in scheme.node(node).children if child.role == "score"]
    except KeyError as error:
        raise AskingError("no_node", node) from error
    if len(children) < 2:
        raise AskingError("few_parts", node)
    if len(children) > MOST_PARTS:
        raise AskingError("many_parts", node)
    total = sum(child.weight for child in children)
    return [
        Part(child.code, child.name or child.code, child.name_en, child.note, child.weight / total if total else 0.0)
        for child in children
    ]


def pairs_of(parts: list[Part]) -> list[Pair]:
    """All pairs, m·(m − 1)/2 of them."""
    return [Pair(f"{left.code}|{right.code}", left, right) for left, right in combinations(parts, 2)]


def judgements(answers: Mapping[str, float]) -> dict[tuple[str, str], float]:
    """Answers of a comparison by pair of codes."""
    found = {}
    for key, ratio in answers.items():
        left, _, right = key.partition("|")
        found[left, right] = float(ratio)
    return found
