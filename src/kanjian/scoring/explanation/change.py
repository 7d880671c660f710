"""Why a score and a rank changed between two editions 变化归因: own moves, others, bounds, method, correction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import fsum

from kanjian.scoring.explanation.model import Change, ExplanationError, Factor, Part, RankChange
from kanjian.scoring.explanation.rank_change import Crowds, rank_change
from kanjian.scoring.explanation.shapley import edges
from kanjian.scoring.explanation.split import NodeState, merged, split_tree
from kanjian.scoring.explanation.standing import Standing
from kanjian.scoring.explanation.terms import World
from kanjian.scoring.explanation.worlds import Worlds
from kanjian.scoring.problems import Note
from kanjian.scoring.result import Result
from kanjian.scoring.values import Values

HELD = "bounds are given or rest on other units too; under the other version or data they stay as they are"


def change(
    before: Result, after: Result, unit: str, *, corrected: Values | None = None, within: str = "track"
) -> Change:
    """Split the change of a unit's score and rank between two editions exactly over its causes.

    `own` values of the unit, `bounds` (the fitted parameters, moved by everybody), `method` (the version of the scheme)
    and `correction` of the earlier data (`corrected`: the earlier values as they should have been) for the score; for
    the rank also `others` (values of the other units) and `entering_leaving`. Shapley values over all mixtures, each
    scored by the engine. `within`: the rank in the track, or `all`.
    Raises ExplanationError (`unknown_unit`, `no_score`). A rank that is missing on either side is not split (`rank` is
    None, with a note). For more than one unit see `Comparison`. Formulas: docs/methods/explanation.md.
    """
    standing = Standing.of(before, after, within)
    row = standing.row(unit)
    if row is None:
        raise _unknown(unit)
    standing = standing.beside(row)
    return _Comparison(standing, Worlds(before, after, corrected, standing.units, trees=1)).change(unit)


class Comparison:
    """Two editions set side by side 期次对照: the change of any unit, at little more than the cost of the first.

    What concerns all units is worked out here, for everybody in one go: scores and points of all mixtures (about 2 kB a
    unit, more where the method changed or data were corrected; the editions themselves are not held). Nothing changes
    afterwards, so threads may share it.
    """

    def __init__(
        self, before: Result, after: Result, *, corrected: Values | None = None, within: str = "track"
    ) -> None:
        standing = Standing.of(before, after, within)
        worlds = Worlds(before, after, corrected, standing.units)
        worlds.settle()
        self._standing, self._comparison = standing, _Comparison(standing, worlds)

    @property
    def units(self) -> int:
        """How many units the editions have between them."""
        return len(self._standing.units)

    def change(self, unit: str) -> Change:
        """Return what the function `change` does for this unit."""
        return self._comparison.change(unit)


class _Comparison:
    """The changes of units whose worlds are known."""

    def __init__(self, standing: Standing, worlds: Worlds) -> None:
        self._standing, self._worlds = standing, worlds
        self._players: list[Factor] = ["own", "bounds"]
        self._players += ["method"] if worlds.now.method else []
        self._players += ["correction"] if worlds.now.correction else []
        self._crowds: dict[tuple[int, int], Crowds] = {}

    def change(self, unit: str) -> Change:
        row = self._standing.row(unit)
        if row is None:
            raise _unknown(unit)
        first, last = self._corner(unit, row, World()), self._corner(unit, row, self._worlds.now)
        notes = [Note("method_changed", "the editions use different versions of the scheme")]
        notes = [] if self._worlds.same_method else notes
        states = self._states(row, (first, last), notes)
        details = _details(self._players, states, first, last)
        parts = {player: fsum(part.points for part in details[player]) for player in self._players}
        ranks = self._ranks(row)
        if self._worlds.held:
            notes.append(Note("bounds_held", HELD))
        return Change(unit, first.points, last.points, parts, details, ranks, (*notes, *_rank_notes(ranks)))

    def _corner(self, unit: str, row: int, world: World) -> NodeState:
        """Return the unit's tree in an edition, or say why there is none."""
        if not self._standing.known[world.values][row]:
            raise _unknown(unit)
        state = self._worlds.tree(world, row)
        if state is None:
            raise ExplanationError("no_score", f"unit {unit!r} has no score in one of the editions")
        return state

    def _states(self, row: int, corners: tuple[NodeState, NodeState], notes: list[Note]) -> list[NodeState]:
        """Return the unit's tree in each mixture; bit i of the index: players[i] has acted.

        A mixture can be without a score (a strict branch lacks a value that the version did not have then). It is taken
        at the published state of its method version, which keeps the sum exact; a note says so.
        """
        found = []
        lost = 0
        for acted in _coalitions(self._players):
            world = world_of(acted)
            corner = {World(): corners[0], self._worlds.now: corners[1]}.get(world)
            state = corner or self._worlds.tree(world, row)
            lost += state is None
            found.append(state or corners[_version(acted, self._players)])
        if lost:
            message = (
                f"{lost} of {len(found)} mixtures have no score; they count as the published score of their version"
            )
            notes.append(Note("unscored_mixture", message))
        return found

    def _ranks(self, row: int) -> RankChange | None:
        ranks, pair = self._standing.ranked(row), self._standing.pair(row)
        if ranks is None:
            return None
        if pair not in self._crowds:
            self._crowds[pair] = Crowds(self._worlds, self._standing.rivals(pair), self._standing.units)
        return rank_change(self._crowds[pair], row, ranks, self._players)


def _unknown(unit: str) -> ExplanationError:
    return ExplanationError("unknown_unit", f"no unit {unit!r} in one of the editions")


def _coalitions(players: list[Factor]) -> Iterator[set[Factor]]:
    for mask in range(1 << len(players)):
        yield {player for place, player in enumerate(players) if mask >> place & 1}


def world_of(acted: set[Factor]) -> World:
    """Return the world in which these factors have acted."""
    return World("method" in acted, "bounds" in acted, "correction" in acted, "own" in acted)


def _version(acted: set[Factor], players: list[Factor]) -> int:
    """Whether a mixture without a score stands with the edition after: by its method, else by its values."""
    return int("method" in acted) if "method" in players else int("own" in acted)


def _details(
    players: list[Factor], states: list[NodeState], first: NodeState, last: NodeState
) -> dict[Factor, tuple[Part, ...]]:
    """Split each step of the Shapley sum over the tree and add the steps up, factor by factor.

    The published points of a node are shown instead of those of a mixture.
    """
    steps: dict[Factor, list[Part]] = {player: [] for player in players}
    was, is_now = _points(first), _points(last)
    for player, coalition, weight in edges(len(players)):
        share = float(weight)
        steps[players[player]] += (
            Part(part.node, part.cause, part.points * share, was.get(part.node), is_now.get(part.node))
            for part in split_tree(states[coalition], states[coalition | 1 << player])
        )
    return {player: tuple(merged(parts)) for player, parts in steps.items()}


def _points(state: NodeState) -> Mapping[str, float]:
    """Return the points of all nodes of a tree."""
    found: dict[str, float] = {}
    waiting = [state]
    while waiting:
        node = waiting.pop()
        found[node.code] = node.points
        waiting += [*node.children.values(), *(child for _, child in node.added.values())]
    return found


def _rank_notes(ranks: RankChange | None) -> list[Note]:
    if ranks is None:
        return [Note("not_ranked", "the unit has no rank in one of the editions")]
    return [] if ranks.comparable else [Note("not_comparable", "method, track or its members differ 口径变化, 不可比")]
