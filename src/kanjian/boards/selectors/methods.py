"""The method page 方法: a scheme version as a document, its versions, and what changed between them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from django.db.models import Count
from django.http import Http404

from kanjian.boards import words
from kanjian.boards.models import Board, SchemeVersion
from kanjian.boards.selectors.departments import answering
from kanjian.boards.selectors.editions import named
from kanjian.boards.selectors.shapes import Band, Method, MethodDifference, MethodNode, Named, SchemeHead
from kanjian.boards.words.nodes import aggregation_formula
from kanjian.boards.words.rules import full_points
from kanjian.scoring import Scheme
from kanjian.scoring.scheme import Node
from kanjian.scoring.transform import root_bands


def method(board: Board, version: str = "", against: str = "") -> Method:
    """A version of the method (default: the newest), with the differences from another (default: the one before).

    ``Http404`` for a version the board does not have, or when it has none.
    """
    versions = list(board.versions.annotate(used=Count("editions")).order_by("-created_at", "-id"))
    chosen = _chosen(versions, version)
    other = _chosen(versions, against) if against else _before(versions, chosen)
    scheme = load(chosen.text)
    return Method(
        board=named(board),
        scheme=_head(chosen),
        title=Named(scheme.code, scheme.name, scheme.name_en),
        note=scheme.note,
        nodes=list(document(scheme)),
        general=words.general(scheme),
        bands=ladder(scheme),
        versions=[_head(each) for each in versions],
        compared_with=_head(other) if other else None,
        differences=differences(load(other.text), scheme) if other else [],
        text=chosen.text,
    )


@lru_cache(maxsize=64)
def load(text: str) -> Scheme:
    """A scheme from its text; kept, since the same text is always the same scheme."""
    return Scheme.load(text)


def ladder(scheme: Scheme) -> list[Band]:
    """The bands of the root, highest first."""
    bands = sorted(root_bands(scheme), key=lambda band: -band.at_least)
    return [
        Band(band.code, band.name, band.name_en, band.at_least, position, len(bands))
        for position, band in enumerate(bands)
    ]


def shares(scheme: Scheme) -> dict[str, float]:
    """Every node's effective share of the whole, 0..1: the product of its path's weights among scoring siblings.

    Below a sum a weight is the full points of its node, so it counts against the scale. A bonus or deduction stands
    outside the weights: its share is the most it can add or take, 0 without a cap. Context counts for nothing.
    """
    found = {scheme.tree.code: 1.0}
    for node in scheme.nodes():
        adds = node.aggregate is not None and node.aggregate.method == "sum"
        whole = scheme.scale if adds else sum(child.weight for child in node.children if child.role == "score")
        for child in node.children:
            if child.role == "score":
                found[child.code] = found[node.code] * child.weight / whole if whole else 0.0
            else:
                found[child.code] = _most(child) / scheme.scale
    return found


def _most(node: Node) -> float:
    """The most points a bonus or deduction can move."""
    if node.role == "context" or node.cap is None:
        return 0.0
    return max(abs(node.cap.at_least or 0.0), abs(node.cap.at_most or 0.0))


def document(scheme: Scheme) -> Iterator[MethodNode]:
    """The scheme's nodes in the order of reading, each with its rule in words and symbols."""
    departments = answering(scheme)
    for each in _nodes(scheme, scheme.tree, 0, shares(scheme)):
        yield replace(each, source=departments.get(each.source, each.source))


def _nodes(scheme: Scheme, node: Node, depth: int, share: dict[str, float]) -> Iterator[MethodNode]:
    yield MethodNode(
        code=node.code,
        name=node.name,
        name_en=node.name_en,
        depth=depth,
        is_leaf=node.is_leaf,
        weight=node.weight,
        share=share[node.code],
        rule=words.rule_words(scheme, node.code) if node.is_leaf else words.node_words(node),
        formula=words.formula(scheme, node.code) if node.is_leaf else aggregation_formula(node),
        notes=[*([node.note] if node.note else []), *words.node_notes(scheme, node.code)],
        unit=words.measure(node.unit),
        source=node.source,
        direction="up" if node.up else "down",
        inputs=node.columns(),
        full=full_points(node.rule, scheme.scale) if node.is_leaf else scheme.scale,
    )
    for child in node.children:
        yield from _nodes(scheme, child, depth + 1, share)


def differences(before: Scheme, after: Scheme) -> list[MethodDifference]:
    """What changes from one version to the next, place by place."""
    return [
        MethodDifference(each.path, _text(each.before), _text(each.after), each.kind)
        for each in before.differences(after)
    ]


def _text(value: object) -> str:
    """Plain data as people read it: nothing for nothing, JSON for tables."""
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _chosen(versions: Sequence[SchemeVersion], version: str) -> SchemeVersion:
    found = next((each for each in versions if not version or each.version == version), None)
    if found is None:
        raise Http404(f"no scheme version {version!r}")
    return found


def _before(versions: Sequence[SchemeVersion], chosen: SchemeVersion) -> SchemeVersion | None:
    place = versions.index(chosen)
    return versions[place + 1] if place + 1 < len(versions) else None


def _head(version: SchemeVersion) -> SchemeHead:
    return SchemeHead(
        id=version.pk,
        version=version.version,
        hash=version.hash,
        valid_from=version.valid_from,
        note=version.note,
        created_at=version.created_at,
        editions=version.used,  # type: ignore[attr-defined]  # annotated by ``method``
    )
