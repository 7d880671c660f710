"""The methods of the sample city 样例方法: the strong-village scheme and the version that follows it."""

from typing import Any

from kanjian.demo import places
from kanjian.scoring import Scheme

FIRST, NEXT = "2026.1", "2026.2"


def strong_village(version: str = FIRST) -> Scheme:
    """Scheme ``strong-village`` in version 2026.1 (as written in ``data/``) or 2026.2 (the same with its changes)."""
    written: dict[str, Any] = places.document("strong-village.yaml")
    if version != FIRST:
        changes: dict[str, Any] = places.document(f"strong-village-{version}.yaml")
        written |= {key: changes[key] for key in ("version", "note", "groups")}
        written["tree"] = _changed(written["tree"], dict(changes["nodes"]))
    return Scheme.load(written)


def strong_village_text(version: str = FIRST) -> str:
    """The scheme as YAML: the file itself with its comments where there is one, else the changed scheme written out."""
    if version == FIRST:
        return (places.DATA / "strong-village.yaml").read_text(encoding="utf-8")
    return strong_village(version).to_yaml()


def _changed(node: dict[str, Any], changes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    children = [_changed(child, changes) for child in node.get("children", [])]
    changed = node | changes.get(node["code"], {})
    return changed | {"children": children} if children else changed
