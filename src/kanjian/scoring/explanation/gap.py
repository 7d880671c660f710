"""The gap between two units, or two periods of one unit 分差分解: why one score is higher than the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kanjian.scoring.explanation.model import ExplanationError, Gap
from kanjian.scoring.explanation.split import NodeState, split_tree
from kanjian.scoring.explanation.states import rows_of, states_of

if TYPE_CHECKING:
    from kanjian.scoring.result import Result


def gap(result: Result, unit: str, versus: str, *, versus_result: Result | None = None, node: str | None = None) -> Gap:
    """Split `score(unit) - score(versus)` exactly over the indicators and whatever else made a difference.

    `versus_result`: take the other side from another edition (another period, even another version of the scheme);
    `node`: explain this node's points instead of the whole score. The parts sum to the difference to 1e-9.
    Raises ExplanationError (`unknown_unit`, `no_score`, `unknown_node`). Formulas: docs/methods/explanation.md.
    """
    other = versus_result or result
    for each in (result, other):
        if node is not None and node not in {one.code for one in each.scheme.nodes()}:
            raise ExplanationError("unknown_node", f"the scheme has no node {node!r}")
    after, before = state_in(result, unit, node), state_in(other, versus, node)
    return Gap(unit, versus, after.points, before.points, tuple(split_tree(before, after)))


def state_in(result: Result, unit: str, node: str | None = None) -> NodeState:
    """Return a unit's tree of points in an edition."""
    row = rows_of(result.values, [unit])
    if not row.height:
        raise ExplanationError("unknown_unit", f"no unit {unit!r} in the edition")
    state = states_of(result.scheme, result.parameters, row, node)[0]
    if state is None:
        what = "score" if node is None else f"points at {node}"
        raise ExplanationError("no_score", f"unit {unit!r} has no {what}, so there is nothing to explain")
    return state
