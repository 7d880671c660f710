"""Running a plan over rows 逐行计算: in chunks that stay in the processor's cache, on all processors.

A row's result depends on that row, the scheme and the parameters only, so chunks and threads change nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from kanjian.scoring.batch import Batch, CodeBook
from kanjian.scoring.branch import evaluate_branch
from kanjian.scoring.column import Column, Floats, Mask, Trace
from kanjian.scoring.leaf import evaluate_leaf
from kanjian.scoring.limits import band_limit
from kanjian.scoring.parameters import Parameters
from kanjian.scoring.plan import BranchPlan, LeafPlan, NodePlan
from kanjian.scoring.values import Values

CHUNK = 65_536


@dataclass
class Outcome:
    """Results of all rows: points by node code, and what is known about the root."""

    points: dict[str, Floats]
    coverage: Floats | None = None
    imputed: Floats | None = None
    not_applicable: Mask | None = None
    band_limits: dict[str, Mask] = field(default_factory=dict)
    flags: list[tuple[str, str, npt.NDArray[np.intp]]] = field(default_factory=list)


def evaluate(
    plan: NodePlan,
    values: Values,
    parameters: Parameters,
    *,
    wanted: Collection[str],
    flags: bool = False,
    book: CodeBook | None = None,
) -> Outcome:
    """Evaluate a node and everything below it; keep the points of the `wanted` codes."""
    rows = values.height
    outcome = Outcome({code: np.empty(rows) for code in wanted})
    work = _Work(plan, values, parameters, outcome, book or CodeBook(values.frame), flags=flags)
    starts = range(0, max(rows, 1), CHUNK)
    traces = [work.chunk(starts[0])]
    processors = min(os.cpu_count() or 1, len(starts) - 1)
    if processors > 1:
        with ThreadPoolExecutor(processors) as pool:
            traces += pool.map(work.chunk, starts[1:])
    else:
        traces += map(work.chunk, starts[1:])
    outcome.flags = [flag for trace in traces for flag in trace.flags]
    return outcome


@dataclass
class _Work:
    """One evaluation: what every chunk shares."""

    plan: NodePlan
    values: Values
    parameters: Parameters
    outcome: Outcome
    book: CodeBook
    flags: bool
    lock: threading.Lock = field(default_factory=threading.Lock)
    watched: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Find the nodes whose points some floor looks at."""
        self.watched = watched_codes(self.plan)

    def chunk(self, start: int) -> Trace:
        """Evaluate the rows from `start` and write them into the outcome."""
        rows = min(CHUNK, self.values.height - start)
        batch, trace = Batch(self.values, self.book, start, rows), Trace(self.flags, start)
        root = self.visit(self.plan, batch, trace, {})
        here = slice(start, start + rows)
        self._store("coverage", root.share, here, 1.0)
        self._store("imputed", root.imputed, here, 0.0)
        self._store("not_applicable", root.na, here, default=False)
        for band, mask in band_limit(self.plan, batch).items():
            with self.lock:
                target = self.outcome.band_limits.setdefault(band, np.zeros(self.values.height, dtype=np.bool_))
            target[here] = mask
        return trace

    def visit(self, plan: NodePlan, batch: Batch, trace: Trace, below: dict[str, Floats]) -> Column:
        """Evaluate a node after its children."""
        if isinstance(plan, LeafPlan):
            column = evaluate_leaf(plan, batch, self.parameters, trace)
        else:
            assert isinstance(plan, BranchPlan)
            columns = [self.visit(child, batch, trace, below) for child in plan.children]
            column = evaluate_branch(plan, columns, batch, self.parameters, trace=trace, below=below)
        if plan.code in self.watched:
            below[plan.code] = column.points
        kept = self.outcome.points.get(plan.code)
        if kept is not None:
            kept[batch.start : batch.start + batch.rows] = column.points
        return column

    def _store(self, name: str, found: npt.NDArray[np.generic] | None, here: slice, default: float) -> None:
        """Write an optional vector; it is created when the first chunk has something to say."""
        if found is None:
            return
        with self.lock:
            target = getattr(self.outcome, name)
            if target is None:
                target = np.full(self.values.height, default, dtype=found.dtype)
                setattr(self.outcome, name, target)
        target[here] = found


def watched_codes(plan: NodePlan) -> frozenset[str]:
    """Return the codes of all nodes that a floor somewhere looks at."""
    if not isinstance(plan, BranchPlan):
        return frozenset()
    return frozenset(floor.node for floor in plan.node.floors).union(*(watched_codes(child) for child in plan.children))
