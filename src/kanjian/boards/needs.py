"""Which indicators a scheme asks for, and how it defines them 方法所需指标."""

from collections.abc import Iterator

from kanjian.boards.inputs import indicator_of
from kanjian.measures.definitions import Definition
from kanjian.measures.models import Indicator
from kanjian.scoring import Scheme
from kanjian.scoring.rules.veto import Veto
from kanjian.scoring.scheme import Node

NAME_LENGTH = 120


def definitions(scheme: Scheme) -> list[Definition]:
    """Every indicator the scheme reads, in tree order, as its nodes describe it.

    A leaf called like the indicator describes it; else the leaf that reads nothing else; an input among several,
    a denominator, a sample size or a veto carries the node's name with its own role.
    """
    found: dict[str, Definition] = {}
    for describe in (_own, _sole, _others):
        for node in scheme.nodes():
            for definition in describe(node):
                found.setdefault(definition.code, definition)
    order = dict.fromkeys(indicator_of(column) for column in (*scheme.inputs(), *scheme.text_columns()))
    return [found.get(code) or Definition(code, code) for code in order]


def missing(scheme: Scheme) -> list[Definition]:
    """Those of them that are not registered yet."""
    every = definitions(scheme)
    known = set(Indicator.objects.filter(code__in=[each.code for each in every]).values_list("code", flat=True))
    return [each for each in every if each.code not in known]


def _read_by(node: Node) -> list[str]:
    return list(dict.fromkeys(indicator_of(column) for column in node.columns()))


def _own(node: Node) -> Iterator[Definition]:
    """The indicator that is called like the leaf."""
    if node.is_leaf and node.code in _read_by(node):
        yield _definition(node, node.code)


def _sole(node: Node) -> Iterator[Definition]:
    """The one indicator of a leaf with another code, read as it is: a growth rate is no name for what grows."""
    if node.is_leaf and len(_read_by(node)) == 1 and not any("@" in column for column in node.columns()):
        yield _definition(node, _read_by(node)[0])


def _others(node: Node) -> Iterator[Definition]:
    for code in _read_by(node):
        yield _plain(node, code, code)
    if node.denominator is not None:
        yield _plain(node, indicator_of(node.denominator.input), "分母", "denominator")
    if node.min_sample is not None:
        yield _plain(node, indicator_of(node.min_sample.input), "样本数", "sample")
    for veto in node.vetoes:
        code = indicator_of(veto.input)
        yield Definition(code, (veto.name or code)[:NAME_LENGTH], veto.name_en, higher_is_better=False)
    documents = [veto.document for veto in node.vetoes] + ([node.rule.document] if isinstance(node.rule, Veto) else [])
    for column in documents:
        if column:
            yield Definition(indicator_of(column), indicator_of(column))


def _definition(node: Node, code: str) -> Definition:
    return Definition(
        code=code,
        name=(node.name or node.name_en or code)[:NAME_LENGTH],
        name_en=node.name_en,
        unit=node.unit,
        higher_is_better=node.up,
        source=node.source,
        description=node.note,
    )


def _plain(node: Node, code: str, role: str, role_en: str = "") -> Definition:
    name_en = f"{node.name_en} ({role_en or role})" if node.name_en else ""
    return Definition(code, f"{node.name or code}（{role}）"[:NAME_LENGTH], name_en, source=node.source)
