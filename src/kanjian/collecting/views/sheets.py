"""Filling in 填报: the list of my sheets, the form, saving as typed, handing in, evidence."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kanjian.collecting import actions, policies
from kanjian.collecting.evidence import ACCEPT
from kanjian.collecting.forms import ExtensionForm, ReopenForm, ReturnForm
from kanjian.collecting.models import Entry, Extension, PastEntry, Sheet, Window
from kanjian.collecting.rules import Do
from kanjian.collecting.selectors import approval, sheets
from kanjian.collecting.states import CollectingError
from kanjian.collecting.views.common import attempt, sheet_or_404, steps_by_verb
from kanjian.collecting.views.posting import Posted, posted_form
from kanjian.orgs.access import SignedIn, require_role
from kanjian.orgs.models import Post, Unit
from kanjian.orgs.policies import posts_of
from kanjian.uploads import attachment

PER_PAGE = 50


@require_GET
@require_role(Post.Role.READER)
def index(request: SignedIn) -> HttpResponse:
    """What waits for this person: sheets to fill in, piles to approve, extensions to decide; and the own past."""
    page = Paginator(sheets.mine(request.user), PER_PAGE).get_page(request.GET.get("page"))
    # Whoever only reports has the own sheets; how far the others are is not their work.
    looks_on = request.user.is_superuser or posts_of(request.user, Post.Role.READER).exclude(role=Post.Role.REPORTER)
    windows = policies.visible_windows(request.user) if looks_on else Window.objects.none()
    context = {
        "due": sheets.to_fill(request.user)[:PER_PAGE],
        "piles": approval.piles(request.user),
        "extensions": policies.extensions_to_decide(request.user).select_related("window__collection", "reporter"),
        "page": page,
        "windows": windows.select_related("collection__owner").order_by("-opens_on", "collection__code")[:PER_PAGE],
        "may_manage": policies.managed_roots(request.user).exists(),
    }
    return render(request, "collecting/index.html", context)


@require_http_methods(["GET", "POST"])
@require_role(Post.Role.READER)
def sheet(request: SignedIn, number: int) -> HttpResponse:
    """One sheet: as a form for whoever may fill it in now, to read for everybody else. POST saves what is typed."""
    found = sheet_or_404(request, number)
    posted = Posted()
    if request.method == "POST":
        posted = posted_form(request, found)
        if posted.is_saved:
            if request.POST.get("do") == Do.SUBMIT:
                return _submit(request, found)
            messages.success(request, _("已保存"))
            return redirect(request.get_full_path())
        found = sheet_or_404(request, number)
    form = sheets.form_of(found, request.GET.get("place", ""), posted.typed)
    steps = steps_by_verb(request, found)
    context = {
        "sheet": found,
        "form": form,
        "steps": steps,
        "may_fill": steps[Do.FILL].is_allowed,
        "is_reporter": steps[Do.FILL].code != "not_reporter",
        "error": posted.error,
        "returned": approval.last_return(found),
        "extension": _extension(found),
        "extension_form": ExtensionForm(),
        "return_form": ReturnForm(),
        "reopen_form": ReopenForm(),
        "accept_types": ACCEPT,
    }
    return render(request, "collecting/sheet.html", context, status=422 if posted.error else 200)


def _extension(found: Sheet) -> Extension | None:
    rows = Extension.objects.filter(window=found.window_id, reporter=found.reporter_id)
    return rows.order_by("-asked_at").first()


def _submit(request: SignedIn, found: Sheet) -> HttpResponse:
    """Hand in; what is missing is shown beside the fields."""
    try:
        actions.submit(found, by=request.user)
    except CollectingError as error:
        messages.error(request, str(error))
        place = next((each.unit for each in error.findings), "")
        return redirect(_address(found, place))
    messages.success(request, _("已提交，等待审核"))
    return redirect("collecting:sheet", number=found.pk)


def _address(found: Sheet, unit: str) -> str:
    """The page of the sheet that shows the unit."""
    parent = Unit.objects.filter(code=unit).values_list("parent__code", flat=True).first()
    address = reverse("collecting:sheet", args=[found.pk])
    return f"{address}?place={parent}#u-{unit}" if unit and parent else address


@require_POST
@require_role(Post.Role.READER)
def submit(request: SignedIn, number: int) -> HttpResponse:
    """Hand in what is saved."""
    return _submit(request, sheet_or_404(request, number))


@require_POST
@require_role(Post.Role.READER)
def withdraw(request: SignedIn, number: int) -> HttpResponse:
    """Take the sheet back."""
    found = sheet_or_404(request, number)
    attempt(request, lambda: actions.withdraw(found, by=request.user), _("已撤回，可以继续修改"))
    return redirect("collecting:sheet", number=number)


@require_POST
@require_role(Post.Role.READER)
def ask_extension(request: SignedIn, number: int) -> HttpResponse:
    """Ask for a later day."""
    found = sheet_or_404(request, number)
    form = ExtensionForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        attempt(
            request,
            lambda: actions.ask_extension(found, by=request.user, reason=given["reason"], until=given["until"]),
            _("已申请延期，等待审批"),
        )
    else:
        messages.error(request, _("请写明理由和延到哪一天"))
    return redirect("collecting:sheet", number=number)


@require_GET
@require_role(Post.Role.READER)
def history(request: SignedIn, number: int) -> HttpResponse:
    """What the sheet went through, how long it lay where, and what its cells said before."""
    found = sheet_or_404(request, number)
    past = found.past_entries.select_related("unit", "indicator", "entered_by").order_by("-id")
    page = Paginator(past, PER_PAGE).get_page(request.GET.get("page"))
    context = {"sheet": found, "stays": approval.stays(found), "page": page}
    return render(request, "collecting/history.html", context)


@require_GET
@require_role(Post.Role.READER)
def evidence(request: SignedIn, entry_id: int) -> HttpResponse:
    """The file beside a value, as a download only: nothing uploaded is ever shown inside a page."""
    return _proof(request, get_object_or_404(Entry, pk=entry_id))


@require_GET
@require_role(Post.Role.READER)
def past_evidence(request: SignedIn, entry_id: int) -> HttpResponse:
    """The file beside what a cell said before: a value in force may rest on it while the sheet is corrected."""
    return _proof(request, get_object_or_404(PastEntry, pk=entry_id))


def _proof(request: SignedIn, entry: Entry | PastEntry) -> HttpResponse:
    sheet_or_404(request, entry.sheet_id)
    if not entry.evidence or not default_storage.exists(entry.evidence):
        raise Http404(_("没有佐证文件"))
    with default_storage.open(entry.evidence) as file:
        return attachment(file.read(), entry.evidence_name)
