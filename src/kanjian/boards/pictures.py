"""From records to charts 图: what each picture of the boards' pages is drawn from. No query, no file."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from urllib.parse import quote, quote_plus

from django.urls import reverse
from django.utils.translation import gettext

from kanjian.boards import addresses
from kanjian.boards.models import Board
from kanjian.boards.selectors.lineages import Series
from kanjian.boards.selectors.shapes import (
    Area,
    BoardMap,
    Comparison,
    EditionHead,
    EditionSummary,
    Histogram,
    Movement,
    Share,
    UnitReport,
)
from kanjian.charts import (
    Axis,
    Bins,
    Distribution,
    History,
    Line,
    Map,
    MapArea,
    MapPlace,
    Mark,
    Part,
    Radar,
    Waterfall,
)
from kanjian.orgs.maps import has_map

# So many bars can be read; the smaller ones are put together, so that the sum stays exact.
BARS = 10
# More points than this hide the areas below them.
POINTS = 300


def distribution(summary: EditionSummary) -> Distribution | None:
    """Histogram of each track with the bands' thresholds."""
    names = {track.code: track.label for track in summary.tracks}
    several = [item for item in summary.histograms if item.track is not None]
    shown = [item for item in (several or summary.histograms) if sum(item.counts)]
    if not shown:
        return None
    first, last = _filled(shown)
    groups = [
        Bins(
            names.get(item.track or "", item.track or gettext("全部")),
            item.edges[first : last + 2],
            item.counts[first : last + 1],
        )
        for item in shown
    ]
    low, high = groups[0].edges[0], groups[0].edges[-1]
    marks = [Mark(band.label, band.at_least) for band, _ in summary.bands if low < band.at_least < high]
    return Distribution(groups, marks)


def _filled(histograms: Sequence[Histogram]) -> tuple[int, int]:
    """First and last bin that any group fills, and one empty bin beside each of them, where there is one."""
    width = min(len(item.counts) for item in histograms)
    filled = [place for place in range(width) if any(item.counts[place] for item in histograms)]
    return max(0, filled[0] - 1), min(width - 1, filled[-1] + 1)


def bins(drawn: Distribution) -> list[tuple[str, float, float, int]]:
    """The same distribution as a table: group, from, to, units; empty bins are left out."""
    return [
        (group.label, low, high, count)
        for group in drawn.groups
        for low, high, count in zip(group.edges, group.edges[1:], group.counts, strict=False)
        if count
    ]


def board_map(board: Board, edition: EditionHead, places: BoardMap) -> Map | None:
    """Areas by their median score, and single units where there are few enough; links lead to filter and report."""
    root = board.root.code if board.root else ""
    geojson = reverse("boards:boundaries", args=[board.code, root]) if root and has_map(root) else ""
    here = addresses.edition("boards:board", board.code, edition.period)  # once: a nation has thousands of areas
    points = [
        MapPlace(
            place.label,
            place.longitude,
            place.latitude,
            place.score,
            f"{here}units/{quote(place.unit)}/",
        )
        for place in places.places
        if not geojson or len(places.places) <= POINTS
    ]
    if not geojson and not points:
        return None
    areas = [_area(area, here) for area in (*places.counties, *places.townships)] if geojson else []
    return Map(geojson, areas, points, measure=gettext("得分中位数"))


def _area(area: Area, here: str) -> MapArea:
    code = quote_plus(area.code)
    wanted = f"county={quote_plus(area.parent)}&township={code}" if area.parent else f"county={code}"
    return MapArea(area.code, area.label, area.median, f"{here}?{wanted}")


def radar(report: UnitReport) -> Radar | None:
    """The unit's dimensions beside its track's median and best."""
    shown = [dimension for dimension in report.dimensions if dimension.full > 0]
    if len(shown) < 3:
        return None
    lines = [
        Line(gettext("赛道最好"), [dimension.best for dimension in shown], "best"),
        Line(gettext("赛道中位"), [dimension.median for dimension in shown], "median"),
        Line(report.unit.label, [dimension.score for dimension in shown], "unit"),
    ]
    return Radar([Axis(dimension.label, dimension.full) for dimension in shown], lines)


def comparison_radar(found: Comparison) -> Radar | None:
    """Both sides' dimensions on one radar."""
    right = {dimension.code: dimension.score for dimension in found.right.dimensions}
    shown = [dimension for dimension in found.left.dimensions if dimension.full > 0 and dimension.code in right]
    if len(shown) < 3:
        return None
    labels = side_labels(found)
    lines = [
        Line(labels[0], [dimension.score for dimension in shown], "unit"),
        Line(labels[1], [right[dimension.code] for dimension in shown], "other"),
    ]
    return Radar([Axis(dimension.label, dimension.full) for dimension in shown], lines)


def side_labels(found: Comparison) -> tuple[str, str]:
    """What tells the two sides apart: the names, or the periods of one unit."""
    if found.left.unit.code == found.right.unit.code:
        return found.left.edition.period, found.right.edition.period
    return found.left.unit.label, found.right.unit.label


def history(report: UnitReport) -> History | None:
    """Scores over the editions, broken where the method changed."""
    points = report.history
    if len(points) < 2:
        return None
    breaks = [
        number for number in range(1, len(points)) if points[number].scheme_version != points[number - 1].scheme_version
    ]
    line = Line(report.unit.label, [point.score for point in points], "unit")
    return History([point.period for point in points], [line], breaks=breaks)


def lineage(found: Series, telling: str) -> History | None:
    """A unit over mergers and splits, as it was or as it is, with a line where it changed."""
    changes = sorted({change.index for change in found.changes})
    if len(found.periods) < 2:
        return None
    if telling == "as_is":
        made = [point.score if point.is_reconstructed else None for point in found.as_is]
        own = [None if point.is_reconstructed else point.score for point in found.as_is]
        lines = [
            Line(found.label, own, "unit"),
            Line(gettext("%(unit)s（推算）") % {"unit": found.label}, made, "reconstructed"),
        ]
    else:
        lines = [Line(line.label, line.scores, "unit" if line.code == found.code else "other") for line in found.as_was]
    return History(found.periods, lines, changes=changes)


def score_waterfall(movement: Movement) -> Waterfall | None:
    """From the score before to the score after, cause by cause."""
    if movement.score_before is None or movement.score_after is None or not movement.score_causes:
        return None
    return Waterfall(
        Part(movement.before.period, movement.score_before),
        [Part(share.label, share.points) for share in movement.score_causes],
        Part(movement.after.period, movement.score_after),
    )


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause of a movement: what it did to the score and to the place."""

    label: str
    points: float | None
    places: float | None


def causes(movement: Movement) -> tuple[list[Cause], Cause]:
    """Causes of score and place side by side, and their sums."""
    points = {share.code: share for share in movement.score_causes}
    places = {share.code: share for share in movement.causes}
    rows = [
        Cause(
            (points.get(code) or places[code]).label,
            points[code].points if code in points else None,
            places[code].points if code in places else None,
        )
        for code in dict.fromkeys([*points, *places])
    ]
    total = Cause(
        gettext("总计"),
        fsum(share.points for share in movement.score_causes) if points else None,
        fsum(share.points for share in movement.causes) if places else None,
    )
    return rows, total


def gap_waterfall(found: Comparison) -> Waterfall | None:
    """From the right side's score to the left side's, indicator by indicator."""
    left, right = found.left.standing.score, found.right.standing.score
    if left is None or right is None or not found.shares:
        return None
    labels = side_labels(found)
    return Waterfall(Part(labels[1], right), largest(found.shares), Part(labels[0], left))


def largest(shares: Sequence[Share], most: int = BARS) -> list[Part]:
    """The ``most`` largest shares in falling order of size, the rest as one bar."""
    ordered = sorted(shares, key=lambda share: -abs(share.points))
    parts = [Part(share.label, share.points) for share in ordered[:most]]
    rest = ordered[most:]
    return [*parts, Part(gettext("其余 %(n)d 项") % {"n": len(rest)}, fsum(s.points for s in rest))] if rest else parts
