"""What changed between two versions of a method 方法版本差异."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from kanjian.scoring.scheme.text import plain

if TYPE_CHECKING:
    from kanjian.scoring.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; `before` and `after` are plain data, None where the thing does not exist."""

    path: str
    before: Any
    after: Any
    kind: Literal["added", "removed", "changed", "moved"]


def differences(before: Scheme, after: Scheme) -> list[Difference]:
    """Return every difference: nodes that came, went or moved, and each changed setting, in reading order."""
    old_nodes, new_nodes = _nodes(before), _nodes(after)
    found = _compare("", _head(before), _head(after))
    for code in dict.fromkeys([*old_nodes, *new_nodes]):
        old, new = old_nodes.get(code), new_nodes.get(code)
        if old is None and new is not None:
            found.append(Difference(new[0], None, new[1], "added"))
        elif new is None and old is not None:
            found.append(Difference(old[0], old[1], None, "removed"))
        elif old is not None and new is not None:
            if old[0] != new[0]:
                found.append(Difference(new[0], old[0], new[0], "moved"))
            found += _compare(new[0], old[1], new[1])
    return found


def _head(scheme: Scheme) -> dict[str, Any]:
    return {key: value for key, value in plain(scheme).items() if key != "tree"}


def _nodes(scheme: Scheme) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return code → (path, own settings without children)."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}

    def visit(raw: dict[str, Any], path: str) -> None:
        found[raw["code"]] = (path, {key: value for key, value in raw.items() if key != "children"})
        for child in raw.get("children", []):
            visit(child, f"{path}.{child['code']}")

    visit(plain(scheme)["tree"], "tree")
    return found


def _compare(path: str, old: Any, new: Any) -> list[Difference]:
    """Return the differences of two plain values; lists with codes are compared by code."""
    if old == new:
        return []
    old, new = _keyed(old), _keyed(new)
    if isinstance(old, dict) and isinstance(new, dict):
        return [
            difference
            for key in dict.fromkeys([*old, *new])
            for difference in _compare(f"{path}.{key}" if path else str(key), old.get(key), new.get(key))
        ]
    kind: Literal["added", "removed", "changed"] = "added" if old is None else "removed" if new is None else "changed"
    return [Difference(path, old, new, kind)]


def _keyed(value: Any) -> Any:
    """Turn a list of things with codes into a mapping by code."""
    if isinstance(value, list) and value and all(isinstance(item, dict) and "code" in item for item in value):
        return {item["code"]: item for item in value}
    return value
