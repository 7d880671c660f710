"""Staged sets: collect corrections, compute, look at the difference, apply or cancel as a whole 更正集."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kanjian.boards import actions
from kanjian.boards.actions import staging as act
from kanjian.boards.changes import CellChange, Changes, TrackChange
from kanjian.boards.forms import DeclineForm
from kanjian.boards.models import Board, StagedSet
from kanjian.boards.objection_forms import CancelForm, CorrectionForm
from kanjian.boards.selectors import managing
from kanjian.boards.selectors import staging as select
from kanjian.boards.states import BoardError
from kanjian.boards.store.folders import StoreError
from kanjian.boards.views.manage import around
from kanjian.calendars.periods import Period, PeriodError
from kanjian.orgs.access import SignedIn, require_role


@require_POST
@require_role()
def begin(request: SignedIn, code: str, period: str) -> HttpResponse:
    """Open a set for the period, or lead to the one that is open."""
    board = managing.board_to_manage(request.user, code)
    try:
        staged = act.open_staged(board, period, by=request.user)
    except BoardError as error:
        messages.error(request, str(error))
        return redirect("boards:manage", code=code)
    return redirect("boards:staged", code=code, number=staged.pk)


@require_GET
@require_role()
def page(request: SignedIn, code: str, number: int) -> HttpResponse:
    """What is in the set, what it would change, and the one step that is open."""
    board = managing.board_to_manage(request.user, code)
    staged = select.staged_for(board, number)
    return render(request, "boards/manage/staged.html", _context(request, board, staged))


def _context(
    request: SignedIn, board: Board, staged: StagedSet, correction: CorrectionForm | None = None
) -> dict[str, object]:
    proposal = select.application(staged)
    context: dict[str, object] = {
        **around(request, board),
        "staged": staged,
        "edition": staged.base,
        "is_open": staged.state in {"open", "computed"},
        "proposal": proposal,
        "proposes_self": proposal is not None and proposal.proposed_by_id == request.user.pk,
        "versions": managing.version_lines(board),
        "correction_form": correction or CorrectionForm(),
        "cancel_form": CancelForm(),
        "decline_form": DeclineForm(),
    }
    try:
        context |= {
            "items": select.item_lines(staged),
            "difference": select.candidate_difference(staged),
            "effect": select.candidate_effect(staged),
            "is_fresh": select.is_fresh(staged),
        }
    except StoreError as error:
        context["damage"] = str(error)
    return context


@require_POST
@require_role()
def step(request: SignedIn, code: str, number: int, verb: str) -> HttpResponse:
    """Take one step; what was wrong with it is said on the set's page."""
    board = managing.board_to_manage(request.user, code)
    staged = select.staged_for(board, number)
    take = VERBS.get(verb)
    if take is None:
        raise Http404(verb)
    if verb == "add":
        return _add(request, board, staged)
    try:
        said = take(request, staged)
    except (BoardError, StoreError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("boards:staged", code=code, number=number)


def _add(request: SignedIn, board: Board, staged: StagedSet) -> HttpResponse:
    """Add a correction; a form with mistakes is shown again as it was filled in."""
    form = CorrectionForm(request.POST)
    if form.is_valid():
        try:
            changes = _changes(form, staged)
            given = form.cleaned_data
            act.add_correction(staged, changes, by=request.user, reason=given["reason"], document=given["document"])
        except (BoardError, PeriodError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已加入更正集"))
            return redirect("boards:staged", code=board.code, number=staged.pk)
    return render(request, "boards/manage/staged.html", _context(request, board, staged, form))


def _changes(form: forms.Form, staged: StagedSet) -> Changes:
    given = form.cleaned_data
    unit = given["unit"].strip()
    cells: tuple[CellChange, ...] = ()
    if given["indicator"]:
        period = Period.parse(given["period"] or staged.period).code
        value = None if given["not_applicable"] else given["value"]
        status = "not_applicable" if given["not_applicable"] else "present"
        cells = (CellChange(unit, given["indicator"].strip(), period, value, status),)
    return Changes(cells, (TrackChange(unit, given["track"].strip()),) if given["track"] else ())


def _remove(request: SignedIn, staged: StagedSet) -> str:
    item = get_object_or_404(staged.items, pk=request.POST.get("item") or 0)
    act.remove_correction(item, by=request.user)
    return _("已从更正集去掉")


def _method(request: SignedIn, staged: StagedSet) -> str:
    version = get_object_or_404(staged.board.versions, version=request.POST.get("version", ""))
    act.choose_method(staged, version, by=request.user)
    return _("将按方法版本 %(version)s 试算") % {"version": version.version}


def _compute(request: SignedIn, staged: StagedSet) -> str:
    act.compute_staged(staged, by=request.user)
    return _("已试算：核对下面的差异；现行结果没有变化")


def _propose(request: SignedIn, staged: StagedSet) -> str:
    actions.propose_application(staged, by=request.user)
    return _("已提议应用，等另一位确认")


def _apply(request: SignedIn, staged: StagedSet) -> str:
    edition = act.apply_staged(staged, by=request.user)
    return _("更正集已整体应用，%(period)s 已换成更正后的一份") % {"period": edition.period}


def _cancel(request: SignedIn, staged: StagedSet) -> str:
    act.cancel_staged(staged, by=request.user, reason=request.POST.get("reason", ""))
    return _("更正集已取消，什么都没有改变")


def _nothing(_request: SignedIn, _staged: StagedSet) -> str:
    return ""


VERBS: dict[str, Callable[[SignedIn, StagedSet], str]] = {
    "add": _nothing,  # answered by ``_add``, which shows the form again
    "remove": _remove,
    "method": _method,
    "compute": _compute,
    "propose": _propose,
    "apply": _apply,
    "cancel": _cancel,
}
