"""Which columns of the data a scheme reads 方法所需数据列."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kanjian.scoring.rules.base import Need
from kanjian.scoring.rules.veto import Veto

if TYPE_CHECKING:
    from kanjian.scoring.scheme.model import Node, Scheme


def once(names: Iterable[str]) -> list[str]:
    """Return the names in order, each once."""
    return list(dict.fromkeys(names))


def number_columns(scheme: Scheme) -> list[str]:
    """Return every number column the scheme reads."""
    return once(name for node in scheme.nodes() for name in node_numbers(node))


def node_numbers(node: Node) -> Iterator[str]:
    """Yield the number columns of one node: values, denominator, sample size, vetoes."""
    yield from node.columns()
    if node.denominator is not None:
        yield node.denominator.input
    if node.min_sample is not None:
        yield node.min_sample.input
    for veto in node.vetoes:
        yield veto.input


def text_columns(scheme: Scheme) -> list[str]:
    """Return the columns with document numbers."""
    return once(name for node in scheme.nodes() for name in node_texts(node))


def node_texts(node: Node) -> Iterator[str]:
    """Yield the document columns of one node."""
    if isinstance(node.rule, Veto) and node.rule.document:
        yield node.rule.document
    for veto in node.vetoes:
        if veto.document:
            yield veto.document


def group_words(node: Node) -> Iterator[tuple[str, str]]:
    """Yield (field, word) for every group the node speaks of, in the scheme's words."""
    for name in node.applies_to:
        yield f"applies_to.{name}", name
    for name in node.coefficient:
        yield f"coefficient.{name}", name
    if node.rule is not None:
        for need in leaf_needs(node):
            yield f"rule.{'within' if need.statistic != 'given' else need.name}", need.within or "all"
    if node.missing is not None and node.missing.fill is not None:
        yield "missing.fill.from", node.missing.fill.source
    if node.impute is not None:
        yield "impute.from", node.impute.source
    if node.min_sample is not None:
        yield from (("min_sample.pool", word) for word in node.min_sample.pool)


def leaf_needs(node: Node) -> list[Need]:
    """Return what the leaf's rule needs from fit, `within` in the scheme's words."""
    return [] if node.rule is None else node.rule.needs(up=node.up)


def group_columns(scheme: Scheme) -> list[str]:
    """Return the group columns the scheme reads, the tracks first."""
    first = [scheme.tracks.by] if scheme.tracks is not None else []
    words = (word for node in scheme.nodes() for _, word in group_words(node))
    return once([*first, *(column for word in words if (column := scheme.group_column(word)) is not None)])
