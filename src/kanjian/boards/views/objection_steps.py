"""The steps of an objection, one POST each 异议办理."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kanjian.boards import objection_policies as who
from kanjian.boards import policies
from kanjian.boards.actions import objections as act
from kanjian.boards.changes import Changes
from kanjian.boards.independence import candidates
from kanjian.boards.models import Objection
from kanjian.boards.objection_forms import AnswerForm, AssignForm, DecideForm, DismissForm, TextForm, sources
from kanjian.boards.selectors import objections as select
from kanjian.boards.states import BoardError
from kanjian.boards.views.objections import decidable_cells
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import User


class WrongFormError(Exception):
    """What was sent cannot be read; the message says where and why."""

    def __init__(self, form: forms.Form) -> None:
        labels = {name: str(field.label or "") for name, field in form.fields.items()}
        texts = {name: " ".join(str(error) for error in errors) for name, errors in form.errors.items()}
        found = [f"{labels.get(name, '')} {text}".strip() for name, text in texts.items()]
        super().__init__("；".join(found))


@require_POST
@require_role()
def step(request: SignedIn, code: str, number: int, verb: str) -> HttpResponse:
    """Take one step; what was wrong with it is said on the objection's page."""
    objection = select.objection_for(request.user, code, number)
    take = VERBS.get(verb)
    if take is None:
        raise Http404(verb)
    if not who.may_read(request.user, objection):
        raise PermissionDenied(_("只有办理这件异议的人可以操作"))
    try:
        said = take(request, objection)
    except (BoardError, WrongFormError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("boards:objection", code=code, number=number)


def _given(form: forms.Form) -> dict[str, object]:
    if not form.is_valid():
        raise WrongFormError(form)
    return form.cleaned_data


def _text(request: SignedIn) -> str:
    return str(_given(TextForm(request.POST))["text"])


def _accept(request: SignedIn, objection: Objection) -> str:
    act.accept_objection(objection, by=request.user)
    return _("已受理")


def _dismiss(request: SignedIn, objection: Objection) -> str:
    given = _given(DismissForm(request.POST))
    reason, answer = str(given["reason"]), str(given["answer"])
    act.decide_objection(objection, "dismiss", by=request.user, reason=reason, answer=answer)
    return _("已答复：不予受理")


def _ask(request: SignedIn, objection: Objection) -> str:
    act.ask_objection(objection, _text(request), by=request.user)
    return _("已请该单位补充，期限停计")


def _answer(request: SignedIn, objection: Objection) -> str:
    given = _given(AnswerForm(request.POST, request.FILES))
    files = sources(given["evidence"])  # type: ignore[arg-type]  # a list of uploaded files
    act.answer_objection(objection, str(given["text"]), by=request.user, files=files)
    return _("已补充")


def _review(request: SignedIn, objection: Objection) -> str:
    act.review_objection(objection, _text(request), by=request.user)
    return _("复核情况已记录，下一步：决定")


def _decide(request: SignedIn, objection: Objection) -> str:
    form = DecideForm(request.POST, unit=objection.unit.code, cells=decidable_cells(objection))
    given = _given(form)
    upheld = Changes(tuple(form.changed_cells()))
    if not upheld.cells and objection.kind not in {Objection.Kind.VALUE, Objection.Kind.EXCLUSION}:
        upheld = Changes.from_json(objection.changes)
    decision, reason, answer = (str(given[name]) for name in ("decision", "reason", "answer"))
    act.decide_objection(objection, decision, by=request.user, reason=reason, answer=answer, upheld=upheld)
    return _("已决定并答复")


def _appeal(request: SignedIn, objection: Objection) -> str:
    act.appeal_objection(objection, _text(request), by=request.user)
    return _("已申请再次复核")


def _withdraw(request: SignedIn, objection: Objection) -> str:
    act.withdraw_objection(objection, by=request.user)
    return _("异议已撤回")


def _close(request: SignedIn, objection: Objection) -> str:
    act.close_objection(objection, by=request.user)
    return _("已办结")


def _assign(request: SignedIn, objection: Objection) -> str:
    if not policies.may_publish(request.user, objection.edition.board):
        raise PermissionDenied(_("分配复核人需要审核或系统管理岗位"))
    everybody = list(candidates(objection.edition.board))
    reviewer = _given(AssignForm(request.POST, people=everybody))["reviewer"]
    given = act.assign_objection(objection, reviewer if isinstance(reviewer, User) else None, by=request.user)
    return _("已分配给%(person)s") % {"person": given.assignee}


VERBS: dict[str, Callable[[SignedIn, Objection], str]] = {
    "accept": _accept,
    "dismiss": _dismiss,
    "ask": _ask,
    "answer": _answer,
    "review": _review,
    "decide": _decide,
    "appeal": _appeal,
    "withdraw": _withdraw,
    "close": _close,
    "assign": _assign,
}
