"""Why a score and a rank changed between two editions 变化归因: own moves, others, bounds, method, correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from math import fsum

from kanjian.scoring.explanation.model import Change, ExplanationError, Factor, Part, RankChange
from kanjian.scoring.explanation.rank_change import rank_change, rivals
from kanjian.scoring.explanation.shapley import edges
from kanjian.scoring.explanation.split import NodeState, merged, split_tree
from kanjian.scoring.explanation.worlds import World, Worlds
from kanjian.scoring.problems import Note
from kanjian.scoring.result import Result
from kanjian.scoring.values import Values


def change(
    before: Result, after: Result, unit: str, *, corrected: Values | None = None, within: str = "track"
) -> Change:
    """Split the change of a unit's score and rank between two editions exactly over its causes.

    `own` values of the unit, `bounds` (the fitted parameters, moved by everybody), `method` (the version of the scheme)
    and `correction` of the earlier data (`corrected`: the earlier values as they should have been) for the score; for
    the rank also `others` (values of the other units) and `entering_leaving`. Shapley values over all mixtures, each
    scored by the engine. `within`: the rank in the track, or `all`.
    Raises ExplanationError (`unknown_unit`, `no_score`). A rank that is missing on either side is not split (`rank` is
    None, with a note). Formulas: docs/methods/explanation.md.
    """
    field = rivals(before, after, unit, within)
    worlds = Worlds(before, after, corrected, field.units)
    first, last = _corner(worlds, before, World()), _corner(worlds, after, worlds.now)
    players: list[Factor] = ["own", "bounds"]
    players += [] if worlds.same_method else ["method"]
    players += [] if corrected is None else ["correction"]
    notes = [] if worlds.same_method else [Note("method_changed", "the editions use different versions of the scheme")]
    states = _states(worlds, players, (first, last), notes)
    details = _details(players, states, first, last)
    parts = {player: fsum(part.points for part in details[player]) for player in players}
    ranks = rank_change(worlds, field, players) if field.ranked else None
    if worlds.held:
        message = "bounds are given or rest on other units too; under the other version or data they stay as they are"
        notes.append(Note("bounds_held", message))
    return Change(unit, first.points, last.points, parts, details, ranks, (*notes, *_rank_notes(ranks)))


def _corner(worlds: Worlds, edition: Result, world: World) -> NodeState:
    """Return the unit's tree in an edition, or say why there is none."""
    state, unit = worlds.states(world), worlds.units[0]
    if unit not in edition.scores["unit"]:
        raise ExplanationError("unknown_unit", f"no unit {unit!r} in one of the editions")
    if state is None:
        raise ExplanationError("no_score", f"unit {unit!r} has no score in one of the editions")
    return state


def _states(
    worlds: Worlds, players: list[Factor], corners: tuple[NodeState, NodeState], notes: list[Note]
) -> list[NodeState]:
    """Return the unit's tree in each mixture; bit i of the index: players[i] has acted.

    A mixture can be without a score (a strict branch lacks a value that the version did not have then). It is taken at
    the published state of its method version, which keeps the sum exact; a note says so.
    """
    found = []
    lost = 0
    for mask in range(1 << len(players)):
        acted = {player for place, player in enumerate(players) if mask >> place & 1}
        state = worlds.states(world_of(acted))
        lost += state is None
        found.append(state if state is not None else corners[_version(acted, players)])
    if lost:
        message = f"{lost} of {len(found)} mixtures have no score; they count as the published score of their version"
        notes.append(Note("unscored_mixture", message))
    return found


def world_of(acted: set[Factor]) -> World:
    """Return the world in which these factors have acted."""
    return World("method" in acted, "bounds" in acted, "correction" in acted, "own" in acted)


def _version(acted: set[Factor], players: list[Factor]) -> int:
    """Whether a mixture without a score stands with the edition after: by its method, else by its values."""
    return int("method" in acted) if "method" in players else int("own" in acted)


def _details(
    players: list[Factor], states: list[NodeState], first: NodeState, last: NodeState
) -> dict[Factor, tuple[Part, ...]]:
    """Split each step of the Shapley sum over the tree and add the steps up, factor by factor."""
    steps: dict[Factor, list[Part]] = {player: [] for player in players}
    for player, coalition, weight in edges(len(players)):
        for part in split_tree(states[coalition], states[coalition | 1 << player]):
            steps[players[player]].append(replace(part, points=part.points * float(weight)))
    at = partial(_at, _points(first), _points(last))
    return {player: tuple(at(part) for part in merged(parts)) for player, parts in steps.items()}


def _at(before: Mapping[str, float], after: Mapping[str, float], part: Part) -> Part:
    """Show the published points of the node instead of those of a mixture."""
    return replace(part, before=before.get(part.node), after=after.get(part.node))


def _points(state: NodeState) -> dict[str, float]:
    below = [*state.children.values(), *(child for _, child in state.added.values())]
    found = {state.code: state.points}
    for child in below:
        found |= _points(child)
    return found


def _rank_notes(ranks: RankChange | None) -> list[Note]:
    if ranks is None:
        return [Note("not_ranked", "the unit has no rank in one of the editions")]
    return [] if ranks.comparable else [Note("not_comparable", "method, track or its members differ 口径变化, 不可比")]
