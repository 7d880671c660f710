"""Pages of panels: list, setting up, the panel with its result, the questionnaire."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kanjian.boards.policies import visible_boards
from kanjian.boards.selectors import managing
from kanjian.boards.selectors.editions import named
from kanjian.boards.states import BoardError
from kanjian.experts import actions, policies, selectors
from kanjian.experts.asking import BUDGET, SCALE
from kanjian.experts.forms import ExpertsForm, PanelForm, ProposalForm
from kanjian.experts.models import Expert, Panel
from kanjian.experts.results import standing
from kanjian.experts.states import FEWEST, PanelError, takes_answers
from kanjian.orgs.access import SignedIn, require_role


@require_GET
@require_role()
def index(request: SignedIn) -> HttpResponse:
    """Panels that the person runs or sits on."""
    boards = [board for board in visible_boards(request.user) if policies.may_run(request.user, board)]
    return render(request, "experts/index.html", {"lines": selectors.lines(request.user), "boards": boards})


@require_http_methods(["GET", "POST"])
@require_role()
def create(request: SignedIn, code: str) -> HttpResponse:
    """A new panel for a board's newest method."""
    board = managing.board_to_manage(request.user, code)
    policies.require_run(request.user, board)
    version = managing.version_in_force(board)
    if version is None:
        messages.error(request, _("还没有方法，请先新增方法版本"))
        return redirect("boards:manage", code=code)
    form = PanelForm(request.POST or None, version=version)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_panel(version, by=request.user, **form.cleaned_data)
        except PanelError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect("experts:panel", panel_id=made.pk)
    context = {"form": form, "board": board, "named": named(board), "version": version}
    return render(request, "experts/create.html", context)


@require_GET
@require_role()
def panel(request: SignedIn, panel_id: int) -> HttpResponse:
    """One panel: who runs it sees seats and steps, its experts the result once it is closed."""
    return _panel(request, _visible(request, panel_id))


@require_POST
@require_role()
def experts(request: SignedIn, panel_id: int) -> HttpResponse:
    """Seat the experts."""
    found = _run(request, panel_id)
    form = ExpertsForm(request.POST)
    if not form.is_valid():
        return _panel(request, found, experts_form=form)
    return _do(request, found, lambda: actions.invite(found, form.cleaned_data["experts"], by=request.user))


@require_POST
@require_role()
def open_panel(request: SignedIn, panel_id: int) -> HttpResponse:
    """Ask the experts."""
    found = _run(request, panel_id)
    return _do(request, found, lambda: actions.open_panel(found, by=request.user))


@require_POST
@require_role()
def close(request: SignedIn, panel_id: int) -> HttpResponse:
    """Take no more answers and reckon."""
    found = _run(request, panel_id)
    return _do(request, found, lambda: actions.close_panel(found, by=request.user))


@require_POST
@require_role()
def propose(request: SignedIn, panel_id: int) -> HttpResponse:
    """Make a version of the method out of the result."""
    found = _run(request, panel_id)
    form = ProposalForm(request.POST)
    if not form.is_valid():
        return _panel(request, found, proposal_form=form)
    return _do(request, found, lambda: actions.propose_version(found, by=request.user, **form.cleaned_data))


@require_http_methods(["GET", "POST"])
@require_role()
def answer(request: SignedIn, panel_id: int) -> HttpResponse:
    """The questionnaire of the person; POST keeps it, with ``submit`` hands it in."""
    seat = (
        Expert.objects.filter(panel__in=policies.asked(request.user), panel_id=panel_id, user=request.user)
        .select_related("panel__board", "panel__version")
        .first()
    )
    if seat is None:
        raise Http404(_("没有这份问卷"))
    if request.method == "POST":
        return _answered(request, seat)
    return _questionnaire(request, seat)


def _answered(request: SignedIn, seat: Expert) -> HttpResponse:
    given, wrong = _numbers(request)
    if wrong:
        messages.error(request, _("“%(value)s”不是数字") % {"value": wrong[0]})
        return _questionnaire(request, seat)
    submit, note = "submit" in request.POST, request.POST.get("note", "")
    try:
        seat = actions.save_answer(seat, given, by=request.user, note=note)
        if submit:
            seat = actions.save_answer(seat, given, by=request.user, note=note, submit=True)
    except PanelError as error:
        messages.error(request, str(error))
        return redirect("experts:answer", panel_id=seat.panel_id)
    messages.success(request, _("已交卷，谢谢") if submit else _("已暂存"))
    return redirect("experts:index" if submit else request.get_full_path())


def _numbers(request: SignedIn) -> tuple[dict[str, float | None], list[str]]:
    """Answers by key and the texts that are no numbers; a comparison is sent as 3, 1 or 1/3."""
    found: dict[str, float | None] = {}
    wrong = []
    for name, text in request.POST.items():
        key, given = name.removeprefix("a:"), str(text).strip()
        if key == name:
            continue
        top, _slash, bottom = given.partition("/")
        try:
            found[key] = (float(top) / float(bottom or 1)) if given else None
        except (ValueError, ZeroDivisionError):
            wrong.append(given)
    return found, wrong


def _questionnaire(request: SignedIn, seat: Expert) -> HttpResponse:
    weighed = selectors.parts(seat.panel)
    context = {
        "panel": seat.panel,
        "named": named(seat.panel.board),
        "seat": seat,
        "node": selectors.node_label(seat.panel),
        "parts": [(part, selectors.label(part), seat.answers.get(part.code)) for part in weighed],
        "questions": selectors.questions(seat, weighed) if seat.panel.method == Panel.Method.AHP else [],
        "scale": [(f"{step}", float(step)) for step in SCALE]
        + [(f"1/{step}", 1 / step) for step in reversed(SCALE[:-1])],
        "budget": BUDGET,
        "standing": standing(seat.panel.method, weighed, seat.answers),
        "labels": {part.code: selectors.label(part) for part in weighed},
        "may_answer": seat.submitted_at is None and takes_answers(seat.panel),
    }
    return render(request, "experts/answer.html", context)


def _panel(
    request: SignedIn,
    found: Panel,
    *,
    experts_form: ExpertsForm | None = None,
    proposal_form: ProposalForm | None = None,
) -> HttpResponse:
    runs = policies.may_run(request.user, found.board)
    seats = selectors.seats(found) if runs else []
    names = "\n".join(f"{seat.username} {seat.influence:g}".removesuffix(" 1") for seat in seats)
    context = {
        "panel": found,
        "named": named(found.board),
        "node": selectors.node_label(found),
        "parts": [(part, selectors.label(part)) for part in selectors.parts(found)],
        "runs": runs,
        "seats": seats,
        "handed_in": sum(1 for seat in seats if seat.submitted_at),
        "fewest": FEWEST,
        "result": selectors.result(found) if policies.may_see_result(request.user, found) else [],
        "experts_form": experts_form or ExpertsForm(initial={"experts": names}),
        "proposal_form": proposal_form or ProposalForm(),
    }
    return render(request, "experts/panel.html", context)


def _visible(request: SignedIn, panel_id: int) -> Panel:
    found = policies.visible_to(request.user).select_related("board__root", "version", "proposed")
    return get_object_or_404(found, pk=panel_id)


def _run(request: SignedIn, panel_id: int) -> Panel:
    found = _visible(request, panel_id)
    policies.require_run(request.user, found.board)
    return found


def _do(request: SignedIn, found: Panel, action: Callable[[], object]) -> HttpResponse:
    try:
        action()
    except (PanelError, BoardError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已记录"))
    return redirect("experts:panel", panel_id=found.pk)
