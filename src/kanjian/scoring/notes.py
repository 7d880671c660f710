"""What a reader of the result should know 结果提示: nothing here changes a number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from kanjian.scoring.parameters import Parameters
from kanjian.scoring.problems import Note
from kanjian.scoring.scheme import Node, Scheme

Floats = npt.NDArray[np.float64]


def scheme_notes(scheme: Scheme) -> list[Note]:
    """Return notes on the method itself: weights that look like percentages but do not sum to 100."""
    return [note for node in scheme.nodes() if node.children for note in _weight_notes(node)]


def _weight_notes(node: Node) -> Iterator[Note]:
    if node.aggregate is not None and node.aggregate.method == "sum":
        return  # points are added, nothing is scaled to shares
    weights = [child.weight for child in node.children if child.role == "score"]
    total = sum(weights)
    for whole in (1.0, 100.0):
        if 0 < abs(total - whole) <= 0.06 * whole and abs(total - whole) > 1e-9 * whole and len(weights) > 1:
            message = f"weights below {node.code} sum to {total:g}, not {whole:g}; they are scaled to shares"
            yield Note("weights_not_whole", message, node.code)


def fit_notes(scheme: Scheme, parameters: Parameters) -> list[Note]:
    """Return notes on indicators without values or without spread, within groups."""
    found = []
    for leaf in scheme.leaves():
        if leaf.rule is None:
            continue
        low, high = parameters.tables.get((leaf.code, "min")), parameters.tables.get((leaf.code, "max"))
        spread = parameters.tables.get((leaf.code, "sd"))
        if low is not None and high is not None and low.by == high.by:
            table, flat = low, low.values == high.values
        elif spread is not None:
            table, flat = spread, spread.values == 0
        else:
            continue
        number = int(np.count_nonzero(flat))
        if number:
            where = "all units have" if table.by is None else f"in {number} of {len(flat)} groups ({table.by}) all have"
            found.append(Note("constant", f"{leaf.code}: {where} one value; the rule's constant applies", leaf.code))
        empty = int(np.count_nonzero(np.isnan(table.values)))
        if empty and table.by is not None:
            message = f"{leaf.code}: {empty} of {len(flat)} groups ({table.by}) have no value"
            found.append(Note("empty_group", message, leaf.code))
    return found


def mean_notes(scheme: Scheme, points: Mapping[str, Floats]) -> list[Note]:
    """Return notes on means that zero or negative points decide or undo; `points` by node code, NaN for missing."""
    found = []
    for node in scheme.nodes():
        method = node.aggregate.method if node.aggregate is not None else "arithmetic"
        if method not in {"geometric", "harmonic", "power"}:
            continue
        children = [child.code for child in node.children if child.role == "score" and child.weight > 0]
        known = [points[code] for code in children if code in points]
        negative = _rows_with(known, np.less)
        if negative:
            message = (
                f"{node.code}: {negative:,} unit(s) have negative points below it, so there is no {method} mean and "
                f"{node.code} counts as missing for them; use a rule whose points stay positive"
            )
            found.append(Note("negative_under_mean", message, node.code))
        pulled = method != "power" or (node.aggregate is not None and (node.aggregate.p or 1.0) < 0)
        zero = _rows_with(known, np.equal) if pulled else 0
        if zero:
            message = (
                f"{node.code}: {zero:,} unit(s) have 0 points in an item below it, which makes the {method} mean 0 "
                f"whatever else they have; a rule with a floor above 0 avoids that"
            )
            found.append(Note("zero_under_mean", message, node.code))
    return found


def _rows_with(columns: list[Floats], compare: Callable[[Floats, float], npt.NDArray[np.bool_]]) -> int:
    """Return in how many rows at least one column compares so with 0."""
    return int(np.count_nonzero(np.logical_or.reduce([compare(column, 0.0) for column in columns]))) if columns else 0
