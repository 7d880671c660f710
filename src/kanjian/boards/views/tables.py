"""The list of boards and the board itself 榜单."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kanjian.boards import pictures
from kanjian.boards.models import Edition
from kanjian.boards.selectors import editions, overview, table
from kanjian.boards.selectors.shapes import BoardPage, BoardQuery
from kanjian.boards.selectors.shelves import Shelf, shelf_of
from kanjian.boards.selectors.veiled import WORST_FIRST
from kanjian.boards.sight import EVERYTHING, Sight
from kanjian.boards.store.editions import ORDERS
from kanjian.boards.views.common import whole

SIZES = (20, 50, 100)
FILTERS = ("track", "county", "township", "band")
PART = "board-table"
LARGEST_FIRST = frozenset(name for name, (_, largest_first) in ORDERS.items() if largest_first)


def query_of(asked: QueryDict) -> BoardQuery:
    """What the reader asked of the table; unknown sorts fall back to the rank."""
    size = whole(asked.get("size"), 50)
    return BoardQuery(
        track=asked.get("track", "")[:40],
        county=asked.get("county", "")[:40],
        township=asked.get("township", "")[:40] if asked.get("county") else "",
        band=asked.get("band", "")[:40],
        search=asked.get("search", "").strip()[:60],
        sort=asked.get("sort", "rank"),
        descending=asked.get("descending") == "1",
        page=whole(asked.get("page"), 1),
        size=size if size in SIZES else 50,
    )


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All boards the reader may see, with their newest edition."""
    return render(request, "boards/index.html", {"boards": editions.board_heads(request.user)})


@require_safe
def board(request: HttpRequest, code: str, period: str = "") -> HttpResponse:
    """One edition: ranks within tracks, bands, intervals, movement; filters, map, distribution."""
    shelf = shelf_of(request.user, code)
    if not shelf.editions and not period:
        found = editions.board_for(request.user, code)
        return render(request, "boards/empty.html", {"board": editions.board_head(request.user, found)})
    edition = shelf.edition(period)
    sight = editions.sight_for(request.user, edition)
    page = table.board_page(edition, query_of(request.GET), sight)
    context: dict[str, Any] = {"page": page, "edition": page.edition, "sorts": sorts(request.GET, page.query, sight)}
    context["veil"] = sight.percent
    if request.headers.get("HX-Target") == PART:
        return render(request, "boards/parts/table.html", context)
    return render(request, "boards/board.html", context | _around(shelf, edition, page, sight))


def _around(shelf: Shelf, edition: Edition, page: BoardPage, sight: Sight) -> dict[str, Any]:
    """What surrounds the table: head figures, distribution, map, movers, other periods."""
    summary = overview.summary(edition)
    drawn = overview.board_map(edition, sight=sight)
    distribution = pictures.distribution(summary)
    return {
        "summary": summary,
        "movers": overview.movers(edition, sight=sight),
        "distribution": distribution,
        "bins": pictures.bins(distribution) if distribution else [],
        "map": pictures.board_map(edition.board, page.edition, drawn),
        "areas": drawn.counties,
        "periods": shelf.periods(),
        "sizes": SIZES,
    }


@dataclass(frozen=True, slots=True)
class Sort:
    """One order of the table: ``query`` keeps the filters, and turns the order round where it is the present one."""

    key: str
    label: str
    here: bool
    falls: bool  # largest first as it stands now
    query: str


def sorts(asked: QueryDict, query: BoardQuery, sight: Sight = EVERYTHING) -> list[Sort]:
    """The orders that the table's heads and the list on a phone offer, in the order of the columns; nothing worst first
    for readers from whom last places are withheld.
    """
    labels = {
        "rank": gettext("赛道名次"),
        "name": gettext("单位"),
        "score": gettext("得分"),
        "movement": gettext("进退"),
        "coverage": gettext("覆盖"),
    }
    return [
        Sort(
            key,
            label,
            query.sort == key,
            (key in LARGEST_FIRST) != query.descending,
            _sorted_by(asked, query, key, sight),
        )
        for key, label in labels.items()
    ]


def _sorted_by(asked: QueryDict, query: BoardQuery, key: str, sight: Sight) -> str:
    wanted = asked.copy()
    for name in ("page", "sort", "descending"):
        wanted.pop(name, None)
    wanted["sort"] = key
    if query.sort == key and not query.descending and (sight.is_whole or key not in WORST_FIRST):
        wanted["descending"] = "1"
    return wanted.urlencode()
