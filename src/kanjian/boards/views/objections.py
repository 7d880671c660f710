"""Objections: the list, one with its record, filing one, its steps and its files 异议."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kanjian import uploads
from kanjian.boards import objection_policies as who
from kanjian.boards.actions.objections import file_objection
from kanjian.boards.changes import Changes
from kanjian.boards.independence import NOBODY_LEFT, choices, parts
from kanjian.boards.models import Edition, Objection
from kanjian.boards.objection_forms import (
    AnswerForm,
    AssignForm,
    DecideForm,
    DismissForm,
    FileObjectionForm,
    TextForm,
    sources,
)
from kanjian.boards.objection_states import UNDECIDED
from kanjian.boards.objection_terms import cells_of, missing_cells, row_of, tracks_of, vetoes_on
from kanjian.boards.selectors import objections as select
from kanjian.boards.selectors.editions import files_of, head
from kanjian.boards.selectors.shapes import in_language
from kanjian.boards.selectors.staging import change_lines
from kanjian.boards.states import BoardError
from kanjian.boards.store.folders import StoreError
from kanjian.limits import limited
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import Unit, User

Kind = Objection.Kind


@require_safe
def listing(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """All objections to a period that the reader may know of; where to object, for those who may."""
    edition = select.edition_to_object(request.user, code, period)
    labels = select.node_labels(edition)
    context = {
        "edition": head(edition),
        "rows": [(row, labels.get(row.node, "")) for row in select.rows(request.user, edition)],
        "is_open": who.is_window_open(edition),
        "provisional": edition.objection_provisional,
        "units": select.units_to_object_for(request.user, edition),
    }
    return render(request, "boards/objections/list.html", context)


@require_safe
def detail(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One objection: the public part for everybody, the whole with the next steps for those who handle it."""
    objection = select.objection_for(request.user, code, number)
    context: dict[str, object] = {
        "objection": objection,
        "edition": head(objection.edition),
        "node": select.node_labels(objection.edition).get(objection.node, objection.node) if objection.node else "",
        "is_undecided": objection.state in UNDECIDED,
        "is_inside": who.may_read(request.user, objection),
    }
    if context["is_inside"]:
        context |= _inside(request, objection)
    return render(request, "boards/objections/detail.html", context)


def _inside(request: HttpRequest, objection: Objection) -> dict[str, object]:
    """What those who handle it see besides: grounds, files, record, effect, and their steps."""
    ground = select.ground(objection)
    available = select.available(request.user, objection)
    try:
        wanted = change_lines(files_of(ground), Changes.from_json(objection.changes))
        decided = change_lines(files_of(ground), Changes.from_json(objection.decided))
    except StoreError:  # the health check names the files that are gone
        wanted, decided = [], []
    own = []
    if isinstance(request.user, User) and available & {"accept", "review", "uphold"}:
        own = parts(request.user, objection)
    return {
        "steps": select.steps_of(objection),
        "files": list(objection.files.all()),
        "wanted": wanted,
        "decided": decided,
        "effect": select.effect_of(objection),
        "available": available,
        "parts": own,
        **_forms(objection, available),
    }


def _forms(objection: Objection, available: set[str]) -> dict[str, object]:
    """An empty form for each step that is open to the person."""
    forms: dict[str, object] = {}
    if "ask" in available:
        forms["ask_form"] = TextForm(label=_("请该单位补充什么"), hint=_("提问期间决定期限停计"))
    if "answer" in available:
        forms["answer_form"] = AnswerForm(label=_("补充说明"))
    if "review" in available:
        forms["review_form"] = TextForm(label=_("复核情况"), hint=_("查了什么、看到什么；决定在下一步"))
    if "uphold" in available:
        forms["decide_form"] = DecideForm(unit=objection.unit.code, cells=decidable_cells(objection))
    if "dismiss" in available:
        forms["dismiss_form"] = DismissForm()
    if "appeal" in available:
        forms["appeal_form"] = TextForm(label=_("不服的理由"), hint=_("只能申请一次，由另一位复核人办理"))
    if "assign" in available:
        people = choices(objection)
        free = [person for person, part in people if not part]
        forms["assign_form"] = AssignForm(people=free) if free else None
        forms["standing_aside"] = [(person, part) for person, part in people if part]
        forms["nobody_left"] = "" if free else NOBODY_LEFT
    return forms


def decidable_cells(objection: Objection) -> list:  # type: ignore[type-arg]  # cells of objection_terms
    """The cells that may be upheld in part."""
    if objection.kind not in {Kind.VALUE, Kind.EXCLUSION}:
        return []
    try:
        files, row = files_of(objection.edition), row_of(objection.edition, objection.unit.code)
        if objection.kind == Kind.EXCLUSION:
            return missing_cells(files, row)
        return cells_of(files, row, objection.node)
    except (BoardError, StoreError):
        return []


@require_http_methods(["GET", "POST"])
@require_role()
@limited("uploads")
def file(request: SignedIn, code: str, period: str, unit: str) -> HttpResponse:
    """Choose what is wrong, then say what would be right and why."""
    edition = select.edition_to_object(request.user, code, period)
    row = get_object_or_404(Unit, code=unit)
    if not who.stands_for(request.user, row, edition.board):
        raise PermissionDenied(_("只有该单位或它的上级乡镇、区县的填报、审核人员可以提出异议"))
    kind, node = request.GET.get("kind", ""), request.GET.get("node", "")
    choices = _choices(edition, unit)
    if kind not in {choice for choice, _label, _hint in choices}:
        kind = Kind.VALUE if node else ""
    form = _file_form(request, edition, unit, (kind, node)) if kind else None
    if form is not None and request.method == "POST" and form.is_valid():
        filed = _filed(request, edition, row, (kind, node), form)
        if filed is not None:
            messages.success(request, _("异议已提出，编号 #%(number)s") % {"number": filed.pk})
            return redirect("boards:objection", code=code, number=filed.pk)
    context = {
        "edition": head(edition),
        "unit": row,
        "kind": kind,
        "node": node,
        "node_label": select.node_labels(edition).get(node, node) if node else "",
        "choices": choices,
        "form": form,
        "leaves": _leaves(edition),
        "is_open": who.is_window_open(edition),
    }
    return render(request, "boards/objections/file.html", context)


def _choices(edition: Edition, unit: str) -> list[tuple[str, str, str]]:
    """Kinds that make sense for the unit: code, label, what it is for."""
    files = files_of(edition)
    row = files.detail(unit)
    if row is None:
        raise Http404(f"no unit {unit!r} in this edition")
    found = [(Kind.VALUE, _("数值有误"), _("某项指标的原始数值不对"))]
    if vetoes_on(files, row):
        found.append((Kind.VETO, _("一票否决不当"), _("被一票否决，但事项不成立或已撤销")))
    if row["rank"] is None:
        found.append((Kind.EXCLUSION, _("不应排除在排名之外"), _("没有排名，但数据已报或指标不适用")))
    if len(tracks_of(files)) > 1:
        found.append((Kind.TRACK, _("赛道归类有误"), _("被放进不合适的比较组")))
    return [*found, (Kind.METHOD, _("方法不当"), _("权重、规则或口径不合理"))]


def _leaves(edition: Edition) -> list[tuple[str, str]]:
    leaves = files_of(edition).scheme.leaves()
    return [(leaf.code, in_language(leaf.name, leaf.name_en)) for leaf in leaves]


def _file_form(request: SignedIn, edition: Edition, unit: str, about: tuple[str, str]) -> FileObjectionForm | None:
    """The form of the kind; None where the indicator has to be chosen first."""
    kind, node = about
    files, row = files_of(edition), row_of(edition, unit)
    given: dict[str, object] = {"unit": unit}
    if kind == Kind.VALUE:
        if node not in {code for code, _label in _leaves(edition)}:
            return None
        given["cells"] = cells_of(files, row, node)
    elif kind == Kind.VETO:
        given["vetoes"] = [
            (each.code, in_language(each.name, each.name_en) or each.code) for each in vetoes_on(files, row)
        ]
    elif kind == Kind.EXCLUSION:
        given["cells"] = missing_cells(files, row)
    elif kind == Kind.TRACK:
        others = (each for each in tracks_of(files) if each[0] != row["track"])
        given["tracks"] = [(track, in_language(name, name_en) or track) for track, name, name_en in others]
    return FileObjectionForm(request.POST or None, request.FILES or None, **given)  # type: ignore[arg-type]


def _filed(
    request: SignedIn, edition: Edition, unit: Unit, about: tuple[str, str], form: FileObjectionForm
) -> Objection | None:
    """The objection, or None with the reason in the form."""
    kind, node = about
    given = form.cleaned_data
    try:
        return file_objection(
            edition,
            unit,
            kind,
            by=request.user,
            grounds=given["grounds"],
            node=given.get("node") or node,
            cells=form.changed_cells(),
            track=given.get("track", ""),
            files=sources(given["evidence"]),
        )
    except BoardError as error:
        form.add_error(None, str(error))
    return None


@require_safe
@require_role()
def attachment(request: SignedIn, code: str, number: int, file: int) -> HttpResponse:
    """A file of evidence, for those who read the objection whole; always as a download, never shown in place."""
    objection = select.objection_for(request.user, code, number)
    if not who.may_read(request.user, objection):
        raise Http404(f"no file {file}")
    kept = get_object_or_404(objection.files, pk=file)
    with default_storage.open(kept.place) as opened:
        return uploads.attachment(opened.read(), kept.name)
