"""A scheme with the panel's weights 建议版本. Pure: scheme in, text of the next version out."""

from collections.abc import Mapping
from typing import Any

from kanjian.scoring import Scheme

DECIMALS = 2


def rounded(weights: Mapping[str, float], total: float, decimals: int = DECIMALS) -> dict[str, float]:
    """Weights that sum to ``total`` exactly after rounding: the largest remainders get the last units (Hamilton).

    >>> rounded({"a": 0.3333, "b": 0.3333, "c": 0.3334}, 100, 0)
    {'a': 33.0, 'b': 33.0, 'c': 34.0}
    """
    scale = 10**decimals
    whole = round(total * scale)
    sum_of_weights = sum(weights.values())
    exact = {code: weight / sum_of_weights * whole for code, weight in weights.items()}
    found = {code: int(share) for code, share in exact.items()}
    rest = whole - sum(found.values())
    # Equal remainders go by place, so that the same answers always give the same weights.
    order = sorted(exact, key=lambda code: (found[code] - exact[code], list(exact).index(code)))
    for code in order[:rest]:
        found[code] += 1
    return {code: units / scale for code, units in found.items()}


def with_weights(scheme: Scheme, node: str, weights: Mapping[str, float], *, version: str) -> str:
    """The scheme as YAML under another version label, the children of ``node`` weighted anew with the old sum."""
    data = scheme.to_dict()
    data["version"] = version
    target = _find(data["tree"], node)
    children = [child for child in target["children"] if child["code"] in weights]
    total = sum(child.get("weight", 1.0) for child in children)
    fresh = rounded(weights, total)
    for child in children:
        child["weight"] = fresh[child["code"]]
    return Scheme.load(data).to_yaml()


def _find(here: dict[str, Any], code: str) -> dict[str, Any]:
    stack = [here]
    while stack:
        node = stack.pop()
        if node.get("code") == code:
            return node
        stack += node.get("children", [])
    raise KeyError(code)
