"""The rank change of one unit, split over all causes 位次变化归因, with who overtook whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from kanjian.scoring.explanation.model import Factor, RankChange, RankFactor
from kanjian.scoring.explanation.places import Crowd, tolerance
from kanjian.scoring.explanation.shapley import shapley
from kanjian.scoring.explanation.terms import World

if TYPE_CHECKING:
    import polars as pl

    from kanjian.scoring.column import Floats
    from kanjian.scoring.explanation.standing import Rivals
    from kanjian.scoring.explanation.worlds import Worlds
    from kanjian.scoring.scheme.parts import TieRule

SIDES = ("common", "leaving", "entering")


class Crowds:
    """The scores of one field of rivals in the worlds 对手得分, sorted once for all units of the field."""

    def __init__(self, worlds: Worlds, rivals: Rivals, names: pl.Series) -> None:
        self.worlds, self.rivals, self.names = worlds, rivals, names
        self._crowds: dict[tuple[str, World], Crowd] = {}

    def crowd(self, side: str, world: World) -> Crowd:
        """Return the scores of the `common`, the `leaving` or the `entering` units."""
        if (side, world) not in self._crowds:
            scores = self.worlds.seen(world)[getattr(self.rivals, side)]
            self._crowds[side, world] = Crowd.of(scores, self.worlds.ties(world))
        return self._crowds[side, world]


def rank_change(crowds: Crowds, row: int, ranks: tuple[float, float], factors: list[Factor]) -> RankChange:
    """Split the change of the rank of a unit; shares are exact fractions, rounded once at the end."""
    rivals = crowds.rivals
    players: list[RankFactor] = ["own", "others", *cast("list[RankFactor]", factors[1:])]
    if len(rivals.leaving) or len(rivals.entering):
        players.append("entering_leaving")
    places = _Places(crowds, row, ranks, players)
    shares = shapley(players, places.place)
    before, after = (_whole(rank) for rank in ranks)
    parts: dict[RankFactor, float] = {cast("RankFactor", player): float(share) for player, share in shares.items()}
    rest = (after - before) - float(sum(shares.values()))
    if rest:
        parts["ties"] = rest
    up, down = places.passed()
    same = crowds.worlds.same_method and rivals.same_track and "entering_leaving" not in players
    return RankChange(before, after, *rivals.sizes, parts, up, down, same)


def _whole(rank: float) -> float:
    """Return a whole rank as an integer; only averages of ties are not whole."""
    return int(rank) if rank == int(rank) else rank


class _Places:
    """The unit's place in every mixture."""

    def __init__(self, crowds: Crowds, row: int, ranks: tuple[float, float], players: list[RankFactor]) -> None:
        self.crowds, self.worlds = crowds, crowds.worlds
        self.row, self.ranks, self.players = row, ranks, players

    def place(self, mask: int) -> float:
        """Return the place where the players of the bit mask have acted.

        Without a score in a mixture the unit stands where the edition of its method version (or of its values) put it.
        """
        acted = {player for place, player in enumerate(self.players) if mask >> place & 1}
        world = World("method" in acted, "bounds" in acted, "correction" in acted)
        own = self._own(world._replace(values="own" in acted))
        if np.isnan(own):
            by = "method" if "method" in self.players else "own"
            return self.ranks[int(by in acted)]
        common = world._replace(values="others" in acted)
        members = "entering_leaving" in acted
        rest = world._replace(values=members)
        return (
            1.0
            + self.crowds.crowd("common", common).ahead(own, self._own(common))
            + self.crowds.crowd("entering" if members else "leaving", rest).ahead(own)
        )

    def _own(self, world: World) -> float:
        return float(self.worlds.seen(world)[self.row])

    def passed(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the common units that the unit overtook, and those that overtook it."""
        acted = {"method", "bounds", "correction"} & set(self.players)
        now = World("method" in acted, "bounds" in acted, "correction" in acted, values=True)
        common = self.crowds.rivals.common
        was, is_now = (
            _lead(self.worlds.seen(world)[common], self._own(world), self.worlds.ties(world))
            for world in (World(), now)
        )
        up, down = np.flatnonzero((was > 0) & (is_now < 0)), np.flatnonzero((was < 0) & (is_now > 0))
        return tuple(self.crowds.names.gather(common[up])), tuple(self.crowds.names.gather(common[down]))


def _lead(scores: Floats, own: float, ties: TieRule) -> Floats:
    """Return +1 where a rival is above, 0 where equal under the scheme's notion, -1 where below or without a score."""
    gap, near = scores - own, tolerance(ties)
    return np.where(gap > near, 1.0, np.where(gap >= -near, 0.0, -1.0))
