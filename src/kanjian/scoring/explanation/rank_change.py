"""The rank change of one unit, split over all causes 位次变化归因, with who overtook whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import polars as pl

from kanjian.scoring.explanation.model import Factor, RankChange, RankFactor
from kanjian.scoring.explanation.shapley import shapley
from kanjian.scoring.explanation.worlds import World, Worlds

if TYPE_CHECKING:
    import numpy.typing as npt

    from kanjian.scoring.column import Floats
    from kanjian.scoring.result import Result
    from kanjian.scoring.scheme.parts import TieRule


@dataclass(frozen=True)
class Rivals:
    """The unit (row 0) and everybody it was or is ranked with."""

    units: pl.Series
    common: npt.NDArray[np.intp]
    leaving: npt.NDArray[np.intp]
    entering: npt.NDArray[np.intp]
    ranks: tuple[float | None, float | None]
    sizes: tuple[int, int]
    same_track: bool

    @property
    def ranked(self) -> bool:
        """Whether the unit has a rank on both sides."""
        return None not in self.ranks


def rivals(before: Result, after: Result, unit: str, within: str) -> Rivals:
    """Return the field of competitors of a unit in both editions."""
    (first, rank0, track0), (last, rank1, track1) = (_field(result, unit, within) for result in (before, after))
    others = pl.concat([first, last]).unique(maintain_order=True)
    others = others.filter(others != unit)
    units = pl.concat([pl.Series("unit", [unit], dtype=pl.String), others])
    was, is_now = (units.is_in(each.implode()).to_numpy() for each in (first, last))
    rows = np.arange(len(units))
    beside = rows > 0
    return Rivals(
        units,
        rows[was & is_now & beside],
        rows[was & ~is_now & beside],
        rows[~was & is_now & beside],
        (rank0, rank1),
        (len(first), len(last)),
        track0 == track1,
    )


def _field(result: Result, unit: str, within: str) -> tuple[pl.Series, float | None, str | None]:
    """Return the ranked units of the unit's track (or all), the unit's rank, and the track."""
    scores = result.scores
    own = scores.filter(pl.col("unit") == unit)
    by_track = within == "track" and "track_rank" in scores.columns
    rank = "track_rank" if by_track else "rank"
    track = own["track"][0] if by_track and own.height else None
    here = pl.col("track").eq_missing(pl.lit(track)) if by_track else pl.lit(value=True)
    field = scores.filter(pl.col(rank).is_not_null() & here)
    place = own[rank][0] if own.height else None
    return field["unit"].cast(pl.String), None if place is None else float(place), track


def rank_change(worlds: Worlds, field: Rivals, factors: list[Factor]) -> RankChange:
    """Split the change of the rank; shares are exact fractions, rounded once at the end."""
    players: list[RankFactor] = ["own", "others", *cast("list[RankFactor]", factors[1:])]
    if len(field.leaving) or len(field.entering):
        players.append("entering_leaving")
    places = _Places(worlds, field, players)
    shares = shapley(players, places.place)
    before, after = (_whole(rank or 0.0) for rank in field.ranks)
    parts: dict[RankFactor, float] = {cast("RankFactor", player): float(share) for player, share in shares.items()}
    rest = (after - before) - float(sum(shares.values()))
    if rest:
        parts["ties"] = rest
    up, down = places.passed()
    same = worlds.same_method and field.same_track and "entering_leaving" not in players
    return RankChange(before, after, *field.sizes, parts, up, down, same)


def _whole(rank: float) -> float:
    """Return a whole rank as an integer; only averages of ties are not whole."""
    return int(rank) if rank == int(rank) else rank


class _Places:
    """The unit's place in every mixture."""

    def __init__(self, worlds: Worlds, field: Rivals, players: list[RankFactor]) -> None:
        self.worlds, self.field, self.players = worlds, field, players

    def place(self, mask: int) -> float:
        """Return the place where the players of the bit mask have acted.

        Without a score in a mixture the unit stands where the edition of its method version (or of its values) put it.
        """
        acted = {player for place, player in enumerate(self.players) if mask >> place & 1}
        world = World("method" in acted, "bounds" in acted, "correction" in acted)
        ties = self.worlds.scheme(world).ties
        own = self.worlds.scores(world._replace(values="own" in acted))[0]
        if np.isnan(own):
            by = "method" if "method" in self.players else "own"
            return cast("float", self.field.ranks[int(by in acted)])
        members = "entering_leaving" in acted
        common = self.worlds.scores(world._replace(values="others" in acted))[self.field.common]
        rest = self.worlds.scores(world._replace(values=members))[
            self.field.entering if members else self.field.leaving
        ]
        return 1.0 + _ahead(common, own, ties) + _ahead(rest, own, ties)

    def passed(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the common units that the unit overtook, and those that overtook it."""
        acted = {"method", "bounds", "correction"} & set(self.players)
        now = World("method" in acted, "bounds" in acted, "correction" in acted, values=True)
        leads = []
        for world in (World(), now):
            scores = self.worlds.scores(world)
            keys = _lead(scores[self.field.common], scores[0], self.worlds.scheme(world).ties)
            leads.append(keys)
        names = self.worlds.units.gather(self.field.common)
        up = names.filter(pl.Series((leads[0] > 0) & (leads[1] < 0)))
        down = names.filter(pl.Series((leads[0] < 0) & (leads[1] > 0)))
        return tuple(up), tuple(down)


def _lead(scores: Floats, own: float, ties: TieRule) -> Floats:
    """Return +1 where a rival is above, 0 where equal under the scheme's notion, -1 where below or without a score."""
    precision = ties.precision
    if precision != "raw" and precision.decimals is not None:
        sign = np.sign(np.round(scores, precision.decimals) - np.round(own, precision.decimals))
    else:
        gap = scores - own
        sign = np.where(np.abs(gap) <= (0.0 if precision == "raw" else precision.tolerance or 0.0), 0.0, np.sign(gap))
    return np.where(np.isnan(sign), -1.0, sign)


def _ahead(scores: Floats, own: float, ties: TieRule) -> float:
    """Return the places lost to these rivals."""
    lead = _lead(scores, own, ties)
    share = {"max": 1.0, "average": 0.5}.get(ties.method, 0.0)
    return float((lead > 0).sum() + share * (lead == 0).sum())
