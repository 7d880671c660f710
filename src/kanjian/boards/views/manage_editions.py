"""From values to a draft and its review: coverage, computing, what moved and why 期次管理."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kanjian.boards import actions
from kanjian.boards.actions.staging.common import OPEN
from kanjian.boards.forms import DeclineForm, SignOffForm
from kanjian.boards.models import Board, Edition, Objection, SchemeVersion, StagedSet
from kanjian.boards.objection_states import BLOCKING
from kanjian.boards.selectors import managing, overview, reviewing
from kanjian.boards.selectors.editions import edition_for, head
from kanjian.boards.selectors.methods import load
from kanjian.boards.store.folders import StoreError
from kanjian.boards.views.manage import around
from kanjian.boards.views.manage_methods import board_of_methods
from kanjian.boards.views.manage_versions import overlap_context
from kanjian.calendars.periods import Period, PeriodError
from kanjian.orgs.access import SignedIn, require_role

MOST_GAPS = 60


@require_http_methods(["GET", "POST"])
@require_role()
def compute(request: SignedIn, code: str) -> HttpResponse:
    """Choose period and version and see how complete the period is; POST freezes and computes in the background."""
    board = board_of_methods(request, code)
    if request.method == "POST":
        return _compute(request, board)
    periods = managing.value_periods(board)
    asked = request.GET.get("period", "")
    period = asked if asked in periods else (periods[0] if periods else "")
    versions = managing.version_lines(board)
    version = _version(versions, request.GET.get("version", "")) or managing.version_in_force(board, period)
    coverage = managing.coverage(board, load(version.text), period) if version and period else None
    standing = board.editions.filter(period=period, state=Edition.State.PUBLISHED).first()
    context = {
        **around(request, board),
        "periods": periods,
        "period": period,
        "versions": versions,
        "version": version,
        "coverage": coverage,
        "gaps": coverage.gaps[:MOST_GAPS] if coverage else [],
        "standing": standing,
    }
    return render(request, "boards/manage/compute.html", context)


def _version(versions: list[SchemeVersion], label: str) -> SchemeVersion | None:
    return next((each for each in versions if each.version == label), None)


def _compute(request: SignedIn, board: Board) -> HttpResponse:
    version = board.versions.filter(version=request.POST.get("version", "")).first()
    try:
        period = Period.parse(request.POST.get("period", "")).code
    except PeriodError:
        period = ""
    if version is None or not period:
        messages.error(request, _("请选择周期和方法版本"))
        return redirect("boards:manage_compute", code=board.code)
    job = actions.prepare_edition(version, period, by=request.user)
    # Done already (no worker): the job's result leads to the draft.
    if "url" in job.result:
        return redirect(job.result["url"])
    return redirect("jobs:detail", job_id=job.pk)


@require_GET
@require_role()
def edition(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Review: what the edition says at a glance, what moved, what differs, and the one step that is open."""
    board = managing.board_to_manage(request.user, code)
    found = managing.edition_to_manage(board, number)
    context = {**around(request, board), **people(request, found), "edition": head(found), "row": found}
    context |= _shown(request, found) | _hands(found) | overlap_context(request, board, number)
    try:
        context |= _figures(found, request.GET.get("against", ""))
    except StoreError as error:
        context["damage"] = str(error)
    return render(request, "boards/manage/edition.html", context)


def _shown(request: SignedIn, found: Edition) -> dict[str, object]:
    """Whether the ordinary page of the period shows this very edition, or another one that comes before it."""
    try:
        front = edition_for(request.user, found.board.code, found.period)
    except Http404:
        return {"is_in_front": False, "front": None}
    newer = found.board.editions.filter(period=found.period, pk__gt=found.pk).exists()
    waits = found.state in managing.WAITING
    return {"is_in_front": front.pk == found.pk, "front": front, "is_overtaken": newer and waits}


def people(request: SignedIn, found: Edition) -> dict[str, object]:
    """Who computed, and whether the one who would publish is the same person."""
    today = timezone.localdate()
    return {
        "is_own": found.created_by_id is not None and found.created_by_id == request.user.pk,
        "is_window_over": found.objection_until is not None and today > found.objection_until,
    }


def _hands(found: Edition) -> dict[str, object]:
    """Who signed, who proposed what, what is objected to and what is being corrected."""
    blocking = Objection.objects.filter(
        edition__board=found.board_id, edition__period=found.period, state__in=BLOCKING
    ).count()
    sets = StagedSet.objects.filter(board=found.board_id, period=found.period, state__in=OPEN)
    proposals = list(found.proposals.select_related("proposed_by", "decided_by"))
    return {
        "sign_offs": list(found.sign_offs.select_related("by")),
        "proposals": proposals,
        "is_proposed": any(each.state == each.State.OPEN and each.verb == each.Verb.PUBLISH for each in proposals),
        "blocking": blocking,
        "staged": sets.first(),
        "sign_off_form": SignOffForm(),
        "decline_form": DeclineForm(),
    }


def _figures(found: Edition, asked: str) -> dict[str, object]:
    """The edition at a glance, and beside the edition that was asked for, or the most telling one."""
    choices = reviewing.comparable(found)
    against = next((each for each in choices if str(each.pk) == asked), choices[0] if choices else None)
    standing = reviewing.standing(found)
    return {
        "summary": overview.summary(found),
        "movers": overview.movers(found),
        "choices": choices,
        "against": against,
        "difference": reviewing.difference(found, against) if against else None,
        "is_correction": standing is not None and against is not None and against.pk == standing.pk,
    }
