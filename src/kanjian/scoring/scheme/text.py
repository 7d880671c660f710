"""A scheme as text 方法文本: plain data without defaults, canonical JSON with its hash, YAML."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from kanjian.scoring.scheme.model import Scheme


def plain(scheme: Scheme) -> dict[str, Any]:
    """Return the scheme as plain data; what equals a default is left out, so a default written out changes nothing."""
    return scheme.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def canonical(scheme: Scheme) -> str:
    """Return canonical JSON: sorted keys, no blanks, numbers as floats so that 18 and 18.0 are the same."""
    return json.dumps(
        _floats(plain(scheme)), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def digest(scheme: Scheme) -> str:
    """Return the SHA-256 of the canonical JSON in hexadecimal."""
    return hashlib.sha256(canonical(scheme).encode()).hexdigest()


def to_yaml(scheme: Scheme) -> str:
    """Return the scheme as YAML, keys in the order of the format."""
    return yaml.safe_dump(_short(plain(scheme)), allow_unicode=True, sort_keys=False, width=120)


def _floats(data: Any) -> Any:
    """Turn every number into a float, -0.0 into 0.0; booleans stay."""
    if isinstance(data, dict):
        return {key: _floats(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_floats(value) for value in data]
    if isinstance(data, int | float) and not isinstance(data, bool):
        return float(data) + 0.0
    return data


def _short(data: Any) -> Any:
    """Write whole floats as integers, as a person would."""
    if isinstance(data, dict):
        return {key: _short(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_short(value) for value in data]
    if isinstance(data, float) and data.is_integer() and abs(data) < 1e15:
        return int(data)
    return data
