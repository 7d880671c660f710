"""From values to a published edition: coverage and computing, review, objection window, publishing 期次管理."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kanjian.boards import actions, policies
from kanjian.boards.forms import ObjectionForm, SupersedeForm
from kanjian.boards.models import Board, Edition, SchemeVersion
from kanjian.boards.selectors import managing, overview, reviewing
from kanjian.boards.selectors.editions import edition_for, head
from kanjian.boards.selectors.methods import load
from kanjian.boards.states import NEXT, BoardError, State
from kanjian.boards.store.folders import StoreError
from kanjian.boards.views.manage import around
from kanjian.boards.views.manage_methods import board_of_methods
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
    context = {**around(request, board), **_people(request, found), "edition": head(found), "row": found}
    context |= _shown(request, found)
    try:
        context |= _figures(found)
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


def _people(request: SignedIn, found: Edition) -> dict[str, object]:
    """Who computed, and whether the one who would publish is the same person."""
    today = timezone.localdate()
    return {
        "is_own": found.created_by_id is not None and found.created_by_id == request.user.pk,
        "is_window_over": found.objection_until is not None and today > found.objection_until,
    }


def _figures(found: Edition) -> dict[str, object]:
    previous, standing = found.previous, reviewing.standing(found)
    against = standing or previous
    return {
        "summary": overview.summary(found),
        "movers": overview.movers(found),
        "difference": reviewing.difference(found, against) if against else None,
        "is_correction": standing is not None,
    }


class Step(NamedTuple):
    """One step of an edition's life: its confirmation page, what to say afterwards, the action itself."""

    name: str
    done: str
    take: Callable[[Edition, dict[str, Any]], Edition]


@require_http_methods(["GET", "POST"])
@require_role()
def objection(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Confirm and open the objection window."""

    def take(found: Edition, given: dict[str, Any]) -> Edition:
        return actions.open_objection(found, by=request.user, days=given["days"])

    return _step(request, (code, number), ObjectionForm(request.POST or None), Step("objection", _("公示已开始"), take))


@require_http_methods(["GET", "POST"])
@require_role()
def publish(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Confirm and publish."""

    def take(found: Edition, _given: dict[str, Any]) -> Edition:
        return actions.publish(found, by=request.user)

    form = forms.Form(request.POST if request.method == "POST" else None)
    return _step(request, (code, number), form, Step("publish", _("已发布"), take))


@require_http_methods(["GET", "POST"])
@require_role()
def supersede(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Confirm with a reason and take a published edition out of force."""

    def take(found: Edition, given: dict[str, Any]) -> Edition:
        return actions.supersede(found, by=request.user, reason=given["reason"])

    step = Step("supersede", _("已撤下，原页面保留并注明"), take)
    return _step(request, (code, number), SupersedeForm(request.POST or None), step)


def _step(request: SignedIn, place: tuple[str, int], form: forms.Form, step: Step) -> HttpResponse:
    """A confirmation page that says what will happen; POST does it. A step that is not open any more says so."""
    code, number = place
    board = managing.board_to_manage(request.user, code)
    if not policies.may_publish(request.user, board):
        raise PermissionDenied(_("公示、发布和撤下需要审核或系统管理岗位"))
    found = managing.edition_to_manage(board, number)
    back = reverse("boards:manage_edition", args=place)
    if request.method == "POST" and form.is_valid():
        try:
            step.take(found, form.cleaned_data)
        except BoardError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, step.done)
        return redirect(back)
    context = {**around(request, board), **_people(request, found), "edition": head(found), "row": found, "form": form}
    context |= {"back": back, "standing": reviewing.standing(found), "is_open": is_open(found, step.name)}
    return render(request, f"boards/manage/{step.name}.html", context)


def is_open(found: Edition, step: str) -> bool:
    """Whether the edition's state allows the step now."""
    target = {"objection": State.OBJECTION, "publish": State.PUBLISHED, "supersede": State.SUPERSEDED}[step]
    return NEXT.get(found.state) == target
