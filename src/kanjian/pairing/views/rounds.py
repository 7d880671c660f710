"""Rounds: list, proposal, one round with its map, its effect, its Excel file 结对轮次."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kanjian.boards.models import Edition
from kanjian.boards.policies import visible_boards
from kanjian.charts import Map, MapLink, MapPlace
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.maps import has_map
from kanjian.orgs.models import Unit
from kanjian.pairing import actions, policies
from kanjian.pairing.endowments import label as endowment_label
from kanjian.pairing.forms import EditionForm, ParametersForm, ReasonForm, RulingForm, StartForm
from kanjian.pairing.models import Round, Ruling
from kanjian.pairing.selectors import effects, rounds
from kanjian.pairing.states import OPEN_ROUNDS, ROUND_NEXT, RoundError
from kanjian.pairing.views.common import attempt, form_page
from kanjian.pairing.workbook import TYPE, workbook

PER_PAGE = 50
MOST_LINES = 400


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All rounds the reader may open."""
    found = list(rounds.rounds(request.user)[:100])
    context = {"rounds": found, "may_propose": policies.organised_units(request.user).exists()}
    return render(request, "pairing/index.html", context)


@require_http_methods(["GET", "POST"])
@require_role()
def propose(request: SignedIn) -> HttpResponse:
    """Choose edition and organiser, set the parameters, propose."""
    if not policies.organised_units(request.user).exists():
        raise PermissionDenied(_("提出结对方案需要牵头单位的审核或系统管理岗位"))
    given = request.POST if request.method == "POST" else request.GET
    chosen = EditionForm(given if "edition" in given else None, by=request.user)
    context: dict[str, object] = {"chosen": chosen}
    if not chosen.is_valid():
        return render(request, "pairing/propose.html", context)
    edition: Edition = chosen.cleaned_data["edition"]
    organiser: Unit = chosen.cleaned_data["organiser"]
    form = ParametersForm(request.POST if request.method == "POST" else None, edition=edition)
    context |= {"form": form, "edition": edition, "organiser": organiser}
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.propose_round(
                edition, form.cleaned_data["parameters"], organiser=organiser, by=request.user
            )
        except RoundError as error:
            form.add_error(None, str(error))
        else:
            return redirect("pairing:round", number=found.pk)
    return render(request, "pairing/propose.html", context)


@require_safe
def round_page(request: HttpRequest, number: int) -> HttpResponse:
    """The pairs on a map and in a table, with reasons; for those who see the whole, the balance and who is left."""
    found = rounds.round_for(request.user, number)
    everything = rounds.rows(request.user, found)
    tracks = sorted({(row.pair.track, row.track) for row in everything})
    shown = _filtered(request, everything)
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    whole = policies.may_view_whole(request.user, found)
    context: dict[str, object] = {
        **around(request, found),
        "page": page,
        "tracks": tracks,
        "track": request.GET.get("track", ""),
        "search": request.GET.get("search", ""),
        "figures": rounds.figures(everything),
        "map": links_map(request, found, shown),
        "whole": whole,
    }
    if whole:
        context |= _whole(found)
    return render(request, "pairing/round.html", context)


def _whole(found: Round) -> dict[str, object]:
    given, scheme = rounds.parameters(found), rounds.scheme_of(found)
    return {
        "without": rounds.without(found),
        "balance": rounds.balance(found),
        "parameters": rounds.parameter_words(given),
        "endowments": [(endowment_label(each.name, scheme), each.weight) for each in given.endowments],
        "rulings": Ruling.objects.filter(board=found.board, organiser=found.organiser, lifted_at=None)
        .select_related("mentee", "mentor", "created_by"),
    }  # fmt: skip


def _filtered(request: HttpRequest, everything: list[rounds.PairRow]) -> list[rounds.PairRow]:
    track, search = request.GET.get("track", ""), request.GET.get("search", "").strip().lower()
    mine = request.GET.get("mine") == "1"
    return [
        row
        for row in everything
        if (not track or row.pair.track == track)
        and (not search or search in _searched(row))
        and (not mine or policies.open_sides(request.user, row.pair))
    ]


def _searched(row: rounds.PairRow) -> str:
    units = (row.pair.mentee, row.pair.mentor)
    return " ".join([row.mentee, row.mentor, *(f"{u.code} {u.name} {u.pinyin} {u.initials}" for u in units)]).lower()


def around(request: HttpRequest, found: Round) -> dict[str, object]:
    """What surrounds every page of a round: its head and what the reader may do."""
    leads = policies.may_organise(request.user, found)
    following = ROUND_NEXT.get(found.state, ())
    return {
        "round": found,
        "leads": leads,
        "may_change": leads and found.state in OPEN_ROUNDS,
        "may_start": leads and Round.State.RUNNING in following,
        "may_evaluate": leads and Round.State.EVALUATED in following,
        "may_close": leads and bool(following),
        "is_open": found.state in OPEN_ROUNDS,
    }


def links_map(request: HttpRequest, found: Round, shown: list[rounds.PairRow]) -> Map | None:
    """Lines from mentees to mentors on the board's boundaries, where the reader may see them."""
    drawn = [row for row in shown[:MOST_LINES] if None not in _place(row.pair.mentee) + _place(row.pair.mentor)]
    if not drawn:
        return None
    root = found.board.root.code if found.board.root else ""
    is_known = bool(root) and has_map(root) and visible_boards(request.user).filter(pk=found.board_id).exists()
    geojson = reverse("boards:boundaries", args=[found.board.code, root]) if is_known else ""
    places: dict[str, MapPlace] = {}
    links = []
    for row in drawn:
        url = reverse("pairing:pair", args=[found.pk, row.pair.pk])
        for name, unit, role in ((row.mentee, row.pair.mentee, "weak"), (row.mentor, row.pair.mentor, "strong")):
            places[unit.code] = MapPlace(name, unit.longitude or 0.0, unit.latitude or 0.0, None, url, role)
        start, end = _point(row.pair.mentee), _point(row.pair.mentor)
        links.append(MapLink(f"{row.mentee} – {row.mentor}", start, end, url, marked=bool(row.pair.changed_by_hand)))
    return Map(geojson, places=list(places.values()), links=links)


def _place(unit: Unit) -> tuple[float | None, float | None]:
    return unit.longitude, unit.latitude


def _point(unit: Unit) -> tuple[float, float]:
    return unit.longitude or 0.0, unit.latitude or 0.0


@require_safe
def effect(request: HttpRequest, number: int) -> HttpResponse:
    """Did it help: number with interval and tests, or why there is none yet. For those who see the whole round."""
    found = rounds.round_for(request.user, number)
    if not policies.may_view_whole(request.user, found):
        raise PermissionDenied(_("成效评估只给牵头范围内的人看"))
    return render(request, "pairing/effect.html", {**around(request, found), "effect": effects.effect_page(found)})


@require_safe
def download(request: HttpRequest, number: int) -> HttpResponse:
    """The pairs as an Excel file, as far as the reader sees them."""
    found = rounds.round_for(request.user, number)
    whole = policies.may_view_whole(request.user, found)
    content = workbook(found, rounds.rows(request.user, found), whole=whole)
    response = HttpResponse(content, content_type=TYPE)
    response["Content-Disposition"] = f'attachment; filename="pairs-{found.edition.period}-{found.pk}.xlsx"'
    return response


def _led(request: SignedIn, number: int) -> Round:
    """The round, for those who lead it; 404 for those who may not see it, 403 for the others."""
    found = rounds.round_for(request.user, number)
    policies.require_lead(request.user, found.organiser)
    return found


@require_http_methods(["GET", "POST"])
@require_role()
def start(request: SignedIn, number: int) -> HttpResponse:
    """Confirm and start the agreed pairs."""
    found = _led(request, number)
    form = StartForm(request.POST or None)
    shown = rounds.rows(request.user, found)
    context = {**around(request, found), "figures": rounds.figures(shown), "done": _("结对已启动，协议书已编号")}

    def take() -> None:
        actions.start_round(found, mark=form.cleaned_data["mark"], day=form.cleaned_data["day"], by=request.user)

    back = reverse("pairing:round", args=[number])
    return form_page(request, form, take, back=back, template="pairing/start.html", context=context)


@require_http_methods(["GET", "POST"])
@require_role()
def close(request: SignedIn, number: int) -> HttpResponse:
    """End a round with a reason."""
    found = _led(request, number)
    form = ReasonForm(request.POST or None)
    context = {**around(request, found), "done": _("本轮结对已结束")}

    def take() -> None:
        actions.close_round(found, reason=form.cleaned_data["reason"], by=request.user)

    back = reverse("pairing:round", args=[number])
    return form_page(request, form, take, back=back, template="pairing/close_round.html", context=context)


@require_POST
@require_role()
def evaluate(request: SignedIn, number: int) -> HttpResponse:
    """Evaluate now and keep the answer."""
    found = _led(request, number)
    attempt(request, lambda: actions.evaluate_round(found, by=request.user), _("评估结果已保存"))
    return redirect("pairing:effect", number=number)


@require_POST
@require_role()
def openness(request: SignedIn, number: int) -> HttpResponse:
    """Open the agreed pairs to the public, or close them again."""
    found = _led(request, number)
    wanted = request.POST.get("is_public") == "1"
    attempt(request, lambda: actions.open_round(found, is_public=wanted, by=request.user), _("公开范围已改变"))
    return redirect("pairing:round", number=number)


@require_http_methods(["GET", "POST"])
@require_role()
def rule(request: SignedIn, number: int) -> HttpResponse:
    """A ruling about two units, which later proposals obey."""
    found = _led(request, number)
    form = RulingForm(request.POST or None)
    context = {**around(request, found), "done": _("规定已记下，下次提出方案时生效")}

    def take() -> None:
        given = form.cleaned_data
        verb = actions.fix_pair if given["kind"] == Ruling.Kind.FIXED else actions.forbid_pair
        units = given["mentee"], given["mentor"]
        verb(found.board, *units, organiser=found.organiser, reason=given["reason"], by=request.user)

    back = reverse("pairing:round", args=[number])
    return form_page(request, form, take, back=back, template="pairing/rule.html", context=context)


@require_http_methods(["GET", "POST"])
@require_role()
def lift(request: SignedIn, number: int, ruling: int) -> HttpResponse:
    """Lift a ruling with a reason."""
    found = _led(request, number)
    row = get_object_or_404(Ruling, pk=ruling, board=found.board, organiser=found.organiser)
    form = ReasonForm(request.POST or None)
    context = {**around(request, found), "ruling": row, "done": _("规定已解除")}

    def take() -> None:
        actions.lift_ruling(row, reason=form.cleaned_data["reason"], by=request.user)

    back = reverse("pairing:round", args=[number])
    return form_page(request, form, take, back=back, template="pairing/lift.html", context=context)
