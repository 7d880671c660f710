"""Adding a version of a board's method: check, look at what changes, accept 新增方法版本."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kanjian.boards import actions, needs, policies, words
from kanjian.boards.forms import SchemeForm
from kanjian.boards.linting import lint
from kanjian.boards.models import Board, SchemeVersion
from kanjian.boards.selectors import managing
from kanjian.boards.selectors.methods import differences, load
from kanjian.boards.selectors.shapes import MethodDifference
from kanjian.boards.states import BoardError
from kanjian.boards.views.manage import around
from kanjian.limits import limited
from kanjian.measures.actions import register_indicators
from kanjian.measures.definitions import Definition
from kanjian.measures.policies import may_define_indicators
from kanjian.measures.selectors.redlines import LintPage, lint_page
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import User
from kanjian.scoring import Problem, Scheme, SchemeError


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of the text: where, what and how to mend it in the reader's language, the particulars as they are."""

    path: str
    what: str
    remedy: str
    particulars: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a text would be as a version."""

    scheme: Scheme
    before: SchemeVersion | None
    differences: list[MethodDifference]
    missing: list[Definition]
    is_known: bool  # the same content stands under this label already
    is_used: bool  # another content stands under this label, with editions on it
    redlines: LintPage


@require_http_methods(["GET", "POST"])
@require_role()
@limited("uploads")
def version(request: SignedIn, code: str) -> HttpResponse:
    """Upload or paste a scheme. POST checks it and shows what changes; ``accept`` adds exactly that."""
    board = board_of_methods(request, code)
    form = SchemeForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {**around(request, board), "form": form}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            preview = look(board, text)
        except SchemeError as error:
            context["findings"] = [_finding(problem) for problem in error.problems]
        else:
            if request.POST.get("accept") and request.POST.get("shown") == preview.scheme.hash:
                return _accept(request, board, form)
            context |= {"preview": preview, "may_define": may_define_indicators(request.user)}
        context["form"] = SchemeForm(initial=form.cleaned_data)
    return render(request, "boards/manage/version.html", context)


def board_of_methods(request: SignedIn, code: str) -> Board:
    """The board, for a person who may change its method."""
    board = managing.board_to_manage(request.user, code)
    if not policies.may_compute(request.user, board):
        raise PermissionDenied(_("新增方法版本和计算需要方法管理岗位"))
    return board


def look(board: Board, text: str) -> Preview:
    """Check a text and compare it with what is in force. Raises ``SchemeError`` with every problem."""
    scheme = Scheme.load(text)
    before = managing.version_in_force(board)
    judged = lint(board, scheme)
    namesake = board.versions.filter(version=scheme.version).first()
    return Preview(
        scheme=scheme,
        before=before,
        differences=differences(load(before.text), scheme) if before else [],
        missing=needs.missing(scheme),
        is_known=namesake is not None and namesake.hash == scheme.hash,
        is_used=namesake is not None and namesake.hash != scheme.hash and namesake.editions.exists(),
        redlines=lint_page(judged.judged, judged.exceptions),
    )


def _finding(problem: Problem) -> Finding:
    what, remedy = words.problem(problem)
    return Finding(problem.path, what, remedy, problem.message)


def _accept(request: SignedIn, board: Board, form: SchemeForm) -> HttpResponse:
    """Add the version, and the indicators it lacks where the person asked for that: both or neither."""
    given = form.cleaned_data
    try:
        with transaction.atomic():
            added = actions.add_scheme_version(
                board, given["text"], by=request.user, valid_from=given["valid_from"], note=given["note"]
            )
            if request.POST.get("register"):
                _register(request.user, added)
    except BoardError as error:
        messages.error(request, str(error))
        return redirect("boards:manage_version", code=board.code)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("boards:manage_version", code=board.code)
    messages.success(request, _("方法版本 %(version)s 已新增") % {"version": added.version})
    return redirect("boards:manage", code=board.code)


@require_POST
@require_role()
def register(request: SignedIn, code: str) -> HttpResponse:
    """Register the indicators that the newest version reads and nobody has defined."""
    board = board_of_methods(request, code)
    newest = managing.version_in_force(board)
    if newest is None:
        messages.error(request, _("还没有方法，请先新增方法版本"))
        return redirect("boards:manage", code=code)
    try:
        number = _register(request.user, newest)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        text = ngettext("已登记 %(number)s 项指标", "已登记 %(number)s 项指标", number)
        messages.success(request, text % {"number": number})
    return redirect("boards:manage", code=code)


def _register(user: User, added: SchemeVersion) -> int:
    """How many were new."""
    return len(register_indicators(needs.missing(load(added.text)), by=user, only_missing=True).created)
