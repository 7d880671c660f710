"""A scheme's lineage against the red lines 方法的红线检查: leaf → columns → indicators. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from kanjian.measures.redlines.catalogue import Severity, Words
from kanjian.measures.redlines.checks import Datum, Finding, found, scored, vetoed
from kanjian.scoring import Scheme
from kanjian.scoring.rules.veto import Veto
from kanjian.scoring.scheme import Node


def scheme_findings(scheme: Scheme, indicators: Mapping[str, Datum] | None = None) -> list[Finding]:
    """Every crossing, in tree order. ``indicators``: code → what is registered; None: by the scheme's own names only.

    Nodes without weight, and everything below them, are shown only and may say what they like; bonuses and deductions
    count. R14 (nature not declared) is found only where indicators are given.
    """
    findings = [each for node in _weighing(scheme.tree) for each in _leaf_findings(node, indicators)]
    findings += [each for node in scheme.nodes() for each in _veto_findings(node, indicators or {})]
    if indicators:
        findings += _twice(scheme, indicators)
    return findings


def indicator_codes(scheme: Scheme) -> list[str]:
    """Codes of the indicators that the scheme's columns read, each once: ``B1@-1`` reads B1."""
    return list(dict.fromkeys(column.partition("@")[0] for column in (*scheme.inputs(), *scheme.text_columns())))


def _weighing(node: Node) -> Iterator[Node]:
    """Leaves that move a score."""
    if node.role == "context" or (node.weight == 0 and node.role == "score"):
        return
    if node.is_leaf:
        yield node
    for child in node.children:
        yield from _weighing(child)


def _leaf_findings(node: Node, indicators: Mapping[str, Datum] | None) -> Iterator[Finding]:
    """By the node's words, then by everything that it reads; one finding per red line and leaf."""
    own = Datum(node.code, node.name or node.name_en or node.code, node.name_en, node.note)
    seen: set[str] = set()
    for each in scored(own):
        if each.code != "R14":
            seen.add(each.code)
            yield each
    for column in dict.fromkeys(column.partition("@")[0] for column in _columns(node)):
        datum = (indicators or {}).get(column)
        if datum is None:
            continue
        via = "" if column == node.code else column
        for each in scored(_as_leaf(datum, own), via=via):
            if each.code not in seen:
                seen.add(each.code)
                yield each


def _columns(node: Node) -> list[str]:
    return [*node.columns(), *([node.denominator.input] if node.denominator else [])]


def _as_leaf(datum: Datum, leaf: Datum) -> Datum:
    """The indicator's words under the leaf's code: a finding names the leaf."""
    return Datum(
        leaf.code,
        datum.name,
        datum.name_en,
        datum.description,
        datum.nature,
        datum.semantic_code,
        datum.derived_by,
    )


def _veto_findings(node: Node, indicators: Mapping[str, Datum]) -> Iterator[Finding]:
    """What a veto cites, and what it speaks of: a grade capped for petitions is petitions scored."""
    for veto in node.vetoes:
        name = veto.name or veto.name_en or veto.code
        yield from vetoed(veto.code, Words(name, veto.name_en or name), basis=veto.basis, document=veto.document or "")
        yield from _vetoing(Datum(veto.code, name, veto.name_en), [veto.input], indicators)
    if isinstance(node.rule, Veto):
        name = node.name or node.name_en or node.code
        yield from vetoed(
            node.code, Words(name, node.name_en or name), basis=node.rule.basis, document=node.rule.document or ""
        )
        yield from _vetoing(Datum(node.code, name, node.name_en), node.columns(), indicators)


def _vetoing(own: Datum, columns: Iterable[str], indicators: Mapping[str, Datum]) -> Iterator[Finding]:
    read = [indicators[code] for column in columns if (code := column.partition("@")[0]) in indicators]
    seen: set[str] = set()
    for each in (finding for datum in (own, *(_as_leaf(datum, own) for datum in read)) for finding in scored(datum)):
        if each.refuses and each.code not in seen:
            seen.add(each.code)
            yield each


def _twice(scheme: Scheme, indicators: Mapping[str, Datum]) -> Iterator[Finding]:
    """R04 as a warning: two leaves read the same datum, so it counts twice."""
    first: dict[str, Node] = {}
    for node in _weighing(scheme.tree):
        for column in dict.fromkeys(node.columns()):
            datum = indicators.get(column.partition("@")[0])
            if datum is None or not datum.semantic_code or "@" in column:
                continue
            other = first.setdefault(datum.semantic_code, node)
            if other.code != node.code and len(node.columns()) == 1 == len(other.columns()):
                zh = f"与 {other.code} {other.name} 读取同一数据，重复计分"
                en = f"reads the same datum as {other.code} {other.name}: it counts twice"
                yield found("R04", node.code, node.name, zh, en, severity=Severity.WARNING)
