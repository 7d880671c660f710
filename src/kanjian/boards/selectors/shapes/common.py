"""Words that several pages share 通用: named things, one edition, one band, one row of a board."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language

from kanjian.boards.words import codes


def reads_english() -> bool:
    """Whether the reader asked for English."""
    return (get_language() or "").startswith("en")


def in_language(name: str, name_en: str) -> str:
    """The name for the reader's language: English where it is asked for and known, otherwise the Chinese name."""
    return name_en if name_en and reads_english() else name


class Labelled:
    """Mixin: shows ``name`` or ``name_en`` by the reader's language."""

    __slots__ = ()
    name: str
    name_en: str

    @property
    def label(self) -> str:
        """The name for the reader's language; the code when there is no name."""
        return in_language(self.name, self.name_en) or str(getattr(self, "code", ""))


@dataclass(frozen=True, slots=True)
class Named(Labelled):
    """Something with a code, a Chinese name and perhaps an English one."""

    code: str
    name: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class EditionHead:
    """One edition without its numbers 期次."""

    id: int
    board: Named
    period: str
    state: str
    hash: str
    release_hash: str
    scheme_version: str
    scheme_hash: str
    as_of: datetime
    published_at: datetime | None
    objection_until: date | None
    units: int
    ranked: int
    is_public: bool
    synthetic: bool


@dataclass(frozen=True, slots=True)
class BoardHead:
    """One board 榜单 with its newest edition that the reader may see."""

    board: Named
    description: str
    is_public: bool
    synthetic: bool
    unit_kind: str
    latest: EditionHead | None


@dataclass(frozen=True, slots=True)
class Band(Labelled):
    """A rung of the status ladder 档次: reached with ``at_least`` points."""

    code: str
    name: str
    name_en: str
    at_least: float
    position: int  # 0 = the highest
    steps: int  # rungs of the ladder


@dataclass(frozen=True, slots=True)
class Facet(Labelled):
    """One choice of a filter and how many units it holds in the edition."""

    code: str
    name: str
    name_en: str
    count: int


@dataclass(frozen=True, slots=True)
class BoardRow(Labelled):
    """One unit's row in the board's table."""

    unit: str
    name: str
    name_en: str
    track: str | None
    county: str | None
    township: str | None
    score: float | None
    rank: float | None  # whole, except where the scheme gives equals their average place
    track_rank: float | None
    track_size: int | None
    band: Band | None
    rank_low: int | None  # best plausible place in the track
    rank_high: int | None  # worst plausible place in the track
    movement: int | None  # places won (+) or lost (-) in the track since the edition before
    movement_reason: str | None  # why there is no movement: first | scheme | membership | unranked
    coverage: float
    imputed: int
    reason: str | None  # why the unit is not ranked
    sparkline: list[float | None]  # scores of the last editions, oldest first, this one last
    veil: int = 0  # the place is withheld: the unit is among the last so many per cent of its track
    is_beyond_noise: bool | None = None  # the rank intervals of both editions do not touch: see ``selectors.noise``
    small: int = 0  # indicators whose sample is too small to place anybody by
    place: str = ""  # township and county by name
    track_name: str = ""

    @property
    def reason_words(self) -> str:
        """Why the unit is not ranked, in words."""
        return codes.reason(self.reason)

    @property
    def movement_words(self) -> str:
        """Why there is no movement, in words."""
        return codes.movement_reason(self.movement_reason)
