"""Reading a scheme 读取方法: from a path, a text or a dict, with every structural and semantic problem at once.

The tree is read node by node, so that one broken node does not hide what is wrong with the others, and so that paths
are made of node codes: `tree.economy.income.rule.full`.
"""

from __future__ import annotations

import difflib
import re
import reprlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kanjian.scoring.problems import Problem, SchemeError
from kanjian.scoring.scheme.model import FORMAT, Node, Scheme

MAX_DEPTH = 20
MAX_NESTING = 100
TAGS = {"number", "by_group", "from_data", "word", "terms"}


@dataclass(slots=True)
class Site:
    """A node as it stands in the text: its path, and the node without children where it could be read."""

    path: str
    raw: dict[str, Any]
    node: Node | None = None
    parent: Site | None = None
    children: list[Site] = field(default_factory=list)
    whole: bool = True
    """Whether `node` has every setting; False where broken ones were left out so that the others can be checked."""

    def walk(self) -> Iterator[Site]:
        """Yield this site and all below, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


def load(source: str | Path | dict[str, Any]) -> Scheme:
    """Read and check a scheme; raise SchemeError with all problems."""
    from kanjian.scoring.scheme.check import check

    raw = read(source)
    problems: list[Problem] = []
    head = read_head(raw, problems)
    tree = raw.get("tree")
    root = read_tree(tree, problems) if isinstance(tree, dict) else None
    if root is None and "tree" in raw:
        problems.append(Problem("tree", "must be a node: a mapping with code and children or rule", "type"))
    problems += check(head, root)
    if problems:
        raise SchemeError(problems)
    return Scheme.model_validate(raw)


def read(source: str | Path | dict[str, Any]) -> dict[str, Any]:
    """Return the plain data behind a path, a text or a dict."""
    if isinstance(source, dict):
        return source
    text = source if isinstance(source, str) else _file_text(source)
    if isinstance(source, str) and "\n" not in source and source.endswith((".yaml", ".yml", ".json")):
        text = _file_text(Path(source))
    try:
        _refuse_deep(text)
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader that also refuses repeated keys
    except yaml.YAMLError as error:
        raise SchemeError([Problem("", f"not readable as YAML: {' '.join(str(error).split())}", "yaml")]) from error
    if not isinstance(raw, dict):
        raise SchemeError([Problem("", f"not a scheme: expected a mapping that begins with format: {FORMAT}", "type")])
    return raw


def _refuse_deep(text: str) -> None:
    """Refuse what is nested so deeply that building it would overflow the stack; no method comes near."""
    depth = 0
    for event in yaml.parse(text, Loader=_Fastest):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_NESTING:
                place = f"line {event.start_mark.line + 1}" if event.start_mark is not None else "text"
                raise SchemeError(
                    [Problem("", f"{place}: nested deeper than {MAX_NESTING} brackets or blocks", "depth")]
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _file_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SchemeError([Problem("", f"cannot read {path.name}: {error}", "file")]) from error


# libyaml reads a method of 50 nodes ten times faster than PyYAML's own parser; both build the same data.
_Fastest: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fastest):  # type: ignore[misc]
    """Safe YAML that refuses a key written twice; plain YAML would silently keep the last.

    Plain words follow YAML 1.2, which people expect: only true and false are booleans (not `on`, `no`), 1e-9 is a
    number, and dates stay text.
    """

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - as in PyYAML
        """Read a mapping, each key once."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = key_node.value
            if isinstance(key, str) and key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} occurs twice", key_node.start_mark)
            seen.add(str(key))
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("int", r"[-+]?(0|[1-9][0-9]*)", [*"-+0123456789"]),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", [*"-+.0123456789"]),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", ["<"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)


def _shortened() -> reprlib.Repr:
    """Return what spells a value in a message: its beginning, however large it is."""
    short = reprlib.Repr()
    short.maxlevel, short.maxstring, short.maxother = 2, 80, 80
    return short


_REPR = _shortened().repr
STAND_IN = {"code": "index", "rule": {"method": "direct"}}


def read_head(raw: dict[str, Any], problems: list[Problem]) -> Scheme | None:
    """Read everything but the tree, leaving out what is broken so that the rest can still be checked."""
    head = {**raw, "tree": STAND_IN} if "tree" in raw else raw
    try:
        return Scheme.model_validate(head)
    except ValidationError as error:
        details = error.errors()
    problems += [problem_of("", raw, detail, Scheme) for detail in details]
    broken = {detail["loc"][0] for detail in details if detail["loc"]}
    sound = {name: value for name, value in raw.items() if name not in broken}
    defaults = {"format": FORMAT, "code": "unreadable", "version": "unreadable"}
    return Scheme.model_validate({**defaults, **sound, "tree": STAND_IN})


def read_tree(raw: dict[str, Any], problems: list[Problem]) -> Site | None:
    """Read every node of the tree."""
    return _TreeReader(problems).site(raw, "tree", None)


@dataclass(slots=True)
class _TreeReader:
    """Reads a tree node by node; `seen` holds the nodes met, True while what is below them is being read."""

    problems: list[Problem]
    seen: dict[int, bool] = field(default_factory=dict)

    def site(self, raw: Any, path: str, parent: Site | None) -> Site | None:
        """Read a node and everything below it."""
        if (refusal := self.refusal(raw, path)) is not None:
            self.problems.append(refusal)
            return None
        self.seen[id(raw)] = True
        site = Site(path, raw, parent=parent)
        own = {key: value for key, value in raw.items() if key != "children"}
        try:
            site.node = Node.model_validate(own)
        except ValidationError as error:
            self.problems += [problem_of(path, own, detail, Node) for detail in error.errors()]
            site.node, site.whole = _sound(own, {detail["loc"][0] for detail in error.errors() if detail["loc"]}), False
        site.children = self.children(raw.get("children", []), site)
        self.seen[id(raw)] = False
        return site

    def refusal(self, raw: Any, path: str) -> Problem | None:
        """Return why this is no node of a tree."""
        if not isinstance(raw, dict):
            return Problem(path, "must be a node: a mapping with code and children or rule", "type")
        if self.seen.get(id(raw)):
            return Problem(path, "is its own ancestor: the tree has a cycle", "cycle")
        if id(raw) in self.seen:
            # Following aliases of aliases would take for ever in a text made to do so.
            return Problem(path, "is the alias of a node that stands elsewhere; write it out", "repeated_node")
        if sum(self.seen.values()) >= MAX_DEPTH:
            return Problem(path, f"lies deeper than {MAX_DEPTH} levels", "depth")
        return None

    def children(self, raw: Any, site: Site) -> list[Site]:
        """Read the children of a node."""
        if not isinstance(raw, list):
            self.problems.append(Problem(f"{site.path}.children", "must be a list of nodes", "type"))
            return []
        found = []
        for place, child in enumerate(raw):
            name = str(child.get("code", f"children[{place}]")) if isinstance(child, dict) else f"children[{place}]"
            found.append(self.site(child, f"{site.path}.{name}", site))
        return [child for child in found if child is not None]


def _sound(own: dict[str, Any], broken: set[int | str]) -> Node | None:
    """Return the node without its broken settings, None where it would be another without them."""
    if broken & {"code", "rule", "kind"}:
        return None
    try:
        return Node.model_validate({key: value for key, value in own.items() if key not in broken})
    except ValidationError:
        return None


def problem_of(path: str, raw: Any, detail: ErrorDetails, model: type[Any]) -> Problem:
    """Turn one structural error into a problem with a readable path."""
    where = spell(path, raw, detail["loc"])
    kind, given = detail["type"], detail["input"]
    context = detail.get("ctx", {})
    match kind:
        case "missing":
            message = "is required"
        case "extra_forbidden":
            near = difflib.get_close_matches(str(detail["loc"][-1]), list(model.model_fields), n=1)
            message = "unknown key" + (f"; did you mean {near[0]}?" if near and near[0] != detail["loc"][-1] else "")
        case "union_tag_invalid":
            where = f"{where}.method"
            message = f"unknown method {context.get('tag')!r}; one of {context.get('expected_tags')}"
        case "union_tag_not_found":
            message = "needs a method"
        case "greater_than_equal" if context.get("ge") == 0:
            message = f"must not be negative ({given})"
        case "string_type" if isinstance(given, int | float):
            message = f'must be text; write it in quotes: "{given}"'
        case "invalid_key":
            where, message = str(given), "keys must be text"
        case _:
            text, shown = (
                str(detail["msg"]).removeprefix("Input should be ").removeprefix("Value error, "),
                _REPR(given),
            )
            message = f"must be {text} (given: {shown})" if text != detail["msg"] else f"{text} (given: {shown})"
    return Problem(where, message, kind)


def spell(path: str, raw: Any, location: tuple[int | str, ...]) -> str:
    """Spell a location with codes instead of list positions, without the names of union members."""
    parts, here, after_union = [path] if path else [], raw, False
    for step in location:
        if after_union and isinstance(here, dict) and here.get("method") == step:
            after_union = False
            continue
        if step in TAGS and not (isinstance(here, dict) and step in here):
            continue
        after_union = step in {"rule", "then"}
        here = _descend(here, step)
        if isinstance(step, int):
            code = here.get("code") if isinstance(here, dict) else None
            if code is None and parts:
                parts[-1] = f"{parts[-1]}[{step}]"
            else:
                parts.append(str(code))
        else:
            parts.append(str(step))
    return ".".join(parts)


def _descend(here: Any, step: int | str) -> Any:
    if isinstance(here, dict):
        return here.get(step)
    if isinstance(here, list) and isinstance(step, int) and step < len(here):
        return here[step]
    return None
