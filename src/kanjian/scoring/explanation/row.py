"""One unit's row kept ready for trials 单个单位的反复试算: a change costs what it reaches, not the whole tree.

The kernels are the engine's own. A node that reads none of the changed inputs keeps the points it has; an indicator
tried at some rows only is computed for these rows. A row's result depends on that row, the scheme and the parameters
only, so nothing differs from scoring all rows whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from kanjian.scoring.batch import Batch, CodeBook
from kanjian.scoring.branch import evaluate_branch
from kanjian.scoring.column import Column, Floats, Mask, Trace
from kanjian.scoring.evaluate import Outcome
from kanjian.scoring.grouping import Codes
from kanjian.scoring.leaf import evaluate_leaf
from kanjian.scoring.limits import band_limit
from kanjian.scoring.parameters import Parameters
from kanjian.scoring.plan import BranchPlan, LeafPlan, NodePlan
from kanjian.scoring.values import Values

Kind = TypeVar("Kind", bound=np.generic)
Places = npt.NDArray[np.intp]
MOST_KEPT = 20_000
SILENT = Trace(wanted=False)


class Varied:
    """What a trial gives one input: a value at each row, or at some rows while the others keep the base."""

    __slots__ = ("at", "values")

    def __init__(self, values: Floats, at: Places | None = None) -> None:
        self.values, self.at = values, at


class Row:
    """The tree over one row of values."""

    def __init__(self, plan: NodePlan, row: Values, parameters: Parameters) -> None:
        self.plan, self.parameters = plan, parameters
        self.once = _Once(row)
        self.plans = plans_by_code(plan)
        self.reads: dict[str, frozenset[str]] = {}
        self._note_reads(plan)
        self._kept: dict[tuple[str, tuple[tuple[str, float], ...]], Column] = {}
        self._tried: dict[tuple[object, ...], Column] = {}
        self._single: dict[tuple[str, str, float], tuple[Column, int]] = {}

    def under(self, parameters: Parameters) -> Row:
        """Return the same row under other parameters of the same scheme."""
        other = copy(self)
        other.parameters, other._kept, other._tried, other._single = parameters, {}, {}, {}
        return other

    def points(
        self, base: Mapping[str, float], varied: Mapping[str, Varied], rows: int, wanted: Collection[str]
    ) -> dict[str, Floats]:
        """Return the points of the wanted nodes at each row: inputs as in `varied`, else `base`, else unchanged."""
        trial = _Trial(self, base, varied, rows)
        return {code: trial.column(code).points for code in wanted}

    def fixed(self, code: str, base: Mapping[str, float]) -> Column:
        """Return a node's column of one row under `base`; kept, since searches come back to it."""
        reads = self.reads[code]
        key = (code, tuple((name, value) for name, value in base.items() if name in reads))
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) > MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = self._fixed(code, key[1], base)
        return found

    def _fixed(self, code: str, own: tuple[tuple[str, float], ...], base: Mapping[str, float]) -> Column:
        """Return the column of `fixed`: taken from among the values tried, or worked out."""
        known = self._single.get((code, *own[0])) if len(own) == 1 else None
        if known is not None:
            return _one_of(*known)
        return _Trial(self, base, {name: Varied(np.array([value])) for name, value in own}, 1).computed(code)

    def outcome(self, base: Mapping[str, float]) -> Outcome:
        """Return what is known about the root under `base`, as the engine returns it."""
        root, code = self.fixed(self.plan.code, base), self.plan.code
        vetoes = {veto.input for veto in self.plan.vetoes}
        inputs = {name: np.array([value]) for name, value in base.items() if name in vetoes}
        bands = band_limit(self.plan, _Repeated(self.once, inputs, 1))
        return Outcome({code: root.points}, root.share, root.imputed, root.na, bands)

    def leaf(self, plan: LeafPlan, inputs: Mapping[str, Floats], rows: int) -> Column:
        """Return an indicator's column for some rows of inputs."""
        return evaluate_leaf(plan, _Repeated(self.once, inputs, rows), self.parameters, SILENT)

    def tried(self, plan: LeafPlan, inputs: Mapping[str, Floats], rows: int) -> Column:
        """Return the same; kept, since a search tries the stops of an input again while others move."""
        key = (plan.code, *((name, values.tobytes()) for name, values in inputs.items()))
        if key not in self._tried:
            if len(self._tried) > MOST_KEPT:
                self._tried.clear()
                self._single.clear()
            column = self._tried[key] = self.leaf(plan, inputs, rows)
            if len(inputs) == 1:
                ((name, values),) = inputs.items()
                own = ((plan.code, name, value) for value in values.tolist())
                self._single.update((each, (column, place)) for place, each in enumerate(own))
        return self._tried[key]

    def _note_reads(self, plan: NodePlan) -> frozenset[str]:
        """Note for each node which number columns its points depend on."""
        found = plan.reads
        if isinstance(plan, BranchPlan):
            found = found.union(*(self._note_reads(child) for child in plan.children))
            found = found.union(*(self._note_reads(self.plans[floor.node]) for floor in plan.node.floors))
        self.reads[plan.code] = found
        return found


class _Trial:
    """One batch of rows."""

    def __init__(self, row: Row, base: Mapping[str, float], varied: Mapping[str, Varied], rows: int) -> None:
        self.row, self.base, self.varied, self.rows = row, base, varied, rows
        self.found: dict[str, Column] = {}

    def column(self, code: str) -> Column:
        """Return a node's column: repeated where nothing it reads varies."""
        found = self.found.get(code)
        if found is None:
            if self.row.reads[code].isdisjoint(self.varied):
                found = _repeated(self.row.fixed(code, self.base), self.rows)
            else:
                found = self.computed(code)
            self.found[code] = found
        return found

    def computed(self, code: str) -> Column:
        """Return a node's column, worked out."""
        plan, row = self.row.plans[code], self.row
        if isinstance(plan, LeafPlan):
            return self._leaf(plan)
        assert isinstance(plan, BranchPlan)
        columns = [self.column(child.code) for child in plan.children]
        below = {floor.node: self.column(floor.node).points for floor in plan.node.floors}
        batch = _Repeated(row.once, self._inputs({veto.input for veto in plan.vetoes}, None), self.rows)
        return evaluate_branch(plan, columns, batch, row.parameters, trace=SILENT, below=below)

    def _leaf(self, plan: LeafPlan) -> Column:
        """Evaluate an indicator, at some rows only where all its varied inputs vary at the same few."""
        reads = self.row.reads[plan.code]
        places = [self.varied[name].at for name in self.varied if name in reads]
        at = places[0] if len(places) == 1 else None
        inputs = self._inputs(reads, at)
        if at is None:
            return self.row.leaf(plan, inputs, self.rows)
        return _scattered(self.row.fixed(plan.code, self.base), self.row.tried(plan, inputs, len(at)), at, self.rows)

    def _inputs(self, names: Collection[str], at: Places | None) -> dict[str, Floats]:
        """Return the columns that are not as in the row; `at`: the rows meant, None for all."""
        found: dict[str, Floats] = {}
        for name in names:
            varied = self.varied.get(name)
            rows = self.rows if at is None else len(at)
            if varied is None:
                if name in self.base:
                    found[name] = np.full(rows, self.base[name])
            elif varied.at is None or at is not None:
                found[name] = varied.values
            else:
                found[name] = np.full(rows, self.base.get(name, self.row.once.number(name)[0]))
                found[name][varied.at] = varied.values
        return found


def plans_by_code(plan: NodePlan) -> dict[str, NodePlan]:
    """Return a node and all nodes below it by their codes."""
    found = {plan.code: plan}
    if isinstance(plan, BranchPlan):
        for child in plan.children:
            found |= plans_by_code(child)
    return found


class _Once(Batch):
    """The row itself; what was asked once is kept."""

    def __init__(self, row: Values) -> None:
        super().__init__(row, CodeBook(row.frame), 0, 1)
        numbers = row.frame.select(pl.col(pl.Float64).fill_null(float("nan")))
        self._numbers |= {name: np.array([value]) for name, value in numbers.row(0, named=True).items()}
        self._marks: dict[tuple[str, ...], Mask | None] = {}
        self._texts: dict[str, Mask] = {}
        self._groups: dict[tuple[str, int], int] = {}

    def not_applicable(self, names: Sequence[str]) -> Mask | None:
        key = tuple(names)
        if key not in self._marks:
            self._marks[key] = super().not_applicable(names)
        return self._marks[key]

    def group(self, column: str, labels: tuple[str, ...]) -> int:
        key = (column, id(labels))
        if key not in self._groups:
            self._groups[key] = int(self.codes(column, labels)[0])
        return self._groups[key]

    def documented(self, name: str) -> Mask:
        if name not in self._texts:
            self._texts[name] = super().documented(name)
        return self._texts[name]


class _Repeated(Batch):
    """The row repeated, with other values for some of its number columns."""

    def __init__(self, once: _Once, inputs: Mapping[str, Floats], rows: int) -> None:
        super().__init__(once.values, once.book, 0, rows)
        self._once, self._inputs = once, inputs

    def number(self, name: str) -> Floats:
        found = self._inputs.get(name)
        return self._once.number(name).repeat(self.rows) if found is None else found

    def not_applicable(self, names: Sequence[str]) -> Mask | None:
        found = self._once.not_applicable(names)
        return None if found is None else found.repeat(self.rows)

    def documented(self, name: str) -> Mask:
        return self._once.documented(name).repeat(self.rows)

    def codes(self, column: str, labels: tuple[str, ...]) -> Codes:
        return self._once.codes(column, labels).repeat(self.rows)

    def group(self, column: str, labels: tuple[str, ...]) -> int:
        return self._once.group(column, labels)


def _one_of(column: Column, place: int) -> Column:
    """One row of a column."""
    here = slice(place, place + 1)
    points = column.points[here]
    return Column(
        points,
        column.whole or not np.isnan(points[0]),
        None if column.na is None else column.na[here],
        None if column.share is None else column.share[here],
        None if column.imputed is None else column.imputed[here],
    )


def _repeated(column: Column, rows: int) -> Column:
    if rows == 1:
        return column
    return Column(
        column.points.repeat(rows),
        column.whole,
        None if column.na is None else column.na.repeat(rows),
        None if column.share is None else column.share.repeat(rows),
        None if column.imputed is None else column.imputed.repeat(rows),
    )


def _scattered(fixed: Column, part: Column, at: Places, rows: int) -> Column:
    """The fixed column at all rows, but the part's at its own."""
    points = fixed.points.repeat(rows)
    points[at] = part.points
    return Column(
        points,
        fixed.whole and part.whole,
        _merged(fixed.na, part.na, at, rows, default=np.False_),
        _merged(fixed.share, part.share, at, rows, default=np.float64(1.0)),
        _merged(fixed.imputed, part.imputed, at, rows, default=np.float64(0.0)),
    )


def _merged(
    fixed: npt.NDArray[Kind] | None, part: npt.NDArray[Kind] | None, at: Places, rows: int, *, default: Kind
) -> npt.NDArray[Kind] | None:
    if fixed is None and part is None:
        return None
    found: npt.NDArray[Kind] = np.full(rows, default) if fixed is None else fixed.repeat(rows)
    found[at] = default if part is None else part
    return found
