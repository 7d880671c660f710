"""From an edition to a proposal 取数: roles by place, endowments, dimensions; then ``scoring.pairing``."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.conf import settings
from django.utils.translation import gettext as _

from kanjian.boards.models import Edition
from kanjian.boards.store.editions import EditionFiles, open_edition
from kanjian.boards.store.hashing import json_hash
from kanjian.pairing.endowments import columns
from kanjian.pairing.parameters import Parameters
from kanjian.pairing.states import RoundError
from kanjian.scoring import Scheme
from kanjian.scoring.pairing import Pairing, PairingError, pair

BASE = ("unit", "name", "name_en", "track", "county", "township", "longitude", "latitude", "score", "band")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What besides edition and parameters decides a proposal: rulings in force, units that are in running pairs."""

    fixed: list[tuple[str, str]] = field(default_factory=list)
    forbidden: list[tuple[str, str]] = field(default_factory=list)
    busy_mentees: list[str] = field(default_factory=list)
    busy_mentors: dict[str, int] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As JSON-ready values in a fixed order."""
        return {
            "fixed": sorted(map(list, self.fixed)),
            "forbidden": sorted(map(list, self.forbidden)),
            "busy_mentees": sorted(self.busy_mentees),
            "busy_mentors": dict(sorted(self.busy_mentors.items())),
        }

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Inputs":
        """From what was stored."""
        return cls(
            [(mentee, mentor) for mentee, mentor in data["fixed"]],
            [(mentee, mentor) for mentee, mentor in data["forbidden"]],
            list(data["busy_mentees"]),
            dict(data["busy_mentors"]),
        )


def files_of(edition: Edition) -> EditionFiles:
    """The files behind an edition."""
    return open_edition(settings.HOME, edition.hash)


def dimension_codes(scheme: Scheme) -> tuple[str, ...]:
    """The scored dimensions, without bonus and context: in a bonus nobody is weak."""
    return tuple(node.code for node in scheme.tree.children if node.role == "score")


def table(edition: Edition, parameters: Parameters, inputs: Inputs) -> pl.DataFrame:
    """One row per unit of the edition as ``scoring.pairing`` wants it, with names for the pages."""
    files = files_of(edition)
    dimensions = dimension_codes(files.scheme)
    details = files.details().collect()
    frame = details.select(
        *BASE,
        pl.col("track_rank").cast(pl.Float64).alias("place"),
        *(pl.col(f"points.{code}").alias(code) for code in dimensions),
    ).with_columns(columns(details, parameters.endowments))
    return frame.with_columns(_role(parameters, inputs), _capacity(parameters, inputs))


def _role(parameters: Parameters, inputs: Inputs) -> pl.Expr:
    """The last of each track look for a partner, the first may be one; whoever is in a pair already looks for none."""
    ranked = pl.col("place").is_not_null()
    size = ranked.sum().over("track")
    weak = pl.col("place") > size - (size * parameters.mentees).ceil()
    if parameters.band:
        weak = pl.col("band") == parameters.band
    strong = pl.col("place") <= (size * parameters.mentors).ceil()
    # A village that was given a partner by decision needs one wherever it stands.
    fixed = pl.col("unit").is_in([mentee for mentee, _ in inputs.fixed])
    busy = pl.col("unit").is_in(inputs.busy_mentees)
    mentee = ranked & (weak | fixed) & ~busy
    return (
        pl.when(mentee)
        .then(pl.lit("mentee"))
        .when(ranked & strong & ~weak & ~busy)
        .then(pl.lit("mentor"))
        .otherwise(pl.lit(""))
        .alias("role")
    )


def _capacity(parameters: Parameters, inputs: Inputs) -> pl.Expr:
    taken = pl.col("unit").replace_strict(inputs.busy_mentors, default=0, return_dtype=pl.Int64)
    return (pl.lit(parameters.capacity) - taken).clip(lower_bound=0).alias("capacity")


@dataclass(frozen=True)
class Proposal:
    """A pairing with the table it was made from."""

    frame: pl.DataFrame
    pairing: Pairing

    @property
    def hash(self) -> str:
        """Of the pairs with their costs, as they are stored: two runs agree when these agree."""
        return json_hash(self.pairing.pairs.to_dicts())

    @property
    def summary(self) -> dict[str, Any]:
        """Balance, those without a partner, load, totals: everything the page shows besides the pairs."""
        found = self.pairing
        return {
            "balance": found.balance.to_dicts(),
            "unmatched": found.unmatched.to_dicts(),
            "load": found.load.to_dicts(),
            "total": found.total,
            "mentees": self.frame.filter(pl.col("role") == "mentee").height,
            "mentors": self.frame.filter(pl.col("role") == "mentor").height,
            "truncated": list(found.truncated),
        }


def propose(edition: Edition, parameters: Parameters, inputs: Inputs) -> Proposal:
    """The pairs for an edition; the same input gives the same pairs bit for bit.

    Raises ``RoundError`` (what ``scoring.pairing`` refuses, no_mentees, no_dimensions).
    """
    dimensions = dimension_codes(files_of(edition).scheme)
    if not dimensions:
        raise RoundError("no_dimensions", _("这一方法没有计分维度，无法判断短板"))
    frame = table(edition, parameters, inputs)
    if not (frame["role"] == "mentee").any():
        raise RoundError("no_mentees", _("按这些参数没有需要结对的单位，请放宽选取范围"))
    try:
        return Proposal(
            frame, pair(frame, parameters.terms(dimensions), fixed=inputs.fixed, forbidden=inputs.forbidden)
        )
    except PairingError as error:
        raise RoundError(error.code, _("不能结对：%(why)s") % {"why": error}) from error
