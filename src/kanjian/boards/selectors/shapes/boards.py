"""The board page 榜单页: its table, filters, map, movers and summary."""

from dataclasses import dataclass

from kanjian.boards.selectors.shapes.common import Band, BoardRow, EditionHead, Facet, Labelled
from kanjian.boards.words import codes

SORTS = ("rank", "score", "name", "movement", "coverage", "unit")


@dataclass(frozen=True, slots=True)
class BoardQuery:
    """What the reader asked of a board's table; empty = no filter. ``rank``: place in the track, track by track."""

    track: str = ""
    county: str = ""
    township: str = ""
    band: str = ""
    search: str = ""
    sort: str = "rank"
    descending: bool = False
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True)
class Facets:
    """All choices of all filters; townships are those of the chosen county."""

    tracks: list[Facet]
    counties: list[Facet]
    townships: list[Facet]
    bands: list[Facet]


@dataclass(frozen=True, slots=True)
class BoardPage:
    """One page of a board's table with its filters."""

    edition: EditionHead
    query: BoardQuery
    rows: list[BoardRow]
    total: int  # rows that match
    pages: int
    facets: Facets

    @property
    def first(self) -> int:
        """Number of the page's first row within the matches, 0 when there is none."""
        return (self.query.page - 1) * self.query.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Number of the page's last row within the matches."""
        return self.first + len(self.rows) - 1 if self.rows else 0


@dataclass(frozen=True, slots=True)
class Histogram:
    """How scores spread: ``counts[i]`` units in ``edges[i] ≤ score < edges[i + 1]``, the last bin with its edge."""

    track: str | None  # None: all units
    edges: list[float]
    counts: list[int]


@dataclass(frozen=True, slots=True)
class Area(Labelled):
    """The units of one county or township, for the map."""

    code: str
    name: str
    name_en: str
    parent: str | None
    longitude: float | None
    latitude: float | None
    units: int
    ranked: int
    mean: float | None
    median: float | None
    best: float | None
    worst: float | None
    bands: dict[str, int]


@dataclass(frozen=True, slots=True)
class Place(Labelled):
    """One unit as a point on the map."""

    unit: str
    name: str
    name_en: str
    longitude: float
    latitude: float
    score: float | None
    band: str | None
    track: str | None
    track_rank: float | None


@dataclass(frozen=True, slots=True)
class BoardMap:
    """What the map shows: areas always, single units only where there are few enough."""

    counties: list[Area]
    townships: list[Area]
    places: list[Place]


@dataclass(frozen=True, slots=True)
class Movers:
    """Who moved most since the edition before, and why nobody is compared when nobody is."""

    up: list[BoardRow]
    down: list[BoardRow]
    reason: str | None

    @property
    def reason_words(self) -> str:
        """Why nobody is compared, in words."""
        return codes.movement_reason(self.reason)


@dataclass(frozen=True, slots=True)
class EditionSummary:
    """An edition at a glance, for home and for the head of the board page."""

    edition: EditionHead
    units: int
    ranked: int
    tracks: list[Facet]
    bands: list[tuple[Band, int]]
    mean: float | None
    median: float | None
    coverage: float
    imputed_cells: int
    histograms: list[Histogram]
    warnings: list[str]
