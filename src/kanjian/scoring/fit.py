"""Fit 拟合: reduce the values to the parameters of the method, per indicator and comparison group.

Everything here is independent of the order of units and of threads: extremes and order statistics by nature, sums
because they are exactly rounded.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from kanjian.scoring import places, statistics
from kanjian.scoring.batch import Batch, CodeBook
from kanjian.scoring.column import Floats, Trace
from kanjian.scoring.evaluate import CHUNK, evaluate
from kanjian.scoring.grouping import Groups, groups_of
from kanjian.scoring.leaf import TREATMENT, imputed, own_value, raw_value, treated
from kanjian.scoring.parameters import Parameters, Reference, Table
from kanjian.scoring.plan import BranchPlan, LeafPlan, NodePlan, leaf_plans
from kanjian.scoring.problems import Problem, ValuesError
from kanjian.scoring.rules.base import Need
from kanjian.scoring.sample import cases_stat, fit_pool, pool_stat
from kanjian.scoring.scheme import Scheme
from kanjian.scoring.scheme.parts import Treat
from kanjian.scoring.support import sorted_support
from kanjian.scoring.treatment import fit_treatment
from kanjian.scoring.values import Values

Tables = dict[tuple[str, str], Table]


def fit(scheme: Scheme, values: Values) -> Parameters:
    """Return the parameters of a scheme for some values; ValuesError where a column or a reference unit is absent."""
    return fit_with_codes(scheme, values)[0]


def fit_with_codes(scheme: Scheme, values: Values) -> tuple[Parameters, CodeBook]:
    """Return the parameters and the group codes found on the way."""
    require_columns(scheme, values)
    work = _Fit(values, CodeBook(values.frame))
    for by in scheme.group_columns():
        work.groups_by(by)
    work.leaves(list(leaf_plans(scheme.plan)))
    for branch in _branches(scheme.plan):
        if branch.needs_others:
            work.branch(branch)
    return work.parameters(), work.book


def fit_again(
    scheme: Scheme, values: Values, inputs: Collection[str], groups: dict[str | None, Groups]
) -> Parameters | None:
    """Return the parameters of the indicators that read these inputs; None where a branch rests on all of them.

    `groups`: the groups of the same units that an earlier call has found, `fit`'s own costliest part; filled here.
    """
    if any(branch.needs_others for branch in _branches(scheme.plan)):
        return None
    work = _Fit(values, CodeBook(values.frame), groups)
    for by in scheme.group_columns():
        work.groups_by(by)
    work.leaves([leaf for leaf in leaf_plans(scheme.plan) if not leaf.reads.isdisjoint(inputs)])
    return work.parameters()


def require_columns(scheme: Scheme, values: Values) -> None:
    """Refuse values that lack a column the scheme reads."""
    kinds = (("number", scheme.inputs()), ("group", scheme.group_columns()), ("document", scheme.text_columns()))
    problems = [
        Problem(name, f"{kind} column {name!r} is missing; add it or change the scheme", "missing_column")
        for kind, names in kinds
        for name in names
        if name not in values.frame.columns
    ]
    if problems:
        raise ValuesError(problems)


@dataclass
class _Fit:
    """One fit: what has been found so far."""

    values: Values
    book: CodeBook
    groups: dict[str | None, Groups] = field(default_factory=dict)
    tables: Tables = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)

    def groups_by(self, by: str | None) -> Groups:
        """Return the groups of a column, worked out once."""
        if by not in self.groups:
            found = groups_of(None if by is None else self.values.frame[by], self.values.height)
            self.groups[by] = found
            if by is not None and found.labels is not None and found.codes is not None:
                self.book.put(by, found.labels, found.codes)
        return self.groups[by]

    def parameters(self) -> Parameters:
        """Return what has been found."""
        labels = {by: groups.labels for by, groups in self.groups.items() if by is not None and groups.labels}
        labels |= {by: () for by, groups in self.groups.items() if by is not None and not groups.labels}
        return Parameters(labels, dict(self.tables), dict(self.references))

    def leaves(self, leaves: list[LeafPlan]) -> None:
        """Fit every indicator, large frames on all processors."""
        self.groups_by(None)
        used = {need.within for leaf in leaves for need in leaf.needs}
        used |= {by for leaf in leaves for by in leaf.pool_from}
        for by in used:
            if self.groups_by(by).codes is not None:
                _ = self.groups[by].sorted or self.groups[by].order, self.groups[by].cuts
        batch = Batch(self.values, self.book, 0, self.values.height, remember=False)
        processors = os.cpu_count() or 1
        if processors > 1 and self.values.height > CHUNK:
            with ThreadPoolExecutor(processors) as pool:
                found = list(pool.map(lambda leaf: self.leaf(leaf, batch), leaves))
        else:
            found = [self.leaf(leaf, batch) for leaf in leaves]
        for leaf, (tables, reference) in zip(leaves, found, strict=True):
            self.tables.update(tables)
            if reference is not None:
                self.references[leaf.code] = reference

    def leaf(self, leaf: LeafPlan, batch: Batch) -> tuple[Tables, Reference | None]:
        """Return the tables and the reference values of one indicator."""
        tables: Tables = {}
        terms = leaf.node.min_sample
        if not (leaf.needs or leaf.node.impute or leaf.node.treat or leaf.pool_from):
            return tables, None
        silent = Trace(wanted=False)
        if terms is not None and leaf.pool_from:
            own, cases = own_value(leaf, batch, silent)[0], batch.number(terms.input)
            for place, by in enumerate(leaf.pool_from):
                found = fit_pool(own, cases, terms.at_least, self.groups_by(by))
                stats = (pool_stat(place), found.rates), (cases_stat(place), found.cases)
                tables |= {(leaf.code, stat): Table(by, vector) for stat, vector in stats}
        x, na = raw_value(leaf, batch, silent, Parameters(self.parameters().labels, tables))
        if leaf.node.impute is not None:
            tables |= self._impute(leaf, x)
            x, _ = imputed(leaf, x, na, batch, Parameters(self.parameters().labels, tables))
        if leaf.node.treat is not None:
            tables |= _treatment(leaf.code, leaf.node.treat, x)
            x = treated(leaf, x, Parameters(tables=tables), silent)
        reference = None
        for need in leaf.needs:
            if need.statistic == "support":
                pieces = statistics.parts(x, self.groups_by(need.within))
                reference = Reference(need.within, {"": sorted_support(pieces)})
            elif (leaf.code, need.name) not in tables:
                tables |= self._statistics(leaf, need, x)
        return tables, reference

    def _statistics(self, leaf: LeafPlan, need: Need, x: Floats) -> Tables:
        """Return the table of one need; both extremes come at once because the rows are gathered for either."""
        groups = self.groups_by(need.within)
        if need.statistic in {"min", "max"}:
            both = dict(zip(("min", "max"), statistics.extremes(x, groups), strict=True))
            wanted = [other for other in leaf.needs if other.within == need.within and other.statistic in both]
            return {(leaf.code, other.name): Table(need.within, both[other.statistic]) for other in wanted}
        found = _statistic(need, x, groups, self.values.frame)
        return {(leaf.code, need.name): Table(need.within, found)}

    def _impute(self, leaf: LeafPlan, x: Floats) -> Tables:
        terms = leaf.node.impute
        assert terms is not None
        need = Need("impute", terms.using, leaf.impute_from)
        groups = self.groups_by(leaf.impute_from)
        by_group = _statistic(need, x, groups, self.values.frame)
        by_group = np.where(statistics.counts(x, groups) >= terms.min_n, by_group, np.nan)
        overall = _statistic(need, x, self.groups_by(None), self.values.frame)
        return {
            (leaf.code, "impute"): Table(leaf.impute_from, by_group),
            (leaf.code, "impute_all"): Table(None, overall),
        }

    def branch(self, plan: BranchPlan) -> None:
        """Keep of the children's points what the branch needs of other units."""
        codes = [plan.children[i].code for i in plan.scores]
        points = evaluate(
            plan, self.values, _ready(self.parameters(), plan, codes), wanted=codes, book=self.book
        ).points
        if plan.missing.rule == "fill" and plan.missing.fill is not None:
            groups = self.groups_by(plan.fill_from)
            for code in codes:
                need = Need(f"fill.{code}", plan.missing.fill.using, plan.fill_from)
                found = _statistic(need, points[code], groups, self.values.frame)
                self.tables[plan.code, need.name] = Table(plan.fill_from, found)
        everyone = self.groups_by(None)
        if plan.aggregate.method == "median_rank":
            supports = {code: sorted_support(statistics.parts(points[code], everyone)) for code in codes}
            self.references[plan.code] = Reference(None, supports)
        elif plan.aggregate.method == "copeland":
            if self.values.height > places.LIMIT:
                message = f"copeland compares every pair; at most {places.LIMIT:,} units, here {self.values.height:,}"
                raise ValuesError([Problem(plan.code, message, "too_many_units")])
            matrix = np.column_stack([points[code] for code in codes])
            self.references[plan.code] = Reference(None, {}, (_by_unit(matrix, self.values.frame),), tuple(codes))


def _by_unit(matrix: Floats, frame: pl.DataFrame) -> Floats:
    """Return the rows in unit order, those without any points left out, so that the order of the data is forgotten."""
    order = frame["unit"].cast(pl.String).arg_sort().to_numpy() if "unit" in frame.columns else np.arange(len(matrix))
    ordered = matrix[order]
    return ordered[~np.isnan(ordered).all(axis=1)]


def _ready(parameters: Parameters, plan: BranchPlan, codes: list[str]) -> Parameters:
    """Return parameters with which the children can be evaluated although their branch is not fitted yet."""
    tables = dict(parameters.tables)
    if plan.missing.rule == "fill":
        tables |= {(plan.code, f"fill.{code}"): Table(None, np.array([np.nan])) for code in codes}
    references = dict(parameters.references)
    if plan.aggregate.method == "copeland":
        references[plan.code] = Reference(None, {}, (np.empty((0, len(codes))),), tuple(codes))
    return Parameters(parameters.labels, tables, references)


def _treatment(code: str, terms: Treat, x: Floats) -> Tables:
    fitted = fit_treatment(x, terms.method, **terms.options())
    return {
        (code, f"{TREATMENT}{name}"): Table(None, np.array([number])) for name, number in fitted.to_numbers().items()
    }


def _statistic(need: Need, x: Floats, groups: Groups, frame: pl.DataFrame) -> Floats:
    """Return one statistic for each group."""
    match need.statistic:
        case "min":
            return statistics.extremes(x, groups)[0]
        case "max":
            return statistics.extremes(x, groups)[1]
        case "mean":
            return statistics.means(x, groups)
        case "sd":
            return statistics.deviations(x, groups)
        case "count":
            return statistics.counts(x, groups)
        case "given":
            given, other = need.given or {}, np.nan if need.otherwise is None else need.otherwise
            return np.array([given.get(label, other) for label in groups.labels or ()], dtype=np.float64)
        case "value_of":
            return _value_of(need.unit, x, frame)
        case _:
            return statistics.quantiles(x, groups, 0.5 if need.statistic == "median" else need.q)


def _value_of(unit: str, x: Floats, frame: pl.DataFrame) -> Floats:
    """Return the value of the reference unit."""
    rows = np.flatnonzero((frame["unit"].cast(pl.String) == unit).to_numpy())
    if not len(rows):
        raise ValuesError([Problem("unit", f"the reference unit {unit!r} is not among the units", "no_reference")])
    return x[rows[:1]]


def _branches(plan: NodePlan) -> Iterator[BranchPlan]:
    """Yield branches, children before parents."""
    if isinstance(plan, BranchPlan):
        for child in plan.children:
            yield from _branches(child)
        yield plan
