"""A unit's report 体检报告 and the evidence behind a cell 依据."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kanjian.boards import pictures, policies
from kanjian.boards.helping import Offer, offers_for
from kanjian.boards.models import Edition
from kanjian.boards.selectors import editions
from kanjian.boards.selectors.evidence import evidence as evidence_of
from kanjian.boards.selectors.objections import may_object
from kanjian.boards.selectors.shapes import Share
from kanjian.boards.selectors.shelves import shelf_of
from kanjian.boards.selectors.units import unit_report
from kanjian.boards.views.lineage import lineage_context
from kanjian.orgs import policies as orgs
from kanjian.orgs.models import Post, Unit


@require_safe
def report(request: HttpRequest, code: str, period: str, unit: str) -> HttpResponse:
    """Score, place with interval, strengths and weaknesses, why it moved, what would help; prints on one A4 page."""
    shelf = shelf_of(request.user, code)
    edition = shelf.edition(period)
    past = shelf.before(edition)
    found = unit_report(edition, unit, editions.sight_for(request.user, edition), past)
    context = {
        "report": found,
        "edition": found.edition,
        "periods": shelf.periods(),
        "may_object": may_object(request.user, edition, unit),
        "offers": _offers(request, edition, unit),
        "radar": pictures.radar(found),
        "history": pictures.history(found),
        "waterfall": pictures.score_waterfall(found.movement) if found.movement else None,
        "causes": pictures.causes(found.movement) if found.movement else None,
        "indicator_shares": _largest(found.movement.indicators) if found.movement else [],
        "groups": [
            (dimension, [row for row in found.indicators if row.dimension == dimension.code])
            for dimension in found.dimensions
        ],
    }
    return render(request, "boards/report.html", context | (lineage_context(request, [*past, edition], unit) or {}))


def _offers(request: HttpRequest, edition: Edition, code: str) -> list[Offer]:
    """Where help begins for the unit, for people with a post there or above it: help is nobody else's business."""
    if not request.user.is_authenticated:
        return []
    found = Unit.objects.filter(code=code).first()
    if found is None or not orgs.may(request.user, Post.Role.READER, found):
        return []
    return offers_for(edition.board, edition.period, code, request.user)


def _largest(shares: list[Share]) -> list[Share]:
    """Shares that are not nothing, the largest first."""
    return sorted((share for share in shares if share.points), key=lambda share: -abs(share.points))


@require_safe
def evidence(request: HttpRequest, code: str, period: str, unit: str, indicator: str) -> HttpResponse:
    """One cell: the value, its rule and points, and the file and row it was read from."""
    edition = editions.edition_for(request.user, code, period)
    found = evidence_of(edition, unit, indicator)
    # The public sees files, lines and days; who entered a value is for those who read the whole board.
    shows_names = policies.holds(request.user, (policies.Role.READER,), edition.board.root)
    context = {"evidence": found, "edition": found.edition, "shows_names": shows_names}
    context["may_object"] = may_object(request.user, edition, unit)
    return render(request, "boards/evidence.html", context)
