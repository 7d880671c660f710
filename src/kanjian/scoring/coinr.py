"""Indices described for COINr 来自 COINr 的指标体系: its table `iMeta` → a scheme that gives the same numbers.

`iMeta` has one row for each indicator, aggregate, group and denominator: Level, iCode, iName, Direction, Weight, Unit,
Target, Denominator, Parent, Type. Conventions followed: direction -1 turns an indicator round before it is normalised;
a missing value is left out and the other weights are scaled up; standard deviations divide by n - 1; a constant
indicator has no normalised value; denominators are applied only when asked for. Ranks are 1, 2, 2, 4 on the raw scores,
so differences in the 16th digit part units as they do in R; `ties: {precision: {tolerance: 1.0e-9}}` ends that.

Defaults of the rules are COINr's: minmax 0..100, zscore mean 0 and deviation 1, places as they are, shares 0..1. Limits
of goalposts and scaled come from the columns goalpost_lower, goalpost_upper, goalpost_scale, goalpost_trunc2posts and
scaled_lower, scaled_upper, scale_factor; the cap of distance_to_target from dist2targ_cap_max.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from kanjian.scoring.coinr_rules import RuleReader
from kanjian.scoring.problems import Problem, SchemeError
from kanjian.scoring.scheme import Scheme

REQUIRED = ("Level", "iCode", "Direction", "Weight", "Parent", "Type")
AGGREGATES: dict[str, dict[str, Any]] = {
    "arithmetic": {"method": "arithmetic"},
    "geometric": {"method": "geometric"},
    "harmonic": {"method": "harmonic"},
    "copeland": {"method": "copeland", "raw": True},
    "min": {"method": "min"},
    "median_rank": {"method": "median_rank"},
    "a_amean": {"method": "arithmetic"},
    "a_gmean": {"method": "geometric"},
    "a_hmean": {"method": "harmonic"},
    "a_copeland": {"method": "copeland", "raw": True},
}
Row = dict[str, Any]


def scheme_from_imeta(
    frame: pl.DataFrame,
    *,
    rule: str = "minmax",
    aggregate: str | Sequence[str] = "arithmetic",
    range: tuple[float, float] | None = None,  # noqa: A002 - the word people use for it
    denominate: bool = False,
    within: str = "all",
    reference: str | None = None,
    cap: bool | None = None,
    truncate: bool = True,
    min_share: float | Sequence[float] = 0.0,
    code: str = "index",
    version: str = "1",
) -> Scheme:
    """Return the scheme of an iMeta table.

    `rule`: one of `coinr_rules.READERS` or COINr's own name for it (`n_minmax`); distance_to_reference wants
    `reference`, a unit code. `aggregate`: one method, or one for each step from the indicators upwards
    (`["arithmetic", "geometric"]`); `power:2` is a power mean. `range`: points of worst and best, for zscore mean and
    standard deviation; without it each rule has COINr's default. `within`: a group column inside which bounds are
    taken. `min_share`: COINr's `dat_thresh`, the least share (0..1) of children that must be present, one for all
    steps or one for each. Raises SchemeError with all problems.
    """
    rows = _rows(frame)
    problems = _problems(rows)
    reader = RuleReader(rule, limits=range, within=within, reference=reference, cap=cap, truncate=truncate)
    problems += reader.problems()
    levels = max((int(row["Level"]) for row in rows if isinstance(row["Level"], int | float)), default=1)
    steps = _steps(aggregate, levels, problems)
    shares = _shares(min_share, levels, problems)
    if problems:
        raise SchemeError(problems)
    branches = [{"aggregate": step, **_missing(share)} for step, share in zip(steps, shares, strict=True)]
    tree = _Builder(rows, branches).tree(reader.rule, denominate=denominate)
    return Scheme.load(_head(code, version, tree, reader.note()))


def _head(code: str, version: str, tree: Row, note: str) -> dict[str, Any]:
    """Return the whole scheme as plain data."""
    return {
        "format": "kanjian/scheme/1",
        "code": code,
        "version": version,
        "name": str(tree.get("name") or code),
        "provenance": "COINr iMeta",
        "note": note,
        "ties": {"precision": "raw"},
        "tree": tree,
    }


def _rows(frame: pl.DataFrame) -> list[Row]:
    """Return the rows as plain data, empty texts and NaN as None."""
    absent = [name for name in REQUIRED if name not in frame.columns]
    if absent:
        message = f"not an iMeta table: columns missing: {', '.join(absent)}"
        raise SchemeError([Problem("iMeta", message, "missing_column")])
    return [{name: _clean(value) for name, value in row.items()} for row in frame.iter_rows(named=True)]


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        text = value.strip()
        return None if text in {"", "NA", "NaN"} else text
    return None if isinstance(value, float) and math.isnan(value) else value


def _tree_rows(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["Type"] in {"Indicator", "Aggregate"}]


def _problems(rows: list[Row]) -> list[Problem]:
    """Return what is wrong with the table, row by row."""
    found: list[Problem] = []
    nodes = {row["iCode"]: row for row in _tree_rows(rows)}
    denominators = {row["iCode"] for row in rows if row["Type"] == "Denominator"}
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        code, where = row["iCode"], f"iMeta, row {number} ({row['iCode']})"
        if code is None or code in seen:
            found.append(Problem(where, "has no iCode" if code is None else "iCode occurs twice", "duplicate_code"))
        seen.add(code)
        if row["Type"] not in {"Indicator", "Aggregate", "Group", "Denominator", "Other"}:
            message = f"Type must be Indicator, Aggregate, Group, Denominator or Other, not {row['Type']!r}"
            found.append(Problem(where, message, "type"))
        if row["Type"] in {"Indicator", "Aggregate"}:
            found += _node_problems(row, where, nodes, denominators)
    roots = [row["iCode"] for row in nodes.values() if row["Parent"] is None]
    if nodes and len(roots) != 1:
        names = ", ".join(map(str, roots)) or "none: the parents form a cycle"
        found.append(Problem("iMeta", f"exactly one row must have no Parent (here: {names})", "root"))
    if not any(row["Type"] == "Indicator" for row in rows):
        found.append(Problem("iMeta", "has no Indicator", "no_indicator"))
    return found


def _node_problems(row: Row, where: str, nodes: dict[str, Row], denominators: set[str]) -> list[Problem]:
    found = []
    level = row["Level"]
    if not isinstance(level, int | float) or level != int(level) or level < 1:
        found.append(Problem(where, f"Level must be a whole number from 1, not {level!r}", "level"))
    if row["Direction"] not in {1, -1}:
        found.append(Problem(where, f"Direction must be 1 or -1, not {row['Direction']!r}", "direction"))
    elif row["Type"] == "Aggregate" and row["Direction"] == -1:
        message = "Direction -1 on an aggregate would be ignored by COINr; turn its indicators instead"
        found.append(Problem(where, message, "direction_on_branch"))
    if not isinstance(row["Weight"], int | float) or row["Weight"] < 0:
        found.append(Problem(where, f"Weight must be a number from 0, not {row['Weight']!r}", "weight"))
    parent = row["Parent"]
    if parent is not None and parent not in nodes:
        found.append(Problem(where, f"Parent {parent!r} is not in the table", "no_parent"))
    elif parent is not None and isinstance(level, int | float):
        if nodes[parent]["Level"] != level + 1:
            message = f"Parent {parent!r} stands on level {nodes[parent]['Level']}, not {level + 1}: levels follow on"
            found.append(Problem(where, message, "level"))
        if nodes[parent]["Type"] == "Indicator":
            found.append(Problem(where, f"Parent {parent!r} is an indicator", "no_parent"))
    denominator = row.get("Denominator")
    if denominator is not None and denominators and denominator not in denominators:
        found.append(Problem(where, f"Denominator {denominator!r} is not in the table", "no_denominator"))
    return found


def _steps(aggregate: str | Sequence[str], levels: int, problems: list[Problem]) -> list[dict[str, Any]]:
    """Return the aggregation of each level above the indicators."""
    names = [aggregate] if isinstance(aggregate, str) else list(aggregate)
    steps: list[dict[str, Any]] = []
    for name in names:
        power = re.fullmatch(r"(?:power|a_genmean):(-?\d+(?:\.\d+)?)", name)
        if power:
            steps.append({"method": "power", "p": float(power.group(1))})
        elif name in AGGREGATES:
            steps.append(AGGREGATES[name])
        else:
            known = ", ".join([name for name in AGGREGATES if not name.startswith("a_")] + ["power:<p>"])
            problems.append(Problem("aggregate", f"unknown aggregation {name!r}; one of {known}", "unknown_aggregate"))
    if len(steps) == 1:
        return steps * max(levels - 1, 1)
    if steps and len(steps) != levels - 1:
        message = f"give one method, or {levels - 1}: one for each step of {levels} levels (here: {len(steps)})"
        problems.append(Problem("aggregate", message, "aggregate_count"))
    return steps


def _shares(min_share: float | Sequence[float], levels: int, problems: list[Problem]) -> list[float]:
    """Return the least share of present children of each level above the indicators."""
    shares = [float(min_share)] if isinstance(min_share, int | float) else [float(share) for share in min_share]
    steps = max(levels - 1, 1)
    if len(shares) not in {1, steps}:
        message = f"give one share, or {steps}: one for each step of {levels} levels (here: {len(shares)})"
        problems.append(Problem("min_share", message, "share_count"))
    wrong = [share for share in shares if not 0 <= share <= 1]
    problems += [Problem("min_share", f"must lie between 0 and 1, not {share:g}", "share") for share in wrong]
    return shares * steps if len(shares) == 1 else shares


def _missing(share: float) -> dict[str, Any]:
    return {"missing": {"min_share": share, "share_of": "count"}} if share else {}


class _Builder:
    """Builds the nested tree from rows that name their parents; `branches` holds the settings of each level's nodes."""

    def __init__(self, rows: list[Row], branches: list[dict[str, Any]]) -> None:
        self.rows, self.branches = _tree_rows(rows), branches

    def tree(self, rule: Callable[[Row], dict[str, Any]], *, denominate: bool) -> dict[str, Any]:
        """Return the root with everything below it."""
        root = next(row for row in self.rows if row["Parent"] is None)
        return self.node(root, rule, denominate=denominate)

    def node(self, row: Row, rule: Callable[[Row], dict[str, Any]], *, denominate: bool) -> dict[str, Any]:
        """Return one node."""
        node: dict[str, Any] = {"code": row["iCode"], "weight": float(row["Weight"])}
        if row.get("iName") is not None:
            node |= {"name": str(row["iName"]), "name_en": str(row["iName"])}
        if row["Type"] == "Indicator":
            if row.get("Unit") is not None:
                node["unit"] = str(row["Unit"])
            if row["Direction"] == -1:
                node["direction"] = "down"
            if denominate and row.get("Denominator") is not None:
                node["denominator"] = {"input": row["Denominator"]}
            return node | {"rule": rule(row)}
        children = [child for child in self.rows if child["Parent"] == row["iCode"]]
        node |= self.branches[int(row["Level"]) - 2]
        node["children"] = [self.node(child, rule, denominate=denominate) for child in children]
        return node


def denominated(frame: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """Return a values frame in which each indicator that has a denominator in the scheme is divided by it.

    Scoring does this by itself; the function shows the denominated values, or prepares them for another tool.
    """
    columns = [
        (pl.col(leaf.columns()[0]) / (pl.col(leaf.denominator.input) / leaf.denominator.times)).alias(leaf.columns()[0])
        for leaf in scheme.leaves()
        if leaf.denominator is not None
    ]
    return frame.with_columns(columns)
