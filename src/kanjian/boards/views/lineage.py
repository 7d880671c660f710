"""What the pages need to show a unit's course over mergers and splits 沿革."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from kanjian.boards import pictures
from kanjian.boards.models import Edition
from kanjian.boards.selectors.lineages import series

TELLINGS = ("as_was", "as_is")


def lineage_context(request: HttpRequest, editions: Sequence[Edition], code: str) -> dict[str, Any] | None:
    """The course of a unit that was merged or split over the editions, oldest first; None for any other unit.

    ``?series=as_is`` asks for today's unit carried back.
    """
    found = series(editions, code)
    if found is None:
        return None
    telling = request.GET.get("series", "")
    telling = telling if telling in TELLINGS else TELLINGS[0]
    kept = request.GET.copy()
    kept.pop("series", None)
    return {
        "lineage": found,
        "telling": telling,
        "lineage_chart": pictures.lineage(found, telling),
        "lineage_rows": [(p, [line.scores[n] for line in found.as_was]) for n, p in enumerate(found.periods)],
        "lineage_query": f"{kept.urlencode()}&" if kept else "",
    }
