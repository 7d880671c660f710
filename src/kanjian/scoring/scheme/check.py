"""What is wrong with a scheme although every part by itself is fine 方法语义检查; all findings, each with its path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kanjian.scoring.problems import Problem
from kanjian.scoring.rules.base import RuleBase
from kanjian.scoring.rules.derived import Difficulty, Survey
from kanjian.scoring.rules.relative import ZScore
from kanjian.scoring.rules.veto import Effect, Veto
from kanjian.scoring.scheme.columns import group_words, node_numbers, node_texts
from kanjian.scoring.scheme.load import Site
from kanjian.scoring.scheme.model import Node, Scheme
from kanjian.scoring.scheme.parts import Band
from kanjian.scoring.strict import Part

RESERVED = {
    *("unit", "score", "rank", "track", "track_rank", "track_size", "band", "coverage", "imputed", "reason"),
    *("period", "node", "group", "index_column"),
}
LEAF_ONLY = ("direction", "inputs", "combine", "denominator", "min_sample", "impute", "treat")
BRANCH_ONLY = ("aggregate", "missing", "floors", "total")


def check(head: Scheme | None, root: Site | None) -> list[Problem]:
    """Return every semantic problem; `head` is the scheme without its tree."""
    problems: list[Problem] = []
    if head is not None:
        problems += _head_problems(head)
    if root is not None:
        problems += _code_problems(root)
        for site in root.walk():
            problems += _site_problems(site, head)
        problems += _tree_problems(root, head)
    return problems


def _head_problems(head: Scheme) -> Iterator[Problem]:
    for name in type(head).model_fields:
        if name != "tree":
            yield from part_problems(name, getattr(head, name))
    yield from band_problems("bands", head.bands)
    if head.groups is not None and head.tracks is not None and head.tracks.by not in head.groups:
        yield Problem("tracks.by", f"names {head.tracks.by!r}, which is not among groups", "unknown_group")


def part_problems(path: str, value: object) -> Iterator[Problem]:
    """Yield the faults of every part in a value, with full paths."""
    if isinstance(value, Part):
        for fault in value.faults():
            yield Problem(f"{path}.{fault.field}" if fault.field else path, fault.message, fault.code)
        for name in type(value).model_fields:
            yield from part_problems(f"{path}.{name}", getattr(value, name))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            code = getattr(item, "code", None)
            yield from part_problems(f"{path}.{code}" if code else f"{path}[{place}]", item)


def band_problems(path: str, bands: list[Band]) -> Iterator[Problem]:
    """Yield repeated codes and thresholds of a ladder."""
    for code, times in Counter(band.code for band in bands).items():
        if times > 1:
            yield Problem(f"{path}.{code}", "code occurs twice in the ladder", "duplicate_band")
    for threshold, times in Counter(band.at_least for band in bands).items():
        if times > 1:
            yield Problem(path, f"two bands begin at {threshold:g}", "duplicate_band")


def _code_problems(root: Site) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for site in root.walk():
        code = site.raw.get("code")
        if not isinstance(code, str):
            continue
        if code in RESERVED:
            yield Problem(site.path, f"code {code!r} is reserved for a column of the result", "reserved_code")
        if code in first:
            yield Problem(site.path, f"code {code!r} is used already at {first[code]}", "duplicate_code")
        first.setdefault(code, site.path)


def _site_problems(site: Site, head: Scheme | None) -> Iterator[Problem]:
    has_children = bool(site.raw.get("children"))
    if has_children:
        yield from _misplaced(site)
    node = site.node
    if node is None:
        return
    for name in type(node).model_fields:
        if name != "children":
            yield from part_problems(f"{site.path}.{name}", getattr(node, name))
    if has_children and node.rule is not None:
        yield Problem(site.path, "has both children and a rule; an indicator has no children", "leaf_and_branch")
    elif has_children:
        yield from _branch_problems(site, node)
    elif node.rule is not None:
        yield from _leaf_problems(site, node, head)
    else:
        yield Problem(site.path, "needs children (a branch) or a rule (an indicator)", "empty_branch")
    yield from band_problems(f"{site.path}.bands", node.bands)
    yield from _group_problems(site, node, head)


def _misplaced(site: Site) -> Iterator[Problem]:
    """Yield settings of indicators that stand on a branch, where another tool would silently ignore them."""
    for name in LEAF_ONLY:
        if name in site.raw:
            remedy = "; turn the indicators below instead" if name == "direction" else ""
            yield Problem(f"{site.path}.{name}", f"belongs to indicators, not to a branch{remedy}", f"{name}_on_branch")


def _branch_problems(site: Site, node: Node) -> Iterator[Problem]:
    scores = [child for child in site.children if child.node is not None and child.node.role == "score"]
    weights = [child.node.weight for child in scores if child.node is not None]
    if len(site.children) == _listed(site) and all(child.whole for child in site.children):
        if not sum(weights) > 0 and not _only_extras(site):
            yield Problem(site.path, "the weights of its children sum to 0", "weights_zero")
        total = sum(child.node.weight for child in site.children if child.node is not None)
        if node.total is not None and abs(total - node.total) > 1e-9 * max(1.0, abs(node.total)):
            yield Problem(f"{site.path}.total", f"is {node.total:g} but the weights sum to {total:g}", "weights_total")
    method = node.aggregate.method if node.aggregate is not None else "arithmetic"
    if method in {"geometric", "harmonic"}:
        for child in scores:
            rule = child.node.rule if child.node is not None else None
            if isinstance(rule, ZScore) and rule.mean <= 0:
                message = f"gives negative points, which a {method} mean at {site.path} cannot take; set rule.mean"
                yield Problem(f"{child.path}.rule", message, "needs_positive")


def _listed(site: Site) -> int:
    """Return how many children the text names."""
    children = site.raw["children"]
    return len(children) if isinstance(children, list) else -1


def _only_extras(site: Site) -> bool:
    """A branch may consist of bonus and deduction items alone."""
    return all(child.node is not None and child.node.role in {"bonus", "deduction"} for child in site.children)


def _leaf_problems(site: Site, node: Node, head: Scheme | None) -> Iterator[Problem]:
    rule = node.rule
    assert isinstance(rule, RuleBase)
    for name in BRANCH_ONLY:
        if name in node.model_fields_set:
            yield Problem(f"{site.path}.{name}", "belongs to branches, not to an indicator", f"{name}_on_leaf")
    for fault in rule.check(scale=head.scale if head is not None else 100.0, up=node.up):
        where = f"{site.path}.rule.{fault.field}" if fault.field else f"{site.path}.rule"
        yield Problem(where, fault.message, fault.code)
    if rule.needs_direction not in {"any", node.direction or "up"}:
        message = f"rule {rule.method} needs direction {rule.needs_direction}"
        yield Problem(f"{site.path}.direction", message, "direction_of_rule")
    yield from _input_problems(site, node, rule)


def _input_problems(site: Site, node: Node, rule: RuleBase) -> Iterator[Problem]:
    path, count = f"{site.path}.inputs", len(node.columns())
    if len(set(node.columns())) < count:
        yield Problem(path, "names a column twice", "repeated_input")
    if isinstance(rule, Survey) and count != len(rule.marks):
        yield Problem(path, f"must name one column of counts for each of the {len(rule.marks)} marks", "input_count")
    elif isinstance(rule, Difficulty) and node.inputs is not None:
        yield Problem(path, "are named by the tasks of the rule", "input_count")
    elif rule.method == "growth" and count > 2:
        yield Problem(path, "must be [now, before], or one column with the growth in per cent", "input_count")
    elif not rule.combines and count > 1 and node.combine is None:
        yield Problem(path, f"has {count} columns but {rule.method} takes one: say combine: mean", "input_count")
    if node.denominator is not None and rule.combines:
        message = f"does not go with {rule.method}, which makes its value from several inputs"
        yield Problem(f"{site.path}.denominator", message, "not_applicable")
    if node.combine is not None and (rule.combines or count < 2):
        yield Problem(f"{site.path}.combine", "needs several inputs and a rule that takes one", "input_count")


def _group_problems(site: Site, node: Node, head: Scheme | None) -> Iterator[Problem]:
    numbers = set(node_numbers(node)) | set(node_texts(node))
    for name, word in dict.fromkeys(group_words(node)):
        column = head.group_column(word) if head is not None else word
        if word == "track" and head is not None and head.tracks is None and head.groups is None:
            yield Problem(f"{site.path}.{name}", "says track but the scheme has no tracks", "unknown_group")
        elif column is not None and head is not None and head.groups is not None and column not in head.groups:
            known = ", ".join(head.groups) or "none"
            yield Problem(f"{site.path}.{name}", f"unknown group column {column!r}; groups: {known}", "unknown_group")
        if column in {*numbers, "unit"}:
            yield Problem(f"{site.path}.{name}", f"{column!r} is not a group column", "unknown_group")


def _tree_problems(root: Site, head: Scheme | None) -> Iterator[Problem]:
    """Yield what concerns nodes together: floors and vetoes that point elsewhere, the root."""
    if root.node is not None and root.node.role != "score" and root.node.kind is not None:
        yield Problem("tree.kind", "the root is always a score", "root_kind")
    bands = {band.code for band in head.bands} if head is not None else set()
    bands |= {band.code for band in root.node.bands} if root.node is not None else set()
    for site in root.walk():
        node = site.node
        if node is None:
            continue
        below = {str(item.raw.get("code")) for item in site.walk()} - {node.code}
        for place, floor in enumerate(node.floors):
            if floor.node not in below:
                yield Problem(f"{site.path}.floors[{place}].node", f"{floor.node!r} is not below this node", "no_node")
        for veto in node.vetoes:
            yield from _effect_problems(
                f"{site.path}.vetoes.{veto.code}", veto.effect, bands, is_root=site.parent is None
            )
        if isinstance(node.rule, Veto):
            yield from _veto_problems(site, node.rule, bands)


def _veto_problems(site: Site, rule: Veto, bands: set[str]) -> Iterator[Problem]:
    above = []
    here = site.parent
    while here is not None:
        above.append(here)
        here = here.parent
    names = {"parent": above[:1], "root": above[-1:]}
    target = names.get(rule.on, [item for item in above if item.raw.get("code") == rule.on])
    if not target:
        yield Problem(f"{site.path}.rule.on", f"{rule.on!r} is not above this indicator", "no_node")
        return
    yield from _effect_problems(f"{site.path}.rule", rule.effect, bands, is_root=target[0].parent is None)


def _effect_problems(path: str, effect: Effect, bands: set[str], *, is_root: bool) -> Iterator[Problem]:
    if effect.max_band is None:
        return
    if not is_root:
        yield Problem(f"{path}.effect.max_band", "works on the root only; use cap or zero here", "veto_band")
    elif effect.max_band not in bands:
        known = ", ".join(sorted(bands)) or "none"
        yield Problem(f"{path}.effect.max_band", f"no band {effect.max_band!r}; bands: {known}", "veto_band")
