"""Versions side by side: replays of past periods, the overlap of a new version's first period 方法版本对照."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kanjian.boards import overlaps, policies
from kanjian.boards.actions.record_overlap import prepare_overlap
from kanjian.boards.actions.replay import prepare_replay
from kanjian.boards.models import Board
from kanjian.boards.selectors import managing, replays
from kanjian.boards.selectors.advice import advice as advice_of
from kanjian.boards.selectors.beside import beside as beside_of
from kanjian.boards.selectors.beside import side
from kanjian.boards.selectors.editions import head
from kanjian.boards.store.folders import StoreError
from kanjian.boards.views.common import asked, whole
from kanjian.boards.views.manage import around
from kanjian.boards.views.manage_methods import board_of_methods
from kanjian.calendars.periods import PeriodError
from kanjian.jobs.models import Job
from kanjian.orgs.access import SignedIn, require_role


@require_http_methods(["GET", "POST"])
@require_role()
def index(request: SignedIn, code: str) -> HttpResponse:
    """All replays of the board; POST computes another one in the background."""
    if request.method == "POST":
        return _begin(request, board_of_methods(request, code))
    board = managing.board_to_manage(request.user, code)
    context = {
        **around(request, board),
        "lines": replays.lines(board),
        "pairs": replays.pairs(board),
        "periods": replays.periods(board),
        "versions": managing.version_lines(board),
    }
    return render(request, "boards/manage/replays.html", context)


def _begin(request: SignedIn, board: Board) -> HttpResponse:
    version = board.versions.filter(version=request.POST.get("version", "")).first()
    try:
        job = prepare_replay(board, version, request.POST.get("period", ""), by=request.user) if version else None
    except PeriodError:
        job = None
    if job is None:
        messages.error(request, _("请选择周期和方法版本"))
        return redirect("boards:manage_replays", code=board.code)
    return after(job)


def after(job: Job) -> HttpResponse:
    """Where work leads: to its result when it is done already (no worker), else to its progress."""
    return redirect(job.result["url"]) if "url" in job.result else redirect("jobs:detail", job_id=job.pk)


@require_POST
@require_role()
def overlap(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Compute the edition's period under the version before as well, in the background."""
    board = board_of_methods(request, code)
    edition = managing.edition_to_manage(board, number)
    if overlaps.older_version(edition) is None:
        messages.error(request, _("首个方法版本，或这个版本已经发布过：不需要两版并行"))
        return redirect("boards:manage_edition", code=code, number=number)
    return after(prepare_overlap(edition, by=request.user))


@require_GET
@require_role()
def beside(request: SignedIn, code: str) -> HttpResponse:
    """Two computations of one period, unit by unit: ``?a=r3&b=e12``."""
    board = managing.board_to_manage(request.user, code)
    given = asked(request, "a", "b", "track")
    a, b = side(board, given["a"]), side(board, given["b"])
    if a.period != b.period:
        raise Http404("two periods are not one")
    context = {**around(request, board), "a": a, "b": b, "asked": given}
    try:
        context["beside"] = beside_of(a, b, track=given["track"], page=whole(request.GET.get("page"), 1))
    except StoreError as error:
        context["damage"] = str(error)
    return render(request, "boards/manage/beside.html", context)


@require_GET
@require_role()
def advice(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Weights that the edition's own values suggest, beside the approved ones, and what they would do."""
    board = managing.board_to_manage(request.user, code)
    edition = managing.edition_to_manage(board, number)
    try:
        found = advice_of(edition)
    except StoreError as error:
        raise Http404(str(error)) from error
    context = {**around(request, board), "edition": head(edition), "advice": found}
    return render(request, "boards/manage/advice.html", context)


def overlap_context(request: SignedIn, board: Board, number: int) -> dict[str, object]:
    """What an edition's working page says of the overlap: needed from which version, done or not."""
    edition = managing.edition_to_manage(board, number)
    found = overlaps.overlap_of(edition)
    return {
        "overlap": found,
        "older": overlaps.older_version(edition) if found is None else None,
        "may_compute": policies.may_compute(request.user, board),
    }
