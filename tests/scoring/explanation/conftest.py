"""Random methods and random values, through the real intake and engine."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import strategies as st

from kanjian.scoring import Result, Scheme, read_values, score

RULES: list[dict[str, Any]] = [
    {"method": "direct"},
    {"method": "minmax", "floor": 1.0},
    {"method": "minmax", "within": "track", "floor": 1.0},
    {"method": "efficacy", "good": 90.0, "bad": 40.0},
    {"method": "target_ratio", "target": 80.0, "cap": 1.2},
    {"method": "percentile", "floor": 5.0},
    {"method": "tscore"},
]
MEANS: list[dict[str, Any]] = [
    {"method": "arithmetic"},
    {"method": "geometric"},
    {"method": "harmonic"},
    {"method": "power", "p": 2.0},
    {"method": "power", "p": -0.5},
    {"method": "sum"},
    {"method": "min"},
    {"method": "copeland"},
    {"method": "median_rank"},
]
MISSING: list[dict[str, Any]] = [
    {"rule": "rescale"},
    {"rule": "rescale", "min_share": 0.4},
    {"rule": "strict"},
    {"rule": "fill", "from": "track", "using": "mean"},
]
TRACKS = ["平原", "山区"]


@st.composite
def leaves(draw: st.DrawFn, code: str) -> dict[str, Any]:
    """An indicator with a rule, sometimes with a coefficient, a cap, or only for one track."""
    rule = draw(st.sampled_from(RULES))
    node: dict[str, Any] = {"code": code, "weight": draw(st.sampled_from([1.0, 2.0, 3.5])), "rule": rule}
    if rule["method"] == "minmax" and draw(st.booleans()):
        node["direction"] = "down"
    extra = draw(
        st.sampled_from([{}, {}, {"coefficient": {"track": {"山区": 1.1}}}, {"applies_to": {"track": ["平原"]}}])
    )
    cap = draw(st.sampled_from([{}, {}, {"cap": {"at_most": 95.0}}]))
    return {**node, **extra, **cap}


@st.composite
def branches(draw: st.DrawFn, code: str, depth: int) -> dict[str, Any]:
    """A branch with its own mean, missing rule, extras and limits."""
    names = [f"{code}{i}" for i in range(draw(st.integers(1, 3)))]
    children = [draw(branches(n, depth - 1) if depth and draw(st.booleans()) else leaves(n)) for n in names]
    aggregate, missing = draw(st.sampled_from(MEANS)), draw(st.sampled_from(MISSING))
    node: dict[str, Any] = {"code": code, "weight": draw(st.sampled_from([1.0, 2.0])), "children": children}
    if draw(st.booleans()):
        children.append({"code": f"{code}x", "rule": {"method": "bonus", "per": 0.05, "at_most": 4.0}})
    if draw(st.booleans()):
        children.append({"code": f"{code}y", "kind": "deduction", "weight": 0.02, "rule": {"method": "direct"}})
    if draw(st.booleans()):
        children.append(
            {"code": f"{code}v", "rule": {"method": "veto", "when": {"at_least": 92}, "effect": {"cap": 59}}}
        )
    limit = draw(st.sampled_from([{}, {}, {"cap": {"at_most": 70.0, "at_least": 20.0}}]))
    floor = draw(st.sampled_from([{}, {}, {"floors": [{"node": names[0], "below": 30.0, "cap": 50.0}]}]))
    return {**node, "aggregate": aggregate, "missing": missing, **limit, **floor}


def complete(tree: dict[str, Any], **head: Any) -> Scheme:
    """Make a scheme of a tree."""
    return Scheme.load(
        {"format": "kanjian/scheme/1", "code": "s", "version": "1", "tracks": {"by": "track"}, "tree": tree} | head
    )


def scored(scheme: Scheme, rows: list[dict[str, Any]]) -> Result:
    """Score rows of cells."""
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(scheme.inputs(), pl.Float64), infer_schema_length=None)
    return score(scheme, read_values(frame, scheme))


@st.composite
def tables(draw: st.DrawFn, scheme: Scheme, units: list[str]) -> list[dict[str, Any]]:
    """Values of all units; about one cell in eight is missing."""
    number = st.integers(0, 100).map(float)
    cell = st.one_of(*[number] * 7, st.none())
    rows = [
        {"unit": unit, "track": TRACKS[place % 2], **{name: draw(cell) for name in scheme.inputs()}}
        for place, unit in enumerate(units)
    ]
    rows[0][scheme.inputs()[0]] = draw(number)  # a table without any value is refused at intake
    return rows


@pytest.fixture(scope="session")
def make() -> Any:
    """The helpers of this file; test modules cannot import a conftest."""

    class Make:
        tree = staticmethod(branches)
        scheme = staticmethod(complete)
        table = staticmethod(tables)
        result = staticmethod(scored)

    return Make
