"""The unit report 体检报告 and comparisons 对比."""

from dataclasses import dataclass

from kanjian.boards.selectors.shapes.common import BoardRow, EditionHead, Labelled, Named
from kanjian.boards.words import codes


@dataclass(frozen=True, slots=True)
class UnitHead(Labelled):
    """The unit a page is about, as it was in the edition's period."""

    code: str
    name: str
    name_en: str
    kind: str
    track: Named | None
    county: Named | None
    township: Named | None
    longitude: float | None
    latitude: float | None
    attributes: dict[str, object]


@dataclass(frozen=True, slots=True)
class Dimension(Labelled):
    """One node below the root: points beside the track's median and best; ``weight`` is its share of the whole."""

    code: str
    name: str
    name_en: str
    weight: float
    score: float | None
    median: float | None
    best: float | None
    full: float
    coverage: float | None = None
    role: str = "score"  # score | bonus | deduction: the last two stand outside the weights

    @property
    def gap(self) -> float | None:
        """Points above (+) or below (-) the track's median."""
        return None if self.score is None or self.median is None else self.score - self.median


@dataclass(frozen=True, slots=True)
class IndicatorRow(Labelled):
    """One indicator of a unit's report."""

    code: str
    name: str
    name_en: str
    dimension: str  # code of the node below the root it belongs to
    value: float | None
    unit: str  # unit of measure
    status: str  # present | imputed | missing | not_applicable
    direction: str  # up | down
    rule: str  # the rule in words, in the reader's language
    points: float | None
    full: float
    weight: float  # effective share of the whole, 0..1
    median: float | None  # points of the track's median
    would_add: float | None  # what full marks here would add to the score, everything else equal
    source: str  # who answers for it
    flags: list[str]
    inputs: list[str]  # columns of the release it is computed from, for the link to the evidence
    cases: float | None = None  # of a rate: the number of cases behind it
    is_small: bool = False  # too few cases: nobody is placed by this indicator
    pooled_from: str = ""  # whose rate stands in for too small a sample
    pooled_cases: float | None = None

    @property
    def gap(self) -> float | None:
        """Points above (+) or below (-) the track's median."""
        return None if self.points is None or self.median is None else self.points - self.median


@dataclass(frozen=True, slots=True)
class Share(Labelled):
    """One bar of a waterfall: points added (+) or taken (-)."""

    code: str
    name: str
    name_en: str
    points: float


@dataclass(frozen=True, slots=True)
class Movement:
    """Why a unit moved between two editions.

    ``causes`` (own, others, bounds, method, correction) sum to the places won (+) or lost (-); ``score_causes`` and
    ``indicators`` each sum to the change of score. All exact.
    """

    before: EditionHead
    after: EditionHead
    score_before: float | None
    score_after: float | None
    rank_before: float | None
    rank_after: float | None
    causes: list[Share]
    score_causes: list[Share]
    indicators: list[Share]
    comparable: bool
    reason: str | None

    @property
    def reason_words(self) -> str:
        """Why places are not compared, in words."""
        return codes.movement_reason(self.reason)


@dataclass(frozen=True, slots=True)
class Step(Labelled):
    """One step of a path: raise an indicator from one value to another."""

    indicator: str
    name: str
    name_en: str
    unit: str
    value: float | None
    target: float | None
    points: float  # added to the score
    cost: float


@dataclass(frozen=True, slots=True)
class Path:
    """The cheapest way to a goal under stated assumptions; advice, never a promise."""

    goal: Named
    needed: float  # points of the whole that are missing
    reached: bool
    steps: list[Step]
    assumptions: list[str]


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """A unit's standing in one edition of the board."""

    edition_id: int
    period: str
    score: float | None
    track_rank: float | None
    track_size: int | None
    rank_low: int | None
    rank_high: int | None
    band: str | None
    scheme_version: str
    veil: int = 0  # as in ``BoardRow``


@dataclass(frozen=True, slots=True)
class UnitReport:
    """The health report of one unit 体检报告."""

    edition: EditionHead
    unit: UnitHead
    standing: BoardRow
    dimensions: list[Dimension]
    strengths: list[IndicatorRow]
    weaknesses: list[IndicatorRow]
    indicators: list[IndicatorRow]
    history: list[HistoryPoint]
    neighbours: list[BoardRow]
    movement: Movement | None
    path: Path | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two units of one edition, or one unit in two editions; ``shares`` sum to ``gap`` (left minus right)."""

    left: UnitReport
    right: UnitReport
    gap: float | None
    shares: list[Share]
    indicators: list[tuple[IndicatorRow, IndicatorRow]]
    reason: str | None  # why there is no split: no_score | aggregation …

    @property
    def reason_words(self) -> str:
        """Why there is no split, in words."""
        return codes.explanation(self.reason)
