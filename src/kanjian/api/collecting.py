"""Collections, windows, sheets and their entries as data 采集接口: the same actions and policies as the pages.

Writing takes an ``Idempotency-Key``: the same key and request get the same answer, so a machine may always ask again.
"""

from collections.abc import Callable
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Header, Query, Router, Schema
from pydantic import Field

from kanjian.api.access import caller
from kanjian.api.actions import answer_once
from kanjian.api.problems import Problem
from kanjian.api.shapes import (
    Code,
    CollectionOut,
    CommentIn,
    EntriesIn,
    EntriesOut,
    EntryOut,
    FindingOut,
    Number,
    ReopenIn,
    ReturnIn,
    SheetOut,
    SheetPage,
    WindowOut,
    Written,
)
from kanjian.collecting import actions, policies
from kanjian.collecting.cells import Cell
from kanjian.collecting.models import Collection, Entry, Sheet
from kanjian.collecting.next_steps import next_steps, next_steps_of

router = Router(tags=["collecting"])
Key = Annotated[str, Header("", alias="Idempotency-Key", max_length=100, pattern=r"^[\x21-\x7e]*$")]
READ = {404: Problem, 422: Problem}
WRITE = {403: Problem, 404: Problem, 409: Problem, 422: Problem}


class Choice(Schema):
    """Which sheets of a window."""

    state: str = Field("", max_length=10, pattern=r"^(|open|submitted|returned|accepted)$")
    reporter: str = Field("", max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$", description="code of the reporting unit")
    page: int = Field(1, ge=1, le=1_000_000)
    size: int = Field(100, ge=1, le=1000)


@router.get("/collections", operation_id="list_collections", response=list[CollectionOut], summary="Collections")
def collections(request: HttpRequest) -> Any:
    """Collections of which the caller may see at least one sheet, with what they ask for."""
    return [CollectionOut.of(row) for row in _collections(request)]


@router.get(
    "/collections/{code}",
    operation_id="get_collection",
    response={200: CollectionOut, **READ},
    summary="One collection",
)
def collection(request: HttpRequest, code: Code) -> Any:
    """A collection with its fields."""
    return CollectionOut.of(_first(_collections(request).filter(code=code)))


@router.get(
    "/collections/{code}/windows",
    operation_id="list_windows",
    response={200: list[WindowOut], **READ},
    summary="Windows of a collection",
)
def windows(request: HttpRequest, code: Code) -> Any:
    """Its windows, newest period first."""
    found = _first(_collections(request).filter(code=code))
    rows = policies.visible_windows(request.user).filter(collection=found).select_related("collection")
    return [WindowOut.of(row) for row in rows.distinct()]


@router.get(
    "/windows/{number}/sheets",
    operation_id="list_sheets",
    response={200: SheetPage, **READ},
    summary="Sheets of a window, page by page",
)
def sheets(request: HttpRequest, number: Number, choice: Query[Choice]) -> Any:
    """Sheets that the caller may see, each with the next steps."""
    _first(policies.visible_windows(request.user).filter(pk=number))
    rows = _sheets(request).filter(window=number).order_by("reporter__code")
    if choice.state:
        rows = rows.filter(state=choice.state)
    if choice.reporter:
        rows = rows.filter(reporter__code=choice.reporter)
    total = rows.count()
    start = (choice.page - 1) * choice.size
    shown = list(rows[start : start + choice.size])
    steps = next_steps_of(caller(request), shown) if shown else {}
    return SheetPage(
        total=total,
        page=choice.page,
        pages=max(-(-total // choice.size), 1),
        sheets=[SheetOut.of(row, steps[row.pk]) for row in shown],
    )


@router.get("/sheets/{number}", operation_id="get_sheet", response={200: SheetOut, **READ}, summary="One sheet")
def sheet(request: HttpRequest, number: Number) -> Any:
    """State, level, version, and what the caller may do next."""
    return _told(request, _sheet(request, number))


@router.get(
    "/sheets/{number}/entries",
    operation_id="list_entries",
    response={200: EntriesOut, **READ},
    summary="Entries of a sheet",
)
def entries(request: HttpRequest, number: Number) -> Any:
    """All cells that say something, with the version they were written at."""
    found = _sheet(request, number)
    rows = Entry.objects.filter(sheet=found).select_related("unit", "indicator")
    return EntriesOut(sheet=found.pk, version=found.version, entries=[EntryOut.of(row) for row in rows])


@router.put(
    "/sheets/{number}/entries",
    operation_id="put_entries",
    response={200: Written, **WRITE},
    summary="Write entries of a sheet",
)
def put_entries(request: HttpRequest, number: Number, body: EntriesIn, key: Key) -> HttpResponse:
    """All cells or none; cells that are not named stay as they are, equal ones are counted as unchanged."""
    found = _sheet(request, number)
    cells = [Cell(each.unit, each.indicator, each.value, each.status or "", each.note) for each in body.cells]

    def work() -> Written:
        done = actions.record_entries(
            found, cells, by=caller(request), origin=Entry.Origin.API, expected_version=body.version
        )
        findings = [FindingOut.of(each) for each in done.findings]
        counts = {"written": done.written, "unchanged": done.unchanged}
        return Written(sheet=done.sheet.pk, version=done.sheet.version, findings=findings, **counts)

    return answer_once(request, key, work)


@router.post(
    "/sheets/{number}/submit", operation_id="submit_sheet", response={200: SheetOut, **WRITE}, summary="Hand in"
)
def submit(request: HttpRequest, number: Number, key: Key) -> HttpResponse:
    """Open or returned → submitted at the first level."""
    return _do(request, number, key, lambda found: actions.submit(found, by=caller(request)))


@router.post(
    "/sheets/{number}/withdraw", operation_id="withdraw_sheet", response={200: SheetOut, **WRITE}, summary="Take back"
)
def withdraw(request: HttpRequest, number: Number, key: Key) -> HttpResponse:
    """Back to open, before anybody approved it."""
    return _do(request, number, key, lambda found: actions.withdraw(found, by=caller(request)))


@router.post(
    "/sheets/{number}/approve", operation_id="approve_sheet", response={200: SheetOut, **WRITE}, summary="Approve"
)
def approve(request: HttpRequest, number: Number, body: CommentIn, key: Key) -> HttpResponse:
    """From the level where it lies to the next."""
    return _do(
        request, number, key, lambda found: actions.approve([found], by=caller(request), comment=body.comment.strip())
    )


@router.post(
    "/sheets/{number}/return", operation_id="return_sheet", response={200: SheetOut, **WRITE}, summary="Give back"
)
def give_back(request: HttpRequest, number: Number, body: ReturnIn, key: Key) -> HttpResponse:
    """Back to the reporter, with a reason."""
    said = {"reason": body.reason, "comment": body.comment}
    return _do(request, number, key, lambda found: actions.return_sheet(found, by=caller(request), **said))


@router.post(
    "/sheets/{number}/accept", operation_id="accept_sheet", response={200: SheetOut, **WRITE}, summary="Accept"
)
def accept(request: HttpRequest, number: Number, key: Key) -> HttpResponse:
    """At the office: the entries become values."""
    return _do(request, number, key, lambda found: actions.accept([found], by=caller(request)))


@router.post(
    "/sheets/{number}/reopen",
    operation_id="reopen_sheet",
    response={200: SheetOut, **WRITE},
    summary="Give back for a correction",
)
def reopen(request: HttpRequest, number: Number, body: ReopenIn, key: Key) -> HttpResponse:
    """Accepted → returned until a day, by the office; the values stay until the correction is accepted."""
    by, reason, comment, until = caller(request), body.reason, body.comment, body.until
    return _do(
        request, number, key, lambda found: actions.reopen(found, by=by, reason=reason, comment=comment, until=until)
    )


def _do(request: HttpRequest, number: int, key: str, verb: Callable[[Sheet], object]) -> HttpResponse:
    """A verb on a sheet that the caller may see, answered once; the answer is the sheet afterwards."""
    found = _sheet(request, number)

    def work() -> SheetOut:
        verb(found)
        return _told(request, _sheet(request, number))

    return answer_once(request, key, work)


def _told(request: HttpRequest, found: Sheet) -> SheetOut:
    return SheetOut.of(found, next_steps(caller(request), found))


def _sheets(request: HttpRequest) -> QuerySet[Sheet]:
    related = ("reporter", "window__collection__owner", "window__collection__root")
    return policies.visible_sheets(request.user).select_related(*related)


def _sheet(request: HttpRequest, number: int) -> Sheet:
    found: Sheet = _first(_sheets(request).filter(pk=number))
    return found


def _collections(request: HttpRequest) -> QuerySet[Collection]:
    seen = policies.visible_windows(request.user).order_by().values("collection")
    whole = policies.visible_collections(request.user).order_by().values("pk")
    rows = Collection.objects.filter(Q(pk__in=seen) | Q(pk__in=whole))
    return rows.select_related("owner").prefetch_related("fields__indicator")


def _first(rows: QuerySet[Any]) -> Any:
    found = rows.first()
    if found is None:
        raise Http404(f"no such {rows.model.__name__.lower()}")
    return found
