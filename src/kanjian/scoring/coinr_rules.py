"""How a rule's parameters are read from a row of COINr's iMeta 由 iMeta 读取计分规则."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kanjian.scoring.problems import Problem, SchemeError

ALIASES = {
    "n_minmax": "minmax",
    "n_zscore": "zscore",
    "n_scaled": "scaled",
    "n_rank": "rank",
    "n_prank": "percentile",
    "n_borda": "borda",
    "n_dist2max": "distance_to_best",
    "n_dist2ref": "distance_to_reference",
    "n_dist2targ": "distance_to_target",
    "n_fracmax": "share_of_max",
    "n_goalposts": "goalposts",
}
Row = dict[str, Any]
Span = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class _Settings:
    """What was asked for, for all indicators."""

    limits: Span | None
    within: str
    reference: str | None
    cap: bool | None
    truncate: bool


@dataclass(frozen=True, init=False)
class RuleReader:
    """Reads the parameters of one rule from the rows of the indicators."""

    method: str
    settings: _Settings

    def __init__(self, rule: str, **settings: Any) -> None:
        object.__setattr__(self, "method", ALIASES.get(rule, rule))
        object.__setattr__(self, "settings", _Settings(**settings))

    def problems(self) -> list[Problem]:
        """Return what is wrong with the request."""
        if self.method not in READERS:
            message = f"unknown rule {self.method!r} for an iMeta table; one of {', '.join(READERS)}"
            return [Problem("rule", message, "unknown_rule")]
        if self.method == "distance_to_reference" and self.settings.reference is None:
            return [Problem("reference", "distance_to_reference needs a reference unit", "no_reference")]
        return []

    def note(self) -> str:
        """Return what the reader of the scheme should know about the request."""
        unused = self.settings.limits is not None and self.method in {"rank", "borda"}
        return f"range does not apply to {self.method}" if unused else ""

    def rule(self, row: Row) -> Row:
        """Return the rule of one indicator."""
        return {"method": self.method, **READERS[self.method](row, self.settings)}


def _minmax(row: Row, settings: _Settings) -> Row:
    lower, upper = row.get("minmax_lower"), row.get("minmax_upper")
    own = (float(lower), float(upper)) if lower is not None and upper is not None else (0.0, 100.0)
    return {"constant": None, **_span(settings, own), **_group(settings)}


def _minmax60(_row: Row, settings: _Settings) -> Row:
    full = {} if settings.limits is None else {"full": settings.limits[1]}
    return {"constant": None, **full, **_group(settings)}


def _zscore(row: Row, settings: _Settings) -> Row:
    mean, deviation = settings.limits or (row.get("zscore_mean") or 0.0, row.get("zscore_sd") or 1.0)
    return {"constant": None, "mean": mean, "sd": deviation, **_group(settings)}


def _tscore(_row: Row, settings: _Settings) -> Row:
    return {"constant": None, **_group(settings)}


def _scaled(row: Row, settings: _Settings) -> Row:
    # COINr turns the values of direction -1 round but not its default limits: x beyond 0..100 becomes -x, not 100 - x.
    default = (-100.0, 0.0) if row["Direction"] == -1 else (0.0, 100.0)
    low, high = _pair(row, "scaled_lower", "scaled_upper", default)
    factor = row.get("scale_factor")
    return {"low": low, "high": high, **_span(settings, (0.0, 100.0 if factor is None else factor))}


def _goalposts(row: Row, settings: _Settings) -> Row:
    low, high = _pair(row, "goalpost_lower", "goalpost_upper", None)
    scale, cut = row.get("goalpost_scale"), row.get("goalpost_trunc2posts")
    truncate = settings.truncate if cut is None else _yes(cut)
    return {"low": low, "high": high, "truncate": truncate, **_span(settings, (0.0, 1.0 if scale is None else scale))}


def _target(row: Row, settings: _Settings) -> Row:
    cap = _yes(row.get("dist2targ_cap_max")) if settings.cap is None else settings.cap
    return {"target": row.get("Target"), "cap": cap, **_span(settings, (0.0, 1.0)), **_group(settings)}


def _reference(_row: Row, settings: _Settings) -> Row:
    shares = _span(settings, (0.0, 1.0))
    return {"reference": settings.reference, "cap": bool(settings.cap), **shares, **_group(settings)}


def _best(_row: Row, settings: _Settings) -> Row:
    return {"constant": None, **_span(settings, (0.0, 1.0)), **_group(settings)}


def _share_of_max(_row: Row, settings: _Settings) -> Row:
    return {"down": "negate", **_span(settings, (0.0, 1.0)), **_group(settings)}


def _place(_row: Row, settings: _Settings) -> Row:
    return _group(settings)


READERS: dict[str, Callable[[Row, _Settings], Row]] = {
    "minmax": _minmax,
    "zscore": _zscore,
    "scaled": _scaled,
    "goalposts": _goalposts,
    "distance_to_target": _target,
    "distance_to_best": _best,
    "distance_to_reference": _reference,
    "share_of_max": _share_of_max,
    "percentile": _best,
    "rank": _place,
    "borda": _place,
    "minmax60": _minmax60,
    "tscore": _tscore,
}


def _group(settings: _Settings) -> Row:
    return {} if settings.within == "all" else {"within": settings.within}


def _span(settings: _Settings, default: Span) -> Row:
    """Return floor and full."""
    low, high = settings.limits or default
    return {"floor": float(low), "full": float(high)}


def _pair(row: Row, lower: str, upper: str, default: Span | None) -> Span:
    low, high = row.get(lower), row.get(upper)
    if low is not None and high is not None:
        return float(low), float(high)
    if default is None:
        message = f"{row['iCode']} needs {lower} and {upper}"
        raise SchemeError([Problem(f"iMeta, {row['iCode']}", message, "missing_column")])
    return default


def _yes(value: Any) -> bool:
    return str(value).strip().lower() in {"true", "1", "1.0", "t", "yes"}
