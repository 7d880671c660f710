"""One pair: reasons, plan, visits, progress; agreeing, changing, the letter 一对."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kanjian.boards.store.folders import StoreError
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import Unit
from kanjian.pairing import actions, bonus, policies
from kanjian.pairing.forms import ChangeForm, CloseForm, MilestoneForm, PlanForm, VisitForm
from kanjian.pairing.gathering import Inputs, dimension_codes, files_of, table
from kanjian.pairing.letter import TYPE, letter_of
from kanjian.pairing.models import Confirmation, Milestone, Pair, Round
from kanjian.pairing.selectors import pairs, rounds
from kanjian.pairing.states import STANDING
from kanjian.pairing.views.common import attempt, form_page
from kanjian.pairing.views.rounds import around
from kanjian.scoring.pairing import PairingError, candidates

BEST = 15
LETTERS = (Pair.State.AGREED, Pair.State.RUNNING, Pair.State.CLOSED)


@require_safe
def pair_page(request: HttpRequest, number: int, pair: int) -> HttpResponse:
    """Why these two; inside also plan, milestones, visits and progress."""
    found = rounds.pair_for(request.user, number, pair)
    inside = policies.may_view_inside(request.user, found)
    scheme = rounds.scheme_of(found.round)
    sides = dict(Confirmation.Side.choices)
    context: dict[str, object] = {
        **around(request, found.round),
        "pair": found,
        "row": rounds.pair_row(found, scheme, rounds.track_names()),
        "said": [(sides[each.side], each) for each in found.confirmations.all()],
        "open_sides": [(side, sides[side]) for side in policies.open_sides(request.user, found)],
        "inside": inside,
        "works": policies.may_work(request.user, found),
        "has_letter": inside and found.state in LETTERS,
    }
    if inside:
        context |= {
            "steps": pairs.steps(found),
            "visits": found.visits.all(),
            "entries": pairs.entries(found),
            **_progress(found),
        }
    return render(request, "pairing/pair.html", context)


def _progress(found: Pair) -> dict[str, object]:
    try:
        return {"progress": pairs.progress(found), "points": bonus.points_of(found), "most": bonus.MOST}
    except StoreError as error:
        return {"damage": str(error)}


@require_POST
@require_role()
def agree(request: SignedIn, number: int, pair: int) -> HttpResponse:
    """Say yes for one side."""
    found = rounds.pair_for(request.user, number, pair)
    side = request.POST.get("side", "")
    attempt(request, lambda: actions.agree(found, side, by=request.user), _("已代表本方确认"))
    return redirect("pairing:pair", number=number, pair=pair)


@require_http_methods(["GET", "POST"])
@require_role()
def change(request: SignedIn, number: int, unit: str) -> HttpResponse:
    """Another partner for a unit: the best candidates with their costs, a choice, a reason."""
    found = rounds.round_for(request.user, number)
    policies.require_lead(request.user, found.organiser)
    mentee = get_object_or_404(Unit, code=unit)
    standing = found.pairs.filter(mentee=mentee, state__in=STANDING).select_related("mentor").first()
    form = ChangeForm(request.POST or None)
    context = {
        **around(request, found),
        "mentee": mentee,
        "mentee_label": rounds.label(mentee),
        "standing": standing,
        "candidates": _candidates(found, mentee),
        "done": _("已调整，需要重新确认"),
    }

    def take() -> None:
        given = form.cleaned_data
        actions.change_pair(found, mentee, given["mentor"], reason=given["reason"], by=request.user)

    back = reverse("pairing:round", args=[number])
    return form_page(request, form, take, back=back, template="pairing/change.html", context=context)


def _candidates(found: Round, mentee: Unit) -> list[dict[str, object]]:
    """The cheapest possible mentors with what they have taken on already."""
    given = rounds.parameters(found)
    frame = table(found.edition, given, Inputs.load(found.inputs))
    try:
        terms = given.terms(dimension_codes(files_of(found.edition).scheme))
        best = candidates(frame, terms, mentee.code).head(BEST)
    except PairingError as error:
        raise Http404(str(error)) from error
    units = {
        unit.code: unit for unit in Unit.objects.filter(code__in=best["mentor"].to_list()).select_related("parent")
    }
    taken: dict[str, int] = {}
    for code in found.pairs.filter(state__in=STANDING).values_list("mentor__code", flat=True):
        taken[code] = taken.get(code, 0) + 1
    return [
        {
            **row,
            "label": rounds.label(units[row["mentor"]]),
            "unit": units[row["mentor"]],
            "taken": taken.get(row["mentor"], 0),
        }
        for row in best.iter_rows(named=True)
        if row["mentor"] in units
    ]


@require_safe
@require_role()
def letter(request: SignedIn, number: int, pair: int) -> HttpResponse:
    """The agreement letter as DOCX; with an English page when the reader's language is English."""
    found = rounds.pair_for(request.user, number, pair)
    if not policies.may_view_inside(request.user, found):
        raise PermissionDenied(_("协议书只给双方和牵头单位看"))
    if found.state not in LETTERS:
        raise Http404("no letter before the pair is agreed")
    wanted = request.GET.get("english", "1" if (get_language() or "").startswith("en") else "0")
    response = HttpResponse(letter_of(found, english=wanted == "1"), content_type=TYPE)
    response["Content-Disposition"] = f'attachment; filename="pair-{number}-{pair}.docx"'
    return response


def _worked(request: SignedIn, number: int, pair: int) -> Pair:
    """The pair, for those who work on it; 404 for those who may not see it, 403 for the others."""
    found = rounds.pair_for(request.user, number, pair)
    policies.require_work(request.user, found)
    return found


@require_http_methods(["GET", "POST"])
@require_role()
def plan(request: SignedIn, number: int, pair: int) -> HttpResponse:
    """Write the joint plan."""
    found = _worked(request, number, pair)
    form = PlanForm(request.POST or None, initial={"plan": found.plan})
    context = {**around(request, found.round), "pair": found, "title": _("共同目标"), "done": _("已保存")}

    def take() -> None:
        actions.write_plan(found, form.cleaned_data["plan"], by=request.user)

    back = reverse("pairing:pair", args=[number, pair])
    return form_page(request, form, take, back=back, template="pairing/work.html", context=context)


@require_http_methods(["GET", "POST"])
@require_role()
def milestone(request: SignedIn, number: int, pair: int, milestone: int | None = None) -> HttpResponse:
    """A new milestone, or a change of one."""
    found = _worked(request, number, pair)
    row = get_object_or_404(Milestone, pk=milestone, pair=found) if milestone else None
    labels = rounds.dimension_labels(rounds.scheme_of(found.round))
    form = MilestoneForm(request.POST or None, pair=found, dimensions=labels, row=row)
    title = _("修改节点") if row else _("新增节点")
    context = {**around(request, found.round), "pair": found, "title": title, "done": _("已保存")}

    def take() -> None:
        actions.set_milestone(found, actions.Step(**form.cleaned_data), milestone=row, by=request.user)

    back = reverse("pairing:pair", args=[number, pair])
    return form_page(request, form, take, back=back, template="pairing/work.html", context=context)


@require_http_methods(["GET", "POST"])
@require_role()
def visit(request: SignedIn, number: int, pair: int) -> HttpResponse:
    """Record a visit."""
    found = _worked(request, number, pair)
    form = VisitForm(request.POST or None)
    context = {**around(request, found.round), "pair": found, "title": _("记走访"), "done": _("已保存")}

    def take() -> None:
        actions.record_visit(found, **form.cleaned_data, by=request.user)

    back = reverse("pairing:pair", args=[number, pair])
    return form_page(request, form, take, back=back, template="pairing/work.html", context=context)


@require_http_methods(["GET", "POST"])
@require_role()
def close(request: SignedIn, number: int, pair: int) -> HttpResponse:
    """End a pair."""
    found = rounds.pair_for(request.user, number, pair)
    policies.require_lead(request.user, found.round.organiser)
    form = CloseForm(request.POST or None)
    context = {**around(request, found.round), "pair": found, "title": _("结束这一对"), "done": _("已结束")}

    def take() -> None:
        given = form.cleaned_data
        actions.close_pair(found, given["outcome"], note=given["note"], by=request.user)

    back = reverse("pairing:pair", args=[number, pair])
    return form_page(request, form, take, back=back, template="pairing/work.html", context=context)
