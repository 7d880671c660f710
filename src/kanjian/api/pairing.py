"""Rounds of pairing and their pairs as data 结对接口: the pages' selectors under the pages' policies, read-only."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from kanjian.api.collecting import READ
from kanjian.api.pairing_shapes import PairDetail, PairOut, PairPage, PlanOut, RoundOut, RoundPage
from kanjian.api.shapes import PLAIN, Number
from kanjian.pairing import policies
from kanjian.pairing.selectors import rounds

router = Router(tags=["pairing"])


class RoundChoice(Schema):
    """Which rounds."""

    board: str = Field("", max_length=60, pattern=PLAIN, description="code of a board")
    state: str = Field("", max_length=10, pattern=r"^(|proposed|agreed|running|evaluated|closed)$")
    page: int = Field(1, ge=1, le=1_000_000)
    size: int = Field(100, ge=1, le=1000)


class PairChoice(Schema):
    """Which pairs of a round."""

    track: str = Field("", max_length=40, pattern=PLAIN, description="code of a track")
    state: str = Field("", max_length=10, pattern=r"^(|proposed|agreed|running|closed)$")
    unit: str = Field("", max_length=40, pattern=PLAIN, description="code of a unit, on either side")
    page: int = Field(1, ge=1, le=1_000_000)
    size: int = Field(100, ge=1, le=1000)


@router.get(
    "/pairing/rounds",
    operation_id="list_rounds",
    response={200: RoundPage, 422: READ[422]},
    summary="Rounds of pairing, page by page",
)
def pairing_rounds(request: HttpRequest, choice: Query[RoundChoice]) -> Any:
    """Rounds that the caller may open, newest first."""
    found = rounds.rounds(request.user)
    if choice.board:
        found = found.filter(board__code=choice.board)
    if choice.state:
        found = found.filter(state=choice.state)
    total, pages, start = _pages(found.count(), choice.page, choice.size)
    shown = [RoundOut.of(row) for row in found[start : start + choice.size]]
    return RoundPage(total=total, page=choice.page, pages=pages, rounds=shown)


@router.get(
    "/pairing/rounds/{number}",
    operation_id="get_round",
    response={200: RoundOut, **READ},
    summary="One round of pairing",
)
def pairing_round(request: HttpRequest, number: Number) -> Any:
    """State, organiser, the edition it stands on, how many pairs."""
    found = rounds.round_for(request.user, number)
    return RoundOut.of(rounds.rounds(request.user).get(pk=found.pk))


@router.get(
    "/pairing/rounds/{number}/pairs",
    operation_id="list_pairs",
    response={200: PairPage, **READ},
    summary="Pairs of a round, page by page",
)
def pairing_pairs(request: HttpRequest, number: Number, choice: Query[PairChoice]) -> Any:
    """Standing pairs that the caller may see: all of them, those of the own units, or the public ones."""
    found = rounds.standing_pairs(request.user, rounds.round_for(request.user, number))
    if choice.track:
        found = found.filter(track=choice.track)
    if choice.state:
        found = found.filter(state=choice.state)
    if choice.unit:
        found = found.filter(mentee__code=choice.unit) | found.filter(mentor__code=choice.unit)
    total, pages, start = _pages(found.count(), choice.page, choice.size)
    shown = [PairOut.of(row) for row in found[start : start + choice.size]]
    return PairPage(total=total, page=choice.page, pages=pages, pairs=shown)


@router.get(
    "/pairing/rounds/{number}/pairs/{pair}",
    operation_id="get_pair",
    response={200: PairDetail, **READ},
    summary="One pair",
)
def pairing_pair(request: HttpRequest, number: Number, pair: Number) -> Any:
    """Why these two; for those inside also plan, milestones and visits. Also pairs that lapsed or were replaced."""
    found = rounds.pair_for(request.user, number, pair)
    return PairDetail.with_plan(found, PlanOut.of(found) if policies.may_view_inside(request.user, found) else None)


def _pages(total: int, page: int, size: int) -> tuple[int, int, int]:
    """Rows, pages (at least one) and the first row of this page."""
    return total, max(-(-total // size), 1), (page - 1) * size
