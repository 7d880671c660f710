"""What charts are drawn from 图表数据: one record per kind; ``static/kanjian/charts/<kind>.js`` draws it.

A view builds a record, the template says ``{% chart record title="…" %}<table>…</table>{% endchart %}``. Records hold
numbers and labels in the reader's language, no options: how a chart looks is decided in one place, the module.
``None`` is "not collected" and is drawn as a gap, never as zero.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, is_dataclass
from functools import cache
from math import fsum, isclose
from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import get_language, gettext


@dataclass(frozen=True, slots=True)
class Mark:
    """A value worth a line of its own: the unit itself, a band's threshold, the median."""

    label: str
    value: float
    role: str = "threshold"  # unit | median | threshold


@dataclass(frozen=True, slots=True)
class Bins:
    """How one group spreads: ``counts[i]`` units between ``edges[i]`` and ``edges[i + 1]``."""

    label: str
    edges: Sequence[float]
    counts: Sequence[int]

    def __post_init__(self) -> None:
        if len(self.edges) != len(self.counts) + 1:
            raise ValueError(f"bins {self.label!r}: {len(self.counts)} counts need {len(self.counts) + 1} edges")


@dataclass(frozen=True, slots=True)
class Distribution:
    """Histogram by track 分布: one panel per group on a common axis."""

    kind: ClassVar[str] = "distribution"
    groups: Sequence[Bins]
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One series: ``role`` says how it is drawn — the unit, the track's median, the best, or another."""

    label: str
    values: Sequence[float | None]
    role: str = "other"  # unit | median | best | other


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction of a radar with its full points."""

    label: str
    full: float


@dataclass(frozen=True, slots=True)
class Radar:
    """Six dimensions of a unit beside its track 雷达: values on the axes' scales, in the axes' order."""

    kind: ClassVar[str] = "radar"
    axes: Sequence[Axis]
    lines: Sequence[Line]

    def __post_init__(self) -> None:
        _same_length(self.lines, len(self.axes), "axes")


@dataclass(frozen=True, slots=True)
class Part:
    """One bar of a waterfall: points added (+) or taken (−)."""

    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From one figure to another in exact parts 瀑布: ``start`` plus all parts is ``end``, to 1e-9 or it is refused."""

    kind: ClassVar[str] = "waterfall"
    start: Part
    parts: Sequence[Part]
    end: Part
    decimals: int = 2

    def __post_init__(self) -> None:
        total = fsum([self.start.value, *(part.value for part in self.parts)])
        if not isclose(total, self.end.value, rel_tol=0, abs_tol=1e-9):
            raise ValueError(f"waterfall: {self.start.value} and its parts give {total}, not {self.end.value}")


@dataclass(frozen=True, slots=True)
class History:
    """Course over periods 历史: scores, or places with the first on top when ``ranks``.

    ``low``/``high`` draw a band (rank interval); ``breaks``: indexes of periods with another method; ``changes``:
    indexes of the first periods after the unit itself changed.
    """

    kind: ClassVar[str] = "history"
    periods: Sequence[str]
    lines: Sequence[Line]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()
    ranks: bool = False
    breaks: Sequence[int] = ()
    changes: Sequence[int] = ()

    def __post_init__(self) -> None:
        _same_length(self.lines, len(self.periods), "periods")
        if len(self.low) != len(self.high) or len(self.low) not in {0, len(self.periods)}:
            raise ValueError("history: low and high need one value per period, or none at all")


@dataclass(frozen=True, slots=True)
class Span:
    """One row of a dot plot: a place and the places that are as plausible."""

    label: str
    low: float
    high: float
    at: float | None
    here: bool = False


@dataclass(frozen=True, slots=True)
class Intervals:
    """Rank intervals, one row per unit, first place left 名次区间; ``size`` units compete."""

    kind: ClassVar[str] = "intervals"
    rows: Sequence[Span]
    size: int


@dataclass(frozen=True, slots=True)
class MapArea:
    """One area of a map: ``code`` is the feature's ``code`` property in the GeoJSON."""

    code: str
    label: str
    value: float | None
    url: str = ""


@dataclass(frozen=True, slots=True)
class MapPlace:
    """One unit as a point, WGS84 degrees. ``role``: weak or strong, where points are linked."""

    label: str
    longitude: float
    latitude: float
    value: float | None
    url: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class MapLink:
    """A line between two points: (longitude, latitude) each; ``marked`` lines are drawn stronger."""

    label: str
    start: tuple[float, float]
    end: tuple[float, float]
    url: str = ""
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Map:
    """Areas coloured by value, and units as points 地图. ``geojson``: address on this server; "" draws points alone.

    With ``links`` nothing is coloured by value: lines lead from weak points to strong ones.
    """

    kind: ClassVar[str] = "map"
    geojson: str
    areas: Sequence[MapArea] = ()
    places: Sequence[MapPlace] = ()
    measure: str = ""
    links: Sequence[MapLink] = ()


Record = Distribution | Radar | Waterfall | History | Intervals | Map
KINDS = frozenset(record.kind for record in (Distribution, Radar, Waterfall, History, Intervals, Map))


def _same_length(lines: Sequence[Line], length: int, of: str) -> None:
    for line in lines:
        if len(line.values) != length:
            raise ValueError(f"line {line.label!r}: {len(line.values)} values for {length} {of}")


def words() -> dict[str, str]:
    """Words that the chart modules need, in the reader's language."""
    return _words(get_language())


@cache
def _words(_language: str | None) -> dict[str, str]:
    return {
        "missing": gettext("未采集"),
        "units": gettext("单位数"),
        "score": gettext("得分"),
        "rank": gettext("名次"),
        "interval": gettext("名次区间"),
        "method_changed": gettext("方法有变"),
        "unit_changed": gettext("单位变更"),
        "up": gettext("增加"),
        "down": gettext("减少"),
        "low": gettext("低"),
        "high": gettext("高"),
        "weak": gettext("受帮单位"),
        "strong": gettext("帮带单位"),
        "not_loaded": gettext("图没有加载成功，数据见旁边的表"),
    }


class _PartByPart(DjangoJSONEncoder):
    """Asks for the fields of a record, and of each part of it, as it comes to them: nothing is copied."""

    def default(self, o: Any) -> Any:
        return _fields_of(o) if is_dataclass(o) else super().default(o)


def as_json(record: Record) -> str:
    """A record with its words, as the chart modules read it."""
    whole = {**_fields_of(record), "words": words()}
    return json.dumps(whole, cls=_PartByPart, ensure_ascii=False, separators=(",", ":"))


def _fields_of(part: Any) -> dict[str, object]:
    return {name: getattr(part, name) for name in part.__slots__}
