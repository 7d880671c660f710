"""What every scoring rule shares 计分规则的共同部分: its parameters, what it needs from `fit`, and its kernel.

A rule is one class in one place: the fields are what a scheme may say, `needs` lists the statistics that `fit` must
supply for each comparison group, `points` is the row-wise kernel. Kernels work on float64 vectors in which NaN means
missing, allocate their result, and never write into their input.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from pydantic import Discriminator, Field, Tag

from kanjian.scoring.strict import Fault, Part

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Ties = Literal["min", "max", "average"]
Statistic = Literal["min", "max", "mean", "sd", "median", "quantile", "count", "given", "value_of", "support"]


class Need(NamedTuple):
    """One statistic that `fit` must supply under `name` 所需参数, for each group of `within` (None: all units)."""

    name: str
    statistic: Statistic
    within: str | None = None
    q: float = 0.5
    given: Mapping[str, float] | None = None
    otherwise: float | None = None
    unit: str = ""


class Support(Protocol):
    """Ordered reference values of one indicator by comparison group 参照分布."""

    def count(self, x: Floats) -> tuple[Floats, Floats, Floats]:
        """Return per row: reference values below x, equal to x, and in the whole group."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a kernel may know about its rows: direction, full points, and the fitted statistics at each row.

    `stats[name]` is a number where all rows share it, else a vector with one entry per row (NaN: row has no group).
    `refined[name]` likewise, for what the rule's `refine` made of the statistics.
    """

    up: bool
    scale: float
    stats: Mapping[str, Any]
    support: Support | None = None
    refined: Mapping[str, Any] = field(default_factory=dict)


class Derived(NamedTuple):
    """The one number per row that a rule scores, made from its inputs."""

    x: Floats
    not_applicable: Mask | None = None
    flags: tuple[tuple[str, Mask], ...] = ()


class ByGroup(Part):
    """A bound that is written down for each group 分组给定值, such as a target for each track."""

    by: str
    """Group column; `track` stands for the scheme's tracks."""
    values: dict[str, float] = Field(min_length=1)
    """Bound for each group."""
    otherwise: float | None = None
    """Bound of groups that are not listed; without it they count as missing."""


class FromData(Part):
    """A bound taken from the data 取自数据: best and worst follow the indicator's direction."""

    stat: Literal["min", "max", "best", "worst", "mean", "median", "quantile"]
    q: float | None = Field(default=None, ge=0, le=1)
    """Quantile (type 7, linear interpolation), for `stat: quantile` only."""

    def faults(self) -> Iterator[Fault]:
        """A quantile needs q, nothing else may have it."""
        if (self.stat == "quantile") != (self.q is not None):
            yield Fault("q", "is needed for stat: quantile and for nothing else", "bound_quantile")


def _bound_kind(value: object) -> str:
    """Tell the forms of a bound apart, so that an error speaks of the form that was meant."""
    if isinstance(value, ByGroup) or (isinstance(value, dict) and "by" in value):
        return "by_group"
    return "from_data" if isinstance(value, FromData | dict) else "number"


Bound = Annotated[
    Annotated[float, Tag("number")] | Annotated[ByGroup, Tag("by_group")] | Annotated[FromData, Tag("from_data")],
    Discriminator(_bound_kind),
]


class RuleBase(Part):
    """A way to turn one value into points 计分规则."""

    method: str

    needs_direction: ClassVar[Literal["any", "up", "down"]] = "any"
    combines: ClassVar[bool] = False

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """Yield what is wrong with the parameters taken together."""
        del scale, up
        yield from ()

    def needs(self, *, up: bool) -> list[Need]:
        """List the statistics `fit` must supply; `within` still in the scheme's words (`all`, `track`, a column)."""
        del up
        return []

    def refine(self, tables: dict[str, Floats], *, up: bool) -> dict[str, Floats]:
        """Make of the statistics of all groups what the kernel wants, so that it is not made again in each row."""
        del tables, up
        return {}

    def scorer(self) -> RuleBase:
        """Return the rule that scores the derived value; itself unless the rule only prepares the value."""
        return self

    def derive(self, inputs: Sequence[Floats]) -> Derived:
        """Make the one number that is scored from the inputs."""
        return Derived(inputs[0])

    def inputs(self, code: str) -> list[str]:
        """Name the input columns where the leaf does not."""
        return [code]

    def points(self, x: Floats, context: Context) -> Floats:
        """Return the points of each row; NaN in, NaN out."""
        raise NotImplementedError


class Shares(RuleBase):
    """Rules that yield a share y between worst (0) and best (1), spread over floor..full points."""

    full: float | None = None
    """Points of the best 满分; the scheme's scale by default."""
    floor: float = 0.0
    """Points of the worst 底分."""

    def check(self, *, scale: float, up: bool) -> Iterator[Fault]:
        """The best must earn more than the worst."""
        del up
        full = scale if self.full is None else self.full
        if not full > self.floor:
            yield Fault("full", f"must exceed floor ({full:g} ≤ {self.floor:g})", "full_not_above_floor")

    def stretch(self, y: Floats, context: Context) -> Floats:
        """Map the share y to points in place."""
        full = context.scale if self.full is None else self.full
        y *= full - self.floor
        if self.floor:
            y += self.floor
        return y


class Fitted(Part):
    """Rules whose bounds come from the data."""

    within: str = "all"
    """Where bounds are taken: `all` units, `track`, or a group column such as a county 比较范围."""


@dataclass(frozen=True, slots=True)
class BoundNeed:
    """Helper of rules with bounds: reads a bound's need and its value."""

    name: str
    bound: Bound
    within: str = "all"

    def needs(self, *, up: bool) -> list[Need]:
        """Return the statistic behind the bound; none for a plain number."""
        match self.bound:
            case ByGroup() as table:
                return [Need(self.name, "given", table.by, given=table.values, otherwise=table.otherwise)]
            case FromData(stat="quantile") as source:
                return [Need(self.name, "quantile", self.within, q=source.q or 0.0)]
            case FromData(stat=("best" | "worst") as end):
                return [Need(self.name, "max" if (end == "best") == up else "min", self.within)]
            case FromData() as source:
                statistic: Statistic = source.stat  # type: ignore[assignment]
                return [Need(self.name, statistic, self.within)]
            case _:
                return []

    def value(self, context: Context) -> Any:
        """Return the bound as a number, or per row."""
        return context.stats[self.name] if self.needs(up=True) else self.bound


def between(low: Any, high: Any, x: Floats, constant: float | None, *, up: bool, clip: bool = True) -> Floats:
    """Return the share of the way from low to high (up) or from high to low (down).

    Where low equals high every present value gets `constant` (missing when None). With `clip` the share stays in
    0..1, which matters only for values that were not part of the fit.
    """
    span = high - low
    with np.errstate(divide="ignore", invalid="ignore"):
        y: Floats = x - low if up else high - x
        y /= span
    if clip:
        np.minimum(y, 1.0, out=y)
        np.maximum(y, 0.0, out=y)
    return settle_flat(y, x, span == 0, constant)


def settle_flat(y: Floats, x: Floats, flat: Any, constant: float | None) -> Floats:
    """Give `constant` to present values of flat groups (all values equal), in place."""
    if np.any(flat):
        value = np.nan if constant is None else constant
        np.copyto(y, np.where(np.isnan(x), np.nan, value), where=flat)
    return y
