"""One indicator, row by row 指标计分: inputs → one value → imputed, treated → points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from kanjian.scoring.batch import Batch
from kanjian.scoring.column import Column, Floats, Mask, Trace
from kanjian.scoring.limits import limited, scaled
from kanjian.scoring.parameters import Parameters, Table
from kanjian.scoring.plan import LeafPlan
from kanjian.scoring.rules.base import Context, Derived, Need
from kanjian.scoring.rules.tables import Bonus
from kanjian.scoring.rules.veto import Veto
from kanjian.scoring.sample import pool_stat, with_pools
from kanjian.scoring.support import BoundSupport, SortedSupport
from kanjian.scoring.treatment import Treatment, apply_treatment

TREATMENT = "treat."


def raw_value(leaf: LeafPlan, batch: Batch, trace: Trace, parameters: Parameters) -> tuple[Floats, Mask | None]:
    """Return the one number that is scored, before imputation and treatment, and where it does not apply."""
    x, na = own_value(leaf, batch, trace)
    terms = leaf.node.min_sample
    if terms is None:
        return x, na
    pools = (at_rows(parameters, leaf.code, pool_stat(place), batch) for place in range(len(leaf.pool_from)))
    found = with_pools(x, batch.number(terms.input), terms.at_least, pools)
    trace.mark(leaf.code, "small_sample", found.small)
    trace.mark(leaf.code, "pooled", found.pooled)
    return found.values, na


def own_value(leaf: LeafPlan, batch: Batch, trace: Trace) -> tuple[Floats, Mask | None]:
    """Return what the unit itself reports, however few cases stand behind it, and where it does not apply."""
    if leaf.plain:
        x, na = batch.number(leaf.columns[0]), batch.not_applicable(leaf.columns)
        return (x, None) if na is None else (np.where(na, np.nan, x), na)
    derived = _derive(leaf, batch)
    x, na = derived.x, _or(batch.not_applicable(leaf.columns), derived.not_applicable)
    for flag, mask in derived.flags:
        trace.mark(leaf.code, flag, mask)
    node = leaf.node
    if node.denominator is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            x = x / (batch.number(node.denominator.input) / node.denominator.times)
        x[np.isinf(x)] = np.nan
    na = _or(na, outside(leaf, batch))
    return (x, None) if na is None else (np.where(na, np.nan, x), na)


def _derive(leaf: LeafPlan, batch: Batch) -> Derived:
    inputs = [batch.number(name) for name in leaf.columns]
    if leaf.node.combine is None:
        return leaf.rule.derive(inputs)
    return Derived(combined(np.stack(inputs), leaf.node.combine))


def combined(rounds: Floats, how: str) -> Floats:
    """Return mean, sum, min or max of the present rounds (rounds × rows); NaN where none is present."""
    present = ~np.isnan(rounds)
    none = ~present.any(axis=0)
    if how in {"min", "max"}:
        result: Floats = (np.fmin if how == "min" else np.fmax).reduce(rounds, axis=0)
        return result
    total = np.zeros(rounds.shape[1])
    for row, here in zip(rounds, present, strict=True):
        total += np.where(here, row, 0.0)
    if how == "mean":
        with np.errstate(invalid="ignore", divide="ignore"):
            total /= present.sum(axis=0)
    total[none] = np.nan
    return total


def outside(leaf: Any, batch: Batch) -> Mask | None:
    """Return the rows to which a node does not apply because of their group."""
    mask: Mask | None = None
    for column, labels in leaf.applies_to:
        mask = _or(mask, batch.codes(column, labels) >= len(labels))
    return mask


def imputed(leaf: LeafPlan, x: Floats, na: Mask | None, batch: Batch, parameters: Parameters) -> tuple[Floats, Mask]:
    """Fill missing values from the group, then from all units; say where."""
    gap = np.isnan(x) if na is None else np.isnan(x) & ~na
    if not gap.any():
        return x, gap
    fill = at_rows(parameters, leaf.code, "impute", batch)
    fallback = parameters.tables[leaf.code, "impute_all"].values[0]
    filled = np.where(gap, np.where(np.isnan(fill), fallback, fill), x)
    return filled, gap & ~np.isnan(filled)


def treated(leaf: LeafPlan, x: Floats, parameters: Parameters, trace: Trace) -> Floats:
    """Apply the fitted treatment, flag each cell that was pulled in."""
    numbers = {
        stat.removeprefix(TREATMENT): float(table.values[0])
        for (node, stat), table in parameters.tables.items()
        if node == leaf.code and stat.startswith(TREATMENT)
    }
    treatment = Treatment.from_numbers(numbers)
    result = apply_treatment(x, treatment)
    trace.mark(leaf.code, "winsorised" if treatment.method == "winsorise" else "bounded", result.changed)
    return result.values


def prepared(
    leaf: LeafPlan, batch: Batch, parameters: Parameters, trace: Trace
) -> tuple[Floats, Mask | None, Mask | None]:
    """Return the value as the rule sees it, where it does not apply, and where it was imputed."""
    x, na = raw_value(leaf, batch, trace, parameters)
    filled: Mask | None = None
    if leaf.node.impute is not None:
        x, filled = imputed(leaf, x, na, batch, parameters)
        trace.mark(leaf.code, "imputed", filled)
    if leaf.node.treat is not None:
        x = treated(leaf, x, parameters, trace)
    return x, na, filled


def evaluate_leaf(leaf: LeafPlan, batch: Batch, parameters: Parameters, trace: Trace) -> Column:
    """Return the points of an indicator."""
    x, na, filled = prepared(leaf, batch, parameters, trace)
    points = leaf.scorer.points(x, context_of(leaf, batch, parameters))
    points = limited(leaf, scaled(leaf, points, batch), batch, trace)
    gap = np.isnan(points)
    whole = not gap.any()
    if na is not None:
        trace.mark(leaf.code, "not_applicable", na)
    if not whole and trace.wanted:
        trace.mark(leaf.code, "undefined", gap & ~np.isnan(x))
    if isinstance(leaf.rule, Bonus | Veto):
        return Column(points, whole, na)
    real = None if whole and filled is None else (~gap if filled is None else ~gap & ~filled).astype(np.float64)
    count = None if filled is None or not filled.any() else filled.astype(np.float64)
    return Column(points, whole, na, real, count)


def context_of(leaf: LeafPlan, batch: Batch, parameters: Parameters) -> Context:
    """Return what the rule's kernel may know."""
    support: BoundSupport | None = None
    for need in leaf.needs:
        if need.statistic == "support":
            support = reference_at(parameters, leaf.code, need.within, batch)
    found = parameters.prepared.get(id(leaf))
    if found is None or found[0] is not leaf:  # parameters may come from another process, where identities differ
        found = parameters.prepared[id(leaf)] = (leaf, *_vectors(leaf, parameters))
    _, stats, refined = found
    return Context(
        leaf.node.up, leaf.scale, Spread(stats, batch, parameters), support, Spread(refined, batch, parameters)
    )


Vectors = dict[str, tuple[str | None, Floats]]


def _vectors(leaf: LeafPlan, parameters: Parameters) -> tuple[Vectors, Vectors]:
    """Return the statistics of a rule, and what it makes of them, for every group."""
    found: dict[str | None, dict[str, Floats]] = {}
    for need in leaf.needs:
        if need.statistic != "support":
            table = _table(leaf.code, need, parameters)
            found.setdefault(table.by, {})[need.name] = table.extended
    stats = {name: (by, vector) for by, tables in found.items() for name, vector in tables.items()}
    refined: Vectors = {}
    if len(found) == 1:
        ((by, tables),) = found.items()
        refined = {name: (by, vector) for name, vector in leaf.scorer.refine(tables, up=leaf.node.up).items()}
    return stats, refined


def _table(code: str, need: Need, parameters: Parameters) -> Table:
    """Return a fitted statistic. Where no unit is in any group there is none, and tables on disk cannot tell of it."""
    absent = (code, need.name) not in parameters.tables
    if absent and need.within is not None and not parameters.labels.get(need.within):
        return Table(need.within, np.empty(0))
    return parameters.tables[code, need.name]


class Spread(Mapping[str, Any]):
    """Statistics by name, spread over the rows when they are asked for."""

    def __init__(self, vectors: Vectors, batch: Batch, parameters: Parameters) -> None:
        self._vectors, self._batch, self._parameters = vectors, batch, parameters

    def __getitem__(self, name: str) -> Any:
        by, vector = self._vectors[name]
        return spread(vector, by, self._batch, self._parameters)

    def __iter__(self) -> Iterator[str]:
        return iter(self._vectors)

    def __len__(self) -> int:
        return len(self._vectors)


def spread(vector: npt.NDArray[Any], by: str | None, batch: Batch, parameters: Parameters) -> Any:
    """Return a statistic of all groups (the last entry: no group) as one number, or for each row."""
    if by is None:
        return vector[0]
    return vector.take(batch.group(by, parameters.labels.get(by, ())), mode="clip")


def at_rows(parameters: Parameters, node: str, stat: str, batch: Batch) -> Any:
    """Return a fitted statistic as one number, or for each row by its group."""
    table = parameters.tables[node, stat]
    return spread(table.extended, table.by, batch, parameters)


def reference_at(parameters: Parameters, node: str, within: str | None, batch: Batch, series: str = "") -> BoundSupport:
    """Return the reference values of a node as seen by the rows."""
    reference = parameters.references.get(node)
    if reference is None or series not in reference.sorted_values:
        groups = 1 if within is None else len(parameters.labels.get(within, ()))
        empty = SortedSupport(np.empty(0), np.zeros(groups + 1, dtype=np.intp))
        return empty.at(None if within is None else batch.codes(within, parameters.labels.get(within, ())))
    codes = None if reference.by is None else batch.codes(reference.by, parameters.labels.get(reference.by, ()))
    return reference.sorted_values[series].at(codes)


def _or(a: Mask | None, b: Mask | None) -> Mask | None:
    if a is None or b is None:
        return b if a is None else a
    return a | b
