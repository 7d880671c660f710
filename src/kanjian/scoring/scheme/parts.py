"""Small parts of a scheme 方法的组成部分: aggregation, missing data, ties, bands, treatment, imputation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from kanjian.scoring.rules.veto import VetoTerms
from kanjian.scoring.strict import Fault, Part

Method = Literal["arithmetic", "geometric", "harmonic", "power", "sum", "min", "copeland", "median_rank"]


class Aggregate(Part):
    """How the children of a branch become one number 合成方法."""

    method: Method = "arithmetic"
    p: float | None = None
    """Exponent of the power mean; 1 is arithmetic, -1 harmonic."""
    full: float | None = None
    """copeland and median_rank: points of the best place; the scheme's scale by default."""
    raw: bool = False
    """copeland: leave the net number of pairs won, -(n - 1)..n - 1, unscaled."""

    def faults(self) -> Iterator[Fault]:
        """The exponent belongs to the power mean and to nothing else."""
        if self.method == "power" and self.p is None:
            yield Fault("p", "is needed for a power mean", "power_exponent")
        if self.method == "power" and self.p == 0:
            yield Fault("p", "of 0 is the geometric mean: use method: geometric", "power_exponent")
        if self.method != "power" and self.p is not None:
            yield Fault("p", f"does not apply to {self.method}", "not_applicable")
        if self.full is not None and self.method not in {"copeland", "median_rank"}:
            yield Fault("full", f"does not apply to {self.method}", "not_applicable")
        if self.raw and self.method != "copeland":
            yield Fault("raw", f"does not apply to {self.method}", "not_applicable")


class Fill(Part):
    """Take a missing child's points from its group 由组内补齐."""

    source: str = Field(default="all", alias="from")
    """`all`, `track` or a group column."""
    using: Literal["mean", "median"] = "mean"


class Missing(Part):
    """What a branch does when a child has no points 缺失处理."""

    rule: Literal["rescale", "strict", "fill"] = "rescale"
    """rescale: the weights of the others are scaled up; strict: the branch is missing too; fill: see `fill`."""
    min_share: float = Field(default=0.0, ge=0, le=1)
    """Below this share of the applicable weight the branch is missing."""
    share_of: Literal["weight", "count"] = "weight"
    """Share of the weight, or of the number of children."""
    fill: Fill | None = None

    @model_validator(mode="before")
    @classmethod
    def _flat_fill(cls, data: Any) -> Any:
        """Accept `{rule: fill, from: county, using: median}` beside the nested form."""
        if isinstance(data, dict) and ("from" in data or "using" in data) and "fill" not in data:
            keys = {key: data[key] for key in ("from", "using") if key in data}
            return {**{key: value for key, value in data.items() if key not in keys}, "fill": keys}
        return data

    def faults(self) -> Iterator[Fault]:
        """Filling needs to know from where, and nothing else may."""
        if (self.rule == "fill") != (self.fill is not None):
            yield Fault("fill", "is needed for rule: fill and for nothing else", "missing_fill")


class Floor(Part):
    """A floor under one child 底线: below it the parent is capped, so that strength elsewhere cannot make up for it."""

    node: str
    """Code of a child or of any node further down."""
    below: float
    """The floor: fewer points than this trigger the cap."""
    cap: float
    """Largest points of this node then."""


class Cap(Part):
    """Limits of a node's points 封顶与保底."""

    at_least: float | None = None
    at_most: float | None = None

    def faults(self) -> Iterator[Fault]:
        """At least one limit, in order."""
        if self.at_least is None and self.at_most is None:
            yield Fault("", "needs at_least or at_most", "empty_cap")
        elif self.at_least is not None and self.at_most is not None and not self.at_most > self.at_least:
            yield Fault("at_most", f"must exceed at_least ({self.at_most:g} ≤ {self.at_least:g})", "bounds_order")


class NodeVeto(VetoTerms):
    """A veto written at the node that suffers it 一票否决."""

    code: str
    input: str
    """Column with the event count or 0/1."""
    name: str = ""
    name_en: str = ""


class Band(Part):
    """One step of an absolute ladder 等次."""

    code: str
    name: str = ""
    name_en: str = ""
    at_least: float
    """Fewest points of the band."""


class Precision(Part):
    """What counts as equal when ranks are given 并列口径; exactly one of the two."""

    tolerance: float | None = Field(default=None, ge=0)
    """Neighbouring scores that differ by no more are equal."""
    decimals: int | None = Field(default=None, ge=0, le=15)
    """Scores are rounded to this many decimals first."""

    def faults(self) -> Iterator[Fault]:
        """One notion of equality."""
        if (self.tolerance is None) == (self.decimals is None):
            yield Fault("", "needs tolerance or decimals, exactly one (or the word raw)", "tie_precision")


class TieRule(Part):
    """How equal scores share ranks 并列规则: min is 1, 2, 2, 4."""

    method: Literal["min", "max", "average", "dense", "ordinal"] = "min"
    precision: Annotated[
        Annotated[Literal["raw"], Tag("word")] | Annotated[Precision, Tag("terms")],
        Discriminator(lambda value: "word" if isinstance(value, str) else "terms"),
    ] = Precision(tolerance=1e-9)


class Tracks(Part):
    """Which units are compared with each other 赛道."""

    by: str
    """Group column whose values are the tracks."""


class Eligibility(Part):
    """Who gets a rank 参评条件."""

    min_coverage: float = Field(default=0.0, ge=0, le=1)
    """Smallest share of the weight that must rest on real, not imputed values."""


class Markers(Part):
    """Words in the data that are not numbers 数据标记; compared without surrounding blanks and without case."""

    missing: tuple[str, ...] = ("", "未采集", "缺失", "NA", "NaN", "null", "None", "-", "—", "…")
    not_applicable: tuple[str, ...] = ("不适用", "n/a", "not applicable")


class Denominator(Part):
    """Divide the value by another column 分母, such as persons or area, before anything else."""

    input: str
    times: float = Field(default=1.0, gt=0)
    """Multiplied in, such as 1000 for a value per thousand."""


class MinSample(Part):
    """A rate counts only with enough cases 最小样本; see `kanjian.scoring.sample`."""

    input: str
    """Column with the number of cases."""
    at_least: float = Field(gt=0)
    pool: list[str] = Field(default_factory=list)
    """Groups whose rate stands in for too small a sample, the nearest first, such as `[township, county]`; each is
    `all`, `track` or a group column. Without any the value is missing."""

    def faults(self) -> Iterator[Fault]:
        """Every group once: a second time would find nothing new."""
        if len(set(self.pool)) < len(self.pool):
            yield Fault("pool", "names a group twice", "repeated_group")


class Impute(Part):
    """Fill missing values of an indicator 插补; every filled cell is flagged and does not count as coverage."""

    using: Literal["mean", "median", "min", "max"]
    source: str = Field(default="all", alias="from")
    """`all`, `track` or a group column."""
    min_n: int = Field(default=1, ge=1)
    """Groups with fewer present values take the value of all units."""


class Treat(Part):
    """Tame outliers before scoring 异常值处理; see `kanjian.scoring.treatment`. Asked for where |skewness| and kurtosis
    both pass their limits.
    """

    method: Literal["auto", "winsorise", "log", "boxcox", "bounds"] = "auto"
    """auto: the mildest of none, winsorise, log and boxcox that meets the limits."""
    skewness_limit: float | None = Field(default=None, gt=0)
    kurtosis_limit: float | None = None
    max_points: int | None = Field(default=None, ge=0)
    """Most points that may be winsorised."""
    force: bool = False
    """winsorise: pull in `max_points` although the limits do not ask for it."""
    power: float | None = None
    """boxcox: a given exponent instead of the most likely one."""
    shift: float | Literal["auto", "always"] = "auto"
    """log and boxcox: added to the value first."""
    low: float | None = None
    high: float | None = None
    """bounds: values beyond are set to the bound."""

    _USED: ClassVar[dict[str, set[str]]] = {
        "auto": {"skewness_limit", "kurtosis_limit", "max_points", "shift"},
        "winsorise": {"skewness_limit", "kurtosis_limit", "max_points", "force"},
        "log": {"shift"},
        "boxcox": {"shift", "power"},
        "bounds": {"low", "high"},
    }

    def faults(self) -> Iterator[Fault]:
        """Settings belong to their method."""
        for name in sorted(self.model_fields_set - {"method"} - self._USED[self.method]):
            yield Fault(name, f"does not apply to {self.method}", "not_applicable")
        if self.method == "bounds" and self.low is None and self.high is None:
            yield Fault("", "needs low or high", "empty_cap")
        if self.low is not None and self.high is not None and self.low > self.high:
            yield Fault("high", f"must not be below low ({self.high:g} < {self.low:g})", "bounds_order")

    def options(self) -> dict[str, Any]:
        """Return what was said, for `fit_treatment`."""
        given = {name: getattr(self, name) for name in self._USED[self.method]}
        return {name: value for name, value in given.items() if value is not None}
