"""Parameters without the unit itself 剔除自身: nobody overtakes the own former self.

Rules and branches that look at places keep the reference values of all units, the unit's own among them. When the unit
is tried with other values, its former value must not count as a rival any more; the number of units stays.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kanjian.scoring.batch import Batch
from kanjian.scoring.column import Floats, Trace
from kanjian.scoring.explanation.row import Row
from kanjian.scoring.leaf import prepared
from kanjian.scoring.parameters import Parameters, Reference
from kanjian.scoring.plan import LeafPlan
from kanjian.scoring.scheme import Scheme
from kanjian.scoring.support import SortedSupport
from kanjian.scoring.values import Values


def without_self(scheme: Scheme, parameters: Parameters, row: Values) -> Parameters:
    """Return the parameters for one row of values, see ``row_without_self``."""
    return row_without_self(Row(scheme.plan, row, parameters)).parameters


def row_without_self(row: Row) -> Row:
    """Return the row under parameters in which the former values of the unit are beaten by nobody.

    Places count from the bottom, so a value moved to the far end is never counted. Leaves whose ties share another than
    the lowest place are left alone: there the own value also counts among the equal ones.
    """
    parameters = row.parameters
    if not parameters.references:
        return row
    plans, batch = row.plans, row.once
    found = {}
    for code, reference in parameters.references.items():
        plan = plans[code]
        if isinstance(plan, LeafPlan):
            if getattr(plan.scorer, "ties", "min") != "min":
                continue
            own = float(prepared(plan, batch, parameters, Trace(wanted=False))[0][0])
            group = _group(reference, parameters, batch)
            supports = {"": _set_aside(reference.sorted_values[""], group, own, last=plan.node.up)}
            found[code] = replace(reference, sorted_values=supports)
        else:
            found[code] = _branch(
                reference, {name: float(row.fixed(name, {}).points[0]) for name in _series(reference)}
            )
    return row.under(Parameters(parameters.labels, parameters.tables, {**parameters.references, **found}))


def _series(reference: Reference) -> tuple[str, ...]:
    return reference.series or tuple(reference.sorted_values)


def _group(reference: Reference, parameters: Parameters, batch: Batch) -> int:
    return 0 if reference.by is None else int(batch.codes(reference.by, parameters.labels[reference.by])[0])


def _branch(reference: Reference, own: dict[str, float]) -> Reference:
    """Set the unit's own points aside: the last place in a list of places, no row in a comparison of pairs."""
    supports = {name: _set_aside(support, 0, own[name], last=True) for name, support in reference.sorted_values.items()}
    row = np.array([own[name] for name in reference.series])
    matrices = tuple(_blanked(matrix, row) for matrix in reference.matrices)
    return replace(reference, sorted_values=supports, matrices=matrices)


def _set_aside(support: SortedSupport, group: int, own: float, *, last: bool) -> SortedSupport:
    """Move one value of the group that equals `own` to the far end (+inf, or -inf where less is better)."""
    if np.isnan(own) or group >= len(support.cuts) - 1:
        return support
    low, high = int(support.cuts[group]), int(support.cuts[group + 1])
    place = low + int(np.searchsorted(support.values[low:high], own))
    if place >= high or support.values[place] != own:
        return support
    values = support.values.copy()
    if last:
        values[place : high - 1] = support.values[place + 1 : high]
        values[high - 1] = np.inf
    else:
        values[low + 1 : place + 1] = support.values[low:place]
        values[low] = -np.inf
    return SortedSupport(values, support.cuts)


def _blanked(matrix: Floats, row: Floats) -> Floats:
    """Blank one row that equals the unit's: a pair with nothing in common is a draw, as with oneself."""
    same = np.flatnonzero(((matrix == row) | (np.isnan(matrix) & np.isnan(row))).all(axis=1))
    if not len(same):
        return matrix
    copy = matrix.copy()
    copy[same[0]] = np.nan
    return copy
