"""Boards, editions, scores and reports as data 榜单接口: the pages' selectors under the pages' policies, read-only."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from kanjian.api.problems import Problem
from kanjian.boards.selectors import editions, files, methods, objections, overview, table, units
from kanjian.boards.selectors.objections import ObjectionLine
from kanjian.boards.selectors.shapes import (
    BoardHead,
    BoardPage,
    BoardQuery,
    DataPage,
    EditionHead,
    EditionSummary,
    Method,
    UnitReport,
)

router = Router(tags=["boards"])

WRONG = {404: Problem, 422: Problem}
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
# No control characters: a database refuses NUL, and no code holds any.
Code = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f/]+$")]


PLAIN = r"^[^\x00-\x1f\x7f]*$"


class Filters(Schema):
    """What to show of a board's table; texts left out filter nothing."""

    track: str = Field("", max_length=40, pattern=PLAIN, description="code of a track; - for units without one")
    county: str = Field("", max_length=40, pattern=PLAIN)
    township: str = Field("", max_length=40, pattern=PLAIN)
    band: str = Field("", max_length=40, pattern=PLAIN)
    search: str = Field(
        "", max_length=60, pattern=PLAIN, description="part of a name, or how a code or spelling begins"
    )
    sort: Literal["rank", "score", "name", "movement", "coverage", "unit"] = "rank"
    descending: bool = False
    page: int = Field(1, ge=1, le=1_000_000)
    size: int = Field(50, ge=1, le=200)


@router.get("/boards", operation_id="list_boards", response=list[BoardHead], summary="Boards with their newest edition")
def boards(request: HttpRequest) -> Any:
    """All boards that the reader may see."""
    return editions.board_heads(request.user)


@router.get("/boards/{code}", operation_id="get_board", response={200: BoardHead, **WRONG}, summary="One board")
def board(request: HttpRequest, code: Code) -> Any:
    """A board with its newest edition."""
    return editions.board_head(request.user, editions.board_for(request.user, code))


@router.get(
    "/boards/{code}/editions",
    operation_id="list_editions",
    response={200: list[EditionHead], **WRONG},
    summary="Editions of a board",
)
def board_editions(request: HttpRequest, code: Code) -> Any:
    """All editions that the reader may see, newest period first."""
    return editions.editions_of(request.user, editions.board_for(request.user, code))


@router.get(
    "/editions/{number}",
    operation_id="get_edition",
    response={200: EditionSummary, **WRONG},
    summary="One edition at a glance",
)
def edition(request: HttpRequest, number: Number) -> Any:
    """Counts, bands, distribution, coverage and warnings."""
    return overview.summary(editions.edition_by_id(request.user, number))


@router.get(
    "/editions/{number}/objections",
    operation_id="list_objections",
    response={200: list[ObjectionLine], **WRONG},
    summary="Objections to the edition's period",
)
def edition_objections(request: HttpRequest, number: Number) -> Any:
    """Decided ones with reason and answer, for everybody; without grounds, evidence and names of persons."""
    return objections.lines(request.user, editions.edition_by_id(request.user, number))


@router.get(
    "/editions/{number}/scores",
    operation_id="list_scores",
    response={200: BoardPage, **WRONG},
    summary="Scores and ranks, page by page",
)
def scores(request: HttpRequest, number: Number, filters: Query[Filters]) -> Any:
    """The board's table with its filters; a page beyond the last answers the last."""
    found = editions.edition_by_id(request.user, number)
    return table.board_page(found, BoardQuery(**filters.dict()), editions.sight_for(request.user, found))


@router.get(
    "/editions/{number}/units/{code}",
    operation_id="get_unit_report",
    response={200: UnitReport, **WRONG},
    summary="The report of one unit",
)
def unit(request: HttpRequest, number: Number, code: Code) -> Any:
    """Standing, dimensions, indicators, why it moved, and the cheapest way up."""
    found = editions.edition_by_id(request.user, number)
    return units.unit_report(found, code, editions.sight_for(request.user, found))


@router.get(
    "/editions/{number}/scheme",
    operation_id="get_scheme",
    response={200: Method, **WRONG},
    summary="The method of an edition",
)
def scheme(request: HttpRequest, number: Number) -> Any:
    """The scheme as a document, and its text as hashed."""
    found = editions.edition_by_id(request.user, number)
    return methods.method(found.board, found.scheme.version)


@router.get(
    "/editions/{number}/files",
    operation_id="list_files",
    response={200: DataPage, **WRONG},
    summary="The files of an edition",
)
def data(request: HttpRequest, number: Number) -> Any:
    """Names, sizes and hashes, and the command that recomputes the edition."""
    return files.data_page(editions.edition_by_id(request.user, number))
