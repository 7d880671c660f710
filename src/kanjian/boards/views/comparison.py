"""Two units, or one unit in two periods, side by side 对比."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from kanjian.boards import pictures
from kanjian.boards.models import Edition
from kanjian.boards.selectors import comparing, editions, table
from kanjian.boards.selectors.shapes import BoardQuery, BoardRow, Comparison, Dimension, IndicatorRow
from kanjian.boards.selectors.shelves import Shelf, shelf_of
from kanjian.boards.views.common import asked
from kanjian.boards.views.lineage import lineage_context

CHOICES = 8
SIDES = ("left", "right")


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit that the typed text may mean: ``query`` picks it."""

    label: str
    place: str
    query: str


@dataclass(frozen=True, slots=True)
class Side:
    """What was asked for one side, and the units that fit; one when it is clear which."""

    name: str  # left | right
    asked: str
    rows: list[BoardRow]

    @property
    def is_clear(self) -> bool:
        """Whether exactly one unit fits."""
        return len(self.rows) == 1

    @property
    def shown(self) -> str:
        """What stands in the field: the unit's name and code once it is clear, else the text as typed."""
        return f"{self.rows[0].label} {self.rows[0].unit}" if self.is_clear else self.asked

    def choices(self, wanted: dict[str, str]) -> list[Choice]:
        """The units that fit, each with the address that picks it and keeps the rest of the question."""
        return [Choice(row.label, row.place, urlencode(wanted | {self.name: row.unit})) for row in self.rows]


@require_safe
def compare(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """``?left=A&right=B`` compares two units, ``?left=A&with=2026-Q1`` a unit with itself in another period.

    Each side may also be a name or its spelling; where several units fit, the page offers them.
    """
    shelf = shelf_of(request.user, code)
    edition = shelf.edition(period)
    typed = asked(request, *SIDES, "with")
    sides = {name: Side(name, typed[name], _fitting(edition, typed[name])) for name in SIDES}
    wanted = typed | {name: side.rows[0].unit for name, side in sides.items() if side.is_clear}
    found = (
        _comparison(request, shelf, edition, wanted)
        if all(side.is_clear or not side.asked for side in sides.values())
        else None
    )
    context: dict[str, Any] = {
        "edition": editions.head(edition),
        "periods": shelf.periods(),
        "asked": wanted,
        "shown": {name: side.shown for name, side in sides.items()},
        "choices": [(side.asked, side.choices(wanted)) for side in sides.values() if len(side.rows) > 1],
        "unknown": [side.asked for side in sides.values() if side.asked and not side.rows],
        "is_missing": found is None and sides["left"].is_clear and bool(wanted["with"]) and not wanted["right"],
        "comparison": found,
    }
    if found:
        context |= _side_by_side(found)
        codes = dict.fromkeys([found.left.unit.code, found.right.unit.code])
        past = [*shelf.before(edition), edition]
        context["lineages"] = [each for unit in codes if (each := lineage_context(request, past, unit))]
    return render(request, "boards/compare.html", context)


def _side_by_side(found: Comparison) -> dict[str, Any]:
    """Everything the page shows of a comparison."""
    right = {dimension.code: dimension for dimension in found.right.dimensions}
    tracks = [side.unit.track.code if side.unit.track else None for side in (found.left, found.right)]
    return {
        "sides": [found.left, found.right],
        "labels": pictures.side_labels(found),
        "different_tracks": tracks[0] != tracks[1],
        "shares": sorted(found.shares, key=lambda share: -abs(share.points)),
        "dimensions": [(left, right[left.code]) for left in found.left.dimensions if left.code in right],
        "groups": [(left, right.get(left.code), _rows(found, left)) for left in found.left.dimensions],
        "waterfall": pictures.gap_waterfall(found),
        "radar": pictures.comparison_radar(found),
    }


def _rows(found: Comparison, dimension: Dimension) -> list[tuple[IndicatorRow, IndicatorRow, float | None]]:
    """The indicators of one dimension: both sides, and the difference of their points where both have some."""
    return [
        (a, b, None if a.points is None or b.points is None else a.points - b.points)
        for a, b in found.indicators
        if a.dimension == dimension.code
    ]


def _comparison(request: HttpRequest, shelf: Shelf, edition: Edition, wanted: dict[str, str]) -> Comparison | None:
    sight = editions.sight_for(request.user, edition)
    try:
        if wanted["left"] and wanted["right"]:
            return comparing.compare_units(edition, wanted["left"], wanted["right"], sight)
        if wanted["left"] and wanted["with"]:
            other = shelf.edition(wanted["with"])
            return comparing.compare_editions(other, edition, wanted["left"], sight)
    except Http404:
        return None
    return None


def _fitting(edition: Edition, text: str) -> list[BoardRow]:
    """Units the typed text may mean; one when it is or ends with a code, or is a whole name of the edition."""
    if not text:
        return []
    code = text.rsplit(maxsplit=1)[-1]
    for searched in dict.fromkeys((code, text)):
        rows = table.board_page(edition, BoardQuery(search=searched, size=CHOICES)).rows
        exact = [row for row in rows if row.unit == code] or [row for row in rows if text in {row.name, row.name_en}]
        if len(exact) == 1:
            return exact
    return rows
