"""The steps of an edition's life: sign-off, objection window, publishing, withdrawing 签署、公示、发布、撤下."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kanjian.boards import actions, policies
from kanjian.boards.actions.proposing import open_proposal
from kanjian.boards.forms import DeclineForm, ObjectionForm, SignOffForm, SupersedeForm
from kanjian.boards.models import Edition, Proposal
from kanjian.boards.selectors import managing, reviewing
from kanjian.boards.selectors.editions import head
from kanjian.boards.states import NEXT, BoardError, State
from kanjian.boards.views.manage import around
from kanjian.boards.views.manage_editions import people
from kanjian.orgs.access import SignedIn, require_role
from kanjian.steps import may_step


class Step(NamedTuple):
    """One step of an edition's life: its confirmation page, and the action, which answers what to say afterwards."""

    name: str
    take: Callable[[Edition, dict[str, Any]], str]
    proposal: Proposal | None = None


@require_POST
@require_role()
def sign_off(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Sign a draft off with a note."""
    board = managing.board_to_manage(request.user, code)
    found = managing.edition_to_manage(board, number)
    form = SignOffForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明看了什么、结论如何"))
    else:
        try:
            actions.sign_off(found, by=request.user, note=form.cleaned_data["note"])
        except BoardError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("已签署，可以开始公示"))
    return redirect("boards:manage_edition", code=code, number=number)


@require_http_methods(["GET", "POST"])
@require_role()
def objection(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Confirm and open the objection window."""

    def take(found: Edition, _given: dict[str, Any]) -> str:
        opened = actions.open_objection(found, by=request.user, **form.span())
        return _("公示已开始，到 %(day)s 为止") % {"day": opened.objection_until}

    form = ObjectionForm(request.POST or None)
    return _step(request, (code, number), form, Step("objection", take))


@require_http_methods(["GET", "POST"])
@require_role()
def publish(request: SignedIn, code: str, number: int) -> HttpResponse:
    """The first person proposes, the second one confirms; which of the two it is, the page said before."""
    proposal = _open_proposal(Proposal.Verb.PUBLISH, number)

    def take(found: Edition, _given: dict[str, Any]) -> str:
        if request.POST.get("proposal"):
            actions.publish(found, by=request.user)
            return _("已发布")
        actions.propose_publication(found, by=request.user)
        return _("已提议发布，等另一位确认")

    form = forms.Form(request.POST if request.method == "POST" else None)
    return _step(request, (code, number), form, Step("publish", take, proposal))


@require_http_methods(["GET", "POST"])
@require_role()
def supersede(request: SignedIn, code: str, number: int) -> HttpResponse:
    """The first person proposes with a reason, the second one confirms and takes the edition out of force."""
    proposal = _open_proposal(Proposal.Verb.SUPERSEDE, number)
    is_confirming = bool(request.POST.get("proposal"))

    def take(found: Edition, given: dict[str, Any]) -> str:
        if is_confirming:
            actions.supersede(found, by=request.user)
            return _("已撤下，原页面保留并注明")
        actions.propose_supersession(found, by=request.user, reason=given["reason"])
        return _("已提议撤下，等另一位确认")

    form = forms.Form(request.POST) if is_confirming else SupersedeForm(request.POST or None)
    return _step(request, (code, number), form, Step("supersede", take, proposal))


@require_POST
@require_role()
def decline(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Take a proposal back, or decline to confirm it, with a reason."""
    board = managing.board_to_manage(request.user, code)
    proposal = get_object_or_404(Proposal.objects.select_related("edition"), pk=number, edition__board=board)
    form = DeclineForm(request.POST)
    comment = form.cleaned_data["comment"] if form.is_valid() else ""
    try:
        actions.withdraw_proposal(proposal, by=request.user, comment=comment)
    except BoardError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("提议已撤回，理由已记录"))
    if proposal.staged_id is not None:
        return redirect("boards:staged", code=code, number=proposal.staged_id)
    return redirect("boards:manage_edition", code=code, number=proposal.edition_id)


def _open_proposal(verb: str, number: int) -> Proposal | None:
    edition = Edition.objects.filter(pk=number).first()
    return open_proposal(verb, edition) if edition else None


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
            done = step.take(found, form.cleaned_data)
        except BoardError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, done)
        return redirect(back)
    proposal = step.proposal
    context = {**around(request, board), **people(request, found), "edition": head(found), "row": found, "form": form}
    context |= {"back": back, "standing": reviewing.standing(found), "is_open": is_open(found, step.name)}
    context |= {
        "proposal": proposal,
        "proposes_self": proposal is not None and proposal.proposed_by_id == request.user.pk,
    }
    context["needs_sign_off"] = step.name == "objection" and not found.sign_offs.exists()
    return render(request, f"boards/manage/{step.name}.html", context)


def is_open(found: Edition, step: str) -> bool:
    """Whether the edition's state allows the step now."""
    target = {"objection": State.OBJECTION, "publish": State.PUBLISHED, "supersede": State.SUPERSEDED}[step]
    return may_step(NEXT, found.state, target)
